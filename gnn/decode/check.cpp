// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/check.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include <roadgnn/graph/parallel.h>

namespace roadgnn::decode {
namespace {

bool same_cost(double a, double b) {
  return std::abs(a - b) <= 1e-6 * std::max({1.0, std::abs(a), std::abs(b)});
}

bool plausible(std::int64_t value) {
  return value >= -kNoLimit && value <= kNoLimit;
}

const char* kind_name(StepKind kind) {
  switch (kind) {
    case StepKind::start:
      return "start";
    case StepKind::pickup:
      return "pickup";
    case StepKind::delivery:
      return "delivery";
    case StepKind::end:
      return "end";
    case StepKind::rest:
      return "break";
    case StepKind::reload:
      return "reload";
  }
  return "unknown step";
}

// Checks one route on its own, step by step, in the order of travel.
class RouteCheck {
 public:
  RouteCheck(const Problem& problem, const graph::TravelTimes& travel_times, const Route& route,
             Violations& violations)
      : problem_(problem), travel_times_(travel_times), route_(route), violations_(violations) {}

  void run() {
    if (route_.vehicle_type < 0 ||
        static_cast<std::size_t>(route_.vehicle_type) >= problem_.vehicle_types.size()) {
      say("a route has vehicle type ", route_.vehicle_type, ", which does not exist");
      return;
    }
    type_ = &problem_.vehicle_types[static_cast<std::size_t>(route_.vehicle_type)];
    name_ = "vehicle " + type_->id + " #" + std::to_string(route_.vehicle);
    if (route_.vehicle < 0 || route_.vehicle >= type_->count) {
      say(name_, " does not exist: there are ", type_->count);
    }
    if (type_->profile < 0 || type_->profile >= travel_times_.num_profiles()) {
      say(name_, " has profile ", type_->profile, ", which the travel times do not know");
      return;
    }
    if (!well_formed()) return;
    check_loads();
    check_times();
    check_limits();
  }

 private:
  template <typename... Parts>
  void say(const Parts&... parts) {
    std::ostringstream text;
    (text << ... << parts);
    violations_.push_back(text.str());
  }

  const Order& order_of(const Step& step) const {
    return problem_.orders[static_cast<std::size_t>(step.order)];
  }

  const Stop& stop_of(const Step& step) const {
    const Order& order = order_of(step);
    return step.kind == StepKind::pickup ? *order.pickup : *order.delivery;
  }

  std::string describe(const Step& step) const {
    if (step.kind == StepKind::start || step.kind == StepKind::end) {
      return name_ + ", " + kind_name(step.kind);
    }
    return name_ + ", " + kind_name(step.kind) + " of order " + order_of(step).id;
  }

  std::string at(std::int64_t time) const { return format_time(problem_, time); }

  // Everything that the other checks take for granted: kinds, indices, places, sizes.
  bool well_formed() {
    const auto& steps = route_.steps;
    std::set<std::pair<std::int32_t, StepKind>> seen;
    const std::size_t before = violations_.size();
    if (steps.size() < 3) {
      say(name_, " serves no stop");
      return false;
    }
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const Step& step = steps[i];
      const bool is_start = step.kind == StepKind::start, is_end = step.kind == StepKind::end;
      if (is_start != (i == 0) || is_end != (i + 1 == steps.size())) {
        say(name_, ": step ", i, " of ", steps.size(), " is a ", kind_name(step.kind));
        continue;
      }
      if (is_start || is_end) {
        check_depot_place(step);
      } else if (step.order < 0 || static_cast<std::size_t>(step.order) >= problem_.orders.size()) {
        say(name_, ": step ", i, " serves order number ", step.order, ", which does not exist");
      } else if (!seen.emplace(step.order, step.kind).second) {
        say(describe(step), ": happens twice");
      } else {
        check_stop_place(step);
      }
      if (!plausible(step.arrival) || !plausible(step.begin) || !plausible(step.departure)) {
        say(name_, ": step ", i, " has a time out of range");
      }
      if (step.load.size() != problem_.dimensions.size()) {
        say(name_, ": step ", i, " has ", step.load.size(), " load values instead of ",
            problem_.dimensions.size());
      }
    }
    return violations_.size() == before;
  }

