// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <roadgnn/graph/road_graph.h>
#include <roadgnn/io/route_geometry.h>

namespace roadgnn::io::page {

/// How wide and how early a road is drawn: 0 motorway, trunk; 1 primary; 2 secondary; 3 tertiary; 4
/// minor streets; 5 service ways, tracks and paths; 6 ferries.
std::uint8_t drawing_class(graph::RoadClass road_class);

/// Consecutive segments of one way, drawn with one stroke.
struct Street {
  std::uint8_t drawing_class = 4;
  std::int32_t name = 0;  ///< index among the graph's names
  std::vector<PointE7> points;
};

/// Every segment of the graph once, joined along ways, wide roads first.
std::vector<Street> streets_of(const graph::RoadGraph& graph);

/// The streets as decode.js reads them: their number, the number of their points, then for each
/// street its drawing class, its index among `names` and its points. `names` gets the names in use,
/// the empty one first.
std::string encode_backdrop(const std::vector<Street>& streets, const graph::RoadGraph& graph,
                            std::vector<std::string>& names);

}  // namespace roadgnn::io::page
