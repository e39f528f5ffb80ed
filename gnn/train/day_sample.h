// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>
#include <roadgnn/gnn/models/day_tensors.h>
#include <roadgnn/gnn/train/labels.h>
#include <roadgnn/gnn/train/training_problem.h>

namespace roadgnn::gnn::train {

/// A labelled problem under one profile, as the trainer reads it.
struct DaySample {
  models::DayTensors day;
  at::Tensor share;              ///< [m] float32 of good plans that use the edge
  at::Tensor best;               ///< [m] bool the best plan uses it, from a customer to another
  at::Tensor depot;              ///< [n] bool
  at::Tensor first, last;        ///< [n] float32
  at::Tensor type;               ///< [n, types] float32
  std::int64_t num_best = 0;     ///< such edges of the best plan, candidates or not
  std::vector<float> proximity;  ///< [m] the scores to beat
  std::shared_ptr<const graph::RoadGraph> roads;  ///< null: none
  int road_profile = -1;

  /// Bytes that its tensors hold.
  std::int64_t bytes() const;
};

/// A sample for each profile that the fleet drives, over the `candidates_per_stop` nearest stops in
/// both directions. With `with_roads` false places on roads are left out. Where plans are as good
/// driven backwards (runs_backwards), the labels are taken both ways.
std::vector<DaySample> make_day_samples(const TrainingProblem& problem, const Labels& given,
                                        std::int32_t candidates_per_stop, bool with_roads,
                                        int threads);

}  // namespace roadgnn::gnn::train
