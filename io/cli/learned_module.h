// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include <roadgnn/gnn/decode/scorer.h>
#include <roadgnn/gnn/train/train_options.h>
#include <roadgnn/graph/travel_times.h>
#include <roadgnn/io/city_day.h>

namespace roadgnn::cli {

/// `roadgnn label`.
struct LabelCommand {
  std::string recipe;  ///< file
  std::filesystem::path out;
  int threads = 1;
  std::stop_token stop;
  std::function<void(std::int64_t done, std::int64_t total)> on_progress;
};

/// What stands for a file of weights where the model shall have random ones.
inline constexpr const char* kUntrained = "untrained";

/// The route model as a scorer.
struct ModelScorerRequest {
  std::string weights;     ///< a file, or kUntrained
  std::uint64_t seed = 1;  ///< of untrained ones
  const graph::TravelTimes* travel_times = nullptr;
  const io::CityDay* day = nullptr;  ///< null: no roads
  bool cuda = false;
  int threads = 1;
};

/// What needs LibTorch: a shared module of its own, so that the program starts in milliseconds and
/// runs where there is no LibTorch.
class LearnedModule {
 public:
  virtual ~LearnedModule() = default;

  virtual void label(const LabelCommand& command) const = 0;
  virtual gnn::train::TrainingResult train(const gnn::train::TrainOptions& options) const = 0;
  virtual std::unique_ptr<decode::Scorer> model_scorer(const ModelScorerRequest& request) const = 0;
};

/// Whether the module was built with this program.
bool has_learned_module();

/// Loads the module at the first call. Throws Error where it is missing, belongs to another build,
/// or misses a library.
const LearnedModule& learned_module();

/// What the module exports under the name `roadgnn_learned_module`; null where `build` is not its
/// own.
using LearnedModuleEntry = const LearnedModule* (*)(const char* build);

}  // namespace roadgnn::cli
