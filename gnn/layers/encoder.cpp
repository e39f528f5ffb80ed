// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/layers/encoder.h>

#include <cmath>
#include <string>

#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>
#include <roadgnn/gnn/layers/detail/input_checks.h>
#include <roadgnn/graph/error.h>

namespace roadgnn::gnn::layers {

namespace {

using at::Tensor;
using torch::nn::LayerNorm;
using torch::nn::LayerNormOptions;
using torch::nn::Linear;

/// [n, width], or with a dimension before where a batch is allowed; of the weights' type and
/// device.
void check_states(const Tensor& x, const Tensor& weight, bool batch_allowed) {
  const bool batch = batch_allowed && x.defined() && x.dim() == 3 && x.size(2) == weight.size(1);
  if (!batch) detail::check_matrix("encoder", "x", x, -1, weight.size(1));
  detail::check_type("encoder", "x", x, weight);
}

void check_bias(const Tensor& bias, const AttentionGraph& graph, const Tensor& weight) {
  if (!bias.defined()) throw InputError("encoder: bias: expected a tensor, found none");
  detail::check_type("encoder", "bias", bias, weight);
  if (graph.edge.device() == weight.device()) return;
  throw InputError("encoder: graph: expected it on " + weight.device().str() + " as the weights, " +
                   "found it on " + graph.edge.device().str());
}

}  // namespace

SelfAttentionImpl::SelfAttentionImpl(const EncoderLayerOptions& given) : options(given) {
  reset();
}

void SelfAttentionImpl::reset() {
  const std::int64_t width = options.width;
  const double bound = std::sqrt(6.0 / static_cast<double>(4 * width));  // Glorot's, of [3w, w]
  in_proj_weight =
      register_parameter("in_proj_weight", at::empty({3 * width, width}).uniform_(-bound, bound));
  in_proj_bias = register_parameter("in_proj_bias", at::zeros({3 * width}));
  out_proj = register_module("out_proj", Linear(width, width));
  const at::NoGradGuard no_grad;
  out_proj->bias.zero_();
}

Tensor SelfAttentionImpl::forward(const Tensor& x) {
  const bool batched = x.dim() == 3;
  const Tensor batch = batched ? x : x.unsqueeze(0);
  const std::int64_t heads = options.heads, width = options.width / heads;
  const Tensor qkv = at::linear(batch, in_proj_weight, in_proj_bias)
                         .view({batch.size(0), batch.size(1), 3, heads, width})
                         .permute({2, 0, 3, 1, 4});
  const Tensor mixed = at::scaled_dot_product_attention(qkv[0], qkv[1], qkv[2], {},
                                                        is_training() ? options.dropout : 0.0);
  const Tensor out = out_proj(mixed.transpose(1, 2).flatten(2));
  return batched ? out : out.squeeze(0);
}

Tensor SelfAttentionImpl::forward_sparse(const Tensor& x, const ops::Adjacency& graph,
                                         const std::optional<Tensor>& bias) {
  const std::int64_t heads = options.heads, width = options.width / heads;
  const auto qkv = at::linear(x, in_proj_weight, in_proj_bias).chunk(3, 1);
  const auto by_head = [&](const Tensor& part) {
    return part.contiguous().view({x.size(0), heads, width});
  };
  const Tensor query = by_head(qkv[0]), key = by_head(qkv[1]), value = by_head(qkv[2]);
  if (!is_training() || options.dropout == 0)
    return out_proj(ops::neighbour_attention(graph, query, key, value, bias).flatten(1));
  Tensor logits = ops::sddmm(graph, query / std::sqrt(static_cast<double>(width)), key);
  if (bias) logits = logits + (bias->dim() == 1 ? bias->unsqueeze(1) : *bias);
  const Tensor alpha = at::dropout(ops::edge_softmax(graph, logits), options.dropout, true);
  return out_proj(ops::spmm(graph, alpha, value).flatten(1));
}

EncoderLayerImpl::EncoderLayerImpl(const EncoderLayerOptions& given) : options(given) {
  detail::check_positive("encoder", "width", options.width);
  detail::check_positive("encoder", "heads", options.heads);
  detail::check_positive("encoder", "feed_forward", options.feed_forward);
  detail::check_dropout("encoder", options.dropout);
  if (options.width % options.heads != 0) {
    throw InputError("encoder: expected a width that is a multiple of the heads, found " +
                     std::to_string(options.width) + " and " + std::to_string(options.heads));
  }
  reset();
}

void EncoderLayerImpl::reset() {
  const std::int64_t width = options.width;
  const auto norm = [&] { return LayerNorm(LayerNormOptions({width}).eps(options.eps)); };
  self_attn = register_module("self_attn", SelfAttention(options));
  linear1 = register_module("linear1", Linear(width, options.feed_forward));
  linear2 = register_module("linear2", Linear(options.feed_forward, width));
  norm1 = register_module("norm1", norm());
  norm2 = register_module("norm2", norm());
}

template <class Attention>
Tensor EncoderLayerImpl::run(const Tensor& x, const Attention& attention) {
  const auto drop = [&](const Tensor& y) { return at::dropout(y, options.dropout, is_training()); };
  const auto feed_forward = [&](const Tensor& y) {
    const Tensor inner = linear1(y);
    return drop(
        linear2(drop(options.activation == Activation::kReLU ? inner.relu() : at::gelu(inner))));
  };
  if (options.norm_first) {
    const Tensor y = x + drop(attention(norm1(x)));
    return y + feed_forward(norm2(y));
  }
  const Tensor y = norm1(x + drop(attention(x)));
  return norm2(y + feed_forward(y));
}

Tensor EncoderLayerImpl::forward(const Tensor& x) {
  check_states(x, self_attn->in_proj_weight, true);
  return run(x, [&](const Tensor& y) { return self_attn(y); });
}

Tensor EncoderLayerImpl::forward_sparse(const Tensor& x, const ops::Adjacency& graph,
                                        const std::optional<Tensor>& bias) {
  check_states(x, self_attn->in_proj_weight, false);
  const bool drops = is_training() && options.dropout > 0;
  if (!at::GradMode::is_enabled() && !drops &&
      !at::autocast::is_autocast_enabled(x.device().type()))
    return infer_sparse(x, graph, bias);
  return run(x, [&](const Tensor& y) { return self_attn->forward_sparse(y, graph, bias); });
}

EncoderImpl::EncoderImpl(const EncoderOptions& given) : options(given) {
  if (options.num_layers < 1 || options.global_tokens < 0)
    throw InputError("encoder: expected at least one layer and no negative number of tokens");
  reset();
}

void EncoderImpl::reset() {
  layers = register_module("layers", torch::nn::ModuleList());
  for (std::int64_t i = 0; i < options.num_layers; ++i)
    layers->push_back(EncoderLayer(options.layer));
  const std::int64_t width = options.layer.width;
  if (options.layer.norm_first) {
    norm = register_module("norm", LayerNorm(LayerNormOptions({width}).eps(options.layer.eps)));
  }
  if (options.global_tokens > 0) {
    global_tokens =
        register_parameter("global_tokens", at::randn({options.global_tokens, width}) * 0.02);
  }
}

Tensor EncoderImpl::forward(const Tensor& input) {
  Tensor x = input;
  for (const auto& layer : *layers) x = layer->as<EncoderLayerImpl>()->forward(x);
  return norm ? norm(x) : x;
}

Tensor EncoderImpl::forward_sparse(const Tensor& input, const AttentionGraph& graph,
                                   const std::optional<Tensor>& bias) {
  const Tensor& weight = layers->at<EncoderLayerImpl>(0).self_attn->in_proj_weight;
  check_states(input, weight, false);
  if (input.size(0) != graph.num_stops || options.global_tokens != graph.num_global) {
    throw InputError("encoder: expected " + std::to_string(graph.num_stops) + " stops and " +
                     std::to_string(graph.num_global) + " global tokens, found " +
                     std::to_string(input.size(0)) + " and " +
                     std::to_string(options.global_tokens));
  }
  if (bias) check_bias(*bias, graph, weight);
  const std::optional<Tensor> by_entry =
      bias ? std::optional(graph.spread(*bias)) : std::optional<Tensor>();
  Tensor x = global_tokens.defined() ? at::cat({input, global_tokens}) : input;
  for (const auto& layer : *layers)
    x = layer->as<EncoderLayerImpl>()->forward_sparse(x, graph.graph, by_entry);
  x = x.slice(0, 0, graph.num_stops);
  return norm ? norm(x) : x;
}

}  // namespace roadgnn::gnn::layers
