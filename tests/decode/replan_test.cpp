// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/replan.h>

#include <algorithm>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <roadgnn/gnn/decode/check.h>
#include <roadgnn/gnn/decode/solve.h>

#include "random_problem.h"

namespace roadgnn::decode {
namespace {

using ::testing::IsEmpty;

SolveOptions with_iterations(std::int64_t iterations) {
  SolveOptions options;
  options.iterations = iterations;
  options.threads = 1;
  return options;
}

TEST(Replan, KeepsWhatIsDoneAndOnBoardAtAnyMomentOfRandomPlans) {
  int with_states = 0, on_board = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    auto [problem, travel_times] = testing::random_rich_problem(seed, 6);
    const auto scorer = make_proximity_scorer();
    const Plan plan = solve(problem, travel_times, *scorer, with_iterations(50));
    ASSERT_THAT(check(problem, travel_times, plan), IsEmpty()) << "seed " << seed;
    Problem later = problem;
    later.now = std::max<std::int64_t>(problem.now, static_cast<std::int64_t>(seed % 70));
    later.vehicle_states = states_at(problem, plan, later.now);
    SolveOptions options = with_iterations(50);
    options.initial = std::make_shared<const Plan>(plan);

    const Plan again = solve(later, travel_times, *scorer, options);

    ASSERT_THAT(check(later, travel_times, again), IsEmpty()) << "seed " << seed;
    with_states += !later.vehicle_states.empty();
    for (const VehicleState& state : later.vehicle_states)
      on_board += static_cast<int>(state.loaded.size());
    for (const VehicleState& state : later.vehicle_states) {
      for (const std::int32_t order : state.loaded) {
        for (const Unserved& unserved : again.unserved) {
          ASSERT_NE(unserved.order, order) << "seed " << seed << ": loaded, but left out";
        }
      }
    }
  }
  EXPECT_GT(with_states, 130);
  EXPECT_GT(on_board, 60);
}

TEST(Replan, AnInitialPlanIsNeverMadeWorse) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const auto [problem, travel_times] = testing::random_rich_problem(seed, 8);
    const auto scorer = make_proximity_scorer();
    const Plan plan = solve(problem, travel_times, *scorer, with_iterations(300));
    SolveOptions options;
    options.threads = 1;
    options.initial = std::make_shared<const Plan>(plan);

    const Plan same = solve(problem, travel_times, *scorer, options);

    ASSERT_THAT(check(problem, travel_times, same), IsEmpty()) << "seed " << seed;
    ASSERT_LE(same.unserved.size(), plan.unserved.size()) << "seed " << seed;
    if (same.unserved.size() == plan.unserved.size()) {
      ASSERT_LE(same.cost, plan.cost + 1e-6) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace roadgnn::decode
