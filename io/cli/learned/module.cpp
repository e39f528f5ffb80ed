// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// The module that the program loads for what needs LibTorch.
#include <cstdlib>
#include <cstring>

#include <ATen/Parallel.h>
#include <c10/util/Exception.h>
#include <c10/util/Logging.h>
#include <roadgnn/gnn/models/model_scorer.h>
#include <roadgnn/gnn/train/data_set.h>
#include <roadgnn/gnn/train/process_group.h>
#include <roadgnn/gnn/train/trainer.h>
#include <roadgnn/graph/error.h>
#include <roadgnn/io/cli/learned_module.h>
#include <roadgnn/io/file.h>

namespace roadgnn::cli {
namespace {

// LibTorch's errors carry where they came from; a user is told what is wrong.
template <typename Work>
auto with_plain_errors(const Work& work) {
  try {
    return work();
  } catch (const c10::Error& error) {
    throw Error(error.what_without_backtrace());
  }
}

gnn::models::RouteModel model_of(const ModelScorerRequest& request) {
  if (request.weights != kUntrained) return gnn::models::load_model(request.weights);
  gnn::models::RouteModelOptions options;
  options.seed = request.seed;
  return gnn::models::RouteModel(options);
}

// A scorer with plain errors.
class PlainErrors final : public decode::Scorer {
 public:
  explicit PlainErrors(std::unique_ptr<decode::Scorer> scorer) : scorer_(std::move(scorer)) {}

  void score(const decode::Problem& problem, std::int32_t profile,
             const graph::CandidateGraph& candidates, std::span<float> scores) const override {
    with_plain_errors([&] { scorer_->score(problem, profile, candidates, scores); });
  }
  std::string_view name() const override { return scorer_->name(); }

 private:
  std::unique_ptr<decode::Scorer> scorer_;
};

std::unique_ptr<decode::Scorer> make_scorer(const ModelScorerRequest& request) {
  // On one thread: sums over several would differ in their last bits by the number of threads, and
  // plans must not.
  at::set_num_threads(1);
  gnn::models::ModelScorerOptions options;
  const bool untrained = request.weights == kUntrained;
  if (request.day != nullptr && (untrained || gnn::train::trained_with_roads(request.weights))) {
    options.roads = {request.day->graph, request.day->profiles, request.day->positions};
  }
  options.device = request.cuda ? c10::kCUDA : c10::kCPU;
  options.threads = request.threads;
  return std::make_unique<PlainErrors>(
      gnn::models::make_model_scorer(model_of(request), *request.travel_times, std::move(options)));
}

class Module final : public LearnedModule {
 public:
  void label(const LabelCommand& command) const override {
    gnn::train::LabellingOptions options;
    options.threads = command.threads;
    options.stop = command.stop;
    options.on_progress = [&](const gnn::train::LabellingProgress& progress) {
      command.on_progress(progress.done, progress.total);
    };
    with_plain_errors([&] {
      gnn::train::make_data_set(command.out, io::read_file(command.recipe), command.recipe,
                                options);
    });
  }

  gnn::train::TrainingResult train(const gnn::train::TrainOptions& given) const override {
    gnn::train::TrainOptions options = given;
    options.rank = gnn::train::rank_from_environment();
    return with_plain_errors([&] { return gnn::train::train_route_model(options); });
  }

  std::unique_ptr<decode::Scorer> model_scorer(const ModelScorerRequest& request) const override {
    return with_plain_errors([&] { return make_scorer(request); });
  }
};

}  // namespace
}  // namespace roadgnn::cli

extern "C" const roadgnn::cli::LearnedModule* roadgnn_learned_module(const char* build) {
  // c10d would print a page of addresses beside the one line that says what is wrong.
  ::setenv("TORCH_CPP_LOG_LEVEL", "FATAL", /*overwrite=*/0);
  c10::initLogging();
  static const roadgnn::cli::Module module;
  return std::strcmp(build, ROADGNN_BUILD) == 0 ? &module : nullptr;
}
