// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/snappable.h>

#include <algorithm>

#include <roadgnn/graph/metric.h>
#include <roadgnn/graph/scc.h>

namespace roadgnn::graph {
namespace {

std::size_t index(std::int64_t i) {
  return static_cast<std::size_t>(i);
}

// Edges of each component; copies of one edge in one component count once.
std::vector<std::int32_t> edges_of_components(const TurnGraph& turns, const Components& parts) {
  std::vector<std::int32_t> edges(index(parts.num_components), 0);
  std::vector<std::int32_t> last_edge(index(parts.num_components), -1);
  for (std::size_t u = 0; u < turns.edge.size(); ++u) {
    const std::size_t part = index(parts.component[u]);
    if (last_edge[part] == turns.edge[u]) continue;
    last_edge[part] = turns.edge[u];
    ++edges[part];
  }
  return edges;
}

// Edge-nodes that open turns lead to from a component, or with `backward` from which they lead to
// it.
std::vector<std::uint8_t> reach(const TurnGraph& turns, const std::vector<std::uint8_t>& closed,
                                const Components& parts, std::int32_t part, bool backward) {
  std::vector<std::uint8_t> reached(turns.edge.size(), 0);
  std::vector<std::int32_t> waiting;
  for (std::size_t u = 0; u < reached.size(); ++u) {
    if (parts.component[u] != part) continue;
    reached[u] = 1;
    waiting.push_back(static_cast<std::int32_t>(u));
  }
  const auto& first = backward ? turns.first_turn_in : turns.first_turn;
  while (!waiting.empty()) {
    const std::size_t u = index(waiting.back());
    waiting.pop_back();
    for (std::int64_t i = first[u]; i < first[u + 1]; ++i) {
      const std::int64_t t = backward ? turns.turn_in[index(i)] : i;
      if (closed[index(t)] != 0) continue;
      const std::int32_t v = backward ? turns.turn_tail[index(t)] : turns.turn_head[index(t)];
      if (reached[index(v)] != 0) continue;
      reached[index(v)] = 1;
      waiting.push_back(v);
    }
  }
  return reached;
}

}  // namespace

std::vector<std::uint8_t> find_snappable(const RoadGraph& graph, int profile) {
  const Metric metric = make_metric(graph, profile);
  const TurnGraph& turns = graph.turns;
  std::vector<std::uint8_t> level(index(graph.num_edges()), 0);
  for (std::size_t e = 0; e < level.size(); ++e) {
    const bool startpoint = (graph.edge_flags[e] & edge_flag::startpoint) != 0;
    if (startpoint && metric.edge_access[e] != Access::closed) level[e] = 1;
  }

  std::vector<std::uint8_t> closed(metric.arc_time_ms.size());
  for (std::size_t t = 0; t < closed.size(); ++t) closed[t] = metric.arc_time_ms[t] >= kClosed;
  const Components parts =
      strong_components(turns.first_turn.span(), turns.turn_head.span(), closed);
  const std::vector<std::int32_t> edges = edges_of_components(turns, parts);

  bool any_big = false;
  for (std::int32_t part = 0; part < parts.num_components; ++part) {
    if (edges[index(part)] < kBigComponentEdges) continue;
    any_big = true;
    const std::vector<std::uint8_t> from = reach(turns, closed, parts, part, false);
    const std::vector<std::uint8_t> to = reach(turns, closed, parts, part, true);
    for (std::size_t e = 0; e < level.size(); ++e) {
      const bool leaves = to[index(turns.departing_node[e])] != 0;
      const bool returns = from[index(turns.arriving_node[e])] != 0;
      if (level[e] != 0 && leaves && returns) level[e] = 2;
    }
  }
  if (!any_big) {
    for (std::uint8_t& l : level) l = l != 0 ? 2 : 0;
  }
  return level;
}

}  // namespace roadgnn::graph
