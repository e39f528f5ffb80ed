// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Plans ten orders for two vehicles in memory, checks the plan and prints it.
#include <cstdio>
#include <exception>
#include <vector>

#include <roadgnn/gnn/decode/check.h>
#include <roadgnn/gnn/decode/solve.h>
#include <roadgnn/graph/coordinate_travel_times.h>

int main() try {
  using namespace roadgnn;

  // Location 0 is the depot, 1 .. 10 are the customers, on a grid in metres; one metre takes 100
  // ms.
  std::vector<graph::Coordinate> places = {{1500, 500}};
  decode::Problem problem;
  problem.dimensions = {"parcels"};
  problem.depots = {{.id = "depot", .location = 0}};
  problem.vehicle_types = {{.id = "van", .count = 2, .capacity = {6}, .cost_per_distance = 1}};
  for (int i = 0; i < 10; ++i) {
    places.push_back({500.0 * (i % 5), 1000.0 * (i / 5)});
    problem.orders.push_back({.id = "order " + std::to_string(i + 1),
                              .delivery = decode::Stop{.location = i + 1, .service = 60'000},
                              .load = {1}});
  }
  problem.num_locations = 11;

  const graph::CoordinateTravelTimes travel_times(places, 1, {100}, graph::Rounding::nearest);
  const auto plan =
      decode::solve(problem, travel_times, *decode::make_proximity_scorer(), {.iterations = 1000});
  for (const auto& violation : decode::check(problem, travel_times, plan))
    std::puts(violation.c_str());

  for (const auto& route : plan.routes) {
    std::printf("van %d, %lld m:", route.vehicle + 1, static_cast<long long>(route.distance));
    for (const auto& step : route.steps)
      if (step.order >= 0)
        std::printf(" %s,", problem.orders[static_cast<std::size_t>(step.order)].id.c_str());
    std::printf(" home after %lld min\n", static_cast<long long>(route.duration / 60'000));
  }
  std::printf("%zu routes, %zu orders unserved\n", plan.routes.size(), plan.unserved.size());
} catch (const std::exception& error) {
  std::fprintf(stderr, "my_planner: %s\n", error.what());
  return 1;
}
