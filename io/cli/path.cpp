// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// roadgnn path: the fastest way between two places, as figures and as a line to draw.
#include <cstdio>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include <roadgnn/graph/error.h>
#include <roadgnn/graph/graph_file.h>
#include <roadgnn/graph/router.h>
#include <roadgnn/graph/snapper.h>
#include <roadgnn/io/cli/command.h>
#include <roadgnn/io/cli/places.h>
#include <roadgnn/io/cli/trip_options.h>
#include <roadgnn/io/file.h>
#include <roadgnn/io/route_geometry.h>
#include <roadgnn/io/routes_geojson.h>

namespace roadgnn::cli {
namespace {

struct Options {
  CommonOptions common;
  TripOptions trip;
  std::string city, from, to, geojson;
};

graph::Position snap(const graph::Snapper& snapper, double max_snap_m, const std::string& option,
                     const std::string& text) {
  const io::Coordinate place = parse_place(option, text);
  const graph::Snap found = snapper.snap(place.lat, place.lon, max_snap_m);
  if (!found.position.valid()) {
    throw RoutingError(option + " " + text + ": no usable street within " +
                       describe_distance(max_snap_m));
  }
  return found.position;
}

void write_geojson(const std::string& file, const graph::RoadGraph& city, const graph::Path& path,
                   const nlohmann::ordered_json& figures) {
  const nlohmann::ordered_json feature = {
      {"type", "Feature"},
      {"properties", figures},
      {"geometry", nlohmann::ordered_json::parse(io::geojson_geometry(io::path_line(city, path)))}};
  const nlohmann::ordered_json collection = {
      {"type", "FeatureCollection"}, {"features", nlohmann::ordered_json::array({feature})}};
  io::write_atomically(file, [&](std::ostream& out) { out << collection.dump() << '\n'; });
}

// The names of the streets along the path, each once per stretch.
nlohmann::ordered_json street_names(const graph::RoadGraph& city, const graph::Path& path) {
  nlohmann::ordered_json names = nlohmann::ordered_json::array();
  for (const std::int32_t edge : path.edges) {
    const std::string name(city.name_of_edge(edge));
    if (!name.empty() && (names.empty() || names.back() != name)) names.push_back(name);
  }
  return names;
}

void run(const Options& options) {
  const auto city = graph::open(options.city);
  const TripOptions& trip = options.trip;
  const graph::Snapper snapper(city, city->profile_index(trip.profile));
  const graph::Position from = snap(snapper, trip.max_snap_m, "--from", options.from);
  const graph::Position to = snap(snapper, trip.max_snap_m, "--to", options.to);
  const graph::Router router(city);
  const auto metric = router.prepare(make_metric(*city, trip), options.common.threads);
  const graph::Path path = router.path(*metric, from, to);
  if (!path.travel.reachable()) {
    throw RoutingError("there is no way from " + options.from + " to " + options.to + " for " +
                       trip.profile);
  }
  const nlohmann::ordered_json figures = {{"profile", trip.profile},
                                          {"time_s", path.travel.time_ms / 1000.0},
                                          {"distance_m", path.travel.length_m}};
  if (!options.geojson.empty()) write_geojson(options.geojson, *city, path, figures);
  if (options.common.json) {
    nlohmann::ordered_json all = figures;
    all["time_ms"] = path.travel.time_ms;
    all["edges"] = path.edges.size();
    all["streets"] = street_names(*city, path);
    std::cout << all.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
    return;
  }
  std::printf("time      %.1f min\ndistance  %.2f km\n", path.travel.time_ms / 60000.0,
              path.travel.length_m / 1000.0);
}

}  // namespace

void add_path_command(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("path", "Find the fastest way between two places");
  command->add_option("city", options->city, "City file")->required();
  command->add_option("--from", options->from, "Where it starts: LAT,LON")->required();
  command->add_option("--to", options->to, "Where it ends: LAT,LON")->required();
  add_trip_options(*command, options->trip);
  command->add_option("--geojson", options->geojson, "Write the way as GeoJSON");
  add_json_option(*command, options->common);
  add_threads_option(*command, options->common);
  command->callback([options] { run(*options); });
}

}  // namespace roadgnn::cli
