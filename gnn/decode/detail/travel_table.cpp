// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/travel_table.h>

#include <atomic>

#include <roadgnn/graph/parallel.h>

namespace roadgnn::decode::detail {
namespace {

constexpr std::int64_t kMaxBytes = std::int64_t{64} << 20;

}  // namespace

bool TravelTable::worthwhile(const graph::TravelTimes& travel_times) {
  const std::int64_t stops = travel_times.num_stops();
  const std::int64_t profiles = travel_times.num_profiles();
  const auto most = kMaxBytes / static_cast<std::int64_t>(2 * sizeof(graph::Travel));
  return stops > 0 && profiles > 0 && stops <= most / stops / profiles;
}

TravelTable::TravelTable(const graph::TravelTimes& travel_times, std::span<const std::int32_t> rank,
                         int threads)
    : size_(static_cast<std::size_t>(travel_times.num_stops())),
      half_(static_cast<std::size_t>(travel_times.num_profiles()) * size_ * size_),
      rank_(rank),
      different_(2 * half_) {
  std::atomic<bool> symmetric = true, same = true;
  const std::int32_t stops = travel_times.num_stops();
  for (std::int32_t profile = 0; profile < travel_times.num_profiles(); ++profile) {
    graph::parallel_for(stops, 16, threads, [&](std::int64_t begin, std::int64_t end, int) {
      bool equal = true, alike = true;
      for (auto from = static_cast<std::int32_t>(begin); from < end; ++from) {
        for (std::int32_t to = 0; to < stops; ++to) {
          const graph::Travel travel = travel_times.at(profile, from, to);
          different_[cell(profile, from, to)] = travel;
          different_[half_ + cell(profile, to, from)] = travel;
          equal &= travel.time_ms == travel.length_m;
        }
      }
      if (!equal) same = false;
      for (auto from = static_cast<std::int32_t>(begin); from < end && alike; ++from) {
        for (std::int32_t to = 0; to < from && alike; ++to) {
          alike = travel_times.at(profile, from, to) == travel_times.at(profile, to, from);
        }
      }
      if (!alike) symmetric = false;
    });
  }
  symmetric_ = symmetric;
  if (symmetric_) different_.resize(half_);
  if (same) {
    same_.reserve(different_.size());
    for (const graph::Travel& travel : different_) same_.push_back(travel.time_ms);
    different_.clear();
  }
  different_.shrink_to_fit();
}

}  // namespace roadgnn::decode::detail
