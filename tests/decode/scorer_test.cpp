// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/scorer.h>

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace roadgnn::decode {
namespace {

// A depot at 0 and deliveries at 1 and 2; all three ways are 10 long.
Problem problem_with_windows(std::vector<TimeWindow> first, std::vector<TimeWindow> second) {
  Problem problem;
  problem.num_locations = 3;
  problem.depots.push_back({"D", 0, {}});
  problem.orders.resize(2);
  problem.orders[0].delivery = Stop{1, std::move(first), 5};
  problem.orders[1].delivery = Stop{2, std::move(second), 5};
  return problem;
}

graph::CandidateGraph candidates() {
  return {{0, 1, 2, 3}, {1, 2, 1}, {{10, 100}, {10, 100}, {10, 100}}};
}

std::vector<float> scores(const Scorer& scorer, const Problem& problem) {
  std::vector<float> result(3);
  scorer.score(problem, 0, candidates(), result);
  return result;
}

TEST(NearestScorer, IsMinusTheTravelTime) {
  const auto result = scores(*make_nearest_scorer(), problem_with_windows({}, {}));

  EXPECT_THAT(result, ::testing::Each(-10));
}

TEST(ProximityScorer, IsMinusTheTravelTimeWithoutWindows) {
  const auto result = scores(*make_proximity_scorer(), problem_with_windows({}, {}));

  EXPECT_THAT(result, ::testing::Each(-10));
}

TEST(ProximityScorer, AddsAFifthOfTheLeastWaitingAndAllOfTheLeastLateness) {
  const auto result =
      scores(*make_proximity_scorer(), problem_with_windows({{0, 20}}, {{100, 130}}));

  // From 1 to 2: leaving at 20 + 5, there at 35, waiting 65. From 2 to 1: begun at 100, there at
  // 115, 95 late.
  EXPECT_THAT(result, ::testing::ElementsAre(-10, -10 - 13, -10 - 95));
}

TEST(ProximityScorer, TakesTheBestPairOfWindows) {
  const auto result =
      scores(*make_proximity_scorer(), problem_with_windows({{0, 20}, {80, 90}}, {{100, 130}}));

  EXPECT_FLOAT_EQ(result[1], -10);
}

Plan driven_along(const std::vector<std::int32_t>& locations) {
  Plan plan;
  Route& route = plan.routes.emplace_back();
  for (const std::int32_t location : locations) route.steps.emplace_back().location = location;
  return plan;
}

TEST(OracleScorer, PutsThePlansEdgesFirstAndAllOthersInTheOrderOfProximity) {
  const Problem problem = problem_with_windows({}, {});

  const auto result = scores(*make_oracle_scorer(driven_along({0, 2, -1, 1, 0})), problem);

  EXPECT_EQ(result[0], -10);  // 0 to 1
  EXPECT_EQ(result[1], -10);  // 1 to 2
  EXPECT_GT(result[2], 0);    // 2 to 1, with a break on the way
}

TEST(OracleScorer, PutsTheNearestOfThePlansEdgesFirst) {
  const Problem problem = problem_with_windows({{100, 200}}, {});

  const auto result = scores(*make_oracle_scorer(driven_along({0, 1, 2, 1})), problem);
  const auto by_proximity = scores(*make_proximity_scorer(), problem);

  for (std::size_t a = 0; a < result.size(); ++a) {
    EXPECT_GT(result[a], 0);
    for (std::size_t b = 0; b < result.size(); ++b)
      EXPECT_EQ(result[a] < result[b], by_proximity[a] < by_proximity[b]);
  }
}

}  // namespace
}  // namespace roadgnn::decode
