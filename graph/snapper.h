// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <roadgnn/graph/position.h>
#include <roadgnn/graph/road_graph.h>

namespace roadgnn::graph {

struct Snap {
  Position position;                     ///< invalid where nothing usable is within reach
  std::int32_t lat_e7 = 0, lon_e7 = 0;   ///< the place on the street
  double distance_m = 0;                 ///< from the asked coordinate
};

/// Finds the nearest usable place on a street for a coordinate. A point's snap depends on the graph and the profile
/// alone; equally near segments are told apart by their index. Thread-safe to query.
class Snapper {
 public:
  /// Indexes the edges that `profile` may start and end on.
  Snapper(std::shared_ptr<const RoadGraph> graph, int profile);
  ~Snapper();

  Snap snap(double lat, double lon, double max_distance_m = 5000) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace roadgnn::graph
