// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <roadgnn/gnn/train/plane_problem.h>

#include <roadgnn/gnn/decode/check.h>
#include <roadgnn/gnn/decode/solve.h>
#include <roadgnn/graph/error.h>

namespace roadgnn::gnn::train {
namespace {

TEST(PlaneProblem, CanBeServedWholeWhateverTheSeed) {
  int windows = 0, pairs = 0, depots = 0, types = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    const PlaneProblem made = make_plane_problem({.least_stops = 20, .most_stops = 60}, seed);
    const graph::CoordinateTravelTimes travel(made.points, 1, {1}, graph::Rounding::nearest);

    decode::SolveOptions options;
    options.iterations = 200;

    const decode::Plan plan =
        decode::solve(made.problem, travel, *decode::make_proximity_scorer(), options);

    EXPECT_TRUE(plan.unserved.empty()) << plan.unserved.front().detail;
    EXPECT_TRUE(decode::check(made.problem, travel, plan).empty());
    const decode::Order& order = made.problem.orders.front();
    windows += order.delivery && !order.delivery->windows.empty();
    pairs += order.delivery && order.pickup;
    depots += made.problem.depots.size() > 1;
    types += made.problem.vehicle_types.size() > made.problem.depots.size();
  }
  for (const int count : {windows, pairs, depots, types}) {
    EXPECT_GT(count, 2);
    EXPECT_LT(count, 50);
  }
}

TEST(PlaneProblem, OfUchoaHasCapacitiesAloneAndRoutesOfAFewStops) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    const decode::Problem problem = make_plane_problem({50, 100, PlaneStyle::uchoa}, seed).problem;

    double load = 0;
    for (const decode::Order& order : problem.orders) {
      ASSERT_FALSE(order.pickup);
      EXPECT_TRUE(order.delivery->windows.empty());
      EXPECT_EQ(order.delivery->service, 0);
      EXPECT_GE(order.load.front(), 1);
      EXPECT_LE(order.load.front(), 100);
      load += static_cast<double>(order.load.front());
    }
    ASSERT_EQ(problem.vehicle_types.size(), 1U);
    const double stops = static_cast<double>(problem.vehicle_types.front().capacity.front()) /
                         load * static_cast<double>(problem.orders.size());
    EXPECT_GE(stops, 3);
    EXPECT_LE(stops, 40);
  }
}

TEST(PlaneProblem, WithLongRoutesCanBeServedByFewVehicles) {
  std::size_t vehicles = 0, stops = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const PlaneProblem made = make_plane_problem({120, 150, PlaneStyle::long_routes}, seed);
    const graph::CoordinateTravelTimes travel(made.points, 1, {1}, graph::Rounding::nearest);
    decode::SolveOptions options;
    options.iterations = 2000;

    const decode::Plan plan =
        decode::solve(made.problem, travel, *decode::make_proximity_scorer(), options);

    EXPECT_TRUE(plan.unserved.empty());
    vehicles += plan.routes.size();
    stops += made.problem.orders.size();
  }
  EXPECT_GT(stops, 10 * vehicles);
}

TEST(PlaneProblem, IsTheSameForASeedAndHasAsManyStopsAsAskedFor) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const PlaneProblem one = make_plane_problem({.least_stops = 30, .most_stops = 40}, seed);
    const PlaneProblem two = make_plane_problem({.least_stops = 30, .most_stops = 40}, seed);

    ASSERT_EQ(one.points.size(), two.points.size());
    for (std::size_t i = 0; i < one.points.size(); ++i) {
      EXPECT_EQ(one.points[i].x, two.points[i].x);
      EXPECT_EQ(one.points[i].y, two.points[i].y);
    }
    const auto stops = one.points.size() - one.problem.depots.size();
    EXPECT_GE(stops, 30U);
    EXPECT_LE(stops, 40U);
  }
}

TEST(PlaneProblem, RefusesSizesThatMakeNoSense) {
  EXPECT_THROW(make_plane_problem({.least_stops = 5, .most_stops = 50}, 1), InputError);
  EXPECT_THROW(make_plane_problem({.least_stops = 50, .most_stops = 40}, 1), InputError);
}

}  // namespace
}  // namespace roadgnn::gnn::train
