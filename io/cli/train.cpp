// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// roadgnn train: a route model from data sets of `roadgnn label`.
#include <cstdio>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include <roadgnn/graph/parallel.h>
#include <roadgnn/io/cli/command.h>
#include <roadgnn/io/cli/interruption.h>
#include <roadgnn/io/cli/learned_module.h>
#include <roadgnn/io/cli/stages.h>

namespace roadgnn::cli {
namespace {

struct Options {
  CommonOptions common;
  gnn::train::TrainOptions train;
};

void print(const gnn::train::TrainingResult& result, const Stages& stages, bool json) {
  if (json) {
    const nlohmann::ordered_json figures = {
        {"finished", result.finished},        {"steps", result.steps},
        {"problems", result.problems},        {"validation_problems", result.validation_problems},
        {"recall_at", {1, 3, 5, 10, 20}},     {"nearest", result.nearest},
        {"proximity", result.proximity},      {"model", result.model},
        {"weights", result.weights.string()}, {"total_s", stages.total_s()},
        {"peak_mb", peak_memory_mb()}};
    std::printf("%s\n", figures.dump().c_str());
    return;
  }
  if (!result.finished) {
    std::printf("stopped after %lld steps; the same command goes on from there\n",
                static_cast<long long>(result.steps));
    return;
  }
  std::printf(
      "%lld steps on %lld problems in %.0f s; %% of the best plans' edges among the first 1, 3, 5, "
      "10, 20 candidates of %lld others:\n",
      static_cast<long long>(result.steps), static_cast<long long>(result.problems),
      stages.total_s(), static_cast<long long>(result.validation_problems));
  const auto row = [](const char* name, const std::vector<double>& recalls) {
    std::printf("%-10s", name);
    for (const double recall : recalls) std::printf(" %5.1f", 100 * recall);
    std::puts("");
  };
  row("nearest", result.nearest);
  row("proximity", result.proximity);
  row("model", result.model);
  std::printf("weights of the best epoch: %s\n", result.weights.c_str());
}

void train(Options options) {
  const Interruption interruption;
  Stages stages;
  stages.begin("train", "reading the data");
  options.train.seed = options.common.seed;
  options.train.threads = graph::resolve_threads(options.common.threads);
  options.train.stop = interruption.token();
  options.train.on_progress = [&](const gnn::train::TrainingReport& report) {
    char text[160];
    std::snprintf(text, sizeof text,
                  "epoch %lld of %lld, step %lld of %lld, loss %.4f, best recall at 10: %.1f %%",
                  static_cast<long long>(report.epoch + 1), static_cast<long long>(report.epochs),
                  static_cast<long long>(report.step), static_cast<long long>(report.steps),
                  report.loss, 100 * std::max(0.0, report.best_recall_10));
    stages.show(text);
  };
  const gnn::train::TrainingResult result = learned_module().train(options.train);
  stages.end();
  if (result.rank != 0) return;
  print(result, stages, options.common.json);
}

const std::map<std::string, gnn::train::Precision> kPrecisions = {
    {"float32", gnn::train::Precision::float32},
    {"bfloat16", gnn::train::Precision::bfloat16},
    {"float16", gnn::train::Precision::float16}};

void add_model_options(CLI::App& command, gnn::train::TrainOptions& train) {
  command.add_option("--width", train.width, "Width of the stop encoder")
      ->check(CLI::Range(8, 4096))
      ->capture_default_str();
  command.add_option("--heads", train.heads, "Its attention heads")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command.add_option("--layers", train.layers, "Its layers")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command.add_option("--feed-forward", train.feed_forward, "Width of its feed-forward parts")
      ->check(CLI::Range(8, 16384))
      ->capture_default_str();
}

void add_training_options(CLI::App& command, gnn::train::TrainOptions& train) {
  command.add_option("--epochs", train.epochs, "Times that each problem is seen")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  command.add_option("--batch", train.batch, "Problems whose gradients make a step")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  command.add_option("--learning-rate", train.learning_rate, "The highest, after the warm-up")
      ->check(CLI::Range(1e-8, 1.0))
      ->capture_default_str();
  command.add_option("--weight-decay", train.weight_decay, "AdamW's")
      ->check(CLI::Range(0.0, 10.0))
      ->capture_default_str();
  command.add_option("--average-decay", train.average_decay, "Of the moving average of weights")
      ->check(CLI::Range(0.0, 0.999999))
      ->capture_default_str();
  command
      .add_option("--validation-share", train.validation_share,
                  "Problems to judge by, not trained on")
      ->check(CLI::Range(0.001, 0.9))
      ->capture_default_str();
  command
      .add_option("--patience", train.patience,
                  "Epochs without a better recall at 10 before it stops")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  command.add_option("--checkpoint-steps", train.checkpoint_steps, "Steps between checkpoints")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  command
      .add_option("-k,--candidates-per-stop", train.candidates_per_stop,
                  "Nearest stops to consider at each stop, in both directions")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command
      .add_option("--most-road-edges", train.most_road_edges,
                  "Cities with more road edges are trained without their roads")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command.add_option("--cache-mb", train.cache_mb, "Memory for problems kept ready between epochs")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command.add_option("--backup", train.backup,
                     "Copy checkpoints and weights there with rclone, such as s3:bucket/run-7");
  command
      .add_option("--meeting-timeout", train.meeting_timeout_s,
                  "Seconds to wait at the start for the other processes")
      ->check(CLI::Range(1, 86'400))
      ->capture_default_str();
  command
      .add_option_function<std::string>(
          "--precision", [&](const std::string& name) { train.precision = kPrecisions.at(name); },
          "What the layers compute in: float32, bfloat16, or float16 with a scaled loss; "
          "weights stay float32")
      ->check(CLI::IsMember({"float32", "bfloat16", "float16"}))
      ->default_str("float32");
}

}  // namespace

void add_train_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("train",
                         "Train a route model on data sets; under torchrun or srun in several "
                         "processes");
  const auto options = std::make_shared<Options>();
  command->add_option("data", options->train.data, "Data sets made by 'roadgnn label'")->required();
  command
      ->add_option("-o,--output", options->train.out,
                   "Folder of the run: weights.safetensors, checkpoints, log.csv; what was "
                   "interrupted goes on where it stopped")
      ->required();
  command->add_option("--from", options->train.from,
                      "Weights, or the folder of a run, to go on from with new data, with their "
                      "sizes; a lower --learning-rate, such as 3e-4, keeps more of them (default: "
                      "random ones)");
  command->add_option("--replay", options->train.replay,
                      "Data sets of before: each epoch repeats some of their problems, in turn, so "
                      "that what they taught is kept");
  command
      ->add_option("--replay-share", options->train.replay_share,
                   "Share of the replayed problems in an epoch, and in what the best epoch is "
                   "chosen by")
      ->check(CLI::Range(0.01, 0.99))
      ->capture_default_str();
  add_model_options(*command, options->train);
  add_training_options(*command, options->train);
  add_json_option(*command, options->common);
  add_threads_option(*command, options->common);
  add_seed_option(*command, options->common);
  command->callback([options] { train(*options); });
}

}  // namespace roadgnn::cli
