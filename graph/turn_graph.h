// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <roadgnn/graph/shared_array.h>

namespace roadgnn::graph {

/// Which copy of an edge an edge-node is.
enum class Layer : std::uint8_t {
  main = 0,       ///< on the way
  departing = 1,  ///< a trip that began on this edge or on ends-only edges before it
  arriving = 2,   ///< the trip ends on this edge, or goes on over ends-only edges only
};

/// The turn-expanded topology, one for all profiles: its nodes ("edge-nodes") are copies of road
/// edges, its arcs
/// ("turns") join consecutive edges. Copies exist where the past matters:
///  - an edge inside a restriction through ways has one copy per restriction prefix that a vehicle
///  may be following
///    (the states of the automaton that reads the forbidden edge sequences);
///  - an edge that some profile may use only at a trip's ends has departing and arriving copies.
/// Every trip starts at departing_node[edge] and ends at arriving_node[edge], whatever the profile;
/// these are the main copy where the edge has no others. An arc's weight is the time of the edge it
/// leaves plus the cost of the turn.
struct TurnGraph {
  SharedArray<std::int32_t> edge;           ///< [num_edge_nodes] the road edge
  SharedArray<Layer> layer;                 ///< [num_edge_nodes]
  SharedArray<std::int64_t> first_turn;     ///< [num_edge_nodes + 1]
  SharedArray<std::int32_t> turn_head;      ///< [num_turns] the edge-node entered
  SharedArray<std::int64_t> first_turn_in;  ///< [num_edge_nodes + 1], into turn_in
  SharedArray<std::int64_t> turn_in;    ///< [num_turns], the turn at each place of the reverse CSR
  SharedArray<std::int32_t> turn_tail;  ///< [num_turns] the edge-node left
  SharedArray<std::int32_t> departing_node;  ///< [num_edges]
  SharedArray<std::int32_t> arriving_node;   ///< [num_edges]

  std::int32_t num_edge_nodes() const { return static_cast<std::int32_t>(edge.size()); }
  std::int64_t num_turns() const { return static_cast<std::int64_t>(turn_head.size()); }
};

}  // namespace roadgnn::graph
