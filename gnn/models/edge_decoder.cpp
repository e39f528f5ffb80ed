// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/models/edge_decoder.h>

#include <algorithm>
#include <cmath>

#include <ATen/ATen.h>

namespace roadgnn::gnn::models {

namespace {

using at::Tensor;
using torch::nn::Linear;
using torch::nn::LinearOptions;

constexpr std::int64_t kBlock = 8192;
constexpr double kCannotServe = -10000;

}  // namespace

EdgeDecoderImpl::EdgeDecoderImpl(const EdgeDecoderOptions& given) : options(given) {
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
  if (at::GradMode::is_enabled()) {
    const bool transposed = day.candidates.t_first_out.defined();
    const Tensor by_head = transposed ? ops::gather_heads(day.candidates, heads)
                                      : heads.index_select(0, day.candidates.head);
    const Tensor both = ops::gather_rows(day.candidates, tails) + by_head;
    return out(inner((both + edge(day.edge)).relu()).relu()).squeeze(1);
  }
  Tensor result;
  for (std::int64_t begin = 0; begin < m; begin += kBlock) {
    const std::int64_t end = std::min(begin + kBlock, m);
    Tensor block = tails.index_select(0, day.tail.slice(0, begin, end));
    block.add_(heads.index_select(0, day.candidates.head.slice(0, begin, end)));
    block.add_(edge(day.edge.slice(0, begin, end)));
    const Tensor scores = out(inner(block.relu_()).relu_()).squeeze(1);
    if (!result.defined()) result = at::empty({m}, scores.options());
    result.slice(0, begin, end).copy_(scores);
  }
  return result.defined() ? result : at::empty({0}, tails.options());
}

Tensor EdgeDecoderImpl::types(const Tensor& state, const DayTensors& day) {
  const Tensor kinds = type1(day.type).relu();
  const Tensor match = at::matmul(stop_type(state), type2(kinds).t()) /
                       std::sqrt(static_cast<double>(options.hidden));
  return (match + type_bias(kinds).t()).masked_fill(day.fits.logical_not(), kCannotServe);
}

RouteScores EdgeDecoderImpl::forward(const Tensor& state, const DayTensors& day) {
  const Tensor ends = ends2(ends1(state).relu());
  return {edges(tail(state), head(state), day), ends.select(1, 0), ends.select(1, 1),
          types(state, day)};
}

}  // namespace roadgnn::gnn::models
