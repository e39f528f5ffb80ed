// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <roadgnn/graph/road_graph.h>

namespace roadgnn::graph {

/// Elimination order of the edge-nodes by nested dissection: order[i] is the edge-node eliminated
/// i-th. Separators by inertial flow on the coordinates (Schild and Sommer, 2015): in each of four
/// directions the least separators between what lies furthest out on either side, for growing
/// shares of the piece; of all of them the one with the least vertices for its balance. Searched
/// for in the turn-expanded graph itself, small pieces by minimum degree. Does not depend on the
/// number of threads.
std::vector<std::int32_t> inertial_flow_order(const RoadGraph& graph, int threads);

}  // namespace roadgnn::graph
