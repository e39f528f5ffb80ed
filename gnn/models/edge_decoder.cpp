// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/models/edge_decoder.h>

#include <algorithm>
#include <cmath>
#include <string>

#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>
#include <roadgnn/gnn/layers/detail/input_checks.h>
#include <roadgnn/gnn/layers/row_blocks.h>
#include <roadgnn/gnn/models/detail/feature_product.h>
#include <roadgnn/graph/error.h>

namespace roadgnn::gnn::models {

namespace {

using at::Tensor;
using torch::nn::Linear;
using torch::nn::LinearOptions;

constexpr std::int64_t kBlock = 2048;  ///< edges at a time: their hidden values stay in the cache
constexpr double kCannotServe = -10000;
constexpr const char* kDecoder = "edge decoder";

void check(const Tensor& state, const DayTensors& day, std::int64_t width, const Tensor& weight) {
  using layers::detail::check_input;
  const at::Device device = weight.device();
  layers::detail::check_graph(kDecoder, day.candidates, device);
  const std::int64_t n = day.candidates.num_rows(), m = day.candidates.num_edges();
  check_input(kDecoder, "state", state, n, width, weight);
  check_input(kDecoder, "edge features", day.edge, m, kEdgeFeatures, weight);
  check_input(kDecoder, "type features", day.type, -1, kTypeFeatures, weight);
  layers::detail::check_indices(kDecoder, "head", day.candidates.head, m, n, device);
  layers::detail::check_indices(kDecoder, "tail", day.tail, m, n, device);
  layers::detail::check_matrix(kDecoder, "fits", day.fits, n, day.type.size(0));
  if (day.fits.scalar_type() != at::kBool || day.fits.device() != device) {
    throw InputError(std::string(kDecoder) + ": fits: expected Bool on " + device.str() +
                     ", found " + c10::toString(day.fits.scalar_type()) + " on " +
                     day.fits.device().str());
  }
}

}  // namespace

EdgeDecoderImpl::EdgeDecoderImpl(const EdgeDecoderOptions& given) : options(given) {
  layers::detail::check_positive(kDecoder, "width", options.width);
  layers::detail::check_positive(kDecoder, "hidden", options.hidden);
  reset();
}

void EdgeDecoderImpl::reset() {
  const std::int64_t width = options.width, hidden = options.hidden;
  const std::int64_t inner_width = std::max<std::int64_t>(1, hidden / 2);
  tail = register_module("tail", Linear(width, hidden));
  head = register_module("head", Linear(LinearOptions(width, hidden).bias(false)));
  edge = register_module("edge", Linear(LinearOptions(kEdgeFeatures, hidden).bias(false)));
  inner = register_module("inner", Linear(hidden, inner_width));
  out = register_module("out", Linear(inner_width, 1));
  ends1 = register_module("ends1", Linear(width, hidden));
  ends2 = register_module("ends2", Linear(hidden, 2));
  stop_type = register_module("stop_type", Linear(width, hidden));
  type1 = register_module("type1", Linear(kTypeFeatures, hidden));
  type2 = register_module("type2", Linear(hidden, hidden));
  type_bias = register_module("type_bias", Linear(hidden, 1));
}

Tensor EdgeDecoderImpl::edges(const Tensor& tails, const Tensor& heads, const DayTensors& day) {
  const std::int64_t m = day.num_edges();
  if (at::GradMode::is_enabled() || at::autocast::is_autocast_enabled(tails.device().type())) {
    const bool transposed = day.candidates.t_first_out.defined();
    // In place: these are the largest tensors of a training step, and no derivative reads a sum.
    Tensor hidden = ops::gather_rows(day.candidates, tails);
    hidden.add_(transposed ? ops::gather_heads(day.candidates, heads)
                           : heads.index_select(0, day.candidates.head));
    if (at::autocast::is_autocast_enabled(tails.device().type())) {
      hidden.add_(detail::feature_product(day.edge, edge->weight));
    } else {
      hidden.addmm_(day.edge, edge->weight.t());
    }
    hidden.relu_();
    return out(inner(hidden).relu_()).squeeze(1);
  }
  Tensor result = at::empty({m}, tails.options());
  layers::for_row_blocks(m, kBlock, tails.device(), [&](std::int64_t begin, std::int64_t end) {
    Tensor hidden = tails.index_select(0, day.tail.slice(0, begin, end));
    hidden.add_(heads.index_select(0, day.candidates.head.slice(0, begin, end)));
    hidden.addmm_(day.edge.slice(0, begin, end), edge->weight.t());
    const Tensor scores = out(inner(hidden.relu_()).relu_()).squeeze(1);
    result.slice(0, begin, end).copy_(scores);
  });
  return result;
}

Tensor EdgeDecoderImpl::types(const Tensor& state, const DayTensors& day) {
  const Tensor kinds = type1(day.type).relu();
  const Tensor match = at::matmul(stop_type(state), type2(kinds).t()) /
                       std::sqrt(static_cast<double>(options.hidden));
  return (match + type_bias(kinds).t()).masked_fill(day.fits.logical_not(), kCannotServe);
}

RouteScores EdgeDecoderImpl::forward(const Tensor& state, const DayTensors& day) {
  check(state, day, options.width, tail->weight);
  const Tensor ends = ends2(ends1(state).relu());
  return {edges(tail(state), head(state), day), ends.select(1, 0), ends.select(1, 1),
          types(state, day)};
}

}  // namespace roadgnn::gnn::models
