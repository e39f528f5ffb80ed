// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include <roadgnn/gnn/decode/detail/travel_cache.h>
#include <roadgnn/gnn/decode/problem.h>

namespace roadgnn::decode::detail {

/// A leg and when it begins.
struct Leg {
  std::int64_t departure = 0;
  graph::Travel travel;

  std::int64_t arrival() const { return departure + travel.time_ms; }
};

/// Legs whose travel depends on when they begin, see ProfileSlice. Who leaves earlier arrives no
/// later, so that schedules may be found by going forward and back.
class HourlyTravel {
 public:
  /// Refers to both. `slices` begin at the beginning of time.
  HourlyTravel(std::span<const ProfileSlice> slices, TravelCache& travel)
      : slices_(slices), travel_(&travel) {}

  /// The leg that arrives first of those that begin from `ready` to `latest`; of several, the one
  /// that begins first.
  Leg leave(std::int32_t from, std::int32_t to, std::int64_t ready, std::int64_t latest) const {
    Leg best{ready, {}};
    for (std::size_t s = 0; s < slices_.size(); ++s) {
      if (s + 1 < slices_.size() && slices_[s + 1].from <= ready) continue;
      const std::int64_t departure = s == 0 || slices_[s].from < ready ? ready : slices_[s].from;
      if (departure > latest) break;
      const Leg leg{departure, travel_->into(slices_[s].profile, from, to)};
      if (leg.travel.reachable() && (!best.travel.reachable() || leg.arrival() < best.arrival())) {
        best = leg;
      }
    }
    return best;
  }

  /// The latest moment to be ready that still lets one arrive at `arrival`; below -kNoLimit where
  /// there is none.
  std::int64_t latest(std::int32_t from, std::int32_t to, std::int64_t arrival) const {
    for (std::size_t s = slices_.size(); s-- > 0;) {
      const graph::Travel travel = travel_->into(slices_[s].profile, from, to);
      if (!travel.reachable()) continue;
      std::int64_t departure = arrival - travel.time_ms;
      if (s + 1 < slices_.size()) departure = std::min(departure, slices_[s + 1].from - 1);
      if (departure >= slices_[s].from) return departure;
    }
    return -kNoLimit - 1;
  }

  /// When the slice that a moment lies in began; at least -kNoLimit.
  std::int64_t slice_begin(std::int64_t time) const {
    std::int64_t begin = -kNoLimit;
    for (const ProfileSlice& slice : slices_) {
      if (slice.from <= time) begin = std::max(begin, slice.from);
    }
    return begin;
  }

  /// From when on leaving later than for `leg` is no longer arriving as much later, because it is
  /// another slice or better to wait for one; kNoLimit where there is no later slice.
  std::int64_t next_change(std::int32_t from, std::int32_t to, const Leg& leg) const {
    std::int64_t change = kNoLimit;
    for (const ProfileSlice& slice : slices_) {
      if (slice.from <= leg.departure) continue;
      change = std::min(change, slice.from);
      const graph::Travel travel = travel_->into(slice.profile, from, to);
      if (travel.reachable())
        change = std::min(change, slice.from + travel.time_ms - leg.travel.time_ms + 1);
    }
    return change;
  }

  std::size_t num_slices() const { return slices_.size(); }

 private:
  std::span<const ProfileSlice> slices_;
  TravelCache* travel_;
};

}  // namespace roadgnn::decode::detail
