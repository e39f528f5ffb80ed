// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/models/road_tensors.h>

#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include <ATen/ATen.h>
#include <roadgnn/gnn/csr_graph.h>
#include <roadgnn/graph/error.h>
#include <roadgnn/graph/parallel.h>
#include <roadgnn/graph/turn_cost.h>

namespace roadgnn::gnn::models {

namespace {

using at::Tensor;
using graph::RoadGraph;

constexpr std::int64_t kClasses = 22, kSurfaces = 3;
static_assert(static_cast<int>(graph::RoadClass::other) == kClasses - 1);

/// Fills one row from left to right.
class Row {
 public:
  explicit Row(float* out) : out_(out) {}
  void add(double value) { *out_++ = static_cast<float>(value); }
  void one_of(std::int64_t which, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) add(i == which);
  }
  const float* end() const { return out_; }

 private:
  float* out_;
};

int kind_of(graph::Surface surface) {
  if (surface == graph::Surface::unknown) return 0;
  return surface <= graph::Surface::wood ? 1 : 2;
}

class Writer {
 public:
  Writer(const RoadGraph& graph, int profile, const RoadTensorsOptions& options)
      : graph_(graph),
        profile_(graph.profiles[static_cast<std::size_t>(profile)]),
        options_(options),
        side_(graph.left_hand_traffic ? -1 : 1) {}

  RoadTensors run() {
    RoadTensors result;
    result.edge = at::empty({graph_.turns.num_edge_nodes(), kRoadFeatures}, at::kFloat);
    parallel(graph_.turns.num_edge_nodes(), [&](std::size_t u) {
      write_edge(u, result.edge.mutable_data_ptr<float>() + u * std::size_t{kRoadFeatures});
    });
    result.departing = view(graph_.turns.departing_node).to(at::kLong, false, /*copy=*/true);
    result.arriving = view(graph_.turns.arriving_node).to(at::kLong, false, /*copy=*/true);
    add_turns(result);
    return result;
  }

 private:
  template <class Body>
  void parallel(std::int64_t count, const Body& body) const {
    graph::parallel_for(count, 4096, options_.threads,
                        [&](std::int64_t begin, std::int64_t end, int) {
                          for (auto i = begin; i < end; ++i) body(static_cast<std::size_t>(i));
                        });
  }

  std::int32_t degree(std::int32_t node) const {
    const auto v = static_cast<std::size_t>(node);
    return graph_.first_out[v + 1] - graph_.first_out[v];
  }

  void write_edge(std::size_t u, float* out) const {
    const auto e = static_cast<std::size_t>(graph_.turns.edge[u]);
    Row row(out);
    row.one_of(static_cast<std::int64_t>(graph_.road_class[e]), kClasses);
    row.one_of(kind_of(graph_.surface[e]), kSurfaces);
    namespace flag = graph::edge_flag;
    for (const std::uint16_t bit :
         {flag::roundabout, flag::tunnel, flag::bridge, flag::toll, flag::ferry, flag::link,
          flag::signals_at_head, flag::stop_at_head, flag::give_way_at_head, flag::oneway,
          flag::startpoint}) {
      row.add((graph_.edge_flags[e] & bit) != 0);
    }
    row.add(graph_.opposite[e] >= 0);
    const std::uint8_t at_head = graph_.node_flags[static_cast<std::size_t>(graph_.head[e])];
    const std::uint8_t at_tail = graph_.node_flags[static_cast<std::size_t>(graph_.tail[e])];
    namespace mark = graph::node_flag;
    for (const std::uint8_t bit :
         {mark::traffic_signals, mark::crossing, mark::barrier, mark::mini_roundabout}) {
      row.add((at_head & bit) != 0);
    }
    for (const std::uint8_t bit : {mark::traffic_signals, mark::crossing})
      row.add((at_tail & bit) != 0);
    add_numbers(e, graph_.turns.layer[u], row);
  }

  void add_numbers(std::size_t e, graph::Layer layer, Row& row) const {
    const double metres = graph_.length_cm[e] / 100.0;
    const std::int32_t time_ms = profile_.edge_time_ms[e];
    const bool closed = time_ms >= graph::kClosed;
    row.add(std::log((metres + 1) / 100));
    row.add(closed || time_ms <= 0 ? 0 : std::log((metres + 1) / (time_ms / 1000.0 + 0.1) / 10));
    row.add(closed);
    row.add(profile_.edge_access[e] == graph::Access::ends_only);
    row.add(graph_.speed_limit_kmh[e] / 50.0);
    row.add(graph_.speed_limit_kmh[e] > 0);
    row.add(graph_.lanes[e] / 2.0);
    row.add(std::log1p(degree(graph_.tail[e])));
    row.add(std::log1p(degree(graph_.head[e])));
    row.add(layer == graph::Layer::departing);
    row.add(layer == graph::Layer::arriving);
    const double phase = options_.hour.value_or(0) / 24 * 2 * std::numbers::pi;
    row.add(options_.hour.has_value());
    row.add(options_.hour ? std::sin(phase) : 0);
    row.add(options_.hour ? std::cos(phase) : 0);
  }

