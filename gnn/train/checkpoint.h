// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include <roadgnn/gnn/train/mixed_precision.h>
#include <roadgnn/gnn/train/schedule.h>

namespace torch::optim {
class AdamW;
}

namespace roadgnn::gnn::train {

/// Where a training run stands.
struct TrainingProgress {
  std::int64_t step = 0;      ///< of the optimiser
  std::int64_t epoch = 0;     ///< the one at hand
  std::int64_t position = 0;  ///< problems of it that have been seen
  double epoch_loss = 0;      ///< sum over the samples of it
  std::int64_t epoch_samples = 0;
  double best_recall = -1;  ///< at 10, on the validation problems
  std::int64_t best_epoch = -1;
  std::int64_t log_bytes = 0;  ///< of log.csv
  GradScaler::State scaler = {};
};

/// Writes all that a run needs to go on as if it had never stopped: the module's weights, AdamW's
/// moments, the moving average, the random numbers of the CPU, the progress; `configuration` is
/// kept beside them. Checked and atomic as write_checked_safetensors.
void write_checkpoint(const std::filesystem::path& path, const std::string& configuration,
                      const torch::nn::Module& module, const torch::optim::AdamW& optimizer,
                      const MovingAverage& average, const TrainingProgress& progress);

/// Puts a checkpoint back into objects made as for the run that wrote it. Throws InputError for a
/// damaged file and for one of another configuration.
TrainingProgress read_checkpoint(const std::filesystem::path& path,
                                 const std::string& configuration, torch::nn::Module& module,
                                 torch::optim::AdamW& optimizer, MovingAverage& average);

}  // namespace roadgnn::gnn::train
