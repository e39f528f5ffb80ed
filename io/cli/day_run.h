// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <roadgnn/gnn/decode/check.h>
#include <roadgnn/gnn/decode/solve.h>
#include <roadgnn/graph/device_choice.h>
#include <roadgnn/io/city_day.h>
#include <roadgnn/io/cli/interruption.h>
#include <roadgnn/io/cli/scorers.h>
#include <roadgnn/io/cli/stages.h>
#include <roadgnn/io/plan_json.h>

namespace roadgnn::cli {

/// What `route`, `check` and `replay` have in common: the files of a day and how they are read.
struct DayFiles {
  std::string city, orders, fleet;
  std::string coordinates = "wgs84";
  double max_snap_m = 1000;
  std::string date;  ///< as in 2026-11-24; empty: none
};

void add_day_options(CLI::App& command, DayFiles& files, bool required);

/// A day read from files, with what a plan's record says about them.
struct LoadedDay {
  io::InputFile city, orders, fleet;
  std::optional<io::InputFile> initial_plan;
  std::optional<io::InputFile> weights;  ///< of the model, where it scores
  io::CityDay day;
};

LoadedDay load_day(const DayFiles& files, int threads, Stages& stages);

/// The sentences that are wrong about a plan, recomputed by plain Dijkstra.
decode::Violations check_plan(const io::CityDay& day, const decode::Plan& plan, int threads);

/// Prints violations to standard error, the first 20 in full.
void print_violations(const decode::Violations& violations);

/// One planning run: reads the day, solves, checks, and writes plan.json, routes.geojson and
/// plan.html to `out`.
struct PlanningRun {
  DayFiles files;
  std::filesystem::path out;
  ScorerChoice scorer;
  decode::SolveOptions solve;  ///< without stop, threads and progress, which the run sets
  int threads = 0;
  graph::DeviceChoice device = graph::DeviceChoice::cpu;
  std::optional<std::int64_t> now;  ///< milliseconds after midnight: what is done by then stays
  std::string initial_plan;         ///< a plan.json to go on from; empty: none
  /// Called once the inputs and their hashes are known; may throw where they are not the wanted
  /// ones.
  std::function<void(LoadedDay&)> on_loaded;
};

struct PlanningResult {
  std::string plan_json;  ///< the bytes written
  nlohmann::ordered_json summary;
};

/// Throws Error where the plan fails its check; nothing is written then.
PlanningResult run_planning(const PlanningRun& run);

/// Prints a result: one JSON object, or a few lines for people.
void print_result(const PlanningResult& result, const std::filesystem::path& out, bool json);

/// How this program was built, for a plan's record.
std::string program_version();
std::string compiler_version();
std::string instruction_set();

}  // namespace roadgnn::cli
