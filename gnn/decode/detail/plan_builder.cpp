// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/plan_builder.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include <roadgnn/gnn/decode/detail/timeline.h>
#include <roadgnn/graph/error.h>
#include <roadgnn/graph/parallel.h>

namespace roadgnn::decode::detail {
namespace {

// Where a break on the way interrupts its leg: as late as its window lets it, so at the leg's end
// if it can.
void interrupt_leg(const Station& station, const Step& previous, Step& step) {
  const auto holds = [&](const TimeWindow& window) {
    return window.open <= station.begin && station.begin <= window.close;
  };
  if (station.windows.empty() || std::any_of(station.windows.begin(), station.windows.end(), holds))
    return;
  for (const TimeWindow& window : station.windows) {
    if (station.begin > window.close + station.extend || station.begin < window.open) continue;
    step.begin = window.close;
    step.departure = step.begin + station.service;
    step.arrival = previous.departure + station.leg.time_ms - (station.begin - window.close);
    step.location = step.arrival == previous.departure ? previous.location : -1;
    step.distance = previous.distance;
    return;
  }
}

class RouteBuilder {
 public:
  RouteBuilder(const Model& model, TravelCache& travel) : model_(model), timeline_(model, travel) {}

  Route build(const RouteSequence& sequence) {
    const TypeView& type = model_.type(sequence.type);
    const TimelineFigures figures = timeline_.evaluate(sequence.type, sequence.visits);
    if (!figures.feasible && type.state != nullptr && sequence.visits.empty()) {
      throw InputError("vehicle " + std::to_string(type.vehicle + 1) + " of type '" +
                       type.source->id +
                       "': expected a state from which it can end its route, found one that is too "
                       "late or too far");
    }
    if (!figures.feasible) throw Error("decode: a route of the search is infeasible");
    Route route;
    route.vehicle_type = type.source_type;
    route.vehicle = type.vehicle;
    if (type.state != nullptr) route.steps = type.state->steps;
    add_steps(type, route);
    route.distance = type.distance_before + figures.distance;
    route.driving = type.driving_before + figures.driving;
    route.duration = route.steps.back().departure - route.steps.front().departure;
    route.cost = cost_of(type, route);
    return route;
  }

 private:
  void add_steps(const TypeView& type, Route& route) {
    const auto& stations = timeline_.timetable().stations;
    const auto loads = timeline_.station_loads();
    const std::size_t before = route.steps.size();
    std::int64_t distance = type.distance_before;
    for (std::size_t i = before > 0 ? 1 : 0; i < stations.size(); ++i) {
      const Station& station = stations[i];
      Step step;
      step.kind = station.kind;
      step.location = station.location;
      step.arrival = station.arrival;
      step.begin = station.begin;
      step.departure = station.departure;
      step.load = loads[i];
      if (i > 0) distance += station.leg.length_m;
      step.distance = distance;
      switch (station.kind) {
        case StepKind::start:
          // A route without a depot starts at its first stop.
          if (step.location < 0) step.location = stations[i + 1].location;
          break;
        case StepKind::end:
          if (step.location < 0) step.location = route.steps.back().location;
          break;
        case StepKind::rest:
          step.index = station.index;
          if (station.extend > 0 && !route.steps.empty())
            interrupt_leg(station, route.steps.back(), step);
          break;
        case StepKind::reload:
          step.index = station.index;
          break;
        default:
          step.order = model_.visit(station.index).order;
      }
      route.steps.push_back(std::move(step));
    }
  }

  double cost_of(const TypeView& type, const Route& route) const {
    const VehicleType& source = *type.source;
    double cost = source.cost_fixed +
                  source.cost_per_distance * static_cast<double>(route.distance) +
                  source.cost_per_time * static_cast<double>(route.duration) +
                  source.cost_per_driving * static_cast<double>(route.driving);
    if (source.cost_per_time_over > 0 && route.duration > source.fair_duration) {
      cost +=
          source.cost_per_time_over * static_cast<double>(route.duration - source.fair_duration);
    }
    if (source.cost_per_service > 0)
      cost += source.cost_per_service * static_cast<double>(time_of_service(type, route));
    for (const Step& step : route.steps) {
      if (step.kind != StepKind::pickup && step.kind != StepKind::delivery) continue;
      const Order& order = model_.problem().orders[static_cast<std::size_t>(step.order)];
      const Stop& stop = stop_of(step);
      if (!stop.windows.empty() && step.begin > stop.windows.back().close)
        cost += stop.late_cost * static_cast<double>(step.begin - stop.windows.back().close);
      const bool last = step.kind == StepKind::delivery || !order.delivery;
      if (last && !order.preferred_types.empty() &&
          std::find(order.preferred_types.begin(), order.preferred_types.end(), type.source_type) ==
              order.preferred_types.end()) {
        cost += order.not_preferred_cost;
      }
    }
    return cost;
  }

