// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// roadgnn orders: a plausible day of orders, and a fleet that can serve it.
#include <cstdio>
#include <memory>

#include <roadgnn/graph/graph_file.h>
#include <roadgnn/io/cli/command.h>
#include <roadgnn/io/cli/defer_signals.h>
#include <roadgnn/io/cli/stages.h>
#include <roadgnn/io/file.h>
#include <roadgnn/io/generate_orders.h>

namespace roadgnn::cli {
namespace {

struct Options {
  CommonOptions common;
  std::string city, out, fleet_out, zones;
  std::int32_t count = 1000;
};

void make_orders(const Options& options) {
  Stages stages;
  stages.begin("orders", "making orders");
  const auto graph = graph::open(options.city);
  std::vector<io::PopulationZone> zones;
  if (!options.zones.empty())
    zones = io::read_zones_csv(io::read_file(options.zones), options.zones);
  const auto orders = io::generate_orders(*graph, zones, {options.count, options.common.seed});
  io::Fleet fleet;
  if (!options.fleet_out.empty()) fleet = io::generate_fleet(*graph, orders);

  const auto write_orders = [&] {
    io::write_atomically(options.out,
                         [&](std::ostream& out) { io::write_orders_csv(out, orders); });
  };
  const DeferSignals defer;
  if (options.fleet_out.empty()) {
    write_orders();
  } else {
    // The one does not appear without the other.
    io::write_atomically(options.fleet_out, [&](std::ostream& out) {
      io::write_fleet_json(out, fleet);
      write_orders();
    });
  }
  std::int64_t vehicles = 0;
  for (const auto& type : fleet.vehicle_types) vehicles += type.count;
  stages.end();
  if (options.common.json) {
    const nlohmann::ordered_json summary = {{"orders", orders.size()},
                                            {"zones", zones.size()},
                                            {"depots", fleet.depots.size()},
                                            {"vehicles", vehicles},
                                            {"total_s", stages.total_s()}};
    std::printf("%s\n", summary.dump().c_str());
    return;
  }
  std::printf("%s: %zu orders\n", options.out.c_str(), orders.size());
  if (!options.fleet_out.empty()) {
    std::printf("%s: %lld vehicles at %zu depots\n", options.fleet_out.c_str(),
                static_cast<long long>(vehicles), fleet.depots.size());
  }
}

}  // namespace

void add_orders_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("orders", "Make up a plausible day of orders");
  const auto options = std::make_shared<Options>();
  command->add_option("city", options->city, "City file made by 'roadgnn import'")->required();
  command->add_option("--count", options->count, "Number of orders")
      ->check(CLI::Range(1, 10'000'000))
      ->capture_default_str();
  command->add_option("-o,--output", options->out, "The orders CSV to write")->required();
  command->add_option("--fleet-out", options->fleet_out,
                      "Also write a fleet that can serve the day (JSON)");
  command->add_option(
      "--zones", options->zones,
      "Where people live: CSV with lat, lon, population, radius_m (default: along the streets)");
  add_json_option(*command, options->common);
  add_seed_option(*command, options->common);
  command->callback([options] { make_orders(*options); });
}

}  // namespace roadgnn::cli
