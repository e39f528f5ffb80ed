// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "local_search_books.h"
#include "random_problem.h"

namespace roadgnn::decode::detail {
namespace {

TEST(LocalSearch, MillionsOfConstantTimeCostsEqualFullRecomputation) {
  testing::Evaluations evaluations;
  for (std::uint64_t seed = 1; seed <= 20'000; ++seed) {
    const auto [problem, travel_times] = decode::testing::random_problem(seed, 16);
    testing::compare_evaluations(problem, travel_times, seed, 250, evaluations);
    ASSERT_FALSE(HasFatalFailure()) << "seed " << seed;
  }
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const auto [problem, travel_times] = decode::testing::city_day(seed, 500);
    testing::compare_evaluations(problem, travel_times, seed, 100'000, evaluations);
    ASSERT_FALSE(HasFatalFailure()) << "seed " << seed;
  }
  EXPECT_GT(evaluations.all, 3'000'000);
  EXPECT_GT(evaluations.feasible, 500'000);
}

}  // namespace
}  // namespace roadgnn::decode::detail
