// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/graph/dijkstra_shortest_paths.hpp>
#include <cstdint>
#include <utility>
#include <vector>

#include <roadgnn/graph/boost_view.h>

namespace roadgnn::graph::testing {

/// Time and centimetres as Boost adds and compares them.
using Weight = std::pair<std::int64_t, std::int64_t>;
inline constexpr Weight kNoWay{kClosed, 0};

/// The weight of every turn.
inline std::vector<Weight> arc_weights(const RoadGraph& graph, const Metric& metric) {
  std::vector<Weight> arcs(metric.arc_time_ms.size());
  for (std::size_t t = 0; t < arcs.size(); ++t) {
    const auto edge = graph.turns.edge[static_cast<std::size_t>(graph.turns.turn_tail[t])];
    arcs[t] = {metric.arc_time_ms[t], graph.length_cm[static_cast<std::size_t>(edge)]};
  }
  return arcs;
}

/// Weights of the fastest ways from an edge-node to all others, by Boost's Dijkstra.
inline std::vector<Weight> boost_weights(const TurnGraph& turns, const std::vector<Weight>& arcs,
                                         std::int32_t from) {
  std::vector<Weight> distance(turns.edge.size());
  boost::dijkstra_shortest_paths(turns, from,
                                 boost::weight_map(turn_map(arcs))
                                     .distance_map(boost::make_iterator_property_map(
                                         distance.begin(), get(boost::vertex_index, turns)))
                                     .distance_inf(kNoWay)
                                     .distance_zero(Weight{0, 0})
                                     .distance_combine([](const Weight& a, const Weight& b) {
                                       return a.first + b.first >= kClosed
                                                  ? kNoWay
                                                  : Weight{a.first + b.first, a.second + b.second};
                                     }));
  return distance;
}

/// What a trip between places on two different edges has to take, given the weights from the first
/// edge's departing node.
inline Travel expected_travel(const RoadGraph& graph, const Metric& metric,
                              const std::vector<Weight>& weights, const EdgePosition& from,
                              const EdgePosition& to) {
  const auto share = [&](const EdgePosition& at) {
    const auto e = static_cast<std::size_t>(at.edge);
    return share_of_edge(metric.edge_time_ms[e], at.offset_cm, graph.length_cm[e]);
  };
  const std::int32_t end = graph.turns.arriving_node[static_cast<std::size_t>(to.edge)];
  const Weight whole = weights[static_cast<std::size_t>(end)];
  if (whole == kNoWay || metric.edge_access[static_cast<std::size_t>(to.edge)] == Access::closed)
    return {};
  return {static_cast<std::int32_t>(whole.first - share(from) + share(to)),
          static_cast<std::int32_t>((whole.second - from.offset_cm + to.offset_cm + 50) / 100)};
}

}  // namespace roadgnn::graph::testing
