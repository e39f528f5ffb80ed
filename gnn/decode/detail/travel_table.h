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

  /// A location's two rows, for loops over many others. Refers to the table.
  class Rows {
   public:
    Rows() = default;

    graph::Travel into(std::int32_t from) const { return at(from, into_offset_); }
    graph::Travel out_of(std::int32_t to) const { return at(to, 0); }

   private:
    friend class TravelTable;

    graph::Travel at(std::int32_t other, std::size_t offset) const {
      const auto column = static_cast<std::size_t>(rank_[other]) + offset;
      if (same_ == nullptr) return different_[column];
      return {same_[column], same_[column]};
    }

    const std::int32_t* rank_ = nullptr;
    const std::int32_t* same_ = nullptr;
    const graph::Travel* different_ = nullptr;
    std::size_t into_offset_ = 0;
  };

  Rows rows(std::int32_t profile, std::int32_t location) const {
    Rows rows;
    const std::size_t row = (static_cast<std::size_t>(profile) * size_ +
                             static_cast<std::size_t>(rank_[static_cast<std::size_t>(location)])) *
                            size_;
    rows.rank_ = rank_.data();
    if (!same_.empty()) rows.same_ = same_.data() + row;
    if (same_.empty()) rows.different_ = different_.data() + row;
    rows.into_offset_ = symmetric_ ? 0 : half_;
    return rows;
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
