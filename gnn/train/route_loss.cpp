// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/train/route_loss.h>

#include <algorithm>
#include <vector>

#include <ATen/ATen.h>

namespace roadgnn::gnn::train {
namespace {

using at::Tensor;

constexpr double kSideWeight = 0.1;

// [m] logits less the log of the sum over the edges that share a group; `group` [m] int64.
Tensor group_log_softmax(const Tensor& logits, const Tensor& group, std::int64_t num_groups) {
  const Tensor detached = logits.detach();
  const Tensor most = at::full({num_groups}, -1e30, detached.options())
                          .scatter_reduce(0, group, detached, "amax", /*include_self=*/true);
  const Tensor shifted = logits - most.index_select(0, group);
  const Tensor sums =
      at::zeros({num_groups}, detached.options()).index_add(0, group, shifted.exp());
  return shifted - sums.log().index_select(0, group);
}

Tensor edge_loss(const Tensor& logits, const Tensor& shares, const Tensor& group,
                 std::int64_t num_groups) {
  // More than one plan's worth leaves a depot.
  const Tensor mass = at::zeros({num_groups}, shares.options()).index_add(0, group, shares);
  const Tensor weight = shares / mass.clamp_min(1).index_select(0, group);
  return -(weight * group_log_softmax(logits, group, num_groups)).sum() /
         weight.sum().clamp_min(1e-6);
}

Tensor ends_loss(const Tensor& logits, const Tensor& shares, const Tensor& customer) {
  return at::binary_cross_entropy_with_logits(logits.masked_select(customer),
                                              shares.masked_select(customer));
}

}  // namespace

Tensor route_loss(const models::RouteScores& scores, const DaySample& sample) {
  const std::int64_t n = sample.day.num_stops();
  const Tensor logits = scores.edge.to(at::kFloat);
  const Tensor tail = sample.day.tail.to(at::kLong);
  const Tensor head = sample.day.candidates.head.to(at::kLong);
  Tensor loss =
      0.5 * (edge_loss(logits, sample.share, tail, n) + edge_loss(logits, sample.share, head, n));
  const Tensor customer = sample.depot.logical_not();
  loss = loss + kSideWeight * (ends_loss(scores.first.to(at::kFloat), sample.first, customer) +
                               ends_loss(scores.last.to(at::kFloat), sample.last, customer));
  if (sample.type.size(1) > 1) {
    const Tensor served = sample.type.sum().clamp_min(1e-6);
    loss = loss -
           kSideWeight * (sample.type * scores.type.to(at::kFloat).log_softmax(1)).sum() / served;
  }
  return loss;
}

void Recall::add(const DaySample& sample, const float* scores) {
  const Tensor first_out = sample.day.candidates.first_out.to(at::kLong).contiguous();
  const Tensor heads = sample.day.candidates.head.to(at::kLong).contiguous();
  const auto* begin = first_out.const_data_ptr<std::int64_t>();
  const auto* head = heads.const_data_ptr<std::int64_t>();
  const auto* best = sample.best.const_data_ptr<bool>();
  const auto* depot = sample.depot.const_data_ptr<bool>();
  for (std::int64_t tail = 0; tail < sample.day.num_stops(); ++tail) {
    for (std::int64_t e = begin[tail]; e < begin[tail + 1]; ++e) {
      if (!best[e]) continue;
      std::int64_t better = 0;
      for (std::int64_t other = begin[tail]; other < begin[tail + 1]; ++other)
        better += !depot[head[other]] &&
                  (scores[other] > scores[e] || (scores[other] == scores[e] && other < e));
      for (std::size_t i = 0; i < kLengths.size(); ++i) found[i] += better < kLengths[i];
    }
  }
  total += sample.num_best;
}

}  // namespace roadgnn::gnn::train
