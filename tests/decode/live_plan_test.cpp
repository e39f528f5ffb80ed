// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/live_plan.h>

#include <algorithm>
#include <memory>
#include <random>
#include <tuple>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <roadgnn/gnn/decode/check.h>
#include <roadgnn/gnn/decode/detail/start_from.h>
#include <roadgnn/gnn/decode/solve.h>
#include <roadgnn/graph/error.h>

#include "random_problem.h"

namespace roadgnn::decode {
namespace {

using ::testing::IsEmpty;

Plan plan_for(const Problem& problem, const graph::TravelTimes& travel_times,
              std::int64_t iterations = 50) {
  SolveOptions options;
  options.iterations = iterations;
  options.threads = 1;
  return solve(problem, travel_times, *make_proximity_scorer(), options);
}

template <typename TravelTimes>
std::shared_ptr<const graph::TravelTimes> shared(const TravelTimes& travel_times) {
  return std::make_shared<TravelTimes>(travel_times);
}

// What the last order of `problem` costs at least in the routes of `plan` or in an unused vehicle,
// by trying everything; infinite where there is no place.
double cheapest_by_brute_force(const Problem& problem, const graph::TravelTimes& travel_times,
                               const Plan& plan) {
  const detail::Model model(problem, travel_times);
  detail::TravelCache travel(model.travel_times(), 4);
  const auto order = static_cast<std::int32_t>(problem.orders.size()) - 1;
  const std::int32_t first = model.first_visit(order);
  if (first < 0) return detail::kInfeasible;
  const std::int32_t second = model.visit(first).partner;
  double best = detail::kInfeasible, weight = 0;
  std::vector<std::int32_t> used(static_cast<std::size_t>(model.num_types()), 0);
  detail::RouteState trial;
  for (const auto& [route, vehicle] : detail::take_over_routes(model, plan, travel)) {
    ++used[static_cast<std::size_t>(route.type())];
    if (!model.compatible(order, route.type())) continue;
    std::vector<std::int32_t> visits;
    for (const detail::Node& node : route.nodes()) {
      if (node.visit >= 0) visits.push_back(node.visit);
    }
    for (std::size_t i = 0; i <= visits.size(); ++i) {
      for (std::size_t j = i; j <= (second < 0 ? i : visits.size()); ++j) {
        auto changed = visits;
        const auto at = [](std::size_t place) { return static_cast<std::ptrdiff_t>(place); };
        if (second >= 0) changed.insert(changed.begin() + at(j), second);
        changed.insert(changed.begin() + at(i), first);
        if (trial.assign(model, route.type(), changed, travel))
          best = std::min(best, trial.figures().cost - route.figures().cost);
      }
    }
  }
  std::vector<std::int32_t> alone = {first};
  if (second >= 0) alone.push_back(second);
  for (std::int32_t type = 0; type < model.num_types(); ++type) {
    if (used[static_cast<std::size_t>(type)] >= model.type(type).count) continue;
    if (!model.compatible(order, type) || !trial.assign(model, type, alone, travel)) continue;
    if (trial.figures().cost >= best) continue;
    best = trial.figures().cost;
    weight = model.vehicle_weight();
  }
  return best - weight;
}

// Takes the last orders out of a problem and lets them come in one by one.
template <typename Drawn>
void expect_cheapest_places(Drawn drawn, std::size_t late_orders, bool with_timeline, int& places,
                            int& cheapest) {
  std::vector<Order> late;
  while (late.size() < late_orders && drawn.problem.orders.size() > 1) {
    late.push_back(drawn.problem.orders.back());
    drawn.problem.orders.pop_back();
  }
  LivePlan live(drawn.problem, shared(drawn.travel_times),
                plan_for(drawn.problem, drawn.travel_times));
  for (const Order& order : late) {
    const Plan before = live.plan();
    Problem after = live.problem();
    after.orders.push_back(order);
    const double expected = cheapest_by_brute_force(after, drawn.travel_times, before);

    const LiveInsertion insertion = live.insert(order);

    const Plan plan = live.plan();
    ASSERT_THAT(check(live.problem(), drawn.travel_times, plan), IsEmpty());
    ASSERT_EQ(live.serves(insertion.order), insertion.served);
    ASSERT_NEAR(plan.cost, before.cost + insertion.cost, 1e-6);
    if (!insertion.served) {
      if (order.group < 0 && !order.prize) {
        ASSERT_EQ(expected, detail::kInfeasible);
      }
      continue;
    }
    if (order.group >= 0) continue;  // its prize may be saved, too
    ++places;
    ASSERT_GE(insertion.cost, expected - 1e-9);
    if (!with_timeline) {
      ASSERT_LE(insertion.cost, expected + 1e-9);
    }
    cheapest += insertion.cost <= expected + 1e-9;
  }
}

TEST(LivePlan, PutsAnOrderWhereItCostsLeastOfAllPlaces) {
  int places = 0, cheapest = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    expect_cheapest_places(testing::random_problem(seed, 12), 5, false, places, cheapest);
    if (::testing::Test::HasFatalFailure()) return;
  }
  EXPECT_GT(places, 500);
}

TEST(LivePlan, PutsAnOrderWhereItCostsLeastOfAllPlacesOfLongRoutes) {
  int places = 0, cheapest = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(seed);
    expect_cheapest_places(testing::city_day(seed, 200), 30, false, places, cheapest);
    if (::testing::Test::HasFatalFailure()) return;
  }
  EXPECT_GT(places, 200);
}

