// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/check.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <roadgnn/gnn/decode/solve.h>

#include "random_problem.h"

namespace roadgnn::decode {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Everything is 10 time units and 100 length units apart. One van (capacity 10) serves a delivery
// (4) in the window 15 to 30 and a pair (3); a third order needs what no vehicle offers.
class Checked : public ::testing::Test {
 public:
  Checked() : travel_times(5, {matrix()}) {
    problem.units = Units::plain;
    problem.dimensions = {"volume"};
    problem.skills = {"chilled"};
    problem.num_locations = 5;
    problem.depots.push_back({"D", 0, {0, 200}});
    problem.orders.resize(3);
    problem.orders[0].id = "bread";
    problem.orders[0].delivery = Stop{1, {{15, 30}}, 2};
    problem.orders[0].load = {4};
    problem.orders[1].id = "piano";
    problem.orders[1].pickup = Stop{2, {}, 3};
    problem.orders[1].delivery = Stop{3, {}, 3};
    problem.orders[1].load = {3};
    problem.orders[2].id = "ice";
    problem.orders[2].delivery = Stop{4, {}, 0};
    problem.orders[2].load = {1};
    problem.orders[2].needs = {0};
    VehicleType type;
    type.id = "van";
    type.count = 2;
    type.capacity = {10};
    type.cost_fixed = 50;
    type.cost_per_distance = 1;
    type.cost_per_time = 2;
    type.shift = {0, 100};
    problem.vehicle_types.push_back(type);

    Route route;
    route.steps = {
        {StepKind::start, -1, 0, 5, 5, 5, {4}, 0},
        {StepKind::delivery, 0, 1, 15, 15, 17, {0}, 100},
        {StepKind::pickup, 1, 2, 27, 27, 30, {3}, 200},
        {StepKind::delivery, 1, 3, 40, 40, 43, {0}, 300},
        {StepKind::end, -1, 0, 53, 53, 53, {0}, 400},
    };
    route.distance = 400;
    route.duration = 48;
    route.driving = 40;
    route.cost = 50 + 400 + 96;
    plan.routes.push_back(route);
    plan.unserved.push_back({2, Reason::skills, "needs chilled"});
    plan.cost = route.cost;
    plan.distance = 400;
    plan.duration = 48;
  }

  static std::vector<graph::Travel> matrix() {
    std::vector<graph::Travel> cells(25, {10, 100});
    for (std::size_t i = 0; i < 5; ++i) cells[i * 6] = {0, 0};
    return cells;
  }

  Violations violations() const { return check(problem, travel_times, plan); }
  Step& step(std::size_t i) { return plan.routes[0].steps[i]; }

