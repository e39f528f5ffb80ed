// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include <ATen/core/Tensor.h>
#include <roadgnn/gnn/models/edge_decoder.h>
#include <roadgnn/gnn/train/day_sample.h>

namespace roadgnn::gnn::train {

/// How far scores are from what good plans do; a scalar.
///
/// For each stop the cross entropy between the softmax of the logits of the edges that leave it and
/// the shares of plans that use them, and the same of the edges that enter it, so that the logits
/// of two rows compare; the mean over the shares. A depot's row counts as one stop's. To this comes
/// a tenth of the mean cross entropy of the first and last stops and of the vehicle types.
at::Tensor route_loss(const models::RouteScores& scores, const DaySample& sample);

/// Edges of the best plan, between customers, that are among the first k of their tail by `scores`
/// [m], depots left out of the lists.
struct Recall {
  static constexpr std::array<std::int64_t, 5> kLengths = {1, 3, 5, 10, 20};
  std::array<std::int64_t, 5> found{};
  std::int64_t total = 0;

  void add(const DaySample& sample, const float* scores);
  /// 0 .. 1, for the i-th of kLengths.
  double at(std::size_t i) const {
    return total > 0 ? static_cast<double>(found[i]) / static_cast<double>(total) : 0;
  }
};

}  // namespace roadgnn::gnn::train