  void check_depot_place(const Step& step) {
    const auto location_of = [&](std::int32_t depot) {
      return problem_.depots[static_cast<std::size_t>(depot)].location;
    };
    std::int32_t expected = location_of(type_->start_depot);
    if (step.kind == StepKind::end) {
      expected = type_->end_depot >= 0 ? location_of(type_->end_depot)
                                       : route_.steps[route_.steps.size() - 2].location;
    }
    if (step.location != expected) {
      say(name_, ", ", kind_name(step.kind), ": is at location ", step.location, " instead of ",
          expected);
    }
    if (step.order != -1) say(name_, ", ", kind_name(step.kind), ": names an order");
  }

  void check_stop_place(const Step& step) {
    const Order& order = order_of(step);
    const auto& stop = step.kind == StepKind::pickup ? order.pickup : order.delivery;
    if (!stop) {
      say(name_, ": order ", order.id, " has no ", kind_name(step.kind));
    } else if (!order.impossible.empty()) {
      say(name_, ": order ", order.id, " is served though it cannot be: ", order.impossible);
    } else if (step.location != stop->location) {
      say(describe(step), ": is at location ", step.location, " instead of ", stop->location);
    }
  }

  void check_loads() {
    const std::size_t dimensions = problem_.dimensions.size();
    std::vector<std::int64_t> load(dimensions, 0);
    std::map<std::int32_t, StepKind> last_seen;
    for (const Step& step : route_.steps) {
      if (step.order < 0) continue;
      const Order& order = order_of(step);
      const bool again = last_seen.count(step.order) > 0;
      if (step.kind == StepKind::delivery && order.pickup && !again) {
        say(describe(step), ": comes before its pickup");
      }
      if (!again) check_skills(order);
      last_seen[step.order] = step.kind;
      if (!order.pickup) {
        for (std::size_t d = 0; d < dimensions; ++d) load[d] += order.load[d];
      }
    }
    for (const Step& step : route_.steps) {
      for (std::size_t d = 0; d < dimensions; ++d) {
        if (step.kind == StepKind::pickup) load[d] += order_of(step).load[d];
        if (step.kind == StepKind::delivery) load[d] -= order_of(step).load[d];
        if (step.load[d] != load[d]) {
          say(describe(step), ": load ", problem_.dimensions[d], " is ", load[d],
              ", the plan says ", step.load[d]);
        }
        if (load[d] > type_->capacity[d]) {
          say(describe(step), ": load ", problem_.dimensions[d], " is ", load[d],
              ", more than the capacity of ", type_->capacity[d]);
        }
      }
    }
  }

  void check_skills(const Order& order) {
    for (const std::int32_t skill : order.needs) {
      if (std::find(type_->offers.begin(), type_->offers.end(), skill) == type_->offers.end()) {
        say(name_, " does not offer ", problem_.skills[static_cast<std::size_t>(skill)],
            ", which order ", order.id, " needs");
      }
    }
  }

  void check_times() {
    const auto& steps = route_.steps;
    std::int64_t distance = 0;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const Step& step = steps[i];
      if (i > 0) {
        const Step& previous = steps[i - 1];
        const bool stays = step.kind == StepKind::end && type_->end_depot < 0;
        const graph::Travel travel =
            stays ? graph::Travel{0, 0}
                  : travel_times_.at(type_->profile, previous.location, step.location);
        if (!travel.reachable()) {
          say(describe(step), ": there is no way from location ", previous.location, " to ",
              step.location);
          return;
        }
        distance += travel.length_m;
        driving_ += travel.time_ms;
        if (step.arrival != previous.departure + travel.time_ms) {
          say(describe(step), ": arrives at ", at(previous.departure + travel.time_ms),
              ", the plan says ", at(step.arrival));
        }
      }
      if (step.distance != distance) {
        say(describe(step), ": is ", distance, " from the start, the plan says ", step.distance);
      }
      if (step.order >= 0) {
        check_service(step);
      } else {
        check_depot_time(step);
      }
    }
    if (route_.distance != distance) {
      say(name_, ": the distance is ", distance, ", the plan says ", route_.distance);
    }
    if (route_.driving != driving_) {
      say(name_, ": the driving time is ", driving_, ", the plan says ", route_.driving);
    }
    check_cost(distance);
  }