  Problem problem;
  graph::MatrixTravelTimes travel_times;
  Plan plan;
};

TEST_F(Checked, ARightPlanHasNoViolation) {
  EXPECT_THAT(violations(), IsEmpty());
}

TEST_F(Checked, EveryCorruptionIsNamed) {
  struct Mutation {
    std::function<void(Checked&)> spoil;
    std::string says;
  };
  const std::vector<Mutation> mutations = {
      {[](Checked& t) { t.plan.unserved.clear(); }, "order ice is neither served nor unserved"},
      {[](Checked& t) {
         t.plan.unserved.push_back({0, Reason::fleet, ""});
       },
       "order bread is both served and unserved"},
      {[](Checked& t) {
         t.plan.unserved.push_back({2, Reason::fleet, ""});
       },
       "order ice is unserved more than once"},
      {[](Checked& t) { t.plan.unserved[0].order = 7; }, "order number 7"},
      {[](Checked& t) { t.step(1).order = 9; }, "order number 9"},
      {[](Checked& t) { t.step(1).kind = StepKind::pickup; }, "order bread has no pickup"},
      {[](Checked& t) { t.step(1).order = 2, t.step(1).location = 4; }, "does not offer chilled"},
      {[](Checked& t) { t.problem.orders[0].impossible = "off the map"; },
       "served though it cannot be: off the map"},
      {[](Checked& t) { t.step(1).location = 4; }, "is at location 4 instead of 1"},
      {[](Checked& t) { t.step(0).location = 1; }, "start: is at location 1 instead of 0"},
      {[](Checked& t) { t.step(4).location = 1; }, "end: is at location 1 instead of 0"},
      {[](Checked& t) { std::swap(t.step(2), t.step(3)); }, "comes before its pickup"},
      {[](Checked& t) { t.plan.routes[0].steps.erase(t.plan.routes[0].steps.begin() + 2); },
       "0 pickups and 1 deliveries"},
      {[](Checked& t) {
         t.plan.routes[0].steps.insert(t.plan.routes[0].steps.begin() + 2, t.step(1));
       },
       "happens twice"},
      {[](Checked& t) { t.plan.routes[0].steps.pop_back(); }, "step 3 of 4 is a delivery"},
      {[](Checked& t) { t.plan.routes[0].steps.resize(2); }, "serves no stop"},
      {[](Checked& t) { t.step(1).load = {1}; }, "load volume is 0, the plan says 1"},
      {[](Checked& t) { t.step(1).load = {}; }, "0 load values instead of 1"},
      {[](Checked& t) { t.problem.vehicle_types[0].capacity = {3}; },
       "load volume is 4, more than the capacity of 3"},
      {[](Checked& t) { t.step(1).arrival += 1; }, "arrives at 15, the plan says 16"},
      {[](Checked& t) { t.step(1).begin += 1; }, "begins at 15, the plan says 16"},
      {[](Checked& t) { t.step(2).begin += 1; }, "begins at 28 though it could at 27"},
      {[](Checked& t) { t.step(2).departure -= 1; }, "ends at 30, the plan says 29"},
      {[](Checked& t) {
         t.problem.orders[0].delivery->windows = {{0, 14}};
       },
       "after its last window's end at 14"},
      {[](Checked& t) {
         t.problem.orders[0].delivery->windows = {{0, 14}, {18, 20}};
       },
       "begins at 18, the plan says 15"},
      {[](Checked& t) {
         t.problem.vehicle_types[0].shift = {6, 100};
       },
       "before the shift and the depot open at 6"},
      {[](Checked& t) {
         t.problem.vehicle_types[0].shift = {0, 52};
       },
       "after the shift or the depot end at 52"},
      {[](Checked& t) {
         t.problem.depots[0].window = {0, 52};
       },
       "after the shift or the depot end at 52"},
      {[](Checked& t) { t.step(4).departure = 60; }, "do not agree"},
      {[](Checked& t) { t.step(0).arrival = 0; }, "do not agree"},
      {[](Checked& t) { t.step(3).distance = 299; }, "is 300 from the start, the plan says 299"},
      {[](Checked& t) { t.plan.routes[0].distance = 1; }, "the distance is 400, the plan says 1"},
      {[](Checked& t) { t.plan.routes[0].duration = 1; }, "the duration is 48, the plan says 1"},
      {[](Checked& t) { t.plan.routes[0].driving = 1; }, "the driving time is 40, the plan says 1"},
      {[](Checked& t) { t.plan.routes[0].cost = 1; }, "the cost is 546, the plan says 1"},
      {[](Checked& t) { t.plan.cost = 1; }, "the plan's cost is"},
      {[](Checked& t) { t.plan.distance = 1; }, "the plan's distance is 400"},
      {[](Checked& t) { t.plan.duration = 1; }, "the plan's duration is 48"},
      {[](Checked& t) { t.problem.vehicle_types[0].max_driving = 39; },
       "drives for 40, longer than its limit of 39"},
      {[](Checked& t) { t.problem.vehicle_types[0].max_distance = 399; },
       "drives 400, more than its limit of 399"},
      {[](Checked& t) { t.problem.vehicle_types[0].max_stops = 2; },
       "has 3 stops, more than its limit of 2"},
      {[](Checked& t) { t.plan.routes[0].vehicle = 2; }, "van #2 does not exist: there are 2"},
      {[](Checked& t) { t.plan.routes[0].vehicle_type = 1; },
       "vehicle type 1, which does not exist"},
      {[](Checked& t) { t.plan.routes.push_back(t.plan.routes[0]); },
       "vehicle van #0 has 2 routes"},
      {[](Checked& t) { t.plan.routes.push_back(t.plan.routes[0]), t.plan.routes[1].vehicle = 1; },
       "on more than one vehicle"},
      {[](Checked& t) { t.step(1).arrival = INT64_MIN; }, "a time out of range"},
  };

  const Problem right_problem = problem;
  const Plan right_plan = plan;
  for (const Mutation& mutation : mutations) {
    problem = right_problem;
    plan = right_plan;
    mutation.spoil(*this);
    EXPECT_THAT(violations(), Contains(HasSubstr(mutation.says)));
  }
}

TEST_F(Checked, AnOpenRouteEndsAtItsLastStop) {
  problem.vehicle_types[0].end_depot = -1;
  EXPECT_THAT(violations(), Not(IsEmpty()));
  step(4) = {StepKind::end, -1, 3, 43, 43, 43, {0}, 300};
  Route& route = plan.routes[0];
  route.distance = plan.distance = 300;
  route.duration = plan.duration = 38;
  route.driving = 30;
  route.cost = plan.cost = 50 + 300 + 76;

  EXPECT_THAT(violations(), IsEmpty());
}

TEST_F(Checked, AMissingWayIsNamed) {
  auto cells = matrix();
  cells[1 * 5 + 2] = {};
  const graph::MatrixTravelTimes broken(5, {cells});

  EXPECT_THAT(check(problem, broken, plan),
              Contains(HasSubstr("there is no way from location 1 to 2")));
}

TEST(Check, FindsEachChangedNumberOfRandomPlans) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const auto [problem, travel_times] = testing::random_problem(seed, 8);
    const Plan plan = solve(problem, travel_times, *make_nearest_scorer(), {});
    ASSERT_THAT(check(problem, travel_times, plan, 2), IsEmpty());
    for (std::size_t r = 0; r < plan.routes.size(); ++r) {
      for (std::size_t i = 0; i < plan.routes[r].steps.size(); ++i) {
        const auto changed = [&](auto member) {
          Plan copy = plan;
          copy.routes[r].steps[i].*member += 1;
          return check(problem, travel_times, copy);
        };
        EXPECT_THAT(changed(&Step::arrival), Not(IsEmpty()));
        EXPECT_THAT(changed(&Step::begin), Not(IsEmpty()));
        EXPECT_THAT(changed(&Step::departure), Not(IsEmpty()));
        EXPECT_THAT(changed(&Step::distance), Not(IsEmpty()));
        EXPECT_THAT(changed(&Step::location), Not(IsEmpty()));
      }
    }
  }
}

}  // namespace
}  // namespace roadgnn::decode
