// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/cli/trip_options.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>

#include <roadgnn/io/cli/places.h>

namespace roadgnn::cli {
namespace {

std::optional<std::int32_t> given(double value, double units) {
  if (value == 0) return {};
  return static_cast<std::int32_t>(std::lround(value * units));
}

}  // namespace

void add_trip_options(CLI::App& command, TripOptions& options) {
  command.add_option("--profile", options.profile, "Vehicle profile")->required();
  command.add_option("--depart", options.depart,
                     "Time of departure, HH:MM on a Monday (else whatever is closed at any time "
                     "counts as closed)");
  command.add_option("--max-snap", options.max_snap_m, "Metres from a place to a street at most")
      ->check(CLI::Range(1.0, 1e6))
      ->capture_default_str();
  const auto add = [&](const char* name, double& value, double most, const char* text) {
    command.add_option(name, value, text)->check(CLI::Range(0.01, most));
  };
  add("--height", options.height_m, 100, "The vehicle's own height in metres");
  add("--width", options.width_m, 100, "The vehicle's own width in metres");
  add("--length", options.length_m, 1000, "The vehicle's own length in metres");
  add("--weight", options.weight_kg, 1e6, "The vehicle's own weight in kg");
  add("--axle-load", options.axle_load_kg, 1e6, "The vehicle's own axle load in kg");
  command.add_flag("--hazmat", options.hazmat, "The vehicle carries hazardous goods");
  command.add_option("--avoid", options.avoid, "What the vehicle has to avoid: tolls, ferries")
      ->delimiter(',')
      ->check(CLI::IsMember({"tolls", "ferries"}));
}

graph::Metric make_metric(const graph::RoadGraph& city, const TripOptions& options) {
  const auto avoids = [&](const char* what) {
    return std::find(options.avoid.begin(), options.avoid.end(), what) != options.avoid.end();
  };
  graph::VehicleLimits limits;
  limits.height_cm = given(options.height_m, 100);
  limits.width_cm = given(options.width_m, 100);
  limits.length_cm = given(options.length_m, 100);
  limits.weight_kg = given(options.weight_kg, 1);
  limits.axle_load_kg = given(options.axle_load_kg, 1);
  limits.hazmat = options.hazmat;
  limits.avoid_tolls = avoids("tolls");
  limits.avoid_ferries = avoids("ferries");
  return graph::make_metric(city, city.profile_index(options.profile),
                            parse_departure(options.depart), limits);
}

std::string describe_distance(double metres) {
  char text[64];
  if (metres < 1000) {
    std::snprintf(text, sizeof text, "%.0f m", metres);
  } else {
    std::snprintf(text, sizeof text, "%.4g km", metres / 1000);
  }
  return text;
}

}  // namespace roadgnn::cli
