// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <roadgnn/io/instances/solution_file.h>
#include <roadgnn/io/instances/text_fields.h>

namespace roadgnn::io {
namespace {

using decode::Route, decode::Step, decode::StepKind;

// What a vehicle does at a location: an order's end, or a reload at a depot.
struct Visit {
  std::int32_t order = -1;
  StepKind kind = StepKind::delivery;
  std::int32_t depot = -1;
};

class Driver {
 public:
  Driver(const Instance& instance, std::string origin)
      : instance_(instance),
        problem_(instance.problem),
        origin_(std::move(origin)),
        visits_(static_cast<std::size_t>(problem_.num_locations)) {
    for (std::size_t i = 0; i < instance.numbers.size(); ++i) {
      location_of_[instance.numbers[i]] = static_cast<std::int32_t>(i);
    }
    for (std::size_t i = 0; i < problem_.depots.size(); ++i) {
      Visit& visit = at(problem_.depots[i].location);
      visit.kind = StepKind::reload;
      visit.depot = static_cast<std::int32_t>(i);
    }
    for (std::size_t i = 0; i < problem_.orders.size(); ++i) {
      const auto order = static_cast<std::int32_t>(i);
      if (const auto& stop = problem_.orders[i].pickup)
        at(stop->location) = {order, StepKind::pickup, -1};
      if (const auto& stop = problem_.orders[i].delivery) {
        at(stop->location) = {order, StepKind::delivery, -1};
      }
    }
  }

  Route drive(const SolutionFile::Route& listed, std::int32_t type, std::int32_t vehicle) {
    Route route;
    route.vehicle_type = type;
    route.vehicle = vehicle;
    route.steps.push_back(make_step(StepKind::start, -1, place_of(type_of(route).start_depot)));
    for (const std::int64_t number : listed.stops)
      route.steps.push_back(step_at(number, listed.line));
    route.steps.push_back(make_step(StepKind::end, -1, place_of(type_of(route).end_depot)));
    set_loads(route);
    set_times(route, earliest_start(route));
    set_times(route, route.steps.front().departure + spare_time(route));
    return route;
  }

 private:
  static Step make_step(StepKind kind, std::int32_t order, std::int32_t location) {
    Step step;
    step.kind = kind;
    step.order = order;
    step.location = location;
    return step;
  }

  Visit& at(std::int32_t location) { return visits_[static_cast<std::size_t>(location)]; }

  const decode::VehicleType& type_of(const Route& route) const {
    return problem_.vehicle_types[static_cast<std::size_t>(route.vehicle_type)];
  }
  std::int32_t place_of(std::int32_t depot) const {
    return problem_.depots[static_cast<std::size_t>(depot)].location;
  }
  const decode::Stop& stop_of(const Step& step) const {
    const decode::Order& order = problem_.orders[static_cast<std::size_t>(step.order)];
    return step.kind == StepKind::pickup ? *order.pickup : *order.delivery;
  }

  Step step_at(std::int64_t number, std::int64_t line) {
    const auto found = location_of_.find(number);
    if (found == location_of_.end()) {
      fail_at(origin_, line, "expected the numbers of customers, found " + std::to_string(number));
    }
    const Visit visit = at(found->second);
    Step step = make_step(visit.kind, visit.order, found->second);
    if (visit.kind == StepKind::reload) step.index = visit.depot;
    return step;
  }

  const decode::Order& order_of(const Step& step) const {
    return problem_.orders[static_cast<std::size_t>(step.order)];
  }

  static bool begins_trip(const Step& step) {
    return step.kind == StepKind::start || step.kind == StepKind::reload;
  }

  bool from_depot(const Step& step) const { return step.order >= 0 && !order_of(step).pickup; }

  // Calls `call` with each step of the trip that begins at `first`.
  template <typename Call>
  static void for_each_of_trip(const Route& route, std::size_t first, const Call& call) {
    for (std::size_t i = first + 1; i < route.steps.size() && !begins_trip(route.steps[i]); ++i) {
      call(route.steps[i]);
    }
  }

  // A trip takes its deliveries along from the depot and leaves there what it collected.
  void set_loads(Route& route) const {
    using Amounts = std::vector<std::int64_t>;
    Amounts load(problem_.dimensions.size()), collected(load.size());
    const auto add = [](Amounts& sum, const Amounts& amounts, std::int64_t sign) {
      for (std::size_t d = 0; d < amounts.size(); ++d) sum[d] += sign * amounts[d];
    };
    for (std::size_t i = 0; i < route.steps.size(); ++i) {
      Step& step = route.steps[i];
      if (begins_trip(step)) {
        add(load, collected, -1);
        std::fill(collected.begin(), collected.end(), 0);
        for_each_of_trip(route, i, [&](const Step& later) {
          if (from_depot(later)) add(load, order_of(later).load, 1);
        });
      } else if (step.kind == StepKind::pickup) {
        add(load, order_of(step).load, 1);
        if (!order_of(step).delivery) add(collected, order_of(step).load, 1);
      } else if (step.kind == StepKind::delivery) {
        add(load, order_of(step).load, -1);
        add(load, order_of(step).collect, 1);
        add(collected, order_of(step).collect, 1);
      }
      step.load = load;
    }
  }

  // When the last of a trip's loads is at the depot.
  std::int64_t release_of(const Route& route, std::size_t first) const {
    std::int64_t release = -decode::kNoLimit;
    for_each_of_trip(route, first, [&](const Step& step) {
      if (from_depot(step)) release = std::max(release, order_of(step).release);
    });
    return release;
  }

