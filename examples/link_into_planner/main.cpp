// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Plans ten deliveries for two vans on a city's roads, in memory; checks the plan and prints it.
// Usage: my_planner CITY.rgraph   (made by `roadgnn import`)
#include <cstdio>
#include <exception>

#include <roadgnn/gnn/decode/check.h>
#include <roadgnn/gnn/decode/solve.h>
#include <roadgnn/graph/graph_file.h>
#include <roadgnn/graph/router.h>
#include <roadgnn/graph/snapper.h>

int main(int argc, char** argv) try {
  using namespace roadgnn;
  const auto city = graph::open(argc > 1 ? argv[1] : "city.rgraph");
  const int van = city->profile_index("van");

  // Stop 0 is the depot, 1 .. 10 are customers: here at every eleventh part of the city's nodes.
  const graph::Snapper snapper(city, van);
  std::vector<graph::Position> stops;
  decode::Problem problem{.dimensions = {"parcels"}, .depots = {{.id = "depot", .location = 0}}};
  problem.num_locations = 11;
  for (int i = 0; i < 11; ++i) {
    const auto node = std::size_t(i) * city->lat_e7.size() / 11;
    stops.push_back(snapper.snap(1e-7 * city->lat_e7[node], 1e-7 * city->lon_e7[node]).position);
    const decode::Stop door{.location = i, .service = 3 * 60'000};  // times are milliseconds
    if (i > 0)
      problem.orders.push_back({.id = "#" + std::to_string(i), .delivery = door, .load = {1}});
  }
  problem.vehicle_types = {{.id = "van", .count = 2, .capacity = {6}, .cost_per_distance = 1}};

  const graph::Router router(city);
  const auto travel = router.oracle({router.prepare(graph::make_metric(*city, van))}, {stops});
  const auto plan = solve(problem, *travel, *decode::make_proximity_scorer(), {.iterations = 1000});

  for (const auto& violation : check(problem, *travel, plan)) std::puts(violation.c_str());
  for (const auto& route : plan.routes) {
    std::printf("van %d: %.1f km, orders", route.vehicle + 1, 1e-3 * double(route.distance));
    for (const auto& step : route.steps)
      if (step.order >= 0) std::printf(" %s", problem.orders[std::size_t(step.order)].id.c_str());
    std::puts("");
  }
  std::printf("%zu vans, %zu orders unserved\n", plan.routes.size(), plan.unserved.size());
} catch (const std::exception& error) {
  std::fprintf(stderr, "my_planner: %s\n", error.what());
  return 1;
}
