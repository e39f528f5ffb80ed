// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <roadgnn/graph/turn_graph.h>

namespace roadgnn::graph {

/// Whether this build has METIS, for nested_dissection_order.
bool can_order();

/// Elimination order of the edge-nodes by nested dissection: order[i] is the edge-node eliminated
/// i-th. Deterministic. METIS dissects the turn-expanded graph itself: on real cities that gave
/// half the fill of orders induced by node or edge separators of the roads. Cities have coordinates
/// and are ordered along them (inertial_flow_order), for search spaces a sixth to a third smaller.
/// Throws Error where `can_order()` is false.
std::vector<std::int32_t> nested_dissection_order(const TurnGraph& turns);

}  // namespace roadgnn::graph