  const Stop& stop_of(const Step& step) const {
    const Order& order = model_.problem().orders[static_cast<std::size_t>(step.order)];
    return step.kind == StepKind::pickup ? *order.pickup : *order.delivery;
  }

  std::int64_t time_of_service(const TypeView& type, const Route& route) const {
    std::int64_t time = 0;
    bool moved = type.source->start_depot < 0 && type.state == nullptr;  // since the last stop
    for (std::size_t i = 1; i < route.steps.size(); ++i) {
      const Step &before = route.steps[i - 1], &step = route.steps[i];
      moved |= step.location != before.location;
      if (type.state != nullptr && i == type.state->steps.size())
        moved |= type.start_location != before.location;
      if (step.kind == StepKind::pickup || step.kind == StepKind::delivery)
        time += service_time(stop_of(step), type.source_type, moved);
      if (step.kind != StepKind::rest) moved = false;
    }
    return time;
  }

  const Model& model_;
  Timeline timeline_;
};

// Numbers the vehicles of each type that stand for one another, past those that do not.
void number_vehicles(const Model& model, std::vector<Route>& routes) {
  std::vector<std::vector<std::int32_t>> singles(model.problem().vehicle_types.size());
  for (std::int32_t t = 0; t < model.num_types(); ++t) {
    const TypeView& type = model.type(t);
    if (type.vehicle >= 0)
      singles[static_cast<std::size_t>(type.source_type)].push_back(type.vehicle);
  }
  std::vector<std::int32_t> next(singles.size(), 0);
  for (Route& route : routes) {
    if (route.vehicle >= 0) continue;
    const auto type = static_cast<std::size_t>(route.vehicle_type);
    const auto& taken = singles[type];
    while (std::find(taken.begin(), taken.end(), next[type]) != taken.end()) ++next[type];
    route.vehicle = next[type]++;
  }
  std::stable_sort(routes.begin(), routes.end(), [](const Route& a, const Route& b) {
    return std::tuple(a.vehicle_type, a.vehicle) < std::tuple(b.vehicle_type, b.vehicle);
  });
}

}  // namespace

Route build_route(const Model& model, const RouteSequence& route, TravelCache& travel) {
  return RouteBuilder(model, travel).build(route);
}

Plan build_plan(const Model& model, std::vector<RouteSequence> routes, int threads) {
  std::erase_if(routes, [](const RouteSequence& route) { return route.visits.empty(); });
  // A vehicle on its way ends its route, whether there is more to do or not.
  for (std::int32_t type = 0; type < model.num_types(); ++type) {
    const VehicleState* state = model.type(type).state;
    if (state == nullptr || state->steps.empty()) continue;
    const bool used = std::any_of(routes.begin(), routes.end(),
                                  [&](const RouteSequence& route) { return route.type == type; });
    if (!used) routes.push_back({type, {}});
  }
  std::stable_sort(routes.begin(), routes.end(),
                   [](const RouteSequence& a, const RouteSequence& b) { return a.type < b.type; });
  Plan plan;
  plan.routes.resize(routes.size());
  graph::parallel_for(static_cast<std::int64_t>(routes.size()), 16, threads,
                      [&](std::int64_t begin, std::int64_t end, int) {
                        TravelCache travel(model.travel_times(), 0);
                        RouteBuilder builder(model, travel);
                        for (auto r = static_cast<std::size_t>(begin);
                             r < static_cast<std::size_t>(end); ++r) {
                          plan.routes[r] = builder.build(routes[r]);
                        }
                      });
  number_vehicles(model, plan.routes);
  for (const Route& route : plan.routes) {
    plan.cost += route.cost;
    plan.distance += route.distance;
    plan.duration += route.duration;
  }
  return plan;
}

}  // namespace roadgnn::decode::detail
