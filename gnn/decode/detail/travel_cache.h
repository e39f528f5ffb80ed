// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include <roadgnn/gnn/decode/detail/travel_table.h>
#include <roadgnn/graph/travel_times.h>

namespace roadgnn::decode::detail {

/// Remembers travel between pairs of locations: a cache before TravelTimes, whose oracle costs up
/// to a microsecond a call. One per thread. Pairs are kept in a row of the location that the caller
/// is busy with: all positions that a stop is tried in ask for pairs of that stop, and find them in
/// one page of memory.
class TravelCache {
 public:
  /// At most 2^log2_rows pages of 4 KiB: rows of one where there are more locations, else of
  /// several as long as they can be filled. `rank` numbers the locations so that neighbours in
  /// space are near each other, and is referred to; empty: as they come.
  TravelCache(const graph::TravelTimes& travel_times, int log2_rows,
              std::span<const std::int32_t> rank = {})
      : travel_times_(&travel_times), table_(nullptr), rank_(rank) {
    const auto pages = std::uint64_t{1} << log2_rows;
    const auto stops =
        std::bit_ceil(static_cast<std::uint64_t>(std::max(1, travel_times.num_stops())));
    const auto profiles =
        std::bit_ceil(static_cast<std::uint64_t>(std::max(1, travel_times.num_profiles())));
    rows_ = std::min(pages, stops);
    row_size_ = std::clamp(stops * profiles, kPage, pages / rows_ * kPage);
    block_shift_ = 64 - std::countr_zero(row_size_ / kBlock);
    entries_.resize(rows_ * row_size_);
  }

  /// Looks everything up in a table, which it refers to.
  TravelCache(const graph::TravelTimes& travel_times, const TravelTable& table)
      : travel_times_(&travel_times), table_(&table) {}

  /// Travel that ends at the location at hand. -1, the start or the end of an open route, is
  /// there at once.
  graph::Travel into(std::int32_t profile, std::int32_t from, std::int32_t to) {
    if (from < 0 || to < 0) return {0, 0};
    return table_ ? table_->into(profile, from, to) : look_up(profile, from, to, to, from);
  }

  /// Travel that begins at the location at hand.
  graph::Travel out_of(std::int32_t profile, std::int32_t from, std::int32_t to) {
    if (from < 0 || to < 0) return {0, 0};
    return table_ ? table_->out_of(profile, from, to) : look_up(profile, from, to, from, to);
  }

  /// The travel of one location, for loops over many others. Refers to the cache.
  class Rows {
   public:
    Rows(TravelCache& cache, std::int32_t profile, std::int32_t location)
        : cache_(&cache), profile_(profile), location_(location) {
      if (cache.table_ && location >= 0) rows_ = cache.table_->rows(profile, location);
    }

    graph::Travel into(std::int32_t from) {
      if (from < 0 || location_ < 0) return {0, 0};
      return cache_->table_ ? rows_.into(from) : cache_->into(profile_, from, location_);
    }
    graph::Travel out_of(std::int32_t to) {
      if (to < 0 || location_ < 0) return {0, 0};
      return cache_->table_ ? rows_.out_of(to) : cache_->out_of(profile_, location_, to);
    }

   private:
    TravelCache* cache_;
    std::int32_t profile_, location_;
    TravelTable::Rows rows_;
  };

 private:
  static constexpr std::uint64_t kPage = 256;  // entries
  static constexpr std::uint64_t kBlock = 16;

  struct Entry {
    std::uint64_t key = ~std::uint64_t{0};
    graph::Travel travel;
  };

  graph::Travel look_up(std::int32_t profile, std::int32_t from, std::int32_t to, std::int32_t row,
                        std::int32_t column) {
    if (profile >= 64) return travel_times_->at(profile, from, to);
    const std::uint64_t key = (static_cast<std::uint64_t>(profile) << 58) |
                              (static_cast<std::uint64_t>(from) << 29) |
                              static_cast<std::uint64_t>(to);
    // Sixteen neighbours side by side; such blocks are spread by a hash.
    const std::uint64_t near = static_cast<std::uint64_t>(
        rank_.empty() ? column : rank_[static_cast<std::size_t>(column)]);
    const std::uint64_t block =
        (((near / kBlock) << 6) + static_cast<std::uint64_t>(profile)) * 0x9E3779B97F4A7C15U >>
        block_shift_;
    const std::uint64_t place = block * kBlock + near % kBlock;
    Entry& entry = entries_[(static_cast<std::uint64_t>(row) & (rows_ - 1)) * row_size_ + place];
    if (entry.key != key) entry = {key, travel_times_->at(profile, from, to)};
    return entry.travel;
  }

  const graph::TravelTimes* travel_times_;
  const TravelTable* table_;
  std::span<const std::int32_t> rank_;
  std::uint64_t rows_ = 0, row_size_ = 0;  // powers of two
  int block_shift_ = 0;
  std::vector<Entry> entries_;
};

}  // namespace roadgnn::decode::detail
