// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// roadgnn table: travel times, and metres, between all pairs of two lists of places, as NumPy
// arrays.
#include <chrono>
#include <cstdio>
#include <functional>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include <roadgnn/graph/device_choice.h>
#include <roadgnn/graph/device_router.h>
#include <roadgnn/graph/error.h>
#include <roadgnn/graph/graph_file.h>
#include <roadgnn/graph/parallel.h>
#include <roadgnn/graph/router.h>
#include <roadgnn/graph/snapper.h>
#include <roadgnn/io/cli/command.h>
#include <roadgnn/io/cli/interruption.h>
#include <roadgnn/io/cli/places.h>
#include <roadgnn/io/cli/trip_options.h>
#include <roadgnn/io/file.h>
#include <roadgnn/io/npy.h>

namespace roadgnn::cli {
namespace {

struct Options {
  CommonOptions common;
  TripOptions trip;
  std::string city, sources, targets, output, lengths;
};

constexpr std::size_t kManyRows = 5000;  // enough for perfect customisation to pay

struct Snapped {
  std::vector<graph::Position> positions;
  std::int64_t nowhere = 0;
};

Snapped snap_all(const graph::Snapper& snapper, const std::vector<io::Coordinate>& places,
                 double max_snap_m, int threads) {
  Snapped snapped;
  snapped.positions.resize(places.size());
  graph::parallel_for(
      static_cast<std::int64_t>(places.size()), 256, threads,
      [&](std::int64_t begin, std::int64_t end, int) {
        for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
          snapped.positions[i] = snapper.snap(places[i].lat, places[i].lon, max_snap_m).position;
        }
      });
  for (const graph::Position& position : snapped.positions) snapped.nowhere += !position.valid();
  return snapped;
}

void write_cells(std::ostream& out, std::span<const std::int32_t> cells) {
  out.write(reinterpret_cast<const char*>(cells.data()),
            static_cast<std::streamsize>(cells.size_bytes()));
}

void run(const Options& options) {
  const Interruption interruption;
  const auto start = std::chrono::steady_clock::now();
  const int threads = graph::resolve_threads(options.common.threads);
  const auto city = graph::open(options.city);
  const TripOptions& trip = options.trip;
  const graph::Snapper snapper(city, city->profile_index(trip.profile));
  const auto snapped = [&](const std::string& file) {
    return snap_all(snapper, read_places(file), trip.max_snap_m, threads);
  };
  const Snapped sources = snapped(options.sources);
  const Snapped targets = options.targets.empty() ? sources : snapped(options.targets);
  const graph::Metric metric = make_metric(*city, trip);

  const std::size_t rows = sources.positions.size(), columns = targets.positions.size();
  std::int64_t unreachable = 0;
  ProgressLine progress;
  const auto fill = [&](std::ostream& times, std::ostream* lengths) {
    const std::int64_t shape[] = {static_cast<std::int64_t>(rows),
                                  static_cast<std::int64_t>(columns)};
    const std::string head = io::npy_head("<i4", shape);
    times << head;
    if (lengths != nullptr) *lengths << head;
    const auto sink = [&](const graph::TableBlock& block) {
      interruption.throw_if_requested("writing the table");
      write_cells(times, block.time_ms);
      if (lengths != nullptr) write_cells(*lengths, block.length_m);
      for (const std::int32_t time : block.time_ms) unreachable += time < 0;
      progress.update("table", static_cast<double>(block.first_row + block.num_rows) /
                                   static_cast<double>(rows));
    };
    if (graph::use_device(options.common.device)) {
      const graph::DeviceRouter router(city);
      router.stream_table(*router.prepare(metric), sources.positions, targets.positions,
                          lengths != nullptr, sink);
    } else {
      const graph::Router router(city);
      const auto customisation =
          rows < kManyRows ? graph::Customisation::basic : graph::Customisation::perfect;
      router.stream_table(*router.prepare(metric, threads, customisation), sources.positions,
                          targets.positions, lengths != nullptr, threads, sink);
    }
  };
  io::write_atomically(options.output, [&](std::ostream& times) {
    if (options.lengths.empty()) return fill(times, nullptr);
    io::write_atomically(options.lengths, [&](std::ostream& lengths) { fill(times, &lengths); });
  });
  progress.clear();
  const std::int64_t nowhere = sources.nowhere + (options.targets.empty() ? 0 : targets.nowhere);
  if (nowhere > 0) {
    std::fprintf(stderr,
                 "roadgnn: %lld places have no usable street within %s; their cells are -1\n",
                 static_cast<long long>(nowhere), describe_distance(trip.max_snap_m).c_str());
  }
  if (!options.common.json) return;
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const nlohmann::ordered_json figures = {{"sources", rows},
                                          {"targets", columns},
                                          {"unreachable", unreachable},
                                          {"nowhere", nowhere},
                                          {"seconds", seconds}};
  std::cout << figures.dump() << '\n';
}

}  // namespace

void add_table_command(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("table", "Travel times between all pairs of two lists of places");
  command->add_option("city", options->city, "City file")->required();
  command->add_option("--sources", options->sources, "CSV with the columns lat and lon")
      ->required();
  command->add_option("--targets", options->targets, "The same; the sources where it is not given");
  command
      ->add_option("-o,--output", options->output, "Times in milliseconds, int32 .npy, -1: no way")
      ->required();
  command->add_option("--lengths", options->lengths, "Metres of the same ways, int32 .npy");
  add_trip_options(*command, options->trip);
  add_json_option(*command, options->common);
  add_threads_option(*command, options->common);
  add_device_option(*command, options->common);
  command->callback([options] { run(*options); });
}

}  // namespace roadgnn::cli
