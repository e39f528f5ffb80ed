// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/models/stop_encoder.h>

#include <algorithm>

#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>
#include <roadgnn/gnn/layers/detail/input_checks.h>
#include <roadgnn/gnn/layers/row_blocks.h>
#include <roadgnn/gnn/models/detail/feature_product.h>

namespace roadgnn::gnn::models {

namespace {

using at::Tensor;
using layers::detail::check_input;
using layers::detail::check_positive;
using torch::nn::Linear;

constexpr std::int64_t kBlock = 4096;  ///< edges at a time: their hidden values stay in the cache

constexpr const char* kEncoder = "stop encoder";

}  // namespace

StopEncoderImpl::StopEncoderImpl(const StopEncoderOptions& given) : options(given) {
  check_positive(kEncoder, "width", options.width);
  check_positive(kEncoder, "heads", options.heads);
  check_positive(kEncoder, "bias_hidden", options.bias_hidden);
  check_positive(kEncoder, "road_width", options.road_width);
  reset();
}

void StopEncoderImpl::reset() {
  const std::int64_t width = options.width;
  const bool sparse = options.attention == Attention::sparse;
  stop = register_module("stop", Linear(kStopFeatures, width));
  road = register_module("road",
                         Linear(torch::nn::LinearOptions(options.road_width, width).bias(false)));
  type1 = register_module("type1", Linear(kTypeFeatures, width));
  type2 = register_module("type2", Linear(torch::nn::LinearOptions(width, width).bias(false)));
  if (sparse) {
    bias1 = register_module("bias1", Linear(kEdgeFeatures, options.bias_hidden));
    bias2 = register_module(
        "bias2", Linear(torch::nn::LinearOptions(options.bias_hidden, options.heads).bias(false)));
  }
  layers::EncoderOptions encoder_options;
  encoder_options.layer.width = width;
  encoder_options.layer.heads = options.heads;
  encoder_options.layer.feed_forward = options.feed_forward;
  encoder_options.layer.dropout = options.dropout;
  encoder_options.layer.norm_first = true;
  encoder_options.num_layers = options.layers;
  encoder_options.global_tokens = sparse ? options.global_tokens : 0;
  encoder = register_module("encoder", layers::Encoder(encoder_options));
}

layers::AttentionGraph StopEncoderImpl::attention_graph(const DayTensors& day) const {
  if (options.attention == Attention::full) return {};
  layers::AttentionGraphOptions graph;
  graph.global_tokens = options.global_tokens;
  graph.expander_degree = options.expander_degree;
  graph.seed = options.expander_seed;
  graph.transpose = at::GradMode::is_enabled();
  return make_attention_graph(day.candidates, graph, day.key);
}

Tensor StopEncoderImpl::input(const DayTensors& day, const Tensor& road_embedding) {
  const Tensor& weight = stop->weight;
  layers::detail::check_graph(kEncoder, day.candidates, weight.device());
  const std::int64_t n = day.candidates.num_rows(), m = day.candidates.num_edges();
  check_input(kEncoder, "stop features", day.stop, n, kStopFeatures, weight);
  check_input(kEncoder, "edge features", day.edge, m, kEdgeFeatures, weight);
  check_input(kEncoder, "type features", day.type, -1, kTypeFeatures, weight);
  check_input(kEncoder, "road embedding", road_embedding, n, options.road_width, weight);
  const Tensor fleet = type2(type1(day.type).relu().sum(0, true)) /
                       static_cast<double>(std::max<std::int64_t>(1, day.type.size(0)));
  return stop(day.stop) + road(road_embedding) + fleet;
}

// Hidden values of all edges of a large day at once would be the largest tensor of all.
Tensor StopEncoderImpl::bias(const Tensor& edge) {
  if (at::GradMode::is_enabled() || at::autocast::is_autocast_enabled(edge.device().type()))
    return bias2(detail::feature_product(edge, bias1->weight).add_(bias1->bias).relu_());
  Tensor result = at::empty({edge.size(0), options.heads}, edge.options());
  const Tensor weight = bias2->weight.t();
  layers::for_row_blocks(edge.size(0), kBlock, edge.device(),
                         [&](std::int64_t begin, std::int64_t end) {
                           Tensor out = result.slice(0, begin, end);
                           at::mm_out(out, bias1(edge.slice(0, begin, end)).relu_(), weight);
                         });
  return result;
}

Tensor StopEncoderImpl::forward(const DayTensors& day, const Tensor& road_embedding) {
  return forward(day, road_embedding, attention_graph(day));
}

Tensor StopEncoderImpl::forward(const DayTensors& day, const Tensor& road_embedding,
                                const layers::AttentionGraph& graph) {
  const Tensor x = input(day, road_embedding);
  if (options.attention == Attention::full) return encoder(x);
  return encoder->forward_sparse(x, graph, bias(day.edge));
}

}  // namespace roadgnn::gnn::models
