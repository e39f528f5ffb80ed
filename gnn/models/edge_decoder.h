// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>
#include <roadgnn/gnn/models/day_tensors.h>
#include <torch/nn/cloneable.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/pimpl.h>

namespace roadgnn::gnn::models {

/// Logits of a day under one profile.
struct RouteScores {
  at::Tensor edge;   ///< [m] the head comes right after the tail
  at::Tensor first;  ///< [n] a route begins with the stop
  at::Tensor last;   ///< [n] a route ends with it
  at::Tensor type;   ///< [n, types] the vehicle type that serves it; -10,000 where it cannot
};

struct EdgeDecoderOptions {
  std::int64_t width = 128;  ///< of the stops' states
  std::int64_t hidden = 64;  ///< half as wide a second layer follows
};

/// score(i, j) = out(relu(inner(relu(T x_i + H x_j + E f_ij)))): tails and heads are projected once
/// a stop, so that edges cost no more than their own features. Without gradients edges are scored
/// in blocks, and nothing of a block's width stays.
class EdgeDecoderImpl : public torch::nn::Cloneable<EdgeDecoderImpl> {
 public:
  explicit EdgeDecoderImpl(const EdgeDecoderOptions& options = {});
  void reset() override;
  /// `state` [n, width].
  RouteScores forward(const at::Tensor& state, const DayTensors& day);

  EdgeDecoderOptions options;
  torch::nn::Linear tail{nullptr}, head{nullptr}, edge{nullptr}, inner{nullptr}, out{nullptr};
  torch::nn::Linear ends1{nullptr}, ends2{nullptr};
  torch::nn::Linear stop_type{nullptr}, type1{nullptr}, type2{nullptr}, type_bias{nullptr};

 private:
  at::Tensor edges(const at::Tensor& tails, const at::Tensor& heads, const DayTensors& day);
  at::Tensor types(const at::Tensor& state, const DayTensors& day);
};
TORCH_MODULE(EdgeDecoder);

}  // namespace roadgnn::gnn::models
