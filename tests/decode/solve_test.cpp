// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/solve.h>

#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <roadgnn/gnn/decode/check.h>
#include <roadgnn/graph/error.h>

#include "random_problem.h"

namespace roadgnn::decode {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

SolveOptions with_iterations(std::int64_t iterations, int threads = 1) {
  SolveOptions options;
  options.iterations = iterations;
  options.threads = threads;
  return options;
}

// All of a plan but its record, as text.
std::string text_of(const Plan& plan) {
  std::ostringstream text;
  text << plan.cost;
  for (const Route& route : plan.routes) {
    text << '\n' << route.vehicle_type << '#' << route.vehicle;
    for (const Step& step : route.steps) {
      text << ' ' << static_cast<int>(step.kind) << ':' << step.order << '@' << step.begin;
    }
  }
  for (const Unserved& unserved : plan.unserved) text << '\n' << unserved.order << unserved.detail;
  return text.str();
}

// A line of places, 10 time units and 10 lengths apart, with the depot at 0.
class Line : public ::testing::Test {
 protected:
  Line() {
    problem.units = Units::plain;
    problem.dimensions = {"boxes"};
    problem.skills = {"chilled"};
    problem.num_locations = 10;
    problem.depots.push_back({"D", 0, {0, 1000}});
    VehicleType type;
    type.id = "van";
    type.count = 1;
    type.capacity = {5};
    type.cost_per_distance = 1;
    type.shift = {0, 1000};
    problem.vehicle_types.push_back(type);
  }

  Order& deliver(std::int32_t location, std::vector<TimeWindow> windows = {},
                 std::int64_t boxes = 1) {
    Order order;
    order.id = std::to_string(location);
    order.delivery = Stop{location, std::move(windows), 0};
    order.load = {boxes};
    problem.orders.push_back(order);
    return problem.orders.back();
  }

  VehicleType& van() { return problem.vehicle_types[0]; }

  Plan solved(std::int64_t iterations = 200) {
    std::vector<graph::Coordinate> points;
    for (int i = 0; i < problem.num_locations; ++i) points.push_back({10.0 * i, 0});
    const graph::CoordinateTravelTimes travel_times(points, 1, {1.0}, graph::Rounding::nearest);
    Plan plan = solve(problem, travel_times, *make_nearest_scorer(), with_iterations(iterations));
    EXPECT_THAT(check(problem, travel_times, plan), IsEmpty());
    return plan;
  }

  Unserved only_unserved() {
    const Plan plan = solved();
    EXPECT_EQ(plan.unserved.size(), 1U);
    return plan.unserved.empty() ? Unserved{} : plan.unserved[0];
  }

