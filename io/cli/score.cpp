// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// roadgnn score: the candidate edges of a day or of an instance with their scores, as NumPy arrays.
#include <cinttypes>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>

#include <roadgnn/graph/error.h>
#include <roadgnn/graph/parallel.h>
#include <roadgnn/graph/router.h>
#include <roadgnn/io/cli/day_run.h>
#include <roadgnn/io/cli/ranked_edges.h>
#include <roadgnn/io/cli/scorers.h>
#include <roadgnn/io/cli/solve_run.h>
#include <roadgnn/io/file.h>
#include <roadgnn/io/instances/instance.h>
#include <roadgnn/io/npy.h>

namespace roadgnn::cli {
namespace {

struct Options {
  CommonOptions common;
  DayFiles files;
  std::string instance, objective, out;
  ScorerChoice scorer;
  std::int32_t candidates_per_stop = 40;
};

RankedEdges score_instance(const Options& options, const ScorerSource& scorers, Stages& stages) {
  stages.begin("read", "reading the instance");
  const io::Instance instance = io::read_instance(io::read_file(options.instance), options.instance,
                                                  objective_named(options.objective));
  stages.begin("score", "scoring");
  const int threads = graph::resolve_threads(options.common.threads);
  const auto scorer = scorers.make(*instance.travel_times, nullptr, options.common.device, threads,
                                   solution_reader(instance));
  RankedEdges edges = rank_edges(instance.problem, *instance.travel_times, *scorer,
                                 options.candidates_per_stop, threads);
  for (auto* ends : {&edges.from, &edges.to}) {
    for (std::int32_t& end : *ends) {
      const std::int64_t number = instance.numbers[static_cast<std::size_t>(end)];
      end = static_cast<std::int32_t>(number);
    }
  }
  return edges;
}

RankedEdges score_day(const Options& options, const ScorerSource& scorers,
                      const Interruption& interruption, Stages& stages) {
  const int threads = graph::resolve_threads(options.common.threads);
  const LoadedDay loaded = load_day(options.files, threads, stages);
  interruption.throw_if_requested("reading the day");
  stages.begin("travel_times", "preparing travel times");
  const graph::Router router(loaded.day.graph);
  std::vector<std::shared_ptr<const graph::PreparedMetric>> metrics;
  for (const graph::Metric& metric : loaded.day.metrics)
    metrics.push_back(router.prepare(metric, threads));
  const auto oracle = router.oracle(metrics, loaded.day.positions, threads);
  interruption.throw_if_requested("preparing travel times");
  stages.begin("score", "scoring");
  const auto scorer = scorers.make(*oracle, &loaded.day, options.common.device, threads);
  return rank_edges(loaded.day.problem, *oracle, *scorer, options.candidates_per_stop, threads);
}

bool is_day(const Options& options) {
  const bool day = !options.files.city.empty();
  if (day == options.instance.empty() && day == !options.files.orders.empty() &&
      day == !options.files.fleet.empty()) {
    return day;
  }
  throw InputError(
      "score: expected an instance's file, or --city, --orders and --fleet; found " +
      std::string(options.instance.empty() ? "not all of them" : "an instance and parts of a day"));
}

void score(const Options& options) {
  const bool day = is_day(options);
  if (day && !options.objective.empty()) {
    throw InputError("--objective: a city's day has its own costs; expected none, found '" +
                     options.objective + "'");
  }
  const ScorerSource scorers(options.scorer, options.common.seed);
  const Interruption interruption;
  Stages stages;
  const RankedEdges edges = day ? score_day(options, scorers, interruption, stages)
                                : score_instance(options, scorers, stages);
  interruption.throw_if_requested("scoring");
  stages.begin("write", "writing the scores");
  io::write_atomically(options.out, [&](std::ostream& out) {
    const io::NpzArray arrays[] = {io::npz_array("from", edges.from), io::npz_array("to", edges.to),
                                   io::npz_array("score", edges.score)};
    io::write_npz(out, arrays);
  });
  stages.end();
  if (options.common.json) {
    const nlohmann::ordered_json figures = {
        {"stops", edges.num_stops},      {"candidates", edges.from.size()},
        {"scorer", options.scorer.name}, {"stages", stages.json()},
        {"total_s", stages.total_s()},   {"peak_mb", peak_memory_mb()}};
    std::printf("%s\n", figures.dump().c_str());
    return;
  }
  std::printf("%zu candidate edges of %" PRId32 " stops scored by %s in %.1f s\n",
              edges.from.size(), edges.num_stops, options.scorer.name.c_str(), stages.total_s());
}

}  // namespace

void add_score_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("score", "Score the candidate edges of an instance or of a city's day");
  const auto options = std::make_shared<Options>();
  command->add_option("instance", options->instance,
                      "An instance's file (VRPLIB, Solomon, Li & Lim, Sartori-Buriol)");
  add_day_options(*command, options->files, true);
  for (const char* name : {"--city", "--orders", "--fleet"})
    command->get_option(name)->required(false);
  command
      ->add_option(
          "-o,--output", options->out,
          "scores.npz: int32 from and to, float32 score, best first per from; stops by the "
          "instance's numbers, of a day by their row: the fleet's depots, then each "
          "order's pickup and delivery, as far as it has them")
      ->required();
  command->add_option("--objective", options->objective, kObjectiveHelp)
      ->check(CLI::IsMember(
          std::vector<std::string>(io::kObjectiveNames.begin(), io::kObjectiveNames.end())));
  add_scorer_options(*command, options->scorer);
  command
      ->add_option("-k,--candidates-per-stop", options->candidates_per_stop,
                   "Nearest stops to consider at each stop, in both directions")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  add_json_option(*command, options->common);
  add_threads_option(*command, options->common);
  add_device_option(*command, options->common);
  add_seed_option(*command, options->common);
  command->callback([options] { score(*options); });
}

}  // namespace roadgnn::cli
