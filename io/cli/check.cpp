// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// roadgnn check: recomputes a plan from the city and says what is wrong with it.
#include <cstdio>
#include <memory>

#include <roadgnn/graph/parallel.h>
#include <roadgnn/io/cli/command.h>
#include <roadgnn/io/cli/day_run.h>
#include <roadgnn/io/file.h>

namespace roadgnn::cli {
namespace {

struct Options {
  CommonOptions common;
  DayFiles files;
  std::string plan;
};

int check(const Options& options) {
  const int threads = graph::resolve_threads(options.common.threads);
  Stages stages;
  const LoadedDay loaded = load_day(options.files, threads, stages);
  stages.begin("check", "checking the plan");
  io::PlanReading reading =
      io::read_plan_json(io::read_file(options.plan), options.plan, loaded.day);
  decode::Violations violations = std::move(reading.mismatches);
  for (std::string& violation : check_plan(loaded.day, reading.plan, threads))
    violations.push_back(std::move(violation));
  stages.end();

  if (options.common.json) {
    const nlohmann::ordered_json summary = {{"valid", violations.empty()},
                                            {"violations", violations},
                                            {"stages", stages.json()},
                                            {"total_s", stages.total_s()},
                                            {"peak_mb", peak_memory_mb()}};
    std::printf("%s\n", summary.dump().c_str());
  } else if (violations.empty()) {
    std::printf("%s: right: %zu routes, %zu orders unserved\n", options.plan.c_str(),
                reading.plan.routes.size(), reading.plan.unserved.size());
  }
  print_violations(violations);
  return violations.empty() ? 0 : 1;
}

}  // namespace

void add_check_command(CLI::App& app, int& status) {
  CLI::App* command =
      app.add_subcommand("check", "Check a plan against its city, orders and fleet");
  const auto options = std::make_shared<Options>();
  add_day_options(*command, options->files, true);
  command->add_option("--plan", options->plan, "The plan.json to check")->required();
  add_json_option(*command, options->common);
  add_threads_option(*command, options->common);
  command->callback([options, &status] { status = check(*options); });
}

}  // namespace roadgnn::cli
