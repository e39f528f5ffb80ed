// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/problem.h>

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <roadgnn/graph/error.h>

namespace roadgnn::decode {
namespace {

Problem small_problem() {
  Problem problem;
  problem.dimensions = {"volume_l"};
  problem.skills = {"chilled"};
  problem.num_locations = 3;
  problem.depots.push_back({"D", 0, {}});
  Order order;
  order.id = "A17";
  order.pickup = Stop{1, {{10, 20}, {30, 40}}, 5};
  order.delivery = Stop{2, {}, 5};
  order.load = {3};
  order.needs = {0};
  problem.orders.push_back(order);
  VehicleType type;
  type.id = "van";
  type.capacity = {10};
  type.offers = {0};
  problem.vehicle_types.push_back(type);
  return problem;
}

std::string message(const std::function<void(Problem&)>& spoil) {
  Problem problem = small_problem();
  spoil(problem);
  try {
    validate(problem);
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Validate, AcceptsARightProblem) {
  EXPECT_NO_THROW(validate(small_problem()));
}

TEST(Validate, NamesTheFirstInconsistentFieldWithWhatItExpectedAndFound) {
  using ::testing::AllOf;
  using ::testing::HasSubstr;
  struct Case {
    std::function<void(Problem&)> spoil;
    std::string field;
  };
  const std::vector<Case> cases = {
      {[](Problem& p) { p.num_locations = -1; }, "num_locations"},
      {[](Problem& p) { p.depots[0].location = 3; }, "depots[0] 'D'.location"},
      {[](Problem& p) {
         p.depots[0].window = {5, 4};
       },
       "depots[0] 'D'.window.close"},
      {[](Problem& p) { p.orders[0].pickup->location = -1; }, "orders[0] 'A17'.pickup.location"},
      {[](Problem& p) { p.orders[0].delivery->location = 9; }, "orders[0] 'A17'.delivery.location"},
      {[](Problem& p) { p.orders[0].pickup->service = -1; }, "orders[0] 'A17'.pickup.service"},
      {[](Problem& p) { p.orders[0].pickup->windows[1].open = 20; },
       "orders[0] 'A17'.pickup.windows[1].open"},
      {[](Problem& p) { p.orders[0].pickup->windows[0].close = 5; },
       "orders[0] 'A17'.pickup.windows[0].close"},
      {[](Problem& p) { p.orders[0].load = {}; }, "orders[0] 'A17'.load"},
      {[](Problem& p) { p.orders[0].load = {-1}; }, "orders[0] 'A17'.load"},
      {[](Problem& p) { p.orders[0].load = {kNoLimit / 2}; }, "orders[0] 'A17'.load"},
      {[](Problem& p) { p.orders[0].needs = {1}; }, "orders[0] 'A17'.needs"},
      {[](Problem& p) { p.orders[0].priority = 101; }, "orders[0] 'A17'.priority"},
      {[](Problem& p) { p.orders[0].pickup.reset(), p.orders[0].delivery.reset(); },
       "orders[0] 'A17'"},
      {[](Problem& p) { p.vehicle_types[0].profile = -1; }, "vehicle_types[0] 'van'.profile"},
      {[](Problem& p) { p.vehicle_types[0].count = -1; }, "vehicle_types[0] 'van'.count"},
      {[](Problem& p) { p.vehicle_types[0].start_depot = 1; },
       "vehicle_types[0] 'van'.start_depot"},
      {[](Problem& p) { p.vehicle_types[0].end_depot = -2; }, "vehicle_types[0] 'van'.end_depot"},
      {[](Problem& p) {
         p.vehicle_types[0].capacity = {1, 2};
       },
       "vehicle_types[0] 'van'.capacity"},
      {[](Problem& p) { p.vehicle_types[0].offers = {7}; }, "vehicle_types[0] 'van'.offers"},
      {[](Problem& p) { p.vehicle_types[0].cost_fixed = -1; }, "vehicle_types[0] 'van'.cost_fixed"},
      {[](Problem& p) {
         p.vehicle_types[0].cost_per_time = std::numeric_limits<double>::quiet_NaN();
       },
       "vehicle_types[0] 'van'.cost_per_time"},
      {[](Problem& p) {
         p.vehicle_types[0].shift = {9, 8};
       },
       "vehicle_types[0] 'van'.shift.close"},
      {[](Problem& p) { p.vehicle_types[0].max_stops = -1; }, "vehicle_types[0] 'van'.max_stops"},
  };

  for (const Case& entry : cases) {
    EXPECT_THAT(message(entry.spoil),
                AllOf(HasSubstr(entry.field), HasSubstr("expected"), HasSubstr("found")));
  }
}

TEST(Validate, LetsAnImpossibleOrderHaveNoPlace) {
  Problem problem = small_problem();
  problem.orders[0].impossible = "outside the map";
  problem.orders[0].pickup->location = -1;

  EXPECT_NO_THROW(validate(problem));
}

TEST(FormatTime, IsAClockForCityDaysAndANumberOtherwise) {
  Problem problem;

  EXPECT_EQ(format_time(problem, 30'605'000), "08:30:05");
  EXPECT_EQ(format_time(problem, 30'605'250), "08:30:05.250");
  EXPECT_EQ(format_time(problem, 90'000'000), "25:00:00");
  problem.units = Units::plain;
  EXPECT_EQ(format_time(problem, 30'605'000), "30605000");
}

}  // namespace
}  // namespace roadgnn::decode
