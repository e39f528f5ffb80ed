// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/dijkstra.h>

#include <algorithm>
#include <compare>
#include <queue>
#include <tuple>

namespace roadgnn::graph {
namespace {

std::size_t index(std::int64_t i) {
  return static_cast<std::size_t>(i);
}

// Milliseconds, then centimetres.
struct Weight {
  std::int64_t time_ms = kClosed, length_cm = 0;

  bool reachable() const { return time_ms < kClosed; }
  friend auto operator<=>(const Weight&, const Weight&) = default;
};

Weight operator+(const Weight& a, const Weight& b) {
  return {a.time_ms + b.time_ms, a.length_cm + b.length_cm};
}

Travel rounded(const Weight& weight) {
  if (!weight.reachable()) return {};
  return {static_cast<std::int32_t>(weight.time_ms),
          static_cast<std::int32_t>((weight.length_cm + 50) / 100)};
}

}  // namespace

struct Dijkstra::Impl {
  struct Label {
    Weight weight;
    std::int64_t turn = -1;   // by which the edge-node was entered
    std::uint32_t round = 0;  // of the search that wrote it
    bool settled = false;
  };
  struct Waiting {
    Weight weight;
    std::int32_t node;
    friend auto operator<=>(const Waiting&, const Waiting&) = default;
  };
  // A target's side, at the edge-node where trips to it end.
  struct Goal {
    std::int32_t node, target, side;
    Weight rest;  // from the edge's tail to the place
    friend bool operator<(const Goal& a, const Goal& b) {
      return std::tie(a.node, a.target, a.side) < std::tie(b.node, b.target, b.side);
    }
  };
  struct Best {
    Weight weight;
    std::int32_t from_side = -1, to_side = -1;
    bool direct = false;  // along one edge
  };

  Impl(const RoadGraph& road_graph, const Metric& road_metric)
      : graph(road_graph), metric(road_metric), labels(index(road_graph.turns.num_edge_nodes())) {}

  // Part of an edge between its tail and a place on it.
  Weight part(const EdgePosition& at) const {
    const std::size_t e = index(at.edge);
    return {share_of_edge(metric.edge_time_ms[e], at.offset_cm, graph.length_cm[e]), at.offset_cm};
  }
  bool closed(const EdgePosition& at) const {
    return metric.edge_access[index(at.edge)] == Access::closed ||
           metric.edge_time_ms[index(at.edge)] >= kClosed;
  }

  void improve(std::int32_t target, const Weight& weight, std::int32_t from_side,
               std::int32_t to_side, bool direct) {
    Best& found = best[index(target)];
    if (weight.reachable() && weight < found.weight) found = {weight, from_side, to_side, direct};
  }

  void enter(std::int32_t node, const Weight& weight, std::int64_t turn) {
    if (!weight.reachable()) return;
    Label& label = labels[index(node)];
    if (label.round == round && !(weight < label.weight)) return;
    label = {weight, turn, round, false};
    queue.push({weight, node});
  }

  void leave(std::int32_t node, const Weight& weight, const Weight& without) {
    const std::size_t e = index(graph.turns.edge[index(node)]);
    for (std::int64_t t = graph.turns.first_turn[index(node)];
         t < graph.turns.first_turn[index(node) + 1]; ++t) {
      const std::int32_t arc = metric.arc_time_ms[index(t)];
      if (arc >= kClosed) continue;
      const Weight arc_weight{arc - without.time_ms, graph.length_cm[e] - without.length_cm};
      enter(graph.turns.turn_head[index(t)], weight + arc_weight, t);
    }
  }

  void begin(std::span<const Position> to) {
    if (++round == 0) {
      for (Label& label : labels) label.round = 0;
      round = 1;
    }
    queue = {};
    goals.clear();
    best.assign(to.size(), {});
    for (std::size_t i = 0; i < to.size(); ++i) {
      for (std::int32_t side = 0; side < to[i].num_sides; ++side) {
        const EdgePosition& at = to[i].sides[index(side)];
        if (closed(at)) continue;
        const std::int32_t node = graph.turns.arriving_node[index(at.edge)];
        goals.push_back({node, static_cast<std::int32_t>(i), side, part(at)});
      }
    }
    std::sort(goals.begin(), goals.end());
  }

  void go_along_one_edge(const Position& from, std::span<const Position> to) {
    for (std::size_t i = 0; i < to.size(); ++i) {
      const auto target = static_cast<std::int32_t>(i);
      if (from.valid() && from == to[i]) {
        best[i] = {{0, 0}, 0, 0, true};
        continue;
      }
      for (std::int32_t a = 0; a < from.num_sides; ++a) {
        for (std::int32_t b = 0; b < to[i].num_sides; ++b) {
          const EdgePosition &start = from.sides[index(a)], &end = to[i].sides[index(b)];
          if (start.edge != end.edge || start.offset_cm > end.offset_cm || closed(start)) continue;
          const Weight before = part(start), all = part(end);
          improve(target, {all.time_ms - before.time_ms, all.length_cm - before.length_cm}, a, b,
                  true);
        }
      }
    }
  }

