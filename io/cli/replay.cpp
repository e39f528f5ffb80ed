// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// roadgnn replay: makes a plan again, byte for byte, from the record inside it.
#include <cinttypes>
#include <cstdio>
#include <memory>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/cli/command.h>
#include <roadgnn/io/cli/day_run.h>
#include <roadgnn/io/file.h>

namespace roadgnn::cli {
namespace {

struct Options {
  CommonOptions common;
  DayFiles files;
  std::string plan, out, weights;
};

void require_same(const io::InputFile& wanted, const io::InputFile& found, const char* what) {
  if (wanted.xxh3 == found.xxh3) return;
  char text[96];
  std::snprintf(text, sizeof text, "expected the bytes with hash %016" PRIx64 ", found %016" PRIx64,
                wanted.xxh3, found.xxh3);
  throw InputError(found.file + ": the " + what + " changed since the plan was made: " + text);
}

// Where this program is not the one that made the plan, its bytes may differ; the user should know
// why.
void warn_about_differences(const io::RunRecord& record, const std::string& plan) {
  const auto warn = [&](const char* what, const std::string& then, const std::string& now) {
    if (then != now) {
      std::fprintf(stderr, "roadgnn: %s: made with %s '%s', replayed with '%s'\n", plan.c_str(),
                   what, then.c_str(), now.c_str());
    }
  };
  warn("program", record.program, program_version());
  warn("compiler", record.compiler, compiler_version());
  warn("instruction set", record.instruction_set, instruction_set());
}

void replay(const Options& options) {
  const std::string original = io::read_file(options.plan);
  const io::RunRecord record = io::read_plan_record(original, options.plan);
  warn_about_differences(record, options.plan);

  const auto pick = [](const std::string& given, const io::InputFile& recorded) {
    return given.empty() ? recorded.file : given;
  };
  PlanningRun run;
  run.files = {pick(options.files.city, record.city),
               pick(options.files.orders, record.orders),
               pick(options.files.fleet, record.fleet),
               record.coordinates,
               record.max_snap_m,
               record.date};
  run.out = options.out;
  run.scorer.name = record.search.scorer;
  if (record.weights)
    run.scorer.weights = options.weights.empty() ? record.weights->file : options.weights;
  run.threads = options.common.threads;
  run.device = options.common.device;
  run.solve.seed = record.search.seed;
  run.solve.candidates_per_stop = record.candidates_per_stop;
  run.solve.iterations = record.search.iterations;
  run.solve.schedule = record.search.schedule;
  run.now = record.now;
  if (record.initial_plan) run.initial_plan = record.initial_plan->file;
  run.on_loaded = [&record](LoadedDay& loaded) {
    require_same(record.city, loaded.city, "city");
    require_same(record.orders, loaded.orders, "orders");
    require_same(record.fleet, loaded.fleet, "fleet");
    if (record.initial_plan)
      require_same(*record.initial_plan, *loaded.initial_plan, "initial plan");
    if (record.weights) require_same(*record.weights, *loaded.weights, "model's weights");
    // The record keeps the names that the plan was made with, wherever the files lie now.
    loaded.city = record.city;
    loaded.orders = record.orders;
    loaded.fleet = record.fleet;
    loaded.weights = record.weights;
  };
  const PlanningResult result = run_planning(run);
  print_result(result, options.out, options.common.json);
  if (result.plan_json != original) {
    throw Error(options.out + ": the plan made again differs from " + options.plan);
  }
}

}  // namespace

void add_replay_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("replay", "Make a plan again from its own record");
  const auto options = std::make_shared<Options>();
  command->add_option("plan", options->plan, "The plan.json to make again")->required();
  command->add_option("-o,--output", options->out, "Folder for the plan made again")->required();
  add_day_options(*command, options->files, false);
  command->add_option("--model", options->weights,
                      "The weights of the model that scored, where they lie elsewhere now");
  add_json_option(*command, options->common);
  add_threads_option(*command, options->common);
  add_device_option(*command, options->common);
  command->callback([options] { replay(*options); });
}

}  // namespace roadgnn::cli
