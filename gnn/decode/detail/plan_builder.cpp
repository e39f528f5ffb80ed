// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/plan_builder.h>

#include <algorithm>
#include <utility>

#include <roadgnn/graph/error.h>
#include <roadgnn/graph/parallel.h>

namespace roadgnn::decode::detail {
namespace {

// Leaves at the latest departure that keeps the end, then does everything as early as possible.
Route build_route(const Model& model, const RouteSequence& sequence, TravelCache& travel) {
  RouteState state;
  if (!state.assign(model, sequence.type, sequence.visits, travel)) {
    throw Error("decode: a route of the search is infeasible");
  }
  const TypeView& type = model.type(sequence.type);
  const auto& nodes = state.nodes();
  Route route;
  route.vehicle_type = sequence.type;
  route.steps.reserve(nodes.size());
  std::int64_t now = state.figures().start;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Node& node = nodes[i];
    Step step;
    step.location = node.location;
    step.distance = node.distance;
    step.load.assign(state.load(i), state.load(i) + model.num_dimensions());
    step.arrival = step.begin = step.departure = now += node.in.time_ms;
    if (node.visit >= 0) {
      const Visit& visit = model.visit(node.visit);
      step.kind = visit.is_pickup ? StepKind::pickup : StepKind::delivery;
      step.order = visit.order;
      step.begin = model.earliest_begin(visit, now);
      step.departure = step.begin + visit.service;
    } else if (i > 0) {
      step.kind = StepKind::end;
      step.begin = step.departure = std::max(now, type.end.open);
      if (step.location < 0) step.location = nodes[i - 1].location;
    }
    now = step.departure;
    route.steps.push_back(std::move(step));
  }
  route.distance = state.figures().distance;
  route.driving = state.figures().driving;
  route.duration = state.figures().duration();
  route.cost = state.figures().cost;
  return route;
}

}  // namespace

Plan build_plan(const Model& model, std::vector<RouteSequence> routes, int threads) {
  std::erase_if(routes, [](const RouteSequence& route) { return route.visits.empty(); });
  std::stable_sort(routes.begin(), routes.end(),
                   [](const RouteSequence& a, const RouteSequence& b) { return a.type < b.type; });
  Plan plan;
  plan.routes.resize(routes.size());
  graph::parallel_for(static_cast<std::int64_t>(routes.size()), 16, threads,
                      [&](std::int64_t begin, std::int64_t end, int) {
                        TravelCache travel(model.travel_times(), 0);
                        for (auto r = static_cast<std::size_t>(begin);
                             r < static_cast<std::size_t>(end); ++r) {
                          plan.routes[r] = build_route(model, routes[r], travel);
                        }
                      });
  for (std::size_t r = 0; r < plan.routes.size(); ++r) {
    Route& route = plan.routes[r];
    const bool same_type = r > 0 && plan.routes[r - 1].vehicle_type == route.vehicle_type;
    route.vehicle = same_type ? plan.routes[r - 1].vehicle + 1 : 0;
    plan.cost += route.cost;
    plan.distance += route.distance;
    plan.duration += route.duration;
  }
  return plan;
}

}  // namespace roadgnn::decode::detail
