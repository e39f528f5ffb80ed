// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <roadgnn/graph/road_graph.h>

#include "scenario.h"

namespace roadgnn::conformance {

/// The place on a directed edge that is nearest to a point.
struct Projection {
  double distance_m = 0;
  std::int32_t offset_cm = 0;
  double bearing_deg = 0;  ///< of the edge at that place, clockwise from north
};

/// By plane geometry around the point, piece by piece: an independent twin of the library's
/// snapping for small maps.
Projection project(const graph::RoadGraph& graph, std::int32_t edge, const Coordinate& point);

/// Number of straight pieces of an edge.
int num_pieces(const graph::RoadGraph& graph, std::int32_t edge);

}  // namespace roadgnn::conformance
