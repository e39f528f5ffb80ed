// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/cli/solve_run.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>

#include <roadgnn/gnn/decode/check.h>
#include <roadgnn/graph/error.h>
#include <roadgnn/graph/parallel.h>
#include <roadgnn/io/cli/day_run.h>

namespace roadgnn::cli {
namespace {

constexpr double kDefaultTimeLimit_s = 60;

decode::SolveOptions options_of(const SolveCommand& command) {
  decode::SolveOptions options;
  options.threads = command.common.threads;
  options.seed = command.common.seed;
  options.candidates_per_stop = command.candidates_per_stop;
  options.iterations = command.iterations;
  options.time_limit_s = command.time_limit_s;
  if (!command.iterations && !command.time_limit_s) options.time_limit_s = kDefaultTimeLimit_s;
  return options;
}

}  // namespace

std::optional<io::Objective> objective_named(const std::string& name) {
  const auto& names = io::kObjectiveNames;
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return {};
  return static_cast<io::Objective>(found - names.begin());
}

decode::Plan solve_and_check(const SolveCommand& command, const decode::Problem& problem,
                             const graph::TravelTimes& travel_times,
                             const graph::TravelTimes& check_by,
                             const std::shared_ptr<const decode::Plan>& initial,
                             const std::function<std::string(const decode::Progress&)>& shown_cost,
                             const Interruption& interruption, Stages& stages,
                             const ReadSolution& read_solution) {
  stages.begin("solve", "solving");
  decode::SolveOptions options = options_of(command);
  options.initial = initial;
  options.stop = interruption.token();
  options.on_progress = [&](const decode::Progress& progress) {
    char text[160];
    std::snprintf(text, sizeof text,
                  "solving: cost %s, %" PRId64 " routes, %" PRId64 " unserved, %" PRId64
                  " iterations, %.0f s",
                  shown_cost(progress).c_str(), progress.routes, progress.unserved,
                  progress.iterations, progress.seconds);
    stages.show(text);
  };
  const ScorerSource scorers(command.scorer, command.common.seed);
  const auto scorer = scorers.make(travel_times, nullptr, graph::DeviceChoice::cpu,
                                   graph::resolve_threads(command.common.threads), read_solution);
  decode::Plan plan = decode::solve(problem, travel_times, *scorer, options);

  stages.begin("check", "checking the plan");
  const decode::Violations violations =
      decode::check(problem, check_by, plan, graph::resolve_threads(command.common.threads));
  if (violations.empty()) return plan;
  stages.end();
  print_violations(violations);
  throw Error("the plan fails its check; nothing was written");
}

void print_unserved(const decode::Problem& problem, const decode::Plan& plan) {
  constexpr std::size_t kShown = 20;
  for (std::size_t i = 0; i < plan.unserved.size() && i < kShown; ++i) {
    const decode::Unserved& unserved = plan.unserved[i];
    std::fprintf(stderr, "roadgnn: order %s is left out: %s\n",
                 problem.orders[static_cast<std::size_t>(unserved.order)].id.c_str(),
                 unserved.detail.c_str());
  }
  if (plan.unserved.size() > kShown) {
    std::fprintf(stderr, "roadgnn: and %zu more are left out\n", plan.unserved.size() - kShown);
  }
}

}  // namespace roadgnn::cli
