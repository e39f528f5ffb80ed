// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// roadgnn solve: an instance of a benchmark set, or VROOM's input, to a solution file.
#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <memory>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/cli/solve_run.h>
#include <roadgnn/io/file.h>
#include <roadgnn/io/instances/instance.h>
#include <roadgnn/io/instances/solution_file.h>
#include <roadgnn/io/vroom/vroom_input.h>

namespace roadgnn::cli {
namespace {

void print_summary(const SolveCommand& command, const io::Instance& instance,
                   const decode::Plan& plan, const Stages& stages) {
  const io::Figures figures = io::evaluate(instance, plan);
  const auto served = static_cast<std::int64_t>(instance.problem.orders.size()) - figures.unserved;
  if (command.common.json) {
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

void solve_benchmark(const SolveCommand& command, const std::string& text,
                     const Interruption& interruption, Stages& stages) {
  if (!command.city.empty()) {
    throw InputError("--city: only VROOM's input lies on a city; expected none");
  }
  const io::Instance instance =
      io::read_instance(text, command.instance, objective_named(command.objective));
  interruption.throw_if_requested("reading the instance");
  const decode::Plan plan = solve_and_check(
      command, instance.problem, *instance.travel_times, *instance.travel_times, nullptr,
      [&](const decode::Progress& progress) { return io::format_cost(instance, progress.cost); },
      interruption, stages, solution_reader(instance));
  stages.begin("write", "writing the solution");
  io::write_atomically(command.out,
                       [&](std::ostream& out) { io::write_solution(out, instance, plan); });
  stages.end();
  print_unserved(instance.problem, plan);
  print_summary(command, instance, plan, stages);
}

void solve(const SolveCommand& command) {
  Interruption interruption;
  Stages stages;
  stages.begin("read", "reading the instance");
  const std::string text = io::read_file(command.instance);
  if (io::looks_like_json(text)) {
    solve_vroom(command, text, interruption, stages);
  } else {
    solve_benchmark(command, text, interruption, stages);
  }
}

}  // namespace

void add_solve_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "solve",
      "Solve VROOM's JSON or a benchmark instance (VRPLIB, Solomon, Li & Lim, Sartori-Buriol)");
  const auto options = std::make_shared<SolveCommand>();
  command->add_option("instance", options->instance, "The instance's file")->required();
  command
      ->add_option("-o,--output", options->out,
                   "Solution to write: CVRPLIB's .sol, or VROOM's JSON for VROOM's input")
      ->required();
  command
      ->add_option("--time-limit", options->time_limit_s,
                   "Seconds of solving (default 60, none with --iterations)")
      ->check(CLI::Range(0.0, 1e7));
  command
      ->add_option("--iterations", options->iterations,
                   "Iterations of improvement: the same solution on every run")
      ->check(CLI::Range(std::int64_t{0}, INT64_MAX / 2));
  command->add_option("--objective", options->objective, kObjectiveHelp)
      ->check(CLI::IsMember(
          std::vector<std::string>(io::kObjectiveNames.begin(), io::kObjectiveNames.end())));
  add_scorer_options(*command, options->scorer);
  command
      ->add_option("-k,--candidates-per-stop", options->candidates_per_stop,
                   "Nearest stops to consider at each stop")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_option("--city", options->city,
                      "City file for VROOM's input without custom matrices");
  command
      ->add_option("--max-snap", options->max_snap_m,
                   "Metres from a place to a street of the city at most")
      ->check(CLI::Range(1.0, 1e6))
      ->capture_default_str();
  add_json_option(*command, options->common);
  add_threads_option(*command, options->common);
  add_seed_option(*command, options->common);
  command->callback([options] { solve(*options); });
}

}  // namespace roadgnn::cli
