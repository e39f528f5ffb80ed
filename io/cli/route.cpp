// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// roadgnn route: a day of orders to routes.
#include <memory>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/cli/command.h>
#include <roadgnn/io/cli/day_run.h>
#include <roadgnn/io/time_of_day.h>

namespace roadgnn::cli {
namespace {

constexpr double kDefaultTimeLimit_s = 60;

struct Options {
  CommonOptions common;
  DayFiles files;
  std::string out, now, initial_plan;
  ScorerChoice scorer;
  std::optional<double> time_limit_s;
  std::optional<std::int64_t> iterations;
  std::int32_t candidates_per_stop = decode::SolveOptions{}.candidates_per_stop;
};

void route(const Options& options) {
  PlanningRun run;
  run.files = options.files;
  run.out = options.out;
  run.scorer = options.scorer;
  run.threads = options.common.threads;
  run.device = options.common.device;
  run.solve.seed = options.common.seed;
  run.solve.candidates_per_stop = options.candidates_per_stop;
  run.solve.iterations = options.iterations;
  run.solve.time_limit_s = options.time_limit_s;
  if (!options.iterations && !options.time_limit_s) run.solve.time_limit_s = kDefaultTimeLimit_s;
  if (!options.now.empty()) {
    run.now = io::parse_time_of_day(options.now);
    if (!run.now) {
      throw InputError(std::string("--now: expected ") + io::kTimeOfDayForm + ", found '" +
                       options.now + "'");
    }
  }
  run.initial_plan = options.initial_plan;
  print_result(run_planning(run), options.out, options.common.json);
}

}  // namespace

void add_route_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("route", "Plan a day of orders for a fleet");
  const auto options = std::make_shared<Options>();
  add_day_options(*command, options->files, true);
  command
      ->add_option("-o,--output", options->out,
                   "Folder for plan.json, routes.geojson and plan.html")
      ->required();
  command
      ->add_option(
          "--time-limit", options->time_limit_s,
          "Seconds of planning after the stops are prepared (default 60, none with --iterations)")
      ->check(CLI::Range(0.0, 1e7));
  command
      ->add_option("--iterations", options->iterations,
                   "Iterations of improvement: the same plan on every run")
      ->check(CLI::Range(std::int64_t{0}, INT64_MAX / 2));
  add_scorer_options(*command, options->scorer);
  command
      ->add_option("-k,--candidates-per-stop", options->candidates_per_stop,
                   "Nearest stops to consider at each stop")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_option(
      "--now", options->now,
      "Time of day (HH:MM) to plan again from: nothing starts earlier, and what the "
      "initial plan has done by then stays");
  command->add_option(
      "--initial-plan", options->initial_plan,
      "plan.json to go on from: its routes are kept and improved, new orders join them");
  add_json_option(*command, options->common);
  add_threads_option(*command, options->common);
  add_device_option(*command, options->common);
  add_seed_option(*command, options->common);
  command->callback([options] { route(*options); });
}

}  // namespace roadgnn::cli
