// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// What a plan says of an order that it leaves out, held against what happens when exactly that is
// relaxed.
#include <algorithm>
#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <roadgnn/gnn/decode/check.h>
#include <roadgnn/gnn/decode/solve.h>

#include "brute_force.h"
#include "random_problem.h"

namespace roadgnn::decode {
namespace {

Plan plan_for(const Problem& problem, const graph::TravelTimes& travel_times) {
  SolveOptions options;
  options.iterations = 100;
  options.threads = 1;
  return solve(problem, travel_times, *make_proximity_scorer(), options);
}

// The order alone with as many empty vehicles of the type as it may want.
Problem alone(const Problem& problem, const Unserved& unserved) {
  Problem one = problem;
  one.orders = {problem.orders[static_cast<std::size_t>(unserved.order)]};
  one.orders.front().group = -1;
  one.orders.front().prize.reset();
  for (std::size_t t = 0; t < one.vehicle_types.size(); ++t) {
    if (static_cast<std::int32_t>(t) != unserved.vehicle_type) one.vehicle_types[t].count = 0;
  }
  return one;
}

bool is_served(const Problem& problem, const graph::TravelTimes& travel_times) {
  return testing::brute_force(problem, travel_times).unserved == 0;
}

bool says(const Unserved& unserved, const char* words) {
  return unserved.detail.find(words) != std::string::npos;
}

// Relaxes what keeps the order out by `amount`.
void relax(Problem& problem, const Unserved& unserved, std::int64_t amount) {
  Order& order = problem.orders.front();
  VehicleType& type = problem.vehicle_types[static_cast<std::size_t>(unserved.vehicle_type)];
  const auto later = [&](std::int32_t depot) {
    if (depot >= 0) problem.depots[static_cast<std::size_t>(depot)].window.close += amount;
  };
  switch (unserved.reason) {
    case Reason::capacity:
      for (std::size_t d = 0; d < order.load.size(); ++d) {
        if (order.load[d] > type.capacity[d] ||
            (!order.collect.empty() && order.collect[d] > type.capacity[d])) {
          type.capacity[d] += amount;
        }
      }
      break;
    case Reason::skills:
      type.offers = order.needs;
      break;
    case Reason::window:
      (says(unserved, "its pickup") ? order.pickup : order.delivery)->windows.back().close +=
          amount;
      break;
    case Reason::shift:
      type.shift.close += amount;
      later(type.start_depot);
      if (type.end_depot != type.start_depot) later(type.end_depot);
      break;
    case Reason::limits:
      if (says(unserved, "stops, it takes")) {
        type.max_stops += static_cast<std::int32_t>(amount);
      } else if (says(unserved, "has to drive for")) {
        type.max_driving += amount;
      } else if (says(unserved, "has to be out for")) {
        type.max_duration += amount;
      } else {
        type.max_distance += amount;
      }
      break;
    case Reason::ride:
      order.max_ride += amount;
      break;
    case Reason::locked:
      order.allowed_types.clear();
      order.locked_type = order.locked_vehicle = -1;
      break;
    default:
      break;
  }
}

using MakeProblem = testing::RandomProblem (*)(std::uint64_t seed, std::int32_t max_orders);

std::map<Reason, int> compare_with_relaxed(MakeProblem make, int problems) {
  std::map<Reason, int> seen;
  for (int i = 0; i < problems; ++i) {
    const std::uint64_t seed = 5000 + static_cast<std::uint64_t>(i);
    const auto [problem, travel_times] = make(seed, 4);
    for (const Unserved& unserved : plan_for(problem, travel_times).unserved) {
      const bool one_obstacle = !says(unserved, "; and ");
      const bool a_figure_or_a_yes = unserved.missing > 0 || unserved.reason == Reason::skills ||
                                     unserved.reason == Reason::locked;
      if (unserved.vehicle_type < 0 || !one_obstacle || !a_figure_or_a_yes ||
          unserved.reason == Reason::fleet || unserved.reason == Reason::price) {
        continue;
      }
      ++seen[unserved.reason];
      const Problem one = alone(problem, unserved);
      Problem enough = one, too_little = one;
      relax(enough, unserved, unserved.missing);
      relax(too_little, unserved, unserved.missing - 1);
      EXPECT_FALSE(is_served(one, travel_times)) << seed << ": " << unserved.detail;
      EXPECT_TRUE(is_served(enough, travel_times)) << seed << ": " << unserved.detail;
      if (unserved.missing > 0) {
        EXPECT_FALSE(is_served(too_little, travel_times)) << seed << ": " << unserved.detail;
      }
    }
  }
  return seen;
}

TEST(Reasons, RelaxingWhatIsNamedByTheFigureLetsTheOrderInAndByOneLessDoesNot) {
  const auto seen = compare_with_relaxed(testing::random_problem, 3000);

  for (const Reason reason : {Reason::capacity, Reason::skills, Reason::window, Reason::shift}) {
    EXPECT_GT(seen.count(reason) > 0 ? seen.at(reason) : 0, 5) << static_cast<int>(reason);
  }
}

TEST(Reasons, SoItIsWithEveryFeature) {
  const auto seen = compare_with_relaxed(testing::random_rich_problem, 3000);

  for (const Reason reason : {Reason::capacity, Reason::skills, Reason::window, Reason::shift,
                              Reason::ride, Reason::limits, Reason::locked}) {
    EXPECT_GT(seen.count(reason) > 0 ? seen.at(reason) : 0, 5) << static_cast<int>(reason);
  }
}

TEST(Reasons, SoItIsWhereVehiclesDifferInHowLongTheyServe) {
  EXPECT_GT(compare_with_relaxed(testing::random_typed_problem, 1000).size(), 4U);
}

}  // namespace
}  // namespace roadgnn::decode
