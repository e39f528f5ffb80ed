// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include <roadgnn/gnn/train/rank.h>

namespace roadgnn::gnn::train {

/// What a training run tells while it goes on.
struct TrainingReport {
  std::int64_t epoch = 0, epochs = 0, step = 0, steps = 0;
  double loss = 0;                             ///< mean of the epoch so far
  double recall_10 = -1, best_recall_10 = -1;  ///< on the validation problems; -1: not yet
};

/// The narrow type that the model's layers compute in, by autocast; weights stay float32. float16
/// comes with a GradScaler.
enum class Precision : std::uint8_t { float32, bfloat16, float16 };

/// How a route model is trained. Free of LibTorch, so that the program can fill it in.
struct TrainOptions {
  std::vector<std::filesystem::path> data;  ///< data sets of `roadgnn label`
  std::filesystem::path out;                ///< folder of the run
  std::filesystem::path from;  ///< weights, or a run's folder, to start from; empty: new weights
  /// Data sets of which every epoch replays some problems, so that what they taught is kept.
  std::vector<std::filesystem::path> replay;
  double replay_share = 0.3;  ///< of an epoch's problems, and of the recall that is judged by
  std::int64_t width = 128, heads = 8, layers = 3, feed_forward = 512;  ///< of new ones
  std::int64_t epochs = 20;
  std::int64_t batch = 4;  ///< samples whose gradients are added up for a step
  double learning_rate = 1e-3;
  double weight_decay = 0.01;
  double average_decay = 0.99;         ///< of the moving average of the weights, which is kept
  double validation_share = 0.08;      ///< of the problems, never trained on
  std::int64_t patience = 5;           ///< epochs without a better recall before it stops
  std::int64_t checkpoint_steps = 50;  ///< between checkpoints
  std::int32_t candidates_per_stop = 32;
  std::int64_t most_road_edges = 40'000;  ///< larger cities are trained without their roads
  std::int64_t cache_mb = 2000;           ///< for samples kept between epochs
  Precision precision = Precision::float32;
  std::uint64_t seed = 1;
  int threads = 1;
  /// Of several processes that train together: each takes its share of every batch, rank 0 alone
  /// validates, writes and reports. All need the data, and the run's folder to go on from.
  Rank rank = {};
  std::int64_t meeting_timeout_s = 300;  ///< for the others at the start
  std::string backup = {};    ///< where rclone copies checkpoints and weights to; empty: nowhere
  std::stop_token stop = {};  ///< writes a checkpoint and leaves
  std::function<void(const TrainingReport&)> on_progress = {};
};

/// How good the result is on the validation problems: recall of the best plans' edges in lists of
/// 1, 3, 5, 10 and 20.
struct TrainingResult {
  int rank = 0;           ///< of the process; figures and weights are rank 0's
  bool finished = false;  ///< else it was stopped, and the same call goes on
  std::int64_t steps = 0, problems = 0, validation_problems = 0;
  std::vector<double> nearest, proximity, model;
  std::filesystem::path weights;  ///< those of the best epoch
};

}  // namespace roadgnn::gnn::train
