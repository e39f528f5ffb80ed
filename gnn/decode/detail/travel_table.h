// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <roadgnn/graph/travel_times.h>

namespace roadgnn::decode::detail {

/// Travel between all pairs of few locations. Rows and columns follow a numbering in which
/// neighbours in space are near each other, and all ways from a location, and all ways to it, lie
/// together: a stop that is tried beside its neighbours finds them in a few cache lines. Immutable;
/// shared by threads.
class TravelTable {
 public:
  /// Whether the table takes 64 MiB at most.
  static bool worthwhile(const graph::TravelTimes& travel_times);

  /// `rank` is the new number of each location; it is referred to.
  TravelTable(const graph::TravelTimes& travel_times, std::span<const std::int32_t> rank,
              int threads);

  /// By the row of `to`.
  graph::Travel into(std::int32_t profile, std::int32_t from, std::int32_t to) const {
    return at(cell(profile, to, from), symmetric_ ? 0 : half_);
  }

  /// By the row of `from`.
  graph::Travel out_of(std::int32_t profile, std::int32_t from, std::int32_t to) const {
    return at(cell(profile, from, to), 0);
  }

 private:
  std::size_t cell(std::int32_t profile, std::int32_t row, std::int32_t column) const {
    const auto r = static_cast<std::size_t>(rank_[static_cast<std::size_t>(row)]);
    const auto c = static_cast<std::size_t>(rank_[static_cast<std::size_t>(column)]);
    return (static_cast<std::size_t>(profile) * size_ + r) * size_ + c;
  }

  graph::Travel at(std::size_t cell, std::size_t offset) const {
    if (!same_.empty()) {
      const std::int32_t both = same_[cell + offset];
      return {both, both};
    }
    return different_[cell + offset];
  }

  std::size_t size_, half_;
  std::span<const std::int32_t> rank_;
  bool symmetric_ = true;
  // [num_profiles, num_stops, num_stops] by origin and, unless symmetric, once more by destination.
  std::vector<std::int32_t> same_;  // where times equal lengths everywhere
  std::vector<graph::Travel> different_;
};

}  // namespace roadgnn::decode::detail