  std::int64_t earliest_start(const Route& route) const {
    const auto& depot = problem_.depots[static_cast<std::size_t>(type_of(route).start_depot)];
    return std::max({type_of(route).shift.open, depot.window.open, release_of(route, 0)});
  }

  // The window in which service begins for one who arrives then; the last one for one who is late.
  static const decode::TimeWindow* window_at(const decode::Stop& stop, std::int64_t arrival) {
    for (const decode::TimeWindow& window : stop.windows) {
      if (arrival <= window.close) return &window;
    }
    return stop.windows.empty() ? nullptr : &stop.windows.back();
  }

  void set_times(Route& route, std::int64_t start) const {
    const decode::VehicleType& type = type_of(route);
    auto& steps = route.steps;
    steps.front().arrival = steps.front().begin = steps.front().departure = start;
    route.distance = route.driving = 0;
    for (std::size_t i = 1; i < steps.size(); ++i) {
      Step& step = steps[i];
      const graph::Travel travel =
          instance_.travel_times->at(type.profile, steps[i - 1].location, step.location);
      route.distance += travel.length_m;
      route.driving += travel.time_ms;
      step.distance = route.distance;
      step.arrival = step.begin = step.departure = steps[i - 1].departure + travel.time_ms;
      if (step.order >= 0) {
        const decode::TimeWindow* window = window_at(stop_of(step), step.arrival);
        if (window != nullptr) step.begin = std::max(step.arrival, window->open);
        step.departure = step.begin + stop_of(step).service;
      } else if (step.kind == StepKind::reload) {
        const auto& depot = problem_.depots[static_cast<std::size_t>(step.index)];
        step.begin = std::max({step.arrival, depot.window.open, release_of(route, i)});
        step.departure = step.begin + type.reload_service;
      } else {
        const auto& depot = problem_.depots[static_cast<std::size_t>(type.end_depot)];
        step.begin = step.departure = std::max({step.arrival, type.shift.open, depot.window.open});
      }
    }
    route.duration = steps.back().departure - steps.front().departure;
    route.cost = type.cost_fixed + type.cost_per_distance * static_cast<double>(route.distance) +
                 type.cost_per_time * static_cast<double>(route.duration);
  }

  // How much later the route can start and still end at the same time: no more than it waits, and
  // never so much that a stop is missed.
  std::int64_t spare_time(const Route& route) const {
    std::int64_t waited = 0, spare = INT64_MAX;
    for (std::size_t i = 1; i < route.steps.size(); ++i) {
      const Step& step = route.steps[i];
      waited += step.begin - step.arrival;
      std::int64_t close = type_of(route).shift.close;
      if (step.kind == StepKind::reload) {
        close = problem_.depots[static_cast<std::size_t>(step.index)].window.close;
      } else if (step.order >= 0) {
        const decode::TimeWindow* window = window_at(stop_of(step), step.arrival);
        close = window == nullptr ? decode::kNoLimit : window->close;
      }
      spare = std::min(spare, waited + std::max<std::int64_t>(0, close - step.begin));
    }
    return std::min(waited, spare);
  }

  const Instance& instance_;
  const decode::Problem& problem_;
  std::string origin_;
  std::vector<Visit> visits_;  // [num_locations]
  std::map<std::int64_t, std::int32_t> location_of_;
};

// The vehicle of each route: the one it is numbered after where the file lists vehicles, else one
// after the other.
class Garage {
 public:
  Garage(const Instance& instance, const std::string& origin) : origin_(origin) {
    for (std::size_t type = 0; type < instance.vehicles.size(); ++type) {
      for (std::size_t i = 0; i < instance.vehicles[type].size(); ++i) {
        listed_[instance.vehicles[type][i] + 1] = {static_cast<std::int32_t>(type),
                                                   static_cast<std::int32_t>(i)};
      }
    }
  }

  std::pair<std::int32_t, std::int32_t> vehicle_of(const SolutionFile::Route& route) {
    if (listed_.empty()) return {0, next_++};
    const auto found = listed_.find(route.number);
    if (found != listed_.end()) return found->second;
    fail_at(origin_, route.line,
            "expected the number of a vehicle, from 1 to " + std::to_string(listed_.size()) +
                ", found " + std::to_string(route.number));
  }

 private:
  const std::string& origin_;
  std::map<std::int64_t, std::pair<std::int32_t, std::int32_t>> listed_;
  std::int32_t next_ = 0;
};

}  // namespace

decode::Plan plan_of_solution(const Instance& instance, const SolutionFile& solution,
                              const std::string& origin) {
  decode::Plan plan;
  Driver driver(instance, origin);
  Garage garage(instance, origin);
  std::vector<bool> served(instance.problem.orders.size());
  for (const SolutionFile::Route& listed : solution.routes) {
    if (listed.stops.empty()) continue;
    const auto [type, vehicle] = garage.vehicle_of(listed);
    Route route = driver.drive(listed, type, vehicle);
    for (const Step& step : route.steps) {
      if (step.order >= 0) served[static_cast<std::size_t>(step.order)] = true;
    }
    plan.cost += route.cost;
    plan.distance += route.distance;
    plan.duration += route.duration;
    plan.routes.push_back(std::move(route));
  }
  std::stable_sort(plan.routes.begin(), plan.routes.end(), [](const Route& a, const Route& b) {
    return std::pair(a.vehicle_type, a.vehicle) < std::pair(b.vehicle_type, b.vehicle);
  });
  for (std::size_t i = 0; i < served.size(); ++i) {
    if (served[i]) continue;
    plan.cost += instance.problem.orders[i].prize.value_or(0);
    plan.unserved.push_back(
        {static_cast<std::int32_t>(i), decode::Reason::fleet, "no route of the file serves it"});
  }
  return plan;
}

}  // namespace roadgnn::io
