// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// roadgnn solve: an instance of a benchmark set to a solution file.
#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <memory>

#include <roadgnn/gnn/decode/check.h>
#include <roadgnn/gnn/decode/solve.h>
#include <roadgnn/graph/error.h>
#include <roadgnn/graph/parallel.h>
#include <roadgnn/io/cli/command.h>
#include <roadgnn/io/cli/day_run.h>
#include <roadgnn/io/cli/interruption.h>
#include <roadgnn/io/cli/scorers.h>
#include <roadgnn/io/cli/stages.h>
#include <roadgnn/io/file.h>
#include <roadgnn/io/instances/instance.h>
#include <roadgnn/io/instances/solution_file.h>

namespace roadgnn::cli {
namespace {

constexpr double kDefaultTimeLimit_s = 60;

struct Options {
  CommonOptions common;
  std::string instance, out, candidates = "proximity", objective;
  std::optional<double> time_limit_s;
  std::optional<std::int64_t> iterations;
  std::int32_t candidates_per_stop = decode::SolveOptions{}.candidates_per_stop;
};

std::optional<io::Objective> objective_of(const Options& options) {
  const auto& names = io::kObjectiveNames;
  const auto found = std::find(names.begin(), names.end(), options.objective);
  if (found == names.end()) return {};
  return static_cast<io::Objective>(found - names.begin());
}

// A cost of the search in the set's own figures: without what puts vehicles first.
double shown_cost(const io::Instance& instance, const decode::Progress& progress) {
  return progress.cost - instance.vehicle_weight * static_cast<double>(progress.routes);
}

decode::SolveOptions solve_options(const Options& options, const io::Instance& instance,
                                   const Interruption& interruption, Stages& stages) {
  decode::SolveOptions solve;
  solve.threads = options.common.threads;
  solve.seed = options.common.seed;
  solve.candidates_per_stop = options.candidates_per_stop;
  solve.iterations = options.iterations;
  solve.time_limit_s = options.time_limit_s;
  if (!options.iterations && !options.time_limit_s) solve.time_limit_s = kDefaultTimeLimit_s;
  solve.stop = interruption.token();
  solve.on_progress = [&](const decode::Progress& progress) {
    char text[160];
    std::snprintf(text, sizeof text,
                  "solving: cost %s, %" PRId64 " routes, %" PRId64 " unserved, %" PRId64
                  " iterations, %.0f s",
                  io::format_cost(instance, shown_cost(instance, progress)).c_str(),
                  progress.routes, progress.unserved, progress.iterations, progress.seconds);
    stages.show(text);
  };
  return solve;
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

void print_summary(const Options& options, const io::Instance& instance, const decode::Plan& plan,
                   const Stages& stages) {
  const io::Figures figures = io::evaluate(instance, plan);
  const auto served = static_cast<std::int64_t>(instance.problem.orders.size()) - figures.unserved;
  if (options.common.json) {
    const nlohmann::ordered_json summary = {{"instance", instance.name},
                                            {"format", io::name_of(instance.format)},
                                            {"objective", io::name_of(instance.objective)},
                                            {"cost", figures.cost},
                                            {"vehicles", figures.vehicles},
                                            {"served", served},
                                            {"unserved", figures.unserved},
                                            {"seed", plan.record.seed},
                                            {"iterations", plan.record.iterations},
                                            {"stages", stages.json()},
                                            {"total_s", stages.total_s()},
                                            {"peak_mb", peak_memory_mb()}};
    std::printf("%s\n",
                summary.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
    return;
  }
  std::printf("cost %s (%s)\n", io::format_cost(instance, figures.cost).c_str(),
              std::string(io::describe(instance.objective)).c_str());
  std::printf("%" PRId64 " orders served by %" PRId64 " vehicles, %" PRId64 " unserved\n", served,
              figures.vehicles, figures.unserved);
  std::printf("%.1f s, %" PRId64 " iterations, at most %.0f MB of memory; checked\n",
              stages.total_s(), plan.record.iterations, peak_memory_mb());
}

void solve(const Options& options) {
  Interruption interruption;
  const auto scorer = make_scorer(options.candidates);
  Stages stages;
  stages.begin("read", "reading the instance");
  const io::Instance instance =
      io::read_instance(io::read_file(options.instance), options.instance, objective_of(options));
  interruption.throw_if_requested("reading the instance");

  stages.begin("solve", "solving");
  const decode::Plan plan = decode::solve(instance.problem, *instance.travel_times, *scorer,
                                          solve_options(options, instance, interruption, stages));

  stages.begin("check", "checking the plan");
  const decode::Violations violations =
      decode::check(instance.problem, *instance.travel_times, plan,
                    graph::resolve_threads(options.common.threads));
  if (!violations.empty()) {
    stages.end();
    print_violations(violations);
    throw Error("the plan fails its check; nothing was written");
  }

  stages.begin("write", "writing the solution");
  io::write_atomically(options.out,
                       [&](std::ostream& out) { io::write_solution(out, instance, plan); });
  stages.end();
  print_unserved(instance.problem, plan);
  print_summary(options, instance, plan, stages);
}

}  // namespace

void add_solve_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "solve", "Solve a benchmark instance (VRPLIB, Solomon, Li & Lim, Sartori-Buriol)");
  const auto options = std::make_shared<Options>();
  command->add_option("instance", options->instance, "The instance's file")->required();
  command->add_option("-o,--output", options->out, "Solution file to write (CVRPLIB .sol)")
      ->required();
  command
      ->add_option("--time-limit", options->time_limit_s,
                   "Seconds of solving (default 60, none with --iterations)")
      ->check(CLI::Range(0.0, 1e7));
  command
      ->add_option("--iterations", options->iterations,
                   "Iterations of improvement: the same solution on every run")
      ->check(CLI::Range(std::int64_t{0}, INT64_MAX / 2));
  command
      ->add_option("--objective", options->objective,
                   "rounded, dimacs, exact or vehicles (default: the set's own convention)")
      ->check(CLI::IsMember(
          std::vector<std::string>(io::kObjectiveNames.begin(), io::kObjectiveNames.end())));
  command
      ->add_option("--candidates", options->candidates,
                   "What proposes the next stop: nearest or proximity")
      ->check(CLI::IsMember({"nearest", "proximity"}))
      ->capture_default_str();
  command
      ->add_option("-k,--candidates-per-stop", options->candidates_per_stop,
                   "Nearest stops to consider at each stop")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  add_json_option(*command, options->common);
  add_threads_option(*command, options->common);
  add_seed_option(*command, options->common);
  command->callback([options] { solve(*options); });
}

}  // namespace roadgnn::cli
