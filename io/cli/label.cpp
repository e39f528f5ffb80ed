// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// roadgnn label: problems to learn from, with what good plans of them do.
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include <roadgnn/graph/parallel.h>
#include <roadgnn/io/cli/command.h>
#include <roadgnn/io/cli/interruption.h>
#include <roadgnn/io/cli/learned_module.h>
#include <roadgnn/io/cli/stages.h>

namespace roadgnn::cli {
namespace {

struct Options {
  CommonOptions common;
  std::string recipe, out;
};

void label(const Options& options) {
  const Interruption interruption;
  Stages stages;
  stages.begin("label", "labelling");
  std::int64_t problems = 0;
  learned_module().label({.recipe = options.recipe,
                          .out = options.out,
                          .threads = graph::resolve_threads(options.common.threads),
                          .stop = interruption.token(),
                          .on_progress = [&](std::int64_t done, std::int64_t total) {
                            problems = done;
                            stages.show("labelling: " + std::to_string(done) + " of " +
                                        std::to_string(total) + " problems");
                          }});
  stages.end();
  if (options.common.json) {
    const nlohmann::ordered_json figures = {
        {"labelled", problems}, {"total_s", stages.total_s()}, {"peak_mb", peak_memory_mb()}};
    std::printf("%s\n", figures.dump().c_str());
  } else {
    std::printf("%lld problems labelled in %.1f s; the data set is in %s\n",
                static_cast<long long>(problems), stages.total_s(), options.out.c_str());
  }
}

}  // namespace

void add_label_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "label", "Make a data set to train on: problems, and what good plans of them do");
  const auto options = std::make_shared<Options>();
  command
      ->add_option("recipe", options->recipe,
                   "What it is made of (JSON): made-up problems, days of cities, instances with "
                   "published solutions")
      ->required();
  command
      ->add_option("-o,--output", options->out,
                   "Folder of the data set; what was interrupted goes on where it stopped")
      ->required();
  add_json_option(*command, options->common);
  add_threads_option(*command, options->common);
  command->callback([options] { label(*options); });
}

}  // namespace roadgnn::cli
