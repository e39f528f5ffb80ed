// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <roadgnn/graph/road_graph.h>

namespace roadgnn::graph {

/// A strongly connected part of the roads with at least this many edges counts as a place where a
/// vehicle can work.
inline constexpr std::int32_t kBigComponentEdges = 1000;

/// Where trips of a profile may begin and end, [num_edges], by the conservative metric:
///   0  nowhere on this edge: closed, or not a startpoint (a ferry)
///   1  usable, but cut off: no trip gets from here to a big component and back to here
///   2  usable, and a trip can get to a big component and come back from the same one
/// Big components have kBigComponentEdges edges or more on the profile's turn-expanded graph; where
/// a map has none (a test, a village) everything usable is 2.
std::vector<std::uint8_t> find_snappable(const RoadGraph& graph, int profile);

}  // namespace roadgnn::graph
