// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/metric.h>

#include <algorithm>
#include <string>

#include <roadgnn/graph/error.h>
#include <roadgnn/graph/opening_hours.h>
#include <roadgnn/graph/turn_expansion.h>

namespace roadgnn::graph {
namespace {

std::size_t index(std::int64_t i) {
  return static_cast<std::size_t>(i);
}

std::vector<Holds> evaluate_conditions(const RoadGraph& graph, const Departure& departure) {
  std::vector<Holds> holds;
  holds.reserve(graph.conditions.size());
  for (const std::string& condition : graph.conditions) {
    holds.push_back(holds.empty() ? Holds::yes : evaluate_opening_hours(condition, departure));
  }
  return holds;
}

struct EdgeValue {
  std::int32_t time_ms;
  Access access;

  // From best to worst: open, ends-only, closed; then by time.
  bool worse_than(const EdgeValue& other) const {
    const auto rank = [](Access a) {
      return a == Access::open ? 0 : a == Access::ends_only ? 1 : 2;
    };
    if (access != other.access) return rank(access) > rank(other.access);
    return time_ms > other.time_ms;
  }
};

void apply_conditional_edges(const ProfileData& data, const std::vector<Holds>& holds,
                             Metric& metric) {
  for (const ConditionalEdge& entry : data.conditional_edges) {
    const Holds held = holds[index(entry.condition)];
    const std::size_t e = index(entry.edge);
    const EdgeValue value{entry.time_ms, entry.access};
    const EdgeValue now{metric.edge_time_ms[e], metric.edge_access[e]};
    if (held == Holds::no || (held == Holds::unknown && !value.worse_than(now))) continue;
    metric.edge_time_ms[e] = value.time_ms;
    metric.edge_access[e] = value.access;
  }
}

std::vector<std::int32_t> turn_times_at(const ProfileData& data, const std::vector<Holds>& holds) {
  std::vector<std::int32_t> times(data.turn_time_ms.begin(), data.turn_time_ms.end());
  for (const ConditionalTurn& entry : data.conditional_turns) {
    std::int32_t& time = times[index(entry.turn)];
    const Holds held = holds[index(entry.condition)];
    if (held == Holds::yes || (held == Holds::unknown && entry.time_ms > time))
      time = entry.time_ms;
  }
  return times;
}

bool exceeds(const VehicleLimits& limits, LimitKind kind, std::int32_t posted) {
  switch (kind) {
    case LimitKind::max_height_cm:
      return limits.height_cm && *limits.height_cm > posted;
    case LimitKind::max_width_cm:
      return limits.width_cm && *limits.width_cm > posted;
    case LimitKind::max_length_cm:
      return limits.length_cm && *limits.length_cm > posted;
    case LimitKind::max_weight_kg:
      return limits.weight_kg && *limits.weight_kg > posted;
    case LimitKind::max_axle_load_kg:
      return limits.axle_load_kg && *limits.axle_load_kg > posted;
    case LimitKind::hazmat:
      return limits.hazmat;
  }
  return false;
}

void apply_limits(const RoadGraph& graph, const VehicleLimits& limits, Metric& metric) {
  for (std::size_t i = 0; i < graph.limit_edge.size(); ++i) {
    if (exceeds(limits, graph.limit_kind[i], graph.limit_value[i])) {
      metric.edge_access[index(graph.limit_edge[i])] = Access::closed;
    }
  }
  const auto avoided = static_cast<std::uint16_t>((limits.avoid_tolls ? edge_flag::toll : 0) |
                                                  (limits.avoid_ferries ? edge_flag::ferry : 0));
  if (avoided == 0) return;
  for (std::size_t e = 0; e < metric.edge_access.size(); ++e) {
    if ((graph.edge_flags[e] & avoided) != 0) metric.edge_access[e] = Access::closed;
  }
}

void close_consistently(const RoadGraph& graph, Metric& metric) {
  for (std::size_t e = 0; e < metric.edge_access.size(); ++e) {
    std::int32_t& time = metric.edge_time_ms[e];
    if (time < 0) {
      throw InputError("edge " + std::to_string(e) + ": expected a time of 0 ms or more, found " +
                       std::to_string(time));
    }
    if (time >= kClosed) metric.edge_access[e] = Access::closed;
    if (metric.edge_access[e] == Access::closed) time = kClosed;
    const std::int32_t start = graph.turns.departing_node[e];
    if (metric.edge_access[e] == Access::ends_only &&
        graph.turns.layer[index(start)] != Layer::departing) {
      throw InputError(
          "edge " + std::to_string(e) +
          ": expected to be open or closed, found ends-only, which no profile of this city "
          "has here, so that the turn graph has no copies for it");
    }
  }
}

// A trip's step from layer to layer under the accesses of both edges.
bool may_step(Layer from, Layer to, Access leaving, Access entering) {
  const auto open = [](Access a) { return a == Access::open ? 1U : 0U; };
  const auto ends = [](Access a) { return a == Access::ends_only ? 1U : 0U; };
  return layer_step_mask(from, to, open(leaving), ends(leaving), open(entering), ends(entering)) !=
         0;
}

void weigh_arcs(const RoadGraph& graph, std::span<const std::int32_t> turn_time_ms,
                Metric& metric) {
  const TurnGraph& turns = graph.turns;
  metric.arc_time_ms.resize(turns.turn_head.size());
  for (std::size_t u = 0; u < turns.edge.size(); ++u) {
    const std::size_t e = index(turns.edge[u]);
    const Access leaving = metric.edge_access[e];
    for (std::size_t t = index(turns.first_turn[u]); t < index(turns.first_turn[u + 1]); ++t) {
      const std::size_t v = index(turns.turn_head[t]);
      const Access entering = metric.edge_access[index(turns.edge[v])];
      const std::int64_t time = std::int64_t{metric.edge_time_ms[e]} + turn_time_ms[t];
      const bool passable =
          time < kClosed && may_step(turns.layer[u], turns.layer[v], leaving, entering);
      metric.arc_time_ms[t] = passable ? static_cast<std::int32_t>(time) : kClosed;
    }
  }
}

void check_size(const char* what, std::size_t found, std::size_t expected) {
  if (found == expected) return;
  throw InputError(std::string(what) + ": expected " + std::to_string(expected) +
                   " values, found " + std::to_string(found));
}

}  // namespace

Metric make_metric(const RoadGraph& graph, int profile, std::optional<Departure> departure,
                   const VehicleLimits& limits) {
  if (profile < 0 || index(profile) >= graph.profiles.size()) {
    throw InputError("profile: expected 0 to " + std::to_string(graph.profiles.size() - 1) +
                     ", found " + std::to_string(profile));
  }
  const ProfileData& data = graph.profiles[index(profile)];
  Metric metric;
  metric.edge_time_ms.assign(data.edge_time_ms.begin(), data.edge_time_ms.end());
  metric.edge_access.assign(data.edge_access.begin(), data.edge_access.end());
  std::vector<std::int32_t> turn_times;
  std::span<const std::int32_t> turn_time_ms = data.turn_time_ms.span();
  if (departure) {
    const std::vector<Holds> holds = evaluate_conditions(graph, *departure);
    apply_conditional_edges(data, holds, metric);
    turn_times = turn_times_at(data, holds);
    turn_time_ms = turn_times;
  }
  apply_limits(graph, limits, metric);
  close_consistently(graph, metric);
  weigh_arcs(graph, turn_time_ms, metric);
  return metric;
}

Metric make_metric(const RoadGraph& graph, std::vector<std::int32_t> edge_time_ms,
                   std::vector<Access> edge_access, std::span<const std::int32_t> turn_time_ms) {
  check_size("edge times", edge_time_ms.size(), index(graph.num_edges()));
  check_size("edge accesses", edge_access.size(), index(graph.num_edges()));
  check_size("turn times", turn_time_ms.size(), graph.turns.turn_head.size());
  for (std::size_t t = 0; t < turn_time_ms.size(); ++t) {
    if (turn_time_ms[t] < 0) {
      throw InputError("turn " + std::to_string(t) + ": expected a time of 0 ms or more, found " +
                       std::to_string(turn_time_ms[t]));
    }
  }
  Metric metric;
  metric.edge_time_ms = std::move(edge_time_ms);
  metric.edge_access = std::move(edge_access);
  close_consistently(graph, metric);
  weigh_arcs(graph, turn_time_ms, metric);
  return metric;
}

}  // namespace roadgnn::graph
