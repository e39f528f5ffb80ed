// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <roadgnn/gnn/decode/check.h>
#include <roadgnn/gnn/decode/solve.h>
#include <roadgnn/graph/error.h>
#include <roadgnn/io/instances/instance.h>
#include <roadgnn/io/instances/solution_file.h>

namespace roadgnn::io {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kPairs =
    "25 200 1\n0 0 0 0 0 1236 0 0 0\n1 3 4 10 100 900 90 0 2\n2 6 8 -10 10 990 90 1 0\n"
    "3 0 5 20 0 900 10 0 4\n4 0 9 -20 0 990 10 3 0\n";

const std::string kMixedFleet =
    "DIMENSION: 4\nEDGE_WEIGHT_TYPE: EUC_2D\nNODE_COORD_SECTION\n1 0 0\n2 3 4\n3 6 8\n4 0 5\n"
    "DEMAND_SECTION\n1 0\n2 5\n3 4\n4 5\nCAPACITY_SECTION\n1 4\n2 9\n3 4\n4 5\n"
    "VEHICLES_FIXED_COST_SECTION\n1 10\n2 20\n3 10\n4 1\n";

TEST(SolutionFile, ReadsBothDialects) {
  const SolutionFile cvrplib = read_solution("Route #1: 3 4 \nRoute #2:\nCost: 12.5\n", "a.sol");
  const SolutionFile sintef =
      read_solution("Instance name : x\nSolution\nRoute  1 : 1 2\r\nRoute 2: 3\r\n", "b.txt");

  ASSERT_EQ(cvrplib.routes.size(), 2U);
  EXPECT_THAT(cvrplib.routes[0].stops, ElementsAre(3, 4));
  EXPECT_TRUE(cvrplib.routes[1].stops.empty());
  EXPECT_EQ(cvrplib.cost, 12.5);
  ASSERT_EQ(sintef.routes.size(), 2U);
  EXPECT_THAT(sintef.routes[0].stops, ElementsAre(1, 2));
  EXPECT_FALSE(sintef.cost);
}

TEST(SolutionFile, NamesTheLineOfWhatIsWrong) {
  const auto message_of = [](const std::string& text) -> std::string {
    try {
      plan_of_solution(read_instance(kPairs, "toy.txt"), read_solution(text, "a.sol"), "a.sol");
    } catch (const InputError& error) {
      return error.what();
    }
    return "no error";
  };

  EXPECT_EQ(message_of("\nRoute #1: 1 b\n"), "a.sol:2: Route: expected a whole number, found 'b'");
  EXPECT_EQ(message_of("Route #1 1 2\n"),
            "a.sol:1: expected 'Route #k: ...', found 'Route #1 1 2'");
  EXPECT_EQ(message_of("Route #1: 9\n"), "a.sol:1: expected the numbers of customers, found 9");
  EXPECT_EQ(message_of("Cost twelve\n"), "a.sol:1: Cost: expected a number, found 'twelve'");
}

TEST(SolutionPlan, IsAcceptedWhereItKeepsTheRulesAndNotWhereItDoesNot) {
  const Instance instance = read_instance(kPairs, "toy.txt");
  const auto violations_of = [&](const std::string& text) {
    const decode::Plan plan = plan_of_solution(instance, read_solution(text, "a.sol"), "a.sol");
    return decode::check(instance.problem, *instance.travel_times, plan);
  };

  EXPECT_TRUE(violations_of("Route #1: 3 1 4 2\n").empty());
  EXPECT_TRUE(violations_of("Route #1: 3 4\n").empty());  // one order is left out
  EXPECT_THAT(violations_of("Route #1: 2 1\n"), Contains(HasSubstr("comes before its pickup")));
  EXPECT_THAT(violations_of("Route #1: 1\n"), Contains(HasSubstr("0 deliveries instead of")));
}

TEST(SolutionPlan, StartsNoEarlierThanItNeeds) {
  const Instance instance = read_instance(kPairs, "toy.txt", Objective::rounded);

  const decode::Plan plan =
      plan_of_solution(instance, read_solution("Route #1: 1 2\n", "a.sol"), "a.sol");

  EXPECT_EQ(plan.routes[0].steps[0].departure, 95);
  EXPECT_EQ(plan.routes[0].steps[1].arrival, 100);
}

TEST(SolutionPlan, ReloadsAtDepotsWithinARouteOnceTheLoadsAreThere) {
  const std::string text =
      "DIMENSION: 4\nEDGE_WEIGHT_TYPE: EUC_2D\nVEHICLES: 1\nNODE_COORD_SECTION\n1 0 0\n2 3 4\n"
      "3 6 8\n4 0 5\nDEMAND_SECTION\n1 0\n2 5\n3 4\n4 5\nCAPACITY: 9\n"
      "BACKHAUL_SECTION\n1 0\n2 0\n3 2\n4 0\n"
      "VEHICLES_RELOAD_DEPOT_SECTION\n1 1\nRELEASE_TIME_SECTION\n1 0\n2 7\n3 0\n4 100\n";
  const Instance instance = read_instance(text, "toy.vrp", Objective::rounded);

  const decode::Plan plan =
      plan_of_solution(instance, read_solution("Route #1: 1 2 0 3\nCost 30\n", "a.sol"), "a.sol");
  std::ostringstream out;
  write_solution(out, instance, plan);

  const auto violations = decode::check(instance.problem, *instance.travel_times, plan);
  EXPECT_TRUE(violations.empty()) << violations.front();
  EXPECT_EQ(plan.routes[0].steps[0].departure, 80);  // no earlier than needed
  EXPECT_EQ(plan.routes[0].steps[3].begin, 100);
  EXPECT_EQ(out.str(), "Route #1: 1 2 0 3\nCost 30\n");
}

TEST(SolutionFile, NumbersRoutesByTheFilesVehicles) {
  const Instance instance = read_instance(kMixedFleet, "toy.vrp");
  const std::string text = "Route #1:\nRoute #2: 1 2\nRoute #3:\nRoute #4: 3\nCost 51\n";

  const decode::Plan plan = plan_of_solution(instance, read_solution(text, "a.sol"), "a.sol");
  std::ostringstream out;
  write_solution(out, instance, plan);

  EXPECT_EQ(out.str(), text);  // 20 + 20 and 1 + 10
  EXPECT_TRUE(decode::check(instance.problem, *instance.travel_times, plan).empty());
}

TEST(SolutionFile, HoldsWhatTheSolverFound) {
  const Instance instance = read_instance(kMixedFleet, "toy.vrp");
  decode::SolveOptions options;
  options.iterations = 1000;

  const decode::Plan plan = decode::solve(instance.problem, *instance.travel_times,
                                          *decode::make_proximity_scorer(), options);
  std::ostringstream out;
  write_solution(out, instance, plan);

  const SolutionFile written = read_solution(out.str(), "a.sol");
  EXPECT_EQ(written.cost, 51);
  EXPECT_TRUE(decode::check(instance.problem, *instance.travel_times,
                            plan_of_solution(instance, written, "a.sol"))
                  .empty());
}

}  // namespace
}  // namespace roadgnn::io