  Problem problem;
};

TEST_F(Line, OneVehicleGoesOutAndBack) {
  deliver(3);
  deliver(1);
  deliver(2);

  const Plan plan = solved();

  ASSERT_EQ(plan.routes.size(), 1U);
  EXPECT_EQ(plan.cost, 60);
  EXPECT_EQ(plan.routes[0].steps.size(), 5U);
}

TEST_F(Line, AnOpenRouteEndsAtItsLastStop) {
  van().end_depot = -1;
  deliver(3);
  deliver(1);

  EXPECT_EQ(solved().cost, 30);
}

TEST_F(Line, TheVehicleLeavesAsLateAsItCan) {
  van().cost_per_time = 1;
  deliver(2, {{100, 150}});

  const Plan plan = solved();

  const auto& steps = plan.routes[0].steps;
  EXPECT_EQ(steps[0].departure, 80);
  EXPECT_EQ(steps[1].begin, 100);
  EXPECT_EQ(plan.duration, 40);
  EXPECT_EQ(plan.cost, 80);
}

TEST_F(Line, SeveralWindowsAreUsedAsTheyCome) {
  deliver(1, {{0, 5}, {50, 60}});
  deliver(2, {{30, 35}});

  const Plan plan = solved();

  ASSERT_THAT(plan.unserved, IsEmpty());
  const auto& steps = plan.routes[0].steps;
  EXPECT_EQ(steps[1].order, 1);
  EXPECT_EQ(steps[2].order, 0);
  EXPECT_EQ(steps[2].begin, 50);
}

TEST_F(Line, APickupComesBeforeItsDeliveryOnTheSameVehicle) {
  Order order;
  order.pickup = Stop{5, {}, 0};
  order.delivery = Stop{2, {}, 0};
  order.load = {5};
  problem.orders.push_back(order);

  const Plan plan = solved();

  ASSERT_EQ(plan.routes.size(), 1U);
  EXPECT_EQ(plan.routes[0].steps[1].kind, StepKind::pickup);
  EXPECT_EQ(plan.routes[0].steps[1].load[0], 5);
  EXPECT_EQ(plan.routes[0].steps[2].kind, StepKind::delivery);
}

TEST_F(Line, HigherPriorityIsLeftOutLast) {
  for (int i = 1; i <= 8; ++i) deliver(i).priority = i;

  const Plan plan = solved(500);

  ASSERT_EQ(plan.unserved.size(), 3U);
  for (const Unserved& unserved : plan.unserved) {
    EXPECT_LE(problem.orders[static_cast<std::size_t>(unserved.order)].priority, 3);
    EXPECT_EQ(unserved.reason, Reason::fleet);
  }
}

TEST_F(Line, AnImpossibleOrderKeepsItsOwnReason) {
  deliver(1).impossible = "outside the map";
  EXPECT_EQ(only_unserved().reason, Reason::impossible);
  EXPECT_EQ(only_unserved().detail, "outside the map");
}

TEST_F(Line, ATooLargeOrderIsLeftOutForCapacity) {
  deliver(1, {}, 6);
  EXPECT_EQ(only_unserved().reason, Reason::capacity);
  EXPECT_THAT(only_unserved().detail, HasSubstr("boxes of 6 is more than the 5 of van"));
}

TEST_F(Line, AnOrderThatNobodyMayCarryIsLeftOutForSkills) {
  deliver(1).needs = {0};
  EXPECT_EQ(only_unserved().reason, Reason::skills);
}

TEST_F(Line, AWindowThatNobodyReachesIsNamed) {
  deliver(5, {{0, 49}});
  EXPECT_EQ(only_unserved().reason, Reason::window);
  EXPECT_THAT(only_unserved().detail,
              HasSubstr("at 50 at the earliest, after its window ends at 49"));
}

TEST_F(Line, AShiftThatIsTooShortIsNamed) {
  van().shift.close = 99;
  deliver(5);
  EXPECT_EQ(only_unserved().reason, Reason::shift);
}

TEST_F(Line, LimitsAreNamed) {
  deliver(5);
  van().max_driving = 99;
  EXPECT_THAT(only_unserved().detail, HasSubstr("drive for 100, longer than its limit of 99"));
  van().max_driving = kNoLimit;
  van().max_distance = 99;
  EXPECT_EQ(only_unserved().reason, Reason::limits);
  van().max_distance = kNoLimit;
  van().max_stops = 0;
  EXPECT_EQ(only_unserved().reason, Reason::limits);
}

TEST_F(Line, WithoutVehiclesEverythingIsUnserved) {
  deliver(5);
  van().count = 0;
  EXPECT_EQ(only_unserved().reason, Reason::fleet);
  problem.vehicle_types.clear();
  EXPECT_EQ(only_unserved().reason, Reason::fleet);
}

TEST_F(Line, ADayWithoutOrdersHasNoRoutes) {
  EXPECT_THAT(solved().routes, IsEmpty());
}

TEST_F(Line, AnUnreachablePlaceIsNamed) {
  deliver(1);
  std::vector<graph::Travel> cells(100, {10, 10});
  for (std::size_t i = 0; i < 10; ++i) cells[i * 11] = {0, 0};
  cells[10] = {};
  const graph::MatrixTravelTimes one_way(10, {cells});

  const Plan plan = solve(problem, one_way, *make_nearest_scorer(), with_iterations(10));

  ASSERT_EQ(plan.unserved.size(), 1U);
  EXPECT_EQ(plan.unserved[0].reason, Reason::unreachable);
}

TEST(Solve, GivesTheSamePlanForAnyNumberOfThreads) {
  const auto [problem, travel_times] = testing::city_day(11, 3000);
  const auto scorer = make_proximity_scorer();
  const std::string one = text_of(solve(problem, travel_times, *scorer, with_iterations(1500, 1)));

  EXPECT_EQ(text_of(solve(problem, travel_times, *scorer, with_iterations(1500, 2))), one);
  EXPECT_EQ(text_of(solve(problem, travel_times, *scorer, with_iterations(1500, 5))), one);
}

TEST(Solve, RepeatsATimeLimitedPlanFromItsRecord) {
  const auto [problem, travel_times] = testing::city_day(12, 2500);
  SolveOptions options;
  options.time_limit_s = 1.0;
  options.seed = 99;
  options.threads = 2;
  const Plan plan = solve(problem, travel_times, *make_proximity_scorer(), options);
  ASSERT_THAT(check(problem, travel_times, plan, 2), IsEmpty());

  SolveOptions again;
  again.schedule = plan.record.schedule;
  again.seed = plan.record.seed;
  again.threads = 1;
  const Plan repeated = solve(problem, travel_times, *make_proximity_scorer(), again);

  EXPECT_EQ(text_of(repeated), text_of(plan));
  EXPECT_EQ(repeated.record.iterations, plan.record.iterations);
  EXPECT_EQ(repeated.record.schedule, plan.record.schedule);
  EXPECT_EQ(plan.record.scorer, "proximity");
}

TEST(Solve, LooksForFewerVehiclesWhereTheyAreDearAndRepeatsIt) {
  auto [problem, travel_times] = testing::city_day(16, 300);
  for (VehicleType& type : problem.vehicle_types) type.cost_fixed = 1e6;
  const auto scorer = make_proximity_scorer();
  const Plan first = solve(problem, travel_times, *scorer, {});

  const Plan dear = solve(problem, travel_times, *scorer, with_iterations(3000, 1));

  EXPECT_THAT(check(problem, travel_times, dear, 2), IsEmpty());
  EXPECT_LE(dear.unserved.size(), first.unserved.size());
  EXPECT_LE(dear.routes.size(), first.routes.size());
  EXPECT_THAT(dear.record.schedule, HasSubstr("-"));
  SolveOptions again;
  again.schedule = dear.record.schedule;
  again.threads = 2;
  EXPECT_EQ(text_of(solve(problem, travel_times, *scorer, again)), text_of(dear));
}

TEST(Solve, BeginsAnewWhereVehiclesAreDearAndIterationsManyKeepsTheBestAndRepeatsIt) {
  auto [problem, travel_times] = testing::city_day(16, 40);
  for (VehicleType& type : problem.vehicle_types) type.cost_fixed = 1e6;
  const auto scorer = make_proximity_scorer();
  SolveOptions options = with_iterations(60'000, 1);
  double least = kNoLimit;
  options.on_progress = [&](const Progress& progress) { least = std::min(least, progress.cost); };

  const Plan plan = solve(problem, travel_times, *scorer, options);

  EXPECT_THAT(check(problem, travel_times, plan, 2), IsEmpty());
  EXPECT_THAT(plan.record.schedule, HasSubstr(" +-"));
  EXPECT_EQ(plan.record.iterations, 60'000);
  EXPECT_NEAR(plan.cost, least, 1e-6 * least);
  SolveOptions again;
  again.schedule = plan.record.schedule;
  again.threads = 2;
  EXPECT_EQ(text_of(solve(problem, travel_times, *scorer, again)), text_of(plan));
}

TEST(Solve, EndsWhenItIsAskedToWithTheBestPlanSoFar) {
  const auto [problem, travel_times] = testing::city_day(13, 1000);
  std::stop_source source;
  SolveOptions options;
  options.iterations = 1'000'000'000;
  options.stop = source.get_token();
  options.on_progress = [&](const Progress&) { source.request_stop(); };

  const Plan plan = solve(problem, travel_times, *make_proximity_scorer(), options);

  EXPECT_THAT(check(problem, travel_times, plan, 2), IsEmpty());
  EXPECT_EQ(plan.record.iterations, 0);
}

TEST(Solve, ImprovesAndReportsWhatItReturns) {
  const auto [problem, travel_times] = testing::city_day(14, 1000);
  std::vector<Progress> reports;
  SolveOptions options = with_iterations(5000, 2);
  options.on_progress = [&](const Progress& progress) { reports.push_back(progress); };

  const Plan plan = solve(problem, travel_times, *make_proximity_scorer(), options);

  ASSERT_GT(reports.size(), 2U);
  EXPECT_LT(plan.cost, 0.9 * reports.front().cost);
  EXPECT_NEAR(reports.back().cost, plan.cost, 1e-6 * plan.cost);
  EXPECT_EQ(reports.back().iterations, 5000);
  EXPECT_EQ(plan.record.iterations, 5000);
}

TEST(Solve, RefusesWhatDoesNotFit) {
  const auto [problem, travel_times] = testing::random_problem(1, 5);
  const auto scorer = make_nearest_scorer();
  SolveOptions options;
  for (const char* schedule : {"0:10 twelve", "+", "-", "-+0:10", "0:10 +"}) {
    options.schedule = schedule;
    EXPECT_THROW(solve(problem, travel_times, *scorer, options), InputError) << schedule;
  }
  Problem larger = problem;
  larger.num_locations += 1;
  EXPECT_THROW(solve(larger, travel_times, *scorer, {}), InputError);
  Problem profile = problem;
  profile.vehicle_types[0].profile = 9;
  EXPECT_THROW(solve(profile, travel_times, *scorer, {}), InputError);
}

TEST_F(Line, WhatTheSolverCannotDoYetIsRefusedInsteadOfIgnored) {
  deliver(1);
  van().slices = {{0, 0}};
  Break rest;
  rest.on_the_way = true;
  van().breaks = {rest};

  EXPECT_THROW(solved(), InputError);
}

TEST(Solve, ServesManyOrdersOfOnePlace) {
  auto [problem, travel_times] = testing::city_day(15, 1500);
  for (std::size_t i = 0; i < 1000; ++i) {
    if (problem.orders[i].delivery && !problem.orders[i].pickup)
      problem.orders[i].delivery->location = 7;
  }

  const Plan plan = solve(problem, travel_times, *make_proximity_scorer(), with_iterations(2000));

  EXPECT_THAT(check(problem, travel_times, plan, 2), IsEmpty());
}

}  // namespace
}  // namespace roadgnn::decode
