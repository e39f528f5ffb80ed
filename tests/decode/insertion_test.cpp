// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/insertion.h>

#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "random_problem.h"

namespace roadgnn::decode::detail {
namespace {

// Cost of a sequence by going through it from scratch; infinite where infeasible.
double full_cost(const Model& model, std::int32_t type, const std::vector<std::int32_t>& visits,
                 TravelCache& travel) {
  for (const std::int32_t visit : visits) {
    if (!model.compatible(model.visit(visit).order, type)) return kInfeasible;
  }
  RouteState route;
  return route.assign(model, type, visits, travel) ? route.figures().cost : kInfeasible;
}

// A random feasible route of a type, and the orders that are not on it.
struct Scene {
  std::vector<std::int32_t> route, others;
};

Scene random_scene(const Model& model, std::int32_t type, TravelCache& travel,
                   std::mt19937_64& random) {
  Scene scene;
  for (std::int32_t order = 0; order < model.num_orders(); ++order) {
    const std::int32_t first = model.first_visit(order);
    auto longer = scene.route;
    auto place = [&](std::int32_t visit, std::size_t from) {
      const std::size_t at = from + random() % (longer.size() - from + 1);
      longer.insert(longer.begin() + static_cast<std::ptrdiff_t>(at), visit);
      return at + 1;
    };
    const std::size_t after = place(first, 0);
    if (model.visit(first).partner >= 0) place(model.visit(first).partner, after);
    if (random() % 3 != 0 && full_cost(model, type, longer, travel) < kInfeasible) {
      scene.route = longer;
    } else {
      scene.others.push_back(order);
    }
  }
  return scene;
}

struct Compared {
  std::int64_t insertions = 0, feasible = 0, several_windows = 0, timelines = 0;
};

void compare_insertions(const decode::testing::RandomProblem& random_problem, std::uint64_t seed,
                        Compared& compared) {
  const auto& [problem, travel_times] = random_problem;
  const Model model(problem, travel_times, *make_nearest_scorer(), 8, 16, 1);
  const AloneCosts alone(model, 1);
  Placement placement(model.num_visits());
  TravelCache travel(model.travel_times(), 4);
  Inserter inserter(model, alone, placement, travel);
  std::mt19937_64 random(seed);
  for (std::int32_t type = 0; type < model.num_types(); ++type) {
    const Scene scene = random_scene(model, type, travel, random);
    if (scene.route.empty()) continue;
    RouteState route;
    ASSERT_TRUE(route.assign(model, type, scene.route, travel));
    compared.several_windows += !route.single_windows();
    compared.timelines += route.timeline();
    for (const std::int32_t order : scene.others) {
      if (!model.compatible(order, type)) continue;
      const std::int32_t first = model.first_visit(order), second = model.visit(first).partner;
      for (std::size_t i = 0; i <= scene.route.size(); ++i) {
        for (std::size_t j = i; j <= (second < 0 ? i : scene.route.size()); ++j) {
          auto longer = scene.route;
          if (second >= 0) longer.insert(longer.begin() + static_cast<std::ptrdiff_t>(j), second);
          longer.insert(longer.begin() + static_cast<std::ptrdiff_t>(i), first);

          const double quick =
              second < 0 ? inserter.cost_of(route, i, first) : inserter.cost_of(route, i, j, first);
          const double full = full_cost(model, type, longer, travel);

          ASSERT_EQ(quick < kInfeasible, full < kInfeasible)
              << "seed " << seed << " order " << order << " at " << i << ", " << j;
          if (full < kInfeasible) {
            ASSERT_NEAR(quick, full - route.figures().cost, 1e-6) << "seed " << seed;
          }
          ++compared.insertions;
          compared.feasible += full < kInfeasible;
        }
      }
    }
  }
}

TEST(Insertion, ConstantTimeCostsEqualFullRecomputationEverywhere) {
  Compared compared;
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    compare_insertions(decode::testing::random_problem(seed, 9), seed, compared);
    if (::testing::Test::HasFatalFailure()) return;
  }
  EXPECT_GT(compared.insertions, 50'000);
  EXPECT_GT(compared.feasible, 5'000);
  EXPECT_GT(compared.several_windows, 100);
}

TEST(Insertion, CostsOfRichProblemsEqualFullRecomputationEverywhere) {
  Compared compared;
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    compare_insertions(decode::testing::random_rich_problem(seed, 7), seed, compared);
    if (::testing::Test::HasFatalFailure()) return;
  }
  EXPECT_GT(compared.insertions, 5'000);
  EXPECT_GT(compared.feasible, 500);
  EXPECT_GT(compared.timelines, 200);
}

TEST(Insertion, CostsEqualFullRecomputationWhereVehiclesDifferInHowLongTheyServe) {
  Compared compared;
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    compare_insertions(decode::testing::random_served_problem(seed, 9), seed, compared);
    compare_insertions(decode::testing::random_typed_problem(seed, 7), seed, compared);
    if (::testing::Test::HasFatalFailure()) return;
  }
  EXPECT_GT(compared.insertions, 20'000);
  EXPECT_GT(compared.feasible, 2'000);
  EXPECT_GT(compared.timelines, 200);
}

}  // namespace
}  // namespace roadgnn::decode::detail
