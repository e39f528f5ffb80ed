// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// roadgnn import: an OpenStreetMap extract becomes a city file.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>

#include <roadgnn/graph/error.h>
#include <roadgnn/graph/graph_file.h>
#include <roadgnn/graph/hierarchy.h>
#include <roadgnn/graph/parallel.h>
#include <roadgnn/io/cli/city_figures.h>
#include <roadgnn/io/cli/command.h>
#include <roadgnn/io/cli/defer_signals.h>
#include <roadgnn/io/cli/load_profiles.h>
#include <roadgnn/io/osm/import.h>

namespace roadgnn::cli {
namespace {

struct Options {
  CommonOptions common;
  std::string map, output, profiles, bbox, country, driving_side;
};

io::BoundingBox parse_bbox(const std::string& text) {
  io::BoundingBox box;
  char rest = '\0';
  if (std::sscanf(text.c_str(), "%lf,%lf,%lf,%lf%c", &box.west, &box.south, &box.east, &box.north,
                  &rest) != 4) {
    throw InputError("--bbox " + text + ": expected west,south,east,north in degrees");
  }
  return box;
}

io::ImportOptions import_options(const Options& options, ProgressLine& progress) {
  io::ImportOptions result;
  result.profiles = load_profiles(options.profiles);
  if (!options.bbox.empty()) result.bbox = parse_bbox(options.bbox);
  result.country = options.country;
  if (!options.driving_side.empty()) result.left_hand_traffic = options.driving_side == "left";
  result.threads = graph::resolve_threads(options.common.threads);
  result.on_progress = [&progress](const std::string& stage, double fraction) {
    progress.update(stage, fraction);
  };
  return result;
}

void run(const Options& options) {
  const auto start = std::chrono::steady_clock::now();
  const std::filesystem::path output(options.output), folder = output.parent_path();
  if (!folder.empty() && !std::filesystem::is_directory(folder)) {
    throw InputError(options.output + ": cannot be written: there is no folder " + folder.string());
  }
  io::ImportReport report;
  std::shared_ptr<const graph::RoadGraph> city;
  {
    ProgressLine progress;
    const io::ImportOptions import = import_options(options, progress);
    graph::BuildOptions build;
    build.threads = import.threads;
    build.on_progress = import.on_progress;
    graph::RoadGraph built =
        graph::build_road_graph(io::import_osm(options.map, import, &report), build);
    progress.update("ordering for the router", -1);
    built.hierarchy = graph::make_hierarchy(built, build.threads);
    city = std::make_shared<const graph::RoadGraph>(std::move(built));
    progress.update("writing", -1);
    const DeferSignals defer;
    graph::save(*city, output);
  }

  const CityFigures figures(*city);
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto cpu = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  const double cpu_s = cpu(usage.ru_utime) + cpu(usage.ru_stime);
  const double peak_mb = static_cast<double>(usage.ru_maxrss) * 1024e-6;

  for (const auto& [what, number] : report.counts) {
    std::fprintf(stderr, "%12lld  %s\n", static_cast<long long>(number), what.c_str());
  }
  std::fputs(figures.text().c_str(), stderr);
  std::fprintf(
      stderr, "%s: %.1f MB, %.2f s, %.2f s of CPU, %.0f MB of memory\n", options.output.c_str(),
      static_cast<double>(std::filesystem::file_size(output)) * 1e-6, seconds, cpu_s, peak_mb);
  if (!options.common.json) return;
  nlohmann::ordered_json result = figures.json();
  for (const auto& [what, number] : report.counts) result["report"][what] = number;
  result["seconds"] = seconds;
  result["cpu_seconds"] = cpu_s;
  result["peak_mb"] = peak_mb;
  std::printf("%s\n", result.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

}  // namespace

void add_import_command(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("import", "Make a city file from an OpenStreetMap extract");
  command->add_option("MAP", options->map, "The extract: .osm.pbf, .osm.bz2, .osm.gz or .osm")
      ->required();
  command->add_option("-o,--output", options->output, "The city file to write")->required();
  command->add_option("--profiles", options->profiles, "Folder of vehicle profiles (*.json)");
  command->add_option("--bbox", options->bbox,
                      "Import this box only: west,south,east,north in degrees");
  command->add_option("--country", options->country,
                      "ISO code such as DE (default: from the map's position)");
  command
      ->add_option("--driving-side", options->driving_side,
                   "Side of the road (default: the country's)")
      ->check(CLI::IsMember({"left", "right"}));
  add_threads_option(*command, options->common);
  add_json_option(*command, options->common);
  command->callback([options] { run(*options); });
}

}  // namespace roadgnn::cli
