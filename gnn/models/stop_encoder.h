// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>
#include <roadgnn/gnn/layers/encoder.h>
#include <roadgnn/gnn/models/day_tensors.h>
#include <torch/nn/cloneable.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/pimpl.h>

namespace roadgnn::gnn::models {

enum class Attention : std::uint8_t {
  sparse,  ///< along candidate edges, global tokens and expander edges, with a bias from the edges
  full,    ///< all pairs, without bias
};

struct StopEncoderOptions {
  std::int64_t width = 128;  ///< a multiple of `heads`
  std::int64_t heads = 8;
  std::int64_t layers = 3;
  std::int64_t feed_forward = 512;
  double dropout = 0;
  Attention attention = Attention::sparse;
  std::int64_t global_tokens = 4;    ///< for sparse attention, as the next two
  std::int64_t expander_degree = 4;  ///< even
  std::uint64_t expander_seed = 1;
  std::int64_t bias_hidden = 16;  ///< of the network that makes biases of edge features
  std::int64_t road_width = 64;   ///< of the road embedding
};

/// A Transformer over a day's stops (pre-norm). A stop's input is the sum of what its features, its
/// road embedding and the fleet say.
class StopEncoderImpl : public torch::nn::Cloneable<StopEncoderImpl> {
 public:
  explicit StopEncoderImpl(const StopEncoderOptions& options = {});
  void reset() override;

  /// Who attends to whom on this day; forward makes it if it is not given. Expander edges follow
  /// the stops' keys, so that the order of the input does not matter.
  layers::AttentionGraph attention_graph(const DayTensors& day) const;

  /// [n, width]; `road` [n, road_width].
  at::Tensor forward(const DayTensors& day, const at::Tensor& road);
  at::Tensor forward(const DayTensors& day, const at::Tensor& road,
                     const layers::AttentionGraph& graph);

  StopEncoderOptions options;
  torch::nn::Linear stop{nullptr}, road{nullptr}, type1{nullptr}, type2{nullptr};
  torch::nn::Linear bias1{nullptr}, bias2{nullptr};
  layers::Encoder encoder{nullptr};

 private:
  at::Tensor input(const DayTensors& day, const at::Tensor& road_embedding);
  at::Tensor bias(const at::Tensor& edge);
};
TORCH_MODULE(StopEncoder);

}  // namespace roadgnn::gnn::models
