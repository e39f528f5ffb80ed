// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/leg_reasons.h>

namespace roadgnn::io {
namespace {

std::size_t index(std::int64_t i) {
  return static_cast<std::size_t>(i);
}

// An order with a stop at each location, -1 at those without.
std::vector<std::int32_t> orders_at(const decode::Problem& problem) {
  std::vector<std::int32_t> orders(index(problem.num_locations), -1);
  for (std::size_t o = problem.orders.size(); o-- > 0;) {
    for (const auto* stop : {&problem.orders[o].pickup, &problem.orders[o].delivery}) {
      if (*stop && (*stop)->location >= 0)
        orders[index((*stop)->location)] = static_cast<std::int32_t>(o);
    }
  }
  return orders;
}

LegReason explain(const ScoredCandidates& scored, const std::vector<std::int32_t>& orders,
                  std::int32_t from, std::int32_t to) {
  LegReason reason;
  const graph::CandidateGraph& graph = scored.graph;
  if (from >= graph.num_stops()) return reason;
  const std::int64_t begin = graph.first_out[index(from)], end = graph.first_out[index(from) + 1];
  std::int64_t own = -1, best = -1;
  for (std::int64_t e = begin; e < end; ++e) {
    if (graph.head[index(e)] == to) {
      own = e;
    } else if (orders[index(graph.head[index(e)])] >= 0) {
      ++reason.candidates;
      if (best < 0 || scored.scores[index(e)] > scored.scores[index(best)]) best = e;
    }
  }
  if (best >= 0) {
    reason.other = orders[index(graph.head[index(best)])];
    reason.other_score = scored.scores[index(best)];
    reason.other_duration = graph.travel[index(best)].time_ms;
  }
  if (own < 0) return reason;
  ++reason.candidates;
  reason.score = scored.scores[index(own)];
  reason.rank = 1;
  for (std::int64_t e = begin; e < end; ++e) {
    const float score = scored.scores[index(e)];
    reason.rank += e != own && orders[index(graph.head[index(e)])] >= 0 &&
                   (score > reason.score || (score == reason.score && e < own));
  }
  return reason;
}

}  // namespace

std::vector<std::vector<LegReason>> explain_legs(const decode::Problem& problem,
                                                 const decode::Plan& plan,
                                                 std::span<const ScoredCandidates> scored) {
  const std::vector<std::int32_t> orders = orders_at(problem);
  std::vector<std::vector<LegReason>> reasons;
  for (const decode::Route& route : plan.routes) {
    std::vector<LegReason>& row = reasons.emplace_back(route.steps.size());
    const std::int32_t profile = problem.vehicle_types[index(route.vehicle_type)].profile;
    if (index(profile) >= scored.size()) continue;
    std::int32_t from = -1;
    for (std::size_t s = 0; s < route.steps.size(); ++s) {
      const std::int32_t to = route.steps[s].location;
      if (to < 0) continue;
      if (from >= 0 && to != from) row[s] = explain(scored[index(profile)], orders, from, to);
      from = to;
    }
  }
  return reasons;
}

}  // namespace roadgnn::io
