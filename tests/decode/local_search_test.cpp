// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/local_search.h>

#include <gtest/gtest.h>

#include <roadgnn/gnn/decode/detail/search.h>

#include "local_search_books.h"
#include "random_problem.h"
#include "search_books.h"

namespace roadgnn::decode::detail {
namespace {

using testing::compare_evaluations;
using testing::Evaluations;

TEST(LocalSearch, ConstantTimeCostsEqualFullRecomputation) {
  Evaluations evaluations;
  for (std::uint64_t seed = 1; seed <= 600; ++seed) {
    const auto [problem, travel_times] = decode::testing::random_problem(seed, 14);
    compare_evaluations(problem, travel_times, seed, 60, evaluations);
    ASSERT_FALSE(HasFatalFailure()) << "seed " << seed;
  }
  EXPECT_GT(evaluations.all, 10'000);
  EXPECT_GT(evaluations.feasible, 1'000);
}

TEST(LocalSearch, ConstantTimeCostsOfRichProblemsEqualFullRecomputation) {
  Evaluations evaluations;
  for (std::uint64_t seed = 1; seed <= 600; ++seed) {
    const auto [problem, travel_times] = decode::testing::random_rich_problem(seed, 10);
    compare_evaluations(problem, travel_times, seed, 60, evaluations);
    ASSERT_FALSE(HasFatalFailure()) << "seed " << seed;
  }
  EXPECT_GT(evaluations.all, 1'000);
}

TEST(LocalSearch, ConstantTimeCostsEqualFullRecomputationWhereVehiclesDifferInHowLongTheyServe) {
  Evaluations evaluations;
  for (std::uint64_t seed = 1; seed <= 600; ++seed) {
    const auto [problem, travel_times] = decode::testing::random_served_problem(seed, 14);
    compare_evaluations(problem, travel_times, seed, 60, evaluations);
    ASSERT_FALSE(HasFatalFailure()) << "seed " << seed;
  }
  EXPECT_GT(evaluations.all, 10'000);
  EXPECT_GT(evaluations.feasible, 1'000);
}

TEST(LocalSearch, GainsOfADaysMovesEqualFullRecomputation) {
  Evaluations evaluations;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const auto [problem, travel_times] = decode::testing::city_day(seed, 300);
    compare_evaluations(problem, travel_times, seed, 5'000, evaluations);
    ASSERT_FALSE(HasFatalFailure()) << "seed " << seed;
  }
  EXPECT_GT(evaluations.improving, 100);
}

TEST(LocalSearch, MakesPlansCheaperAndKeepsTheBooksRight) {
  const auto [problem, travel_times] = decode::testing::city_day(5, 300);
  const Model model(problem, travel_times, *make_proximity_scorer(), 16, 32, 1);
  const AloneCosts alone(model, 1);
  Placement placement(model.num_visits());
  TravelCache travel(model.travel_times(), 8);
  Group group = testing::all_absent(model);
  Search search(model, alone, placement, group, travel);
  search.insert_absent(Reach::near, Reach::group);
  const double before = search.current().cost;

  search.descend();

  EXPECT_LT(search.current().cost, before);
  testing::expect_consistent(model, placement, search, group);
}

}  // namespace
}  // namespace roadgnn::decode::detail