  void check_service(const Step& step) {
    const Stop& stop = stop_of(step);
    if (step.departure != step.begin + stop.service) {
      say(describe(step), ": ends at ", at(step.begin + stop.service), ", the plan says ",
          at(step.departure));
    }
    if (stop.windows.empty()) {
      if (step.begin != step.arrival) {
        say(describe(step), ": begins at ", at(step.begin), " though it could at ",
            at(step.arrival));
      }
      return;
    }
    for (const TimeWindow& window : stop.windows) {
      if (window.close < step.arrival) continue;
      const std::int64_t begin = std::max(step.arrival, window.open);
      if (step.begin != begin) {
        say(describe(step), ": begins at ", at(begin), ", the plan says ", at(step.begin));
      }
      return;
    }
    say(describe(step), ": arrives at ", at(step.arrival), ", after its last window's end at ",
        at(stop.windows.back().close));
  }

  void check_depot_time(const Step& step) {
    const bool is_start = step.kind == StepKind::start;
    const std::int32_t index = is_start ? type_->start_depot : type_->end_depot;
    TimeWindow window = type_->shift;
    if (index >= 0) {
      const TimeWindow& depot = problem_.depots[static_cast<std::size_t>(index)].window;
      window.open = std::max(window.open, depot.open);
      window.close = std::min(window.close, depot.close);
    }
    const std::int64_t expected = is_start ? step.departure : std::max(step.arrival, window.open);
    if (step.begin != expected || step.departure != expected ||
        (is_start && step.arrival != expected)) {
      say(describe(step), ": the times ", at(step.arrival), ", ", at(step.begin), " and ",
          at(step.departure), " do not agree with ", at(expected));
    }
    if (step.departure < window.open) {
      say(describe(step), ": at ", at(step.departure), ", before the shift and the depot open at ",
          at(window.open));
    }
    if (step.departure > window.close) {
      say(describe(step), ": at ", at(step.departure), ", after the shift or the depot end at ",
          at(window.close));
    }
  }

  void check_cost(std::int64_t distance) {
    const std::int64_t duration = route_.steps.back().departure - route_.steps.front().departure;
    if (route_.duration != duration) {
      say(name_, ": the duration is ", duration, ", the plan says ", route_.duration);
    }
    const double cost = type_->cost_fixed +
                        type_->cost_per_distance * static_cast<double>(distance) +
                        type_->cost_per_time * static_cast<double>(duration);
    if (!same_cost(cost, route_.cost)) {
      say(name_, ": the cost is ", cost, ", the plan says ", route_.cost);
    }
    if (distance > type_->max_distance) {
      say(name_, ": drives ", distance, ", more than its limit of ", type_->max_distance);
    }
  }

  void check_limits() {
    if (driving_ > type_->max_driving) {
      say(name_, ": drives for ", driving_, ", longer than its limit of ", type_->max_driving);
    }
    const auto stops = route_.steps.size() - 2;
    if (stops > static_cast<std::size_t>(std::max(0, type_->max_stops))) {
      say(name_, ": has ", stops, " stops, more than its limit of ", type_->max_stops);
    }
  }

  const Problem& problem_;
  const graph::TravelTimes& travel_times_;
  const Route& route_;
  Violations& violations_;
  const VehicleType* type_ = nullptr;
  std::string name_;
  std::int64_t driving_ = 0;
};