TEST(LivePlan, FindsAPlaceWhereverThereIsOneAndNearlyAlwaysTheCheapestWithEveryFeature) {
  int places = 0, cheapest = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE(seed);
    expect_cheapest_places(testing::random_rich_problem(seed, 8), 3, true, places, cheapest);
    if (::testing::Test::HasFatalFailure()) return;
  }
  EXPECT_GT(places, 200);
  EXPECT_GE(cheapest, 0.98 * places);
}

// Stops of every vehicle in their order, by orders known to both.
std::vector<std::vector<std::int32_t>> stops_of(const Plan& plan, std::int32_t num_orders) {
  std::vector<std::vector<std::int32_t>> stops;
  for (const Route& route : plan.routes) {
    auto& list = stops.emplace_back();
    for (const Step& step : route.steps) {
      if (step.order >= 0 && step.order < num_orders) list.push_back(step.order);
    }
    if (list.empty()) stops.pop_back();
  }
  return stops;
}

const Route* find_route(const Plan& plan, std::int32_t type, std::int32_t vehicle) {
  for (const Route& route : plan.routes) {
    if (route.vehicle_type == type && route.vehicle == vehicle) return &route;
  }
  return nullptr;
}

bool same_step(const Step& a, const Step& b) {
  const auto all = [](const Step& s) {
    return std::tie(s.kind, s.order, s.location, s.arrival, s.begin, s.departure, s.load,
                    s.distance);
  };
  return all(a) == all(b);
}

TEST(LivePlan, LeavesDoneAndLockedStopsAndTheOrderOfAllOthersAsTheyAre) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    auto [problem, travel_times] = testing::city_day(seed, 150);
    std::vector<Order> late(problem.orders.end() - 30, problem.orders.end());
    problem.orders.resize(problem.orders.size() - 30);
    LivePlan live(problem, shared(travel_times), plan_for(problem, travel_times));
    const auto known = static_cast<std::int32_t>(problem.orders.size());
    std::int64_t now = 9 * 3'600'000;
    for (std::size_t i = 0; i < late.size(); i += 10, now += 3'600'000) {
      live.advance(now);
      const Plan before = live.plan();
      for (std::size_t k = i; k < i + 10; ++k) live.insert(late[k]);

      const Plan plan = live.plan();

      ASSERT_THAT(check(live.problem(), travel_times, plan), IsEmpty());
      EXPECT_EQ(stops_of(plan, known), stops_of(before, known));
      EXPECT_FALSE(live.problem().vehicle_states.empty());
      for (const VehicleState& state : live.problem().vehicle_states) {
        const Route* route = find_route(plan, state.vehicle_type, state.vehicle);
        ASSERT_NE(route, nullptr);
        ASSERT_GE(route->steps.size(), state.steps.size());
        EXPECT_TRUE(
            std::equal(state.steps.begin(), state.steps.end(), route->steps.begin(), same_step));
      }
    }
  }
}

