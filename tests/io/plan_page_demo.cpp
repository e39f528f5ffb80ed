// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Writes the page and the GeoJSON of a made-up day, to look at without a city and a solver:
//   plan_page_demo FOLDER [ORDERS VEHICLES WIDTH HEIGHT]
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>

#include <roadgnn/io/file.h>
#include <roadgnn/io/plan_page.h>
#include <roadgnn/io/routes_geojson.h>

#include "grid_day.h"

int main(int argc, char** argv) try {
  using namespace roadgnn::io;
  const auto number = [&](int i, int otherwise) {
    return argc > i ? std::atoi(argv[i]) : otherwise;
  };
  if (argc < 2) {
    std::fprintf(stderr, "usage: plan_page_demo FOLDER [ORDERS VEHICLES WIDTH HEIGHT]\n");
    return 2;
  }
  GridDayOptions options;
  options.orders = number(2, 50'000);
  options.vehicles = number(3, 600);
  options.width = number(4, 180);
  options.height = number(5, 150);
  options.unserved = options.orders / 100;
  const std::filesystem::path folder = argv[1];
  std::filesystem::create_directories(folder);

  const GridDay day = make_grid_day(options);
  const auto lines = trace_routes(day.graph, day.problem, day.plan, day.positions, day.legs());
  write_atomically(folder / "routes.geojson", [&](std::ostream& out) {
    write_routes_geojson(out, day.problem, day.plan, lines);
  });
  write_atomically(folder / "plan.html", [&](std::ostream& out) {
    write_plan_page(out, day.graph, day.problem, day.plan, lines, day.places,
                    {.title = "Grid city"});
  });
} catch (const std::exception& error) {
  std::fprintf(stderr, "plan_page_demo: %s\n", error.what());
  return 1;
}
