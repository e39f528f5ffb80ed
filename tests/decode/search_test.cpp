// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/search.h>

#include <numeric>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <roadgnn/gnn/decode/detail/partition.h>
#include <roadgnn/gnn/decode/detail/spatial_order.h>
#include <roadgnn/graph/coordinate_travel_times.h>

#include "random_problem.h"
#include "search_books.h"

namespace roadgnn::decode::detail {
namespace {

TEST(Search, KeepsItsBooksRightOnRandomProblems) {
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    const auto [problem, travel_times] = decode::testing::random_problem(seed, 30);
    testing::search_and_verify(problem, travel_times, 600, 20);
    if (HasFatalFailure()) FAIL() << "seed " << seed;
  }
}

TEST(Search, ShrinksTheFleetToWhatTheLoadsAskFor) {
  Problem problem{.dimensions = {"parcels"}, .depots = {{.id = "depot", .location = 0}}};
  std::vector<graph::Coordinate> points = {{50, 50}};
  for (std::int32_t i = 1; i <= 60; ++i) {
    points.push_back({static_cast<double>(i * 37 % 100), static_cast<double>(i * 71 % 100)});
    problem.orders.push_back(
        {.id = std::to_string(i), .delivery = Stop{.location = i, .service = 1}, .load = {1}});
  }
  problem.num_locations = 61;
  problem.vehicle_types = {{.id = "van", .count = 60, .capacity = {10}, .cost_per_distance = 1}};
  const graph::CoordinateTravelTimes travel_times(points, 1, {1}, graph::Rounding::nearest);
  const Model model(problem, travel_times, *make_nearest_scorer(), 16, 32, 1);
  const AloneCosts alone(model, 1);
  Placement placement(model.num_visits());
  TravelCache travel(travel_times, 8);
  Group group = testing::all_absent(model);
  for (std::int32_t visit = 0; visit < model.num_visits(); ++visit) {
    group.routes.emplace_back();
    ASSERT_TRUE(group.routes.back().assign(model, 0, {&visit, 1}, travel));
  }
  group.absent.clear();
  group.free_vehicles = {0};
  Search search(model, alone, placement, group, travel);
  std::vector<std::int64_t> absences(60, 0);
  search.count_absences(absences);
  Rng rng(1);

  ASSERT_TRUE(search.shrink(20'000, 1.0, rng, [] { return false; }));

  EXPECT_EQ(group.routes.size() - group.free_slots.size(), 6U);
  EXPECT_EQ(search.current().unserved, 0);
}

TEST(Partition, SplitsRoutesIntoDisjointGroupsAndJoinsThemAgain) {
  const auto [problem, travel_times] = decode::testing::city_day(5, 2000);
  const Model model(problem, travel_times, *make_proximity_scorer(), 16, 32, 1);
  const AloneCosts alone(model, 1);
  Placement placement(model.num_visits());
  TravelCache travel(model.travel_times(), 8);
  Group whole = testing::all_absent(model);
  Search(model, alone, placement, whole, travel).insert_absent(Reach::near, Reach::routes);
  const std::size_t num_routes = whole.routes.size() - whole.free_slots.size();
  const auto absent = std::multiset<std::int32_t>(whole.absent.begin(), whole.absent.end());
  const auto spare = whole.free_vehicles;
  Rng rng(1);

  std::vector<Group> parts = split(model, whole, placement, 300, rng);

  EXPECT_GT(parts.size(), 4U);
  std::size_t routes = 0;
  std::set<std::int32_t> visits;
  for (const Group& part : parts) {
    routes += part.routes.size();
    for (const std::int32_t visit : part.visits) {
      EXPECT_TRUE(visits.insert(visit).second);
      EXPECT_EQ(placement[visit].group, part.id);
    }
  }
  EXPECT_EQ(routes, num_routes);
  EXPECT_EQ(visits.size(), static_cast<std::size_t>(model.num_visits()));
  const Group again = join(model, parts);
  EXPECT_EQ(again.routes.size(), num_routes);
  EXPECT_EQ(again.free_vehicles, spare);
  EXPECT_EQ(std::multiset<std::int32_t>(again.absent.begin(), again.absent.end()), absent);
}

TEST(SpatialOrder, IsAPermutationThatKeepsNeighboursTogether) {
  const auto [problem, travel_times] = decode::testing::city_day(9, 3000);
  const auto order = spatial_order(travel_times.candidates(0, 8), 64);

  std::set<std::int32_t> distinct(order.begin(), order.end());
  ASSERT_EQ(distinct.size(), static_cast<std::size_t>(travel_times.num_stops()));
  double in_order = 0, as_given = 0;
  for (std::size_t i = 1; i < order.size(); ++i) {
    in_order += travel_times.at(0, order[i - 1], order[i]).length_m;
    as_given +=
        travel_times.at(0, static_cast<std::int32_t>(i) - 1, static_cast<std::int32_t>(i)).length_m;
  }
  EXPECT_LT(in_order, as_given / 10);
}

}  // namespace
}  // namespace roadgnn::decode::detail
