// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include <roadgnn/gnn/decode/detail/type_view.h>

namespace roadgnn::decode::detail {

/// What the vehicles' states leave of the orders.
class RemainingStops {
 public:
  RemainingStops(const Problem& problem, const std::vector<TypeView>& types)
      : problem_(problem), pickup_done_(problem.orders.size()), done_(problem.orders.size()) {
    for (const TypeView& type : types) {
      if (type.state != nullptr) go_through(*type.state);
    }
  }

  bool none(std::int32_t order) const { return done_[static_cast<std::size_t>(order)]; }

  bool pickup(std::int32_t order) const {
    const auto i = static_cast<std::size_t>(order);
    return problem_.orders[i].pickup && !pickup_done_[i];
  }

  /// By order, the end of the longest ride of what is on board; empty where there is none.
  std::vector<std::int64_t> deadlines() const { return deadlines_; }

 private:
  void go_through(const VehicleState& state) {
    std::int64_t left = -kNoLimit;
    for (const Step& step : state.steps) {
      if (step.kind == StepKind::start || step.kind == StepKind::reload) left = step.departure;
      if (step.order < 0) continue;
      const auto i = static_cast<std::size_t>(step.order);
      const bool pickup = step.kind == StepKind::pickup;
      if (pickup) pickup_done_[i] = true;
      if (!pickup || !problem_.orders[i].delivery) done_[i] = true;
      if (pickup) add_deadline(i, step.departure);
    }
    for (const std::int32_t order : state.loaded) {
      if (left > -kNoLimit) add_deadline(static_cast<std::size_t>(order), left);
    }
  }

  void add_deadline(std::size_t order, std::int64_t since) {
    if (problem_.orders[order].max_ride >= kNoLimit) return;
    deadlines_.resize(problem_.orders.size(), kNoLimit);
    deadlines_[order] = since + problem_.orders[order].max_ride;
  }

  const Problem& problem_;
  std::vector<bool> pickup_done_, done_;
  std::vector<std::int64_t> deadlines_;
};

}  // namespace roadgnn::decode::detail
