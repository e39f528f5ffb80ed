// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Random small cities for property tests, and travel times on them by the plainest means.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <numeric>
#include <queue>
#include <random>
#include <tuple>
#include <utility>
#include <vector>

#include <roadgnn/graph/metric.h>
#include <roadgnn/graph/position.h>
#include <roadgnn/graph/road_graph.h>

namespace roadgnn::graph::testing {

struct RandomRoadsOptions {
  int num_nodes = 40;
  int num_streets = 70;
  double one_way = 0.3;
  double forbidden_turn = 0.1;
  double ends_only = 0.1;  ///< share of the edges with departing and arriving copies
};

/// Streets between random near nodes, loops and parallel ones among them, turn-expanded by hand.
inline std::shared_ptr<RoadGraph> random_roads(std::mt19937& random,
                                               const RandomRoadsOptions& options) {
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  const auto chance = [&](double p) { return random() % 1000 < 1000 * p; };
  struct Edge {
    std::int32_t tail, head, length;
    int street;
  };
  std::vector<Edge> edges;
  for (int street = 0; street < options.num_streets; ++street) {
    const int tail = below(options.num_nodes);
    const int head = std::clamp(tail + below(9) - 4, 0, options.num_nodes - 1);
    const int length = chance(0.1) ? 0 : 1 + below(20000);
    edges.push_back({tail, head, length, street});
    if (!chance(options.one_way)) edges.push_back({head, tail, length, street});
  }
  std::stable_sort(edges.begin(), edges.end(),
                   [](const Edge& a, const Edge& b) { return a.tail < b.tail; });
  const int m = static_cast<int>(edges.size());

  auto graph = std::make_shared<RoadGraph>();
  std::vector<std::int32_t> first(options.num_nodes + 1, 0), head, tail, length, opposite(m, -1);
  for (int e = 0; e < m; ++e) {
    ++first[edges[e].tail + 1];
    head.push_back(edges[e].head);
    tail.push_back(edges[e].tail);
    length.push_back(edges[e].length);
    for (int f = 0; f < m; ++f) {
      if (f != e && edges[f].street == edges[e].street) opposite[e] = f;
    }
  }
  std::partial_sum(first.begin(), first.end(), first.begin());

  // Edge-nodes: the main copies, then departing and arriving ones.
  std::vector<std::int32_t> edge(m), departing(m), arriving(m);
  std::vector<Layer> layer(m, Layer::main);
  std::iota(edge.begin(), edge.end(), 0);
  std::iota(departing.begin(), departing.end(), 0);
  std::iota(arriving.begin(), arriving.end(), 0);
  for (int e = 0; e < m; ++e) {
    if (!chance(options.ends_only)) continue;
    departing[e] = static_cast<std::int32_t>(edge.size());
    arriving[e] = departing[e] + 1;
    edge.insert(edge.end(), {e, e});
    layer.insert(layer.end(), {Layer::departing, Layer::arriving});
  }
  const int n = static_cast<int>(edge.size());
  std::vector<std::int64_t> first_turn(n + 1, 0);
  std::vector<std::int32_t> turn_head, turn_tail, turn_time;
  for (int u = 0; u < n; ++u) {
    for (int v = 0; v < n; ++v) {
      if (head[edge[u]] != tail[edge[v]] ||
          (layer[v] == Layer::departing && layer[u] != Layer::departing) ||
          (layer[u] == Layer::arriving && layer[v] != Layer::arriving) ||
          chance(options.forbidden_turn)) {
        continue;
      }
      turn_head.push_back(v);
      turn_tail.push_back(u);
      turn_time.push_back(chance(0.5) ? 0 : below(5000));
    }
    first_turn[u + 1] = static_cast<std::int64_t>(turn_head.size());
  }
  std::vector<std::int64_t> first_in(n + 1, 0), turn_in(turn_head.size());
  for (const std::int32_t v : turn_head) ++first_in[v + 1];
  std::partial_sum(first_in.begin(), first_in.end(), first_in.begin());
  auto next = first_in;
  for (std::size_t t = 0; t < turn_head.size(); ++t)
    turn_in[next[turn_head[t]]++] = static_cast<std::int64_t>(t);

  graph->first_out = first;
  graph->head = head;
  graph->tail = tail;
  graph->length_cm = length;
  graph->opposite = opposite;
  graph->lat_e7 = std::vector<std::int32_t>(options.num_nodes, 0);
  graph->lon_e7 = std::vector<std::int32_t>(options.num_nodes, 0);
  graph->turns = {edge,    layer,     first_turn, turn_head, first_in,
                  turn_in, turn_tail, departing,  arriving};
  ProfileData profile;
  profile.turn_time_ms = turn_time;
  graph->profiles.push_back(profile);
  return graph;
}

/// Random weights: small ones that tie often, zeros, huge ones and closed edges among them.
inline Metric random_metric(std::mt19937& random, const RoadGraph& graph) {
  Metric metric;
  const auto kind = random() % 4;
  for (std::int32_t e = 0; e < graph.num_edges(); ++e) {
    std::int32_t time = static_cast<std::int32_t>(random() % 60000);
    if (kind == 1) time = static_cast<std::int32_t>(random() % 4) * 1000;
    if (kind == 2 && random() % 3 == 0) time = static_cast<std::int32_t>(random() % kClosed);
    if (random() % 20 == 0) time = 0;
    const bool closed = random() % 12 == 0;
    metric.edge_time_ms.push_back(closed ? kClosed : time);
    metric.edge_access.push_back(closed ? Access::closed : Access::open);
  }
  const TurnGraph& turns = graph.turns;
  for (std::size_t t = 0; t < turns.turn_head.size(); ++t) {
    const std::int32_t from = turns.edge[turns.turn_tail[t]], to = turns.edge[turns.turn_head[t]];
    const bool closed = metric.edge_access[from] == Access::closed ||
                        metric.edge_access[to] == Access::closed || random() % 30 == 0;
    const std::int32_t turn = kind == 3 ? 0 : graph.profiles[0].turn_time_ms[t];
    metric.arc_time_ms.push_back(closed ? kClosed
                                        : std::min(kClosed, metric.edge_time_ms[from] + turn));
  }
  return metric;
}

/// A place on a random open edge; usually with the other side of the street.
inline Position random_position(std::mt19937& random, const RoadGraph& graph) {
  Position position;
  position.num_sides = 1;
  const auto e = static_cast<std::int32_t>(random() % static_cast<unsigned>(graph.num_edges()));
  const std::int32_t length = graph.length_cm[e];
  const auto offset = static_cast<std::int32_t>(random() % static_cast<unsigned>(length + 1));
  position.sides[0] = {e, random() % 4 == 0 ? length / 2 : offset};
  if (graph.opposite[e] >= 0 && random() % 4 != 0) {
    position.num_sides = 2;
    position.sides[1] = {graph.opposite[e], length - position.sides[0].offset_cm};
  }
  return position;
}

/// Weights are pairs: milliseconds and centimetres.
using PlainWeight = std::pair<std::int64_t, std::int64_t>;
inline constexpr PlainWeight kPlainNoWay{INT64_MAX, 0};

/// Dijkstra from an edge-node to all; the start itself is reached by ways around alone where
/// `around`.
inline std::vector<PlainWeight> plain_distances(const RoadGraph& graph, const Metric& metric,
                                                std::int32_t start, bool around) {
  const TurnGraph& turns = graph.turns;
  std::vector<PlainWeight> weight(turns.edge.size(), kPlainNoWay);
  using Entry = std::pair<PlainWeight, std::int32_t>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
  const auto relax_from = [&](std::int32_t u, PlainWeight here) {
    for (std::int64_t t = turns.first_turn[u]; t < turns.first_turn[u + 1]; ++t) {
      if (metric.arc_time_ms[t] >= kClosed) continue;
      const PlainWeight there{here.first + metric.arc_time_ms[t],
                              here.second + graph.length_cm[turns.edge[u]]};
      if (there < weight[turns.turn_head[t]]) {
        weight[turns.turn_head[t]] = there;
        queue.emplace(there, turns.turn_head[t]);
      }
    }
  };
  if (!around) weight[start] = {0, 0};
  relax_from(start, {0, 0});
  while (!queue.empty()) {
    const auto [here, u] = queue.top();
    queue.pop();
    if (here == weight[u]) relax_from(u, here);
  }
  return weight;
}

/// The definition of travel between two positions, word for word.
inline Travel plain_travel(const RoadGraph& graph, const Metric& metric, const Position& from,
                           const Position& to) {
  if (from.valid() && from == to) return {0, 0};
  PlainWeight best = kPlainNoWay;
  for (int i = 0; i < from.num_sides; ++i) {
    const auto [e, o] = from.sides[i];
    if (metric.edge_access[e] == Access::closed || metric.edge_time_ms[e] >= kClosed) continue;
    const std::int64_t from_share = share_of_edge(metric.edge_time_ms[e], o, graph.length_cm[e]);
    const std::int32_t start = graph.turns.departing_node[e];
    for (int j = 0; j < to.num_sides; ++j) {
      const auto [f, p] = to.sides[j];
      if (metric.edge_access[f] == Access::closed || metric.edge_time_ms[f] >= kClosed) continue;
      const std::int64_t to_share = share_of_edge(metric.edge_time_ms[f], p, graph.length_cm[f]);
      if (e == f && p >= o) best = std::min(best, PlainWeight{to_share - from_share, p - o});
      const std::int32_t end = graph.turns.arriving_node[f];
      const PlainWeight between = plain_distances(graph, metric, start, start == end)[end];
      if (between == kPlainNoWay) continue;
      best = std::min(best,
                      PlainWeight{between.first - from_share + to_share, between.second - o + p});
    }
  }
  if (best.first >= kClosed) return {};
  return {static_cast<std::int32_t>(best.first),
          static_cast<std::int32_t>((best.second + 50) / 100)};
}

}  // namespace roadgnn::graph::testing
