// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/models/road_encoder.h>

#include <cmath>
#include <numbers>
#include <string>

#include <ATen/ATen.h>
#include <roadgnn/graph/error.h>

namespace roadgnn::gnn::models {

namespace {

using at::Tensor;
using torch::nn::Linear;

constexpr std::int64_t kTurnHidden = 16;
constexpr std::int64_t kHourFeatures = 4;

void check_columns(const Tensor& tensor, std::int64_t columns, const char* name) {
  if (tensor.dim() == 2 && tensor.size(1) == columns) return;
  throw InputError(std::string("road encoder: ") + name + ": expected [n, " +
                   std::to_string(columns) + "], found " + std::to_string(tensor.dim()) +
                   " dimensions, the last of " +
                   std::to_string(tensor.dim() > 0 ? tensor.size(-1) : 0));
}

}  // namespace

RoadEncoderImpl::RoadEncoderImpl(const RoadEncoderOptions& given) : options(given) {
  reset();
}

void RoadEncoderImpl::reset() {
  const std::int64_t width = options.width;
  input = register_module("input", Linear(kRoadFeatures, width));
  turn1 = register_module("turn1", Linear(kTurnFeatures, kTurnHidden));
  turn2 = register_module("turn2", Linear(kTurnHidden, options.heads));
  position = register_module("position", Linear(2 * width + 2, width));
  layers::EncoderOptions encoder_options;
  encoder_options.layer.width = width;
  encoder_options.layer.heads = options.heads;
  encoder_options.layer.feed_forward = options.feed_forward;
  encoder_options.layer.norm_first = true;
  encoder_options.num_layers = options.layers;
  encoder = register_module("encoder", layers::Encoder(encoder_options));
  stand_in = register_parameter("stand_in", at::zeros({width}));
}

Tensor RoadEncoderImpl::forward(const RoadTensors& roads) {
  check_columns(roads.edge, kRoadFeatures, "edge features");
  check_columns(roads.turn, kTurnFeatures, "turn features");
  const layers::AttentionGraph graph{roads.graph,
                                     at::arange(roads.turn.size(0), roads.departing.options()),
                                     roads.num_edge_nodes(), roads.turn.size(0), 0};
  const Tensor bias = turn2(turn1(roads.turn).relu());
  const Tensor state = encoder->forward_sparse(input(roads.edge), graph, bias);
  return (state.index_select(0, roads.departing) + state.index_select(0, roads.arriving)) * 0.5;
}

Tensor RoadEncoderImpl::embed(const Tensor& embedding, const RoadPositions& positions) {
  check_columns(embedding, options.width, "embedding");
  const Tensor there = positions.edge.ge(0);
  const auto side = [&](std::int64_t s) {
    const Tensor state = embedding.index_select(0, positions.edge.select(1, s).clamp_min(0));
    const Tensor after = positions.fraction.select(1, s).unsqueeze(1).to(state.scalar_type());
    const Tensor before = 1 - after;
    return position(at::cat({state * before, state * after, before, after}, 1)) *
           there.select(1, s).unsqueeze(1);
  };
  const Tensor sides = there.sum(1, true);
  const Tensor mean = (side(0) + side(1)) / sides.clamp_min(1);
  return at::where(sides.gt(0), mean, stand_in.to(mean.scalar_type()));
}

Tensor RoadEncoderImpl::stand_in_for(std::int64_t n) const {
  return stand_in.expand({n, options.width});
}

TravelTimeHeadImpl::TravelTimeHeadImpl(std::int64_t width_, std::int64_t hidden_)
    : width(width_), hidden(hidden_) {
  reset();
}

void TravelTimeHeadImpl::reset() {
  edge = register_module("edge", Linear(width, hidden));
  time =
      register_module("time", Linear(torch::nn::LinearOptions(kHourFeatures, hidden).bias(false)));
  out = register_module("out", Linear(hidden, 1));
  const at::NoGradGuard no_grad;
  out->weight.zero_();
  out->bias.zero_();
}

Tensor TravelTimeHeadImpl::forward(const Tensor& embedding, double hour) {
  check_columns(embedding, width, "embedding");
  const double phase = hour / 24 * 2 * std::numbers::pi;
  const Tensor of_day =
      at::tensor({std::sin(phase), std::cos(phase), std::sin(2 * phase), std::cos(2 * phase)},
                 embedding.options());
  const Tensor log_factor = out((edge(embedding) + time(of_day)).relu()).squeeze(1);
  // Between e^-2 and e^2, and the identity about 1.
  return ((log_factor / 2).tanh() * 2).exp();
}

}  // namespace roadgnn::gnn::models
