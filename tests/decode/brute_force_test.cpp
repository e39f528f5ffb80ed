// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include "brute_force.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include <roadgnn/gnn/decode/detail/route_state.h>

#include "compare_with_brute_force.h"

namespace roadgnn::decode {
namespace {

constexpr double kNone = std::numeric_limits<double>::infinity();

TEST(BruteForce, PlansOfTinyProblemsAreFeasibleNeverBelowTheOptimumAndNearlyAlwaysEqualToIt) {
  testing::compare_with_brute_force(testing::random_problem, 4, 1, 2000, 1000);
}

TEST(BruteForce, SoAreThoseOfProblemsWithEveryFeature) {
  testing::compare_with_brute_force(testing::random_rich_problem, 3, 1, 2000, 300);
}

TEST(BruteForce, SoAreThoseOfProblemsWhoseVehiclesDifferInHowLongTheyServe) {
  testing::compare_with_brute_force(testing::random_typed_problem, 3, 1, 2000, 300);
}

TEST(BruteForce, SoAreThoseOfProblemsWhoseTravelTimesChangeByTheHour) {
  testing::compare_with_brute_force(testing::random_hourly_problem, 3, 1, 2000, 300);
}

// The least cost of a set's orders in any sequence, as the search evaluates routes.
double least_cost(const detail::Model& model, std::int32_t type, std::size_t set) {
  std::vector<std::int32_t> visits;
  for (std::int32_t order = 0; order < model.num_orders(); ++order) {
    if (!(set >> order & 1)) continue;
    if (model.first_visit(order) < 0 || !model.compatible(order, type)) return kNone;
    visits.push_back(model.first_visit(order));
    const std::int32_t partner = model.visit(visits.back()).partner;
    if (partner >= 0) visits.push_back(partner);
  }
  std::sort(visits.begin(), visits.end());
  detail::TravelCache travel(model.travel_times(), 4);
  detail::RouteState route;
  double least = kNone;
  do {
    const auto place = [&](std::int32_t visit) {
      return std::find(visits.begin(), visits.end(), visit);
    };
    const bool in_order = std::all_of(visits.begin(), visits.end(), [&](std::int32_t visit) {
      const std::int32_t partner = model.visit(visit).partner;
      return partner < 0 || model.visit(visit).is_pickup == (place(visit) < place(partner));
    });
    if (in_order && route.assign(model, type, visits, travel))
      least = std::min(least, route.figures().cost);
  } while (std::next_permutation(visits.begin(), visits.end()));
  return least;
}

void compare_every_route(testing::MakeProblem make, std::uint64_t first_seed, int problems) {
  int equal = 0, routes = 0;
  for (int i = 0; i < problems; ++i) {
    const std::uint64_t seed = first_seed + static_cast<std::uint64_t>(i);
    const auto [problem, travel_times] = make(seed, 3);
    const detail::Model model(problem, travel_times);

    const auto costs = testing::brute_force_costs(problem, travel_times);

    for (std::size_t set = 1; set < costs.front().size(); ++set) {
      std::vector<double> least(costs.size(), kNone);
      for (std::int32_t type = 0; type < model.num_types(); ++type) {
        if (model.type(type).count <= 0) continue;
        double& of_type = least[static_cast<std::size_t>(model.type(type).source_type)];
        of_type = std::min(of_type, least_cost(model, type, set) - model.vehicle_weight());
      }
      for (std::size_t type = 0; type < costs.size(); ++type) {
        if (costs[type][set] == kNone && least[type] == kNone) continue;
        ASSERT_GE(least[type], costs[type][set] - 1e-3) << "seed " << seed << ", set " << set;
        ++routes;
        const bool same = least[type] <= costs[type][set] + 1e-3;
        equal += same;
        if (!same)
          std::printf("seed %llu, type %zu, orders %zu: %g; optimum %g\n",
                      static_cast<unsigned long long>(seed), type, set, least[type],
                      costs[type][set]);
      }
    }
  }
  EXPECT_GE(equal, 0.9999 * routes);
}

TEST(BruteForce, EveryRouteOfTinyProblemsWithEveryFeatureCostsWhatItHasTo) {
  compare_every_route(testing::random_rich_problem, 700'000, 3000);
}

TEST(BruteForce, SoDoesEveryRouteOfVehiclesThatDifferInHowLongTheyServe) {
  compare_every_route(testing::random_typed_problem, 700'000, 3000);
}

TEST(BruteForce, SoDoesEveryRouteWhoseTravelTimesChangeByTheHour) {
  compare_every_route(testing::random_hourly_problem, 700'000, 3000);
}

}  // namespace
}  // namespace roadgnn::decode
