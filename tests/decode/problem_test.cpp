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
      {[](Problem& p) { p.orders[0].pickup->late_cost = -1; }, "orders[0] 'A17'.pickup.late_cost"},
      {[](Problem& p) { p.orders[0].delivery->setup = -1; }, "orders[0] 'A17'.delivery.setup"},
      {[](Problem& p) { p.orders[0].pickup->service_by_type.assign(9, 0); },
       "orders[0] 'A17'.pickup.service_by_type"},
      {[](Problem& p) { p.orders[0].delivery->setup_by_type.assign(p.vehicle_types.size(), -1); },
       "orders[0] 'A17'.delivery.setup_by_type"},
      {[](Problem& p) { p.orders[0].prize = -1; }, "orders[0] 'A17'.prize"},
      {[](Problem& p) { p.orders[0].group = 0; }, "orders[0] 'A17'.group"},
      {[](Problem& p) { p.orders[0].release = 5; }, "orders[0] 'A17'.release"},
      {[](Problem& p) { p.orders[0].max_ride = -1; }, "orders[0] 'A17'.max_ride"},
      {[](Problem& p) { p.orders[0].collect = {1}; }, "orders[0] 'A17'.collect"},
      {[](Problem& p) { p.orders[0].allowed_types = {1}; }, "orders[0] 'A17'.allowed_types"},
      {[](Problem& p) { p.orders[0].preferred_types = {-1}; }, "orders[0] 'A17'.preferred_types"},
      {[](Problem& p) { p.orders[0].locked_type = 1; }, "orders[0] 'A17'.locked_type"},
      {[](Problem& p) { p.orders[0].locked_type = 0; }, "orders[0] 'A17'.locked_vehicle"},
      {[](Problem& p) { p.vehicle_types[0].start_depot = -2; },
       "vehicle_types[0] 'van'.start_depot"},
      {[](Problem& p) { p.vehicle_types[0].speed_factor = 0; },
       "vehicle_types[0] 'van'.speed_factor"},
      {[](Problem& p) { p.vehicle_types[0].max_duration = -1; },
       "vehicle_types[0] 'van'.max_duration"},
      {[](Problem& p) {
         p.vehicle_types[0].slices = {{5, 0}, {5, 1}};
       },
       "vehicle_types[0] 'van'.slices[1].from"},
      {[](Problem& p) { p.vehicle_types[0].breaks = {{.duration = -1}}; },
       "vehicle_types[0] 'van'.breaks[0].duration"},
      {[](Problem& p) {
         p.vehicle_types[0].breaks = {{.windows = {{5, 4}}}};
       },
       "vehicle_types[0] 'van'.breaks[0].windows[0].close"},
      {[](Problem& p) { p.vehicle_types[0].breaks = {{.location = 1, .on_the_way = true}}; },
       "vehicle_types[0] 'van'.breaks[0].on_the_way"},
      {[](Problem& p) { p.vehicle_types[0].max_trips = 0; }, "vehicle_types[0] 'van'.max_trips"},
      {[](Problem& p) { p.vehicle_types[0].reload_depots = {1}; },
       "vehicle_types[0] 'van'.reload_depots"},
      {[](Problem& p) { p.vehicle_states = {{.vehicle = 1, .location = 0}}; },
       "vehicle_states[0].vehicle_vehicle"},
      {[](Problem& p) { p.vehicle_states = {{}}; }, "vehicle_states[0].location"},
      {[](Problem& p) {
         p.vehicle_states = {{.location = 0}, {.location = 0}};
       },
       "vehicle_states[1].vehicle"},
      {[](Problem& p) { p.vehicle_states = {{.location = 0, .loaded = {0}}}; },
       "vehicle_states[0].loaded"},
      {[](Problem& p) {
         p.vehicle_states = {{.steps = {{StepKind::start, -1, 0, 0, 0, 0, {0}, 0},
                                        {StepKind::delivery, 0, 2, 5, 5, 10, {0}, 9}}}};
       },
       "vehicle_states[0].steps[1].order"},
      {[](Problem& p) {
         p.vehicle_states = {{.steps = {{StepKind::start, -1, 0, 8, 8, 8, {0}, 0},
                                        {StepKind::pickup, 0, 1, 5, 5, 10, {3}, 9}}}};
       },
       "vehicle_states[0].steps[1].times"},
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