  // Nothing that is still waiting can improve any target.
  bool done(const Weight& next) {
    while (undecided < best.size() && best[undecided].weight <= next) ++undecided;
    return undecided == best.size();
  }

  void search(const Position& from, std::span<const Position> to, std::int32_t max_time_ms) {
    begin(to);
    go_along_one_edge(from, to);
    for (std::int32_t a = 0; a < from.num_sides; ++a) {
      const EdgePosition& start = from.sides[index(a)];
      if (!closed(start)) leave(graph.turns.departing_node[index(start.edge)], {0, 0}, part(start));
    }
    undecided = 0;
    while (!queue.empty()) {
      const Waiting top = queue.top();
      if (top.weight.time_ms > max_time_ms || done(top.weight)) break;
      queue.pop();
      Label& label = labels[index(top.node)];
      if (label.settled || label.weight != top.weight) continue;
      label.settled = true;
      arrive(top.node, top.weight);
      leave(top.node, top.weight, {0, 0});
    }
  }

  void arrive(std::int32_t node, const Weight& weight) {
    auto goal = std::lower_bound(goals.begin(), goals.end(), node,
                                 [](const Goal& a, std::int32_t b) { return a.node < b; });
    for (; goal != goals.end() && goal->node == node; ++goal) {
      improve(goal->target, weight + goal->rest, -1, goal->side, false);
    }
  }

  Path path(const Position& from, const Position& to) const {
    const Best& found = best.front();
    Path path;
    path.travel = rounded(found.weight);
    if (!found.weight.reachable()) return path;
    path.to = to.sides[index(found.to_side)];
    if (found.direct) {
      path.from = from.sides[index(found.from_side)];
      path.edges = {path.from.edge};
      return path;
    }
    // The walk back ends with the turn whose tail a trip begins at. The search passes the beginning
    // again only on trips that go round to it, and then the label there tells how.
    std::int32_t node = graph.turns.arriving_node[index(path.to.edge)];
    path.edges.push_back(path.to.edge);
    while (true) {
      const std::int64_t turn = labels[index(node)].turn;
      const std::int32_t before = graph.turns.turn_tail[index(turn)];
      path.edges.push_back(graph.turns.edge[index(before)]);
      const std::int32_t side = start_of(from, before, turn, labels[index(node)].weight);
      if (side >= 0) {
        path.from = from.sides[index(side)];
        break;
      }
      node = before;
    }
    std::reverse(path.edges.begin(), path.edges.end());
    return path;
  }

  // The side of `from` whose departure by `turn` weighs `weight`, or -1.
  std::int32_t start_of(const Position& from, std::int32_t node, std::int64_t turn,
                        const Weight& weight) const {
    for (std::int32_t a = 0; a < from.num_sides; ++a) {
      const EdgePosition& start = from.sides[index(a)];
      if (graph.turns.departing_node[index(start.edge)] != node || closed(start)) continue;
      const Weight before = part(start);
      const Weight departing{metric.arc_time_ms[index(turn)] - before.time_ms,
                             graph.length_cm[index(start.edge)] - before.length_cm};
      if (departing == weight) return a;
    }
    return -1;
  }

  const RoadGraph& graph;
  const Metric& metric;
  std::vector<Label> labels;
  std::uint32_t round = 0;
  std::priority_queue<Waiting, std::vector<Waiting>, std::greater<>> queue;
  std::vector<Goal> goals;
  std::vector<Best> best;
  std::size_t undecided = 0;
};

Dijkstra::Dijkstra(const RoadGraph& graph, const Metric& metric)
    : impl_(std::make_unique<Impl>(graph, metric)) {}
Dijkstra::~Dijkstra() = default;

Path Dijkstra::run(const Position& from, const Position& to) {
  impl_->search(from, {&to, 1}, kClosed);
  return impl_->path(from, to);
}

std::vector<Travel> Dijkstra::run(const Position& from, std::span<const Position> to,
                                  std::int32_t max_time_ms) {
  impl_->search(from, to, max_time_ms);
  std::vector<Travel> travel;
  travel.reserve(to.size());
  for (const Impl::Best& best : impl_->best) {
    travel.push_back(best.weight.time_ms <= max_time_ms ? rounded(best.weight) : Travel{});
  }
  return travel;
}

}  // namespace roadgnn::graph
