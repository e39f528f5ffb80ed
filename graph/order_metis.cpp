// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <metis.h>

#include <algorithm>
#include <mutex>
#include <string>
#include <utility>

#include <roadgnn/graph/error.h>
#include <roadgnn/graph/order.h>

namespace roadgnn::graph {
namespace {

// The turn-expanded graph as METIS wants it: undirected, without loops and parallel arcs.
struct Adjacency {
  std::vector<idx_t> first_out, head;
};

Adjacency undirected(const TurnGraph& turns) {
  std::vector<std::pair<std::int32_t, std::int32_t>> arcs;
  arcs.reserve(2 * turns.turn_head.size());
  for (std::size_t turn = 0; turn < turns.turn_head.size(); ++turn) {
    const std::int32_t tail = turns.turn_tail[turn], head = turns.turn_head[turn];
    if (tail == head) continue;
    arcs.emplace_back(tail, head);
    arcs.emplace_back(head, tail);
  }
  std::sort(arcs.begin(), arcs.end());
  arcs.erase(std::unique(arcs.begin(), arcs.end()), arcs.end());
  if (arcs.size() >= INT32_MAX) throw Error("the turn-expanded graph is too large to be ordered");

  Adjacency adjacency;
  adjacency.first_out.resize(static_cast<std::size_t>(turns.num_edge_nodes()) + 1);
  adjacency.head.reserve(arcs.size());
  for (const auto& [tail, head] : arcs) {
    ++adjacency.first_out[static_cast<std::size_t>(tail) + 1];
    adjacency.head.push_back(head);
  }
  for (std::size_t v = 1; v < adjacency.first_out.size(); ++v) {
    adjacency.first_out[v] += adjacency.first_out[v - 1];
  }
  return adjacency;
}

}  // namespace

bool can_order() {
  return true;
}

std::vector<std::int32_t> nested_dissection_order(const TurnGraph& turns) {
  idx_t num_vertices = turns.num_edge_nodes();
  std::vector<idx_t> order(static_cast<std::size_t>(num_vertices));
  if (num_vertices == 0) return {};
  Adjacency adjacency = undirected(turns);
  std::vector<idx_t> rank(order.size());

  idx_t options[METIS_NOPTIONS];
  METIS_SetDefaultOptions(options);
  options[METIS_OPTION_SEED] = 1;
  options[METIS_OPTION_NSEPS] =
      5;  // a tenth less search space than one try, for a second of import
  static std::mutex one_at_a_time;  // METIS keeps signal handlers and random state per process
  const std::lock_guard lock(one_at_a_time);
  const int status = METIS_NodeND(&num_vertices, adjacency.first_out.data(), adjacency.head.data(),
                                  nullptr, options, order.data(), rank.data());
  if (status != METIS_OK) {
    throw Error("METIS could not order the city: status " + std::to_string(status));
  }
  return {order.begin(), order.end()};
}

}  // namespace roadgnn::graph