TEST(LivePlan, StaysFeasibleWhenOrdersComeAndGoAndTimeGoesOn) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    auto [problem, travel_times] = seed % 2 == 0 ? testing::random_rich_problem(seed, 10)
                                                 : testing::random_typed_problem(seed, 10);
    std::vector<Order> late;
    while (problem.orders.size() > 4) {
      late.push_back(problem.orders.back());
      problem.orders.pop_back();
    }
    LivePlan live(problem, shared(travel_times), plan_for(problem, travel_times));
    std::mt19937_64 random(seed);
    for (std::int64_t now = 0; now < 60; now += 10) {
      live.advance(std::max(now, live.problem().now));
      if (!late.empty()) {
        live.insert(late.back());
        late.pop_back();
      }
      const auto order = static_cast<std::int32_t>(random() % live.problem().orders.size());
      const bool served = live.serves(order);

      const bool removed = live.remove(order);

      EXPECT_EQ(live.serves(order), served && !removed);
      ASSERT_THAT(check(live.problem(), travel_times, live.plan()), IsEmpty());
    }
  }
}

TEST(LivePlan, KeepsVehiclesTheirNumbersWhenOthersHaveNothingLeftToDo) {
  auto [problem, travel_times] = testing::city_day(1, 120);
  LivePlan live(problem, shared(travel_times), plan_for(problem, travel_times));
  const Plan before = live.plan();
  const Route& emptied = before.routes.front();

  for (const Step& step : emptied.steps) {
    if (step.order >= 0) live.remove(step.order);
  }

  const Plan plan = live.plan();
  EXPECT_EQ(find_route(plan, emptied.vehicle_type, emptied.vehicle), nullptr);
  EXPECT_THAT(live.route(emptied.vehicle_type, emptied.vehicle).steps, IsEmpty());
  for (std::size_t r = 1; r < before.routes.size(); ++r) {
    const Route& was = before.routes[r];
    const Route* is = find_route(plan, was.vehicle_type, was.vehicle);
    ASSERT_NE(is, nullptr);
    EXPECT_EQ(is->steps.size(), was.steps.size());
  }
}

TEST(LivePlan, InsertsWhatThePlanLacks) {
  const auto [problem, travel_times] = testing::city_day(2, 200);

  const LivePlan live(problem, shared(travel_times), Plan{});

  const Plan plan = live.plan(2);
  EXPECT_LT(plan.unserved.size(), 10U);
  EXPECT_THAT(check(problem, travel_times, plan), IsEmpty());
}

TEST(LivePlan, RefusesAnOrderThatIsWrongAndChangesNothing) {
  const auto [problem, travel_times] = testing::city_day(3, 20);
  LivePlan live(problem, shared(travel_times), Plan{});
  Order wrong = problem.orders.front();
  wrong.load.clear();

  EXPECT_THROW(live.insert(wrong), InputError);
  EXPECT_THROW(live.remove(20), InputError);
  live.advance(100);
  EXPECT_THROW(live.advance(99), InputError);

  EXPECT_EQ(live.problem().orders.size(), 20U);
}

TEST(LivePlan, SaysWhyAnOrderIsLeftOut) {
  const auto [problem, travel_times] = testing::city_day(4, 20);
  LivePlan live(problem, shared(travel_times), Plan{});
  Order large = problem.orders.front();
  large.load[0] = 1'000'000'000;

  const LiveInsertion insertion = live.insert(large);

  EXPECT_FALSE(insertion.served);
  EXPECT_EQ(insertion.unserved.order, 20);
  EXPECT_EQ(insertion.unserved.reason, Reason::capacity);
  EXPECT_THAT(check(live.problem(), travel_times, live.plan()), IsEmpty());
}

}  // namespace
}  // namespace roadgnn::decode
