// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include <ATen/core/Tensor.h>
#include <roadgnn/gnn/layers/attention_graph.h>
#include <torch/nn/cloneable.h>
#include <torch/nn/modules/container/modulelist.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/modules/normalization.h>
#include <torch/nn/pimpl.h>

namespace roadgnn::gnn::layers {

enum class Activation { kReLU, kGELU };

struct EncoderLayerOptions {
  std::int64_t width = 128;  ///< a multiple of `heads`
  std::int64_t heads = 8;
  std::int64_t feed_forward = 512;
  double dropout = 0;
  Activation activation = Activation::kReLU;
  bool norm_first = false;
  double eps = 1e-5;  ///< of the norms
};

/// torch.nn.MultiheadAttention's weights and their names, on scaled_dot_product_attention or on
/// neighbour_attention: scores of all pairs are never in memory.
class SelfAttentionImpl : public torch::nn::Cloneable<SelfAttentionImpl> {
 public:
  explicit SelfAttentionImpl(const EncoderLayerOptions& options);
  void reset() override;
  at::Tensor forward(const at::Tensor& x);
  at::Tensor forward_sparse(const at::Tensor& x, const ops::Adjacency& graph,
                            const std::optional<at::Tensor>& bias);
  /// Without gradients and dropout, in blocks of rows, and not yet through out_proj; of norm(x)
  /// where there is a norm.
  at::Tensor infer_sparse(const at::Tensor& x, torch::nn::LayerNorm norm,
                          const ops::Adjacency& graph, const std::optional<at::Tensor>& bias);

  EncoderLayerOptions options;
  at::Tensor in_proj_weight, in_proj_bias;
  torch::nn::Linear out_proj{nullptr};
};
TORCH_MODULE(SelfAttention);

/// torch.nn.TransformerEncoderLayer with batch_first=True, its parameter names and initialisation.
class EncoderLayerImpl : public torch::nn::Cloneable<EncoderLayerImpl> {
 public:
  /// Throws InputError for a width that is no multiple of the heads.
  explicit EncoderLayerImpl(const EncoderLayerOptions& options = {});
  void reset() override;
  /// Full attention: `x` [n, width] or [batch, n, width].
  at::Tensor forward(const at::Tensor& x);
  /// Attention along a graph of n nodes: `x` [n, width], `bias` [m] or [m, heads]. Without
  /// gradients what goes row by row runs in blocks of rows, so that little but the result is in
  /// memory.
  at::Tensor forward_sparse(const at::Tensor& x, const ops::Adjacency& graph,
                            const std::optional<at::Tensor>& bias = {});

  EncoderLayerOptions options;
  SelfAttention self_attn{nullptr};
  torch::nn::Linear linear1{nullptr}, linear2{nullptr};
  torch::nn::LayerNorm norm1{nullptr}, norm2{nullptr};

 private:
  template <class Attention>
  at::Tensor run(const at::Tensor& x, const Attention& attention);
  at::Tensor infer_sparse(const at::Tensor& x, const ops::Adjacency& graph,
                          const std::optional<at::Tensor>& bias);
};
TORCH_MODULE(EncoderLayer);

struct EncoderOptions {
  EncoderLayerOptions layer = {};
  std::int64_t num_layers = 3;
  std::int64_t global_tokens = 0;  ///< learned, as many as the attention graph has
};

/// Layers one after the other, and a last norm where they are pre-norm; parameter names are those
/// of torch.nn.TransformerEncoder (layers.0.linear1.weight, norm.weight).
class EncoderImpl : public torch::nn::Cloneable<EncoderImpl> {
 public:
  explicit EncoderImpl(const EncoderOptions& options = {});
  void reset() override;
  /// Full attention: `x` [n, width] or [batch, n, width]. Global tokens take no part.
  at::Tensor forward(const at::Tensor& x);
  /// Sparse: `x` [n, width] of the graph's stops, `bias` by candidate edge, [num_candidates] or
  /// [num_candidates, heads]. Throws InputError where shapes or the number of global tokens differ.
  at::Tensor forward_sparse(const at::Tensor& x, const AttentionGraph& graph,
                            const std::optional<at::Tensor>& bias = {});

  EncoderOptions options;
  at::Tensor global_tokens;  ///< [global_tokens, width]
  torch::nn::ModuleList layers{nullptr};
  torch::nn::LayerNorm norm{nullptr};
};
TORCH_MODULE(Encoder);

}  // namespace roadgnn::gnn::layers
