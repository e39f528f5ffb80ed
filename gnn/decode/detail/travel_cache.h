// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <roadgnn/graph/travel_times.h>

namespace roadgnn::decode::detail {

/// Remembers travel between pairs of locations: a direct-mapped cache before TravelTimes, whose
/// oracle costs up to a microsecond a call. One per thread.
class TravelCache {
 public:
  /// `log2_size` entries of 16 bytes.
  TravelCache(const graph::TravelTimes& travel_times, int log2_size)
      : travel_times_(&travel_times),
        shift_(64 - log2_size),
        entries_(std::size_t{1} << log2_size) {}

  /// `to` = -1, the end of an open route, is reached at once.
  graph::Travel at(std::int32_t profile, std::int32_t from, std::int32_t to) {
    if (to < 0) return {0, 0};
    if (profile >= 64) return travel_times_->at(profile, from, to);
    const std::uint64_t key = (static_cast<std::uint64_t>(profile) << 58) |
                              (static_cast<std::uint64_t>(from) << 29) |
                              static_cast<std::uint64_t>(to);
    Entry& entry = entries_[(key * 0x9E3779B97F4A7C15U) >> shift_];
    if (entry.key != key) entry = {key, travel_times_->at(profile, from, to)};
    return entry.travel;
  }

 private:
  struct Entry {
    std::uint64_t key = ~std::uint64_t{0};
    graph::Travel travel;
  };

  const graph::TravelTimes* travel_times_;
  int shift_;
  std::vector<Entry> entries_;
};

}  // namespace roadgnn::decode::detail
