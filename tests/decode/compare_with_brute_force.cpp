// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include "compare_with_brute_force.h"

#include <algorithm>
#include <cstdio>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <roadgnn/gnn/decode/check.h>
#include <roadgnn/gnn/decode/solve.h>

#include "brute_force.h"

namespace roadgnn::decode::testing {
namespace {

// Of the orders left out: optional ones count nothing, a group once where none of it is served.
double unserved_weight(const Problem& problem, const Plan& plan) {
  double sum = 0;
  std::vector<double> of_group(problem.groups.size(), 0);
  std::vector<int> absent(of_group.size(), 0), members(of_group.size(), 0);
  for (const Order& order : problem.orders) {
    if (order.group >= 0) ++members[static_cast<std::size_t>(order.group)];
  }
  for (const Unserved& unserved : plan.unserved) {
    const Order& order = problem.orders[static_cast<std::size_t>(unserved.order)];
    const double weight = weight_of_absence(problem, order);
    if (order.group < 0) {
      sum += weight;
      continue;
    }
    const auto group = static_cast<std::size_t>(order.group);
    ++absent[group];
    of_group[group] = std::max(of_group[group], weight);
  }
  for (std::size_t group = 0; group < of_group.size(); ++group) {
    if (absent[group] == members[group]) sum += of_group[group];
  }
  return sum;
}

}  // namespace

void compare_with_brute_force(MakeProblem make, std::int32_t max_orders, std::uint64_t first_seed,
                              int problems, std::int64_t iterations) {
  constexpr double kShare = 0.999;
  int equal = 0;
  for (int i = 0; i < problems; ++i) {
    const std::uint64_t seed = first_seed + static_cast<std::uint64_t>(i);
    const auto [problem, travel_times] = make(seed, max_orders);
    SolveOptions options;
    options.iterations = iterations;
    options.threads = 1;

    const Plan plan = solve(problem, travel_times, *make_proximity_scorer(), options);
    const Optimum optimum = brute_force(problem, travel_times);

    ASSERT_THAT(check(problem, travel_times, plan), ::testing::IsEmpty()) << "seed " << seed;
    const double unserved = unserved_weight(problem, plan);
    ASSERT_GE(unserved, optimum.unserved) << "seed " << seed;
    const int vehicles = problem.fewest_vehicles ? static_cast<int>(plan.routes.size()) : 0;
    if (unserved == optimum.unserved) {
      ASSERT_GE(vehicles, optimum.vehicles) << "seed " << seed;
    }
    if (unserved == optimum.unserved && vehicles == optimum.vehicles) {
      ASSERT_GE(plan.cost, optimum.cost - 1e-6) << "seed " << seed;
    }
    const bool same = unserved == optimum.unserved && vehicles == optimum.vehicles &&
                      plan.cost < optimum.cost + 1e-6;
    equal += same;
    if (!same) {
      std::printf("seed %llu: %g unserved, cost %g; optimum %g, %g\n",
                  static_cast<unsigned long long>(seed), unserved, plan.cost, optimum.unserved,
                  optimum.cost);
    }
  }
  EXPECT_GE(equal, kShare * problems);
}

}  // namespace roadgnn::decode::testing
