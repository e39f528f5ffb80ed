// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include <roadgnn/gnn/train/train_options.h>

namespace roadgnn::gnn::train {

/// Trains a route model to imitate the plans of data sets: AdamW, a warm-up and half a cosine,
/// gradients clipped to norm 1, a moving average of the weights that is judged after each epoch by
/// the validation problems and kept where it is the best so far.
///
/// The run's folder gets `configuration.json`, `log.csv` (a line an epoch), `last.safetensors` (the
/// checkpoint that the same call goes on from, with the same result as if it had not stopped) and
/// `weights.safetensors` (models::load_model reads it). The same data, options and number of
/// threads give the same weights; several processes give those of one up to rounding. Throws
/// InputError for data that cannot be read and for a folder of another run; Error where the loss
/// is no number any more or another process has ended, the last checkpoint stays then, and where
/// the backup failed, once all else is done.
TrainingResult train_route_model(const TrainOptions& options);

/// Whether a run's weights have seen roads. Where they have not, their road encoder is as it was
/// drawn, and days are better scored without it.
bool trained_with_roads(const std::filesystem::path& weights);

}  // namespace roadgnn::gnn::train
