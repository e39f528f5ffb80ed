// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include <roadgnn/graph/position.h>
#include <roadgnn/graph/road_graph.h>

namespace roadgnn::graph {

struct Snap {
  Position position;                    ///< invalid where nothing usable is within reach
  std::int32_t lat_e7 = 0, lon_e7 = 0;  ///< the place on the street
  double distance_m = 0;                ///< from the asked coordinate
};

/// Finds the nearest usable place on a street for a coordinate: on the nearest street from which a
/// vehicle can get away and back (ProfileData::snappable 2); only where there is none within reach,
/// on the nearest that is usable but cut off (1). A point's snap depends on the graph and the
/// profile alone; equally near streets are told apart by their index. Distances are metres on the
/// ground around the asked coordinate, across 180 degrees too. Thread-safe to query.
///
/// The position has both edges of a two-way street, sides[0] in the way's direction, both at the
/// same place: their offsets add up to the street's length. The streets' line segments stand in a
/// packed R-tree (Boost.Geometry).
class Snapper {
 public:
  /// Indexes the edges that `profile` may start and end on. Throws InputError for an unknown
  /// profile index.
  Snapper(std::shared_ptr<const RoadGraph> graph, int profile);
  ~Snapper();
  Snapper(Snapper&&) noexcept;
  Snapper& operator=(Snapper&&) noexcept;

  /// Invalid for coordinates that are none (not finite, latitude beyond 90, longitude beyond 180).
  Snap snap(double lat, double lon, double max_distance_m = 5000) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace roadgnn::graph
