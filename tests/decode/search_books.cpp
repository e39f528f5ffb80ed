// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include "search_books.h"

#include <numeric>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace roadgnn::decode::detail::testing {

void expect_consistent(const Model& model, const Placement& placement, const Search& search,
                       const Group& group) {
  TravelCache travel(model.travel_times(), 4);
  std::vector<std::int32_t> used(static_cast<std::size_t>(model.num_types()), 0);
  std::multiset<std::int32_t> orders(group.absent.begin(), group.absent.end());
  double cost = 0, unserved = 0;
  for (const std::int32_t order : group.absent) unserved += model.weight(order);
  std::size_t empty = 0;
  for (std::size_t slot = 0; slot < group.routes.size(); ++slot) {
    const RouteState& route = group.routes[slot];
    if (route.empty()) {
      ++empty;
      continue;
    }
    ++used[static_cast<std::size_t>(route.type())];
    std::vector<std::int32_t> visits;
    for (std::size_t i = 1; i + 1 < route.nodes().size(); ++i) {
      const std::int32_t visit = route.nodes()[i].visit;
      visits.push_back(visit);
      ASSERT_EQ(placement[visit].route, static_cast<std::int32_t>(slot));
      ASSERT_EQ(placement[visit].position, static_cast<std::int32_t>(i));
      ASSERT_TRUE(model.compatible(model.visit(visit).order, route.type()));
      if (model.first_visit(model.visit(visit).order) == visit)
        orders.insert(model.visit(visit).order);
    }
    RouteState fresh;
    ASSERT_TRUE(fresh.assign(model, route.type(), visits, travel));
    ASSERT_EQ(fresh.figures().cost, route.figures().cost);
    ASSERT_EQ(fresh.figures().start, route.figures().start);
    cost += route.figures().cost;
  }
  ASSERT_EQ(empty, group.free_slots.size());
  for (std::int32_t type = 0; type < model.num_types(); ++type) {
    ASSERT_EQ(
        used[static_cast<std::size_t>(type)] + group.free_vehicles[static_cast<std::size_t>(type)],
        model.type(type).count);
  }
  ASSERT_EQ(search.current().unserved, unserved);
  ASSERT_NEAR(search.current().cost, cost, 1e-6 * (1 + cost));
  for (std::int32_t order = 0; order < model.num_orders(); ++order)
    ASSERT_EQ(orders.count(order), 1U);
}

Group all_absent(const Model& model) {
  Group group;
  group.free_vehicles.resize(static_cast<std::size_t>(model.num_types()));
  for (std::int32_t type = 0; type < model.num_types(); ++type) {
    group.free_vehicles[static_cast<std::size_t>(type)] = model.type(type).count;
  }
  group.absent.resize(static_cast<std::size_t>(model.num_orders()));
  std::iota(group.absent.begin(), group.absent.end(), 0);
  group.visits.resize(static_cast<std::size_t>(model.num_visits()));
  std::iota(group.visits.begin(), group.visits.end(), 0);
  return group;
}

void search_and_verify(const Problem& problem, const graph::TravelTimes& travel_times,
                       std::int64_t iterations, std::int64_t every) {
  const Model model(problem, travel_times, *make_proximity_scorer(), 16, 32, 1);
  const AloneCosts alone(model, 1);
  Placement placement(model.num_visits());
  TravelCache travel(model.travel_times(), 8);
  Group group = all_absent(model);
  Search search(model, alone, placement, group, travel);
  search.insert_absent(Reach::near, Reach::group);
  expect_consistent(model, placement, search, group);
  Rng rng(7);
  std::vector<std::int64_t> absences(static_cast<std::size_t>(model.num_orders()), 0);
  search.count_absences(absences);
  for (std::int64_t done = 0; done < iterations; done += every) {
    search.change_types();
    if (done % (2 * every) == 0) search.descend();
    const double temperature = done % (4 * every) == 0 ? 50.0 : 1.0;
    ASSERT_TRUE(search.run(every, temperature, rng, [] { return false; }));
    expect_consistent(model, placement, search, group);
    if (group.absent.empty() && done % (5 * every) == 0) {
      ASSERT_TRUE(search.shrink(every, temperature, rng, [] { return false; }));
      ASSERT_EQ(search.current().unserved, 0);
      expect_consistent(model, placement, search, group);
    }
    if (done % (3 * every) == 0) {
      search.restore_best();
      ASSERT_EQ(search.current().cost, search.best().cost);
      expect_consistent(model, placement, search, group);
    }
  }
}

}  // namespace roadgnn::decode::detail::testing
