// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// roadgnn solve for VROOM's JSON: custom matrices, or coordinates on a city's streets.
#include <cinttypes>
#include <cstdio>

#include <roadgnn/graph/dijkstra_travel_times.h>
#include <roadgnn/graph/error.h>
#include <roadgnn/graph/graph_file.h>
#include <roadgnn/graph/parallel.h>
#include <roadgnn/graph/router.h>
#include <roadgnn/io/cli/solve_run.h>
#include <roadgnn/io/file.h>
#include <roadgnn/io/vroom/vroom_city.h>
#include <roadgnn/io/vroom/vroom_output.h>

namespace roadgnn::cli {
namespace {

using Clock = std::chrono::steady_clock;

std::int64_t milliseconds_since(Clock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin).count();
}

std::string shown_cost(const decode::Progress& progress) {
  char text[32];
  std::snprintf(text, sizeof text, "%.0f", progress.cost);
  return text;
}

decode::Plan solve_on_matrices(const SolveCommand& command, const io::VroomProblem& vroom,
                               const Interruption& interruption, Stages& stages) {
  const auto travel_times = io::vroom_travel_times(vroom);
  return solve_and_check(command, vroom.problem, *travel_times, *travel_times, vroom.initial,
                         shown_cost, interruption, stages);
}

decode::Plan solve_on_city(const SolveCommand& command, const io::VroomProblem& vroom,
                           const Interruption& interruption, Stages& stages) {
  if (command.city.empty()) {
    throw InputError(command.instance +
                     ": matrices: expected some, or a city with --city, found neither");
  }
  stages.begin("travel_times", "preparing travel times");
  const int threads = graph::resolve_threads(command.common.threads);
  const auto graph = graph::open(command.city);
  const io::VroomCity city = io::place_on_city(vroom, graph, command.max_snap_m);
  const graph::Router router(graph);
  std::vector<std::shared_ptr<const graph::PreparedMetric>> metrics;
  for (const graph::Metric& metric : city.metrics) {
    metrics.push_back(router.prepare(metric, threads));
  }
  const auto oracle = router.oracle(metrics, city.positions, threads);
  interruption.throw_if_requested("preparing travel times");
  const graph::DijkstraTravelTimes dijkstra(graph, city.metrics, city.positions);
  return solve_and_check(command, vroom.problem, *oracle, dijkstra, vroom.initial, shown_cost,
                         interruption, stages);
}

void print_summary(const SolveCommand& command, const io::VroomProblem& vroom,
                   const decode::Plan& plan, const Stages& stages) {
  const std::int64_t cost = io::vroom_cost(vroom, plan);
  const std::size_t served = vroom.problem.orders.size() - plan.unserved.size();
  if (command.common.json) {
    const nlohmann::ordered_json summary = {{"instance", command.instance},
                                            {"format", "VROOM"},
                                            {"cost", cost},
                                            {"vehicles", plan.routes.size()},
                                            {"served", served},
                                            {"unserved", plan.unserved.size()},
                                            {"seed", plan.record.seed},
                                            {"iterations", plan.record.iterations},
                                            {"stages", stages.json()},
                                            {"total_s", stages.total_s()},
                                            {"peak_mb", peak_memory_mb()}};
    std::printf("%s\n",
                summary.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
    return;
  }
  std::printf("cost %" PRId64 " (VROOM's: fixed costs, travel times and distances)\n", cost);
  std::printf("%zu jobs and shipments served by %zu vehicles, %zu unserved\n", served,
              plan.routes.size(), plan.unserved.size());
  std::printf("%.1f s, %" PRId64 " iterations, at most %.0f MB of memory; checked\n",
              stages.total_s(), plan.record.iterations, peak_memory_mb());
}

void run(const SolveCommand& command, const std::string& text, Interruption& interruption,
         Stages& stages) {
  if (!command.objective.empty()) {
    throw InputError("--objective: VROOM's input says its own costs; expected none, found '" +
                     command.objective + "'");
  }
  const auto began = Clock::now();
  const io::VroomProblem vroom =
      io::make_vroom_problem(io::read_vroom(text, command.instance), command.instance);
  interruption.throw_if_requested("reading the instance");
  io::VroomTimes times;
  times.loading = milliseconds_since(began);
  const auto solving = Clock::now();
  const decode::Plan plan = vroom.input.has_matrices()
                                ? solve_on_matrices(command, vroom, interruption, stages)
                                : solve_on_city(command, vroom, interruption, stages);
  times.solving = milliseconds_since(solving);
  stages.begin("write", "writing the solution");
  io::write_atomically(command.out,
                       [&](std::ostream& out) { io::write_vroom(out, vroom, plan, times); });
  stages.end();
  print_unserved(vroom.problem, plan);
  print_summary(command, vroom, plan, stages);
}

}  // namespace

void solve_vroom(const SolveCommand& command, const std::string& text, Interruption& interruption,
                 Stages& stages) {
  // As VROOM, a failure is an output, too.
  const auto write_error = [&](int code, const char* message) {
    io::write_atomically(command.out,
                         [&](std::ostream& out) { io::write_vroom_error(out, code, message); });
  };
  try {
    run(command, text, interruption, stages);
  } catch (const InputError& error) {
    write_error(2, error.what());
    throw;
  } catch (const RoutingError& error) {
    write_error(3, error.what());
    throw;
  } catch (const std::exception& error) {
    write_error(1, error.what());
    throw;
  }
}

}  // namespace roadgnn::cli