  // Row u: turns out of u, turns into u, u itself.
  void add_turns(RoadTensors& result) const {
    const graph::TurnGraph& turns = graph_.turns;
    const std::int64_t n = turns.num_edge_nodes();
    const std::int64_t entries = 2 * turns.num_turns() + n;
    Tensor first = at::empty({n + 1}, at::kLong), head = at::empty({entries}, at::kInt);
    result.turn = at::empty({entries, kTurnFeatures}, at::kFloat);
    auto* first_out = first.mutable_data_ptr<std::int64_t>();
    auto* heads = head.mutable_data_ptr<std::int32_t>();
    auto* rows = result.turn.mutable_data_ptr<float>();
    for (std::int64_t u = 0; u <= n; ++u) {
      const auto v = static_cast<std::size_t>(u);
      first_out[u] = turns.first_turn[v] + turns.first_turn_in[v] + u;
    }
    const auto bearings = bearings_of_edges();
    parallel(n, [&](std::size_t u) {
      std::int64_t entry = first_out[u];
      const auto add = [&](std::int32_t other, std::int64_t turn, bool follows) {
        heads[entry] = other;
        write_turn(static_cast<std::size_t>(turn), follows, bearings, rows + entry * kTurnFeatures);
        ++entry;
      };
      for (auto t = turns.first_turn[u]; t < turns.first_turn[u + 1]; ++t)
        add(turns.turn_head[static_cast<std::size_t>(t)], t, true);
      for (auto i = turns.first_turn_in[u]; i < turns.first_turn_in[u + 1]; ++i) {
        const std::int64_t t = turns.turn_in[static_cast<std::size_t>(i)];
        add(turns.turn_tail[static_cast<std::size_t>(t)], t, false);
      }
      heads[entry] = static_cast<std::int32_t>(u);
      Row(rows + entry * kTurnFeatures).one_of(kTurnFeatures - 1, kTurnFeatures);
    });
    const CsrGraph graph(first, head, {}, n);
    result.graph = options_.transpose ? ops::make_adjacency(graph)
                                      : ops::Adjacency{graph.first_out(), graph.head(), {}, {}, {}};
  }

  struct Bearings {
    std::vector<float> tail, head;  // [num_edges] degrees
  };

  Bearings bearings_of_edges() const {
    const auto edges = static_cast<std::size_t>(graph_.num_edges());
    Bearings bearings{std::vector<float>(edges), std::vector<float>(edges)};
    parallel(graph_.num_edges(), [&](std::size_t e) {
      bearings.tail[e] = bearing_at_tail(graph_, static_cast<std::int32_t>(e));
      bearings.head[e] = bearing_at_head(graph_, static_cast<std::int32_t>(e));
    });
    return bearings;
  }

  void write_turn(std::size_t t, bool follows, const Bearings& bearings, float* out) const {
    const graph::TurnGraph& turns = graph_.turns;
    const auto from =
        static_cast<std::size_t>(turns.edge[static_cast<std::size_t>(turns.turn_tail[t])]);
    const auto to =
        static_cast<std::size_t>(turns.edge[static_cast<std::size_t>(turns.turn_head[t])]);
    const std::int32_t cost_ms = profile_.turn_time_ms[t];
    const bool closed = cost_ms >= graph::kClosed;
    const double angle =
        graph::turn_angle_deg(bearings.head[from], bearings.tail[to]) / 180 * std::numbers::pi;
    Row row(out);
    row.add(closed ? 0 : std::asinh(cost_ms / 1000.0));
    row.add(closed);
    row.add(side_ * std::sin(angle));
    row.add(std::cos(angle));
    row.add(graph_.opposite[from] == static_cast<std::int32_t>(to));
    row.add(closed ? 0 : std::min(1.0, cost_ms / 30000.0));
    row.one_of(follows ? 0 : 1, 3);
  }

  const RoadGraph& graph_;
  const graph::ProfileData& profile_;
  RoadTensorsOptions options_;
  double side_;
};

Tensor moved(const Tensor& tensor, at::Device device) {
  return tensor.defined() ? tensor.to(device) : tensor;
}

}  // namespace

RoadTensors RoadTensors::to(at::Device device) const {
  return {
      {moved(graph.first_out, device), moved(graph.head, device), moved(graph.t_first_out, device),
       moved(graph.t_head, device), moved(graph.t_edge, device)},
      moved(turn, device),
      moved(edge, device),
      moved(departing, device),
      moved(arriving, device)};
}

RoadTensors make_road_tensors(const RoadGraph& graph, int profile,
                              const RoadTensorsOptions& options) {
  if (profile < 0 || static_cast<std::size_t>(profile) >= graph.profiles.size()) {
    throw InputError("road tensors: expected a profile below " +
                     std::to_string(graph.profiles.size()) + ", found " + std::to_string(profile));
  }
  if (options.hour && !(*options.hour >= 0 && *options.hour <= 24)) {
    throw InputError("road tensors: expected an hour from 0 to 24, found " +
                     std::to_string(*options.hour));
  }
  return Writer(graph, profile, options).run();
}

}  // namespace roadgnn::gnn::models
