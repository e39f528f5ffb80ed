// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>
#include <roadgnn/gnn/layers/encoder.h>
#include <roadgnn/gnn/models/day_tensors.h>
#include <roadgnn/gnn/models/road_tensors.h>
#include <torch/nn/cloneable.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/pimpl.h>

namespace roadgnn::gnn::models {

struct RoadEncoderOptions {
  std::int64_t width = 64;  ///< a multiple of `heads`
  std::int64_t heads = 4;
  std::int64_t layers = 3;
  std::int64_t feed_forward = 128;
};

/// Message passing on the turn graph: every edge attends to the edges that may follow it, to those
/// that may come before it and to itself, with a bias per head from the turn (cost, angle, whether
/// it is forbidden, direction). One pass for a city; the embedding is kept and used every day.
class RoadEncoderImpl : public torch::nn::Cloneable<RoadEncoderImpl> {
 public:
  explicit RoadEncoderImpl(const RoadEncoderOptions& options = {});
  void reset() override;

  /// [road edges, width]
  at::Tensor forward(const RoadTensors& roads);

  /// [n, width] of places along edges, the mean over their sides; a learned stand-in for places
  /// without any.
  at::Tensor embed(const at::Tensor& embedding, const RoadPositions& positions);

  /// [n, width] of the stand-in: problems without roads.
  at::Tensor stand_in_for(std::int64_t n) const;

  RoadEncoderOptions options;
  torch::nn::Linear input{nullptr}, turn1{nullptr}, turn2{nullptr}, position{nullptr};
  layers::Encoder encoder{nullptr};
  at::Tensor stand_in;  ///< [width]
};
TORCH_MODULE(RoadEncoder);

/// Travel time over free flow, by road edge and hour. Positive, and 1 everywhere before training.
class TravelTimeHeadImpl : public torch::nn::Cloneable<TravelTimeHeadImpl> {
 public:
  TravelTimeHeadImpl(std::int64_t width, std::int64_t hidden);
  void reset() override;

  /// [road edges] of an embedding [road edges, width], which knows the profile; `hour` 0 .. 24.
  at::Tensor forward(const at::Tensor& embedding, double hour);

  std::int64_t width, hidden;
  torch::nn::Linear edge{nullptr}, time{nullptr}, out{nullptr};
};
TORCH_MODULE(TravelTimeHead);

}  // namespace roadgnn::gnn::models
