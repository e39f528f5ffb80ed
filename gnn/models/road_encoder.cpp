// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/models/road_encoder.h>

#include <cmath>
#include <numbers>
#include <string>

#include <ATen/ATen.h>
#include <roadgnn/gnn/layers/detail/input_checks.h>
#include <roadgnn/graph/error.h>

namespace roadgnn::gnn::models {

namespace {

using at::Tensor;
using layers::detail::check_indices;
using layers::detail::check_input;
using layers::detail::check_positive;
using torch::nn::Linear;

constexpr std::int64_t kTurnHidden = 16;
constexpr std::int64_t kHourFeatures = 4;

constexpr const char* kEncoder = "road encoder";

/// Of positions along edges: [n, 2] both, edges of the embedding or -1.
void check_positions(const RoadPositions& positions, std::int64_t num_edges, at::Device device) {
  const auto refuse = [](const std::string& expected, const std::string& found) {
    throw InputError(std::string(kEncoder) + ": positions: expected " + expected + ", found " +
                     found);
  };
  const auto fits = [&](const Tensor& tensor) {
    return tensor.defined() && tensor.dim() == 2 && tensor.size(1) == 2 &&
           tensor.device() == device;
  };
  if (!fits(positions.edge) || !fits(positions.fraction) ||
      positions.edge.scalar_type() != at::kLong || !positions.fraction.is_floating_point() ||
      positions.edge.size(0) != positions.fraction.size(0)) {
    refuse("int64 edges and shares of them, [n, 2] on " + device.str(), "other tensors");
  }
  if (!device.is_cpu() || positions.edge.numel() == 0) return;
  const auto last = positions.edge.max().item<std::int64_t>();
  if (last >= num_edges)
    refuse("one of " + std::to_string(num_edges) + " road edges", "edge " + std::to_string(last));
}

}  // namespace

RoadEncoderImpl::RoadEncoderImpl(const RoadEncoderOptions& given) : options(given) {
  check_positive(kEncoder, "width", options.width);
  check_positive(kEncoder, "heads", options.heads);
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
  const at::Device device = stand_in.device();
  layers::detail::check_graph(kEncoder, roads.graph, device);
  check_input(kEncoder, "edge features", roads.edge, roads.graph.num_rows(), kRoadFeatures,
              input->weight);
  check_input(kEncoder, "turn features", roads.turn, roads.graph.num_edges(), kTurnFeatures,
              input->weight);
  check_indices(kEncoder, "departing", roads.departing, -1, roads.num_edge_nodes(), device);
  check_indices(kEncoder, "arriving", roads.arriving, roads.num_road_edges(),
                roads.num_edge_nodes(), device);
  const layers::AttentionGraph graph{roads.graph,
                                     at::arange(roads.turn.size(0), roads.departing.options()),
                                     roads.num_edge_nodes(), roads.turn.size(0), 0};
  const Tensor bias = turn2(turn1(roads.turn).relu());
  const Tensor state = encoder->forward_sparse(input(roads.edge), graph, bias);
  return (state.index_select(0, roads.departing) + state.index_select(0, roads.arriving)) * 0.5;
}

Tensor RoadEncoderImpl::embed(const Tensor& embedding, const RoadPositions& positions) {
  check_input(kEncoder, "embedding", embedding, -1, options.width, stand_in);
  check_positions(positions, embedding.size(0), stand_in.device());
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
  check_positive("travel time head", "width", width);
  check_positive("travel time head", "hidden", hidden);
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
  check_input("travel time head", "embedding", embedding, -1, width, edge->weight);
  if (!(hour >= 0 && hour <= 24)) {
    throw InputError("travel time head: hour: expected from 0 to 24, found " +
                     std::to_string(hour));
  }
  const double phase = hour / 24 * 2 * std::numbers::pi;
  const Tensor of_day =
      at::tensor({std::sin(phase), std::cos(phase), std::sin(2 * phase), std::cos(2 * phase)},
                 embedding.options());
  const Tensor log_factor = out((edge(embedding) + time(of_day)).relu()).squeeze(1);
  // Between e^-2 and e^2, and the identity about 1.
  return ((log_factor / 2).tanh() * 2).exp();
}

}  // namespace roadgnn::gnn::models
