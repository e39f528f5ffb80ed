// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/savings.h>

#include <cmath>
#include <cstdint>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <roadgnn/gnn/decode/solve.h>
#include <roadgnn/graph/coordinate_travel_times.h>

#include "random_problem.h"

namespace roadgnn::decode::detail {
namespace {

std::vector<std::int32_t> servable_orders(const Model& model, const AloneCosts& alone) {
  std::vector<std::int32_t> orders;
  for (std::int32_t order = 0; order < model.num_orders(); ++order) {
    if (model.first_visit(order) >= 0 && alone.least(order) < kInfeasible) orders.push_back(order);
  }
  return orders;
}

TEST(Savings, BuildsFeasibleRoutesOfEveryOrderOnceWithinTheFleet) {
  int applied = 0, several = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    const auto [problem, travel_times] = decode::testing::random_problem(seed, 40);
    const Model model(problem, travel_times, *make_nearest_scorer(), 8, 16, 1);
    const AloneCosts alone(model, 1);
    TravelCache travel(model.travel_times(), 4);
    const auto orders = servable_orders(model, alone);
    if (!savings_apply(model, alone, 0, orders)) continue;

    const Group group = build_by_savings(model, 0, orders, travel);

    ++applied;
    std::multiset<std::int32_t> seen(group.absent.begin(), group.absent.end());
    double together = 0, apart = 0;
    for (const RouteState& route : group.routes) {
      std::vector<std::int32_t> visits;
      for (const Node& node : route.nodes()) {
        if (node.visit < 0) continue;
        visits.push_back(node.visit);
        const std::int32_t order = model.visit(node.visit).order;
        if (model.first_visit(order) != node.visit) continue;
        seen.insert(order);
        apart += alone.at(order, 0);
      }
      several += visits.size() > 2;
      RouteState fresh;
      ASSERT_TRUE(fresh.assign(model, 0, visits, travel)) << "seed " << seed;
      together += fresh.figures().cost;
    }
    EXPECT_LE(together, apart + 1e-6);
    EXPECT_EQ(group.routes.size() + static_cast<std::size_t>(group.free_vehicles[0]),
              static_cast<std::size_t>(model.type(0).count));
    EXPECT_EQ(seen, std::multiset<std::int32_t>(orders.begin(), orders.end()));
  }
  EXPECT_GT(applied, 20);
  EXPECT_GT(several, 20);
}

// A city on a ring road is best served by full vehicles that each take one arc of it.
TEST(Savings, JoinsNeighboursOnARingUntilVehiclesAreFull) {
  constexpr int kStops = 40;
  Problem problem{.dimensions = {"parcels"}, .depots = {{.id = "depot", .location = 0}}};
  std::vector<graph::Coordinate> points = {{0, 0}};
  for (std::int32_t i = 1; i <= kStops; ++i) {
    const double angle = 2 * 3.14159265358979 * i / kStops;
    points.push_back({1000 * std::cos(angle), 1000 * std::sin(angle)});
    problem.orders.push_back(
        {.id = std::to_string(i), .delivery = Stop{.location = i}, .load = {1}});
  }
  problem.num_locations = kStops + 1;
  problem.vehicle_types = {{.id = "van", .count = 40, .capacity = {10}, .cost_per_distance = 1}};
  const graph::CoordinateTravelTimes travel_times(points, 1, {1}, graph::Rounding::nearest);
  const Model model(problem, travel_times, *make_nearest_scorer(), 16, 32, 1);
  TravelCache travel(travel_times, 8);
  std::vector<std::int32_t> orders(kStops);
  std::iota(orders.begin(), orders.end(), 0);

  const Group group = build_by_savings(model, 0, orders, travel);

  ASSERT_LE(group.routes.size(), 6U);
  const std::int64_t leg = travel_times.at(0, 1, 2).length_m;
  for (const RouteState& route : group.routes) {
    const auto stops = static_cast<std::int64_t>(route.num_visits());
    EXPECT_EQ(route.figures().distance, 2000 + (stops - 1) * leg);
  }
}

TEST(Savings, AMixedFleetStartsWithTheTypeWhoseRoutesAreCheapest) {
  // Far from the depot, one large vehicle is cheaper than six small ones.
  std::vector<graph::Coordinate> points = {{0, 0}};
  Problem problem{.dimensions = {"parcels"}, .depots = {{.id = "depot", .location = 0}}};
  for (std::int32_t i = 1; i <= 12; ++i) {
    points.push_back({1000.0 + i, 0});
    problem.orders.push_back(
        {.id = std::to_string(i), .delivery = Stop{.location = i}, .load = {1}});
  }
  problem.num_locations = 13;
  problem.vehicle_types = {
      {.id = "small", .count = 12, .capacity = {2}, .cost_fixed = 10, .cost_per_distance = 1},
      {.id = "large", .count = 12, .capacity = {12}, .cost_fixed = 1000, .cost_per_distance = 1}};
  const graph::CoordinateTravelTimes travel_times(points, 1, {1}, graph::Rounding::nearest);

  const Plan plan = solve(problem, travel_times, *make_nearest_scorer(), {});

  ASSERT_EQ(plan.routes.size(), 1U);
  EXPECT_EQ(plan.routes[0].vehicle_type, 1);
}

}  // namespace
}  // namespace roadgnn::decode::detail