// Each order's stops are visited once each on one route, or the order is unserved.
void check_orders(const Problem& problem, const Plan& plan, Violations& violations) {
  struct Served {
    int pickups = 0, deliveries = 0, unserved = 0;
    std::size_t route = 0;
    bool split = false;
  };
  std::vector<Served> served(problem.orders.size());
  for (std::size_t r = 0; r < plan.routes.size(); ++r) {
    for (const Step& step : plan.routes[r].steps) {
      if (step.order < 0 || static_cast<std::size_t>(step.order) >= served.size()) continue;
      Served& order = served[static_cast<std::size_t>(step.order)];
      if (order.pickups + order.deliveries > 0 && order.route != r) order.split = true;
      order.route = r;
      if (step.kind == StepKind::pickup) ++order.pickups;
      if (step.kind == StepKind::delivery) ++order.deliveries;
    }
  }
  for (const Unserved& entry : plan.unserved) {
    if (entry.order < 0 || static_cast<std::size_t>(entry.order) >= served.size()) {
      violations.push_back("unserved names order number " + std::to_string(entry.order) +
                           ", which does not exist");
    } else {
      ++served[static_cast<std::size_t>(entry.order)].unserved;
    }
  }
  for (std::size_t i = 0; i < served.size(); ++i) {
    const Served& order = served[i];
    const std::string name = "order " + problem.orders[i].id;
    const int visits = order.pickups + order.deliveries;
    if (visits == 0 && order.unserved == 0)
      violations.push_back(name + " is neither served nor unserved");
    if (visits > 0 && order.unserved > 0)
      violations.push_back(name + " is both served and unserved");
    if (order.unserved > 1) violations.push_back(name + " is unserved more than once");
    if (visits == 0) continue;
    const int pickups = problem.orders[i].pickup ? 1 : 0,
              deliveries = problem.orders[i].delivery ? 1 : 0;
    if (order.pickups != pickups || order.deliveries != deliveries) {
      violations.push_back(name + " has " + std::to_string(order.pickups) + " pickups and " +
                           std::to_string(order.deliveries) + " deliveries instead of " +
                           std::to_string(pickups) + " and " + std::to_string(deliveries));
    }
    if (order.split) violations.push_back(name + " is on more than one vehicle");
  }
}

void check_vehicles(const Problem& problem, const Plan& plan, Violations& violations) {
  std::map<std::pair<std::int32_t, std::int32_t>, int> used;
  for (const Route& route : plan.routes) ++used[{route.vehicle_type, route.vehicle}];
  for (const auto& [vehicle, times] : used) {
    if (times == 1) continue;
    std::string type = std::to_string(vehicle.first);
    if (vehicle.first >= 0 &&
        static_cast<std::size_t>(vehicle.first) < problem.vehicle_types.size()) {
      type = problem.vehicle_types[static_cast<std::size_t>(vehicle.first)].id;
    }
    violations.push_back("vehicle " + type + " #" + std::to_string(vehicle.second) + " has " +
                         std::to_string(times) + " routes");
  }
}

void check_totals(const Plan& plan, Violations& violations) {
  double cost = 0;
  // Unsigned, so that absurd figures of a foreign plan wrap around instead of overflowing.
  std::uint64_t distance = 0, duration = 0;
  for (const Route& route : plan.routes) {
    cost += route.cost;
    distance += static_cast<std::uint64_t>(route.distance);
    duration += static_cast<std::uint64_t>(route.duration);
  }
  const auto compare = [&](const char* what, std::uint64_t sum, std::int64_t stated) {
    if (sum == static_cast<std::uint64_t>(stated)) return;
    violations.push_back(std::string("the plan's ") + what + " is " +
                         std::to_string(static_cast<std::int64_t>(sum)) + ", the plan says " +
                         std::to_string(stated));
  };
  compare("distance", distance, plan.distance);
  compare("duration", duration, plan.duration);
  if (!same_cost(cost, plan.cost)) {
    violations.push_back("the plan's cost is " + std::to_string(cost) + ", the plan says " +
                         std::to_string(plan.cost));
  }
}

}  // namespace

Violations check(const Problem& problem, const graph::TravelTimes& travel_times, const Plan& plan,
                 int threads) {
  validate(problem);
  Violations violations;
  if (travel_times.num_stops() < problem.num_locations) {
    violations.push_back("the travel times know " + std::to_string(travel_times.num_stops()) +
                         " locations, the problem has " + std::to_string(problem.num_locations));
    return violations;
  }
  std::vector<Violations> of_route(plan.routes.size());
  graph::parallel_for(static_cast<std::int64_t>(plan.routes.size()), 1, threads,
                      [&](std::int64_t begin, std::int64_t end, int) {
                        for (auto r = static_cast<std::size_t>(begin);
                             r < static_cast<std::size_t>(end); ++r) {
                          RouteCheck(problem, travel_times, plan.routes[r], of_route[r]).run();
                        }
                      });
  for (Violations& of : of_route) {
    std::move(of.begin(), of.end(), std::back_inserter(violations));
  }
  check_orders(problem, plan, violations);
  check_vehicles(problem, plan, violations);
  check_totals(plan, violations);
  return violations;
}

}  // namespace roadgnn::decode
