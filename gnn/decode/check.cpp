// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/check.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include <roadgnn/gnn/decode/detail/route_check.h>
#include <roadgnn/graph/parallel.h>

namespace roadgnn::decode {
namespace {

bool same_cost(double a, double b) {
  return std::abs(a - b) <= 1e-6 * std::max({1.0, std::abs(a), std::abs(b)});
}

// Orders whose pickup the vehicles' states have.
std::set<int> picked_up(const Problem& problem) {
  std::set<int> orders;
  for (const VehicleState& state : problem.vehicle_states) {
    for (const Step& step : state.steps) {
      if (step.kind == StepKind::pickup) orders.insert(step.order);
    }
  }
  return orders;
}

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
  const std::set<int> on_board = picked_up(problem);
  for (std::size_t i = 0; i < served.size(); ++i) {
    const Served& order = served[i];
    const std::string name = "order " + problem.orders[i].id;
    const int visits = order.pickups + order.deliveries;
    if (visits == 0 && order.unserved == 0)
      violations.push_back(name + " is neither served nor unserved");
    const bool stays_on_board = order.pickups == 1 && order.deliveries == 0 &&
                                order.unserved == 1 && on_board.count(static_cast<int>(i)) > 0;
    if (visits > 0 && order.unserved > 0 && !stays_on_board)
      violations.push_back(name + " is both served and unserved");
    if (order.unserved > 1) violations.push_back(name + " is unserved more than once");
    if (visits == 0) continue;
    const int pickups = problem.orders[i].pickup ? 1 : 0;
    int deliveries = problem.orders[i].delivery ? 1 : 0;
    if (stays_on_board) deliveries = 0;
    if (order.pickups != pickups || order.deliveries != deliveries) {
      violations.push_back(name + " has " + std::to_string(order.pickups) + " pickups and " +
                           std::to_string(order.deliveries) + " deliveries instead of " +
                           std::to_string(pickups) + " and " + std::to_string(deliveries));
    }
    if (order.split) violations.push_back(name + " is on more than one vehicle");
  }
}

// What has begun goes on, and what is on board stays in its vehicle.
void check_states(const Problem& problem, const Plan& plan, Violations& violations) {
  for (const VehicleState& state : problem.vehicle_states) {
    const std::string name =
        "vehicle " + problem.vehicle_types[static_cast<std::size_t>(state.vehicle_type)].id + " #" +
        std::to_string(state.vehicle);
    const std::set<std::int32_t> loaded(state.loaded.begin(), state.loaded.end());
    bool found = state.steps.empty();
    for (const Route& route : plan.routes) {
      const bool its = route.vehicle_type == state.vehicle_type && route.vehicle == state.vehicle;
      found |= its;
      if (its) continue;
      for (const Step& step : route.steps) {
        if (step.kind == StepKind::delivery && loaded.count(step.order) > 0) {
          violations.push_back("order " + problem.orders[static_cast<std::size_t>(step.order)].id +
                               " is on board of " + name + ", another vehicle delivers it");
        }
      }
    }
    if (!found) violations.push_back(name + " is on its way, but has no route");
  }
}

// At most one order of each exclusive group is served; what leaving out optional orders costs.
double check_choices(const Problem& problem, const Plan& plan, Violations& violations) {
  std::vector<bool> served(problem.orders.size(), true);
  for (const Unserved& entry : plan.unserved) {
    if (entry.order >= 0 && static_cast<std::size_t>(entry.order) < served.size())
      served[static_cast<std::size_t>(entry.order)] = false;
  }
  double cost = 0;
  std::vector<int> count(problem.groups.size(), 0);
  std::vector<double> largest(problem.groups.size(), 0);
  std::vector<bool> optional(problem.groups.size(), true);
  for (std::size_t i = 0; i < problem.orders.size(); ++i) {
    const Order& order = problem.orders[i];
    if (order.group < 0) {
      if (!served[i]) cost += order.prize.value_or(0);
      continue;
    }
    const auto group = static_cast<std::size_t>(order.group);
    count[group] += served[i] ? 1 : 0;
    largest[group] = std::max(largest[group], order.prize.value_or(0));
    if (!order.prize) optional[group] = false;
  }
  for (std::size_t group = 0; group < count.size(); ++group) {
    if (count[group] == 0 && optional[group]) cost += largest[group];
    if (count[group] > 1) {
      violations.push_back("group " + problem.groups[group] + " has " +
                           std::to_string(count[group]) + " orders served instead of one");
    }
  }
  return cost;
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

void check_totals(const Plan& plan, double cost, Violations& violations) {
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
                          detail::check_route(problem, travel_times, plan.routes[r], of_route[r]);
                        }
                      });
  for (Violations& of : of_route) {
    std::move(of.begin(), of.end(), std::back_inserter(violations));
  }
  check_orders(problem, plan, violations);
  check_vehicles(problem, plan, violations);
  check_states(problem, plan, violations);
  check_totals(plan, check_choices(problem, plan, violations), violations);
  return violations;
}

}  // namespace roadgnn::decode
