// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/travel_table.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <roadgnn/gnn/decode/detail/travel_cache.h>
#include <roadgnn/graph/matrix_travel_times.h>

namespace roadgnn::decode::detail {
namespace {

constexpr std::int32_t kStops = 300, kProfiles = 2;

graph::MatrixTravelTimes random_travel(bool symmetric, bool same, std::mt19937_64& random) {
  constexpr auto n = static_cast<std::size_t>(kStops);
  std::vector<std::vector<graph::Travel>> matrices(kProfiles);
  for (auto& matrix : matrices) {
    matrix.resize(n * n);
    for (std::size_t from = 0; from < n; ++from) {
      for (std::size_t to = 0; to < n; ++to) {
        if (from == to) {
          matrix[from * n + to] = {0, 0};
        } else if (symmetric && to < from) {
          matrix[from * n + to] = matrix[to * n + from];
        } else if (random() % 50 == 0) {
          matrix[from * n + to] = {};
        } else {
          const auto time = static_cast<std::int32_t>(random() % 1000);
          matrix[from * n + to] = {time, same ? time : time + 1};
        }
      }
    }
  }
  return graph::MatrixTravelTimes(kStops, std::move(matrices));
}

TEST(TravelTable, AndCacheGiveTheTravelTimesWhateverTheirFormAndTheNumbering) {
  std::mt19937_64 random(3);
  for (int form = 0; form < 4; ++form) {
    const auto travel_times = random_travel(form & 1, form & 2, random);
    std::vector<std::int32_t> rank(kStops);
    std::iota(rank.begin(), rank.end(), 0);
    std::shuffle(rank.begin(), rank.end(), random);
    ASSERT_TRUE(TravelTable::worthwhile(travel_times));
    const TravelTable table(travel_times, rank, 2);
    TravelCache by_table(travel_times, table), by_cache(travel_times, 3, rank);

    for (int i = 0; i < 100'000; ++i) {
      const auto profile = static_cast<std::int32_t>(random() % kProfiles);
      const auto from = static_cast<std::int32_t>(random() % kStops);
      const auto to = static_cast<std::int32_t>(random() % kStops);
      const graph::Travel expected = travel_times.at(profile, from, to);
      for (TravelCache* travel : {&by_table, &by_cache}) {
        ASSERT_EQ(travel->into(profile, from, to), expected);
        ASSERT_EQ(travel->out_of(profile, from, to), expected);
      }
    }
  }
}

}  // namespace
}  // namespace roadgnn::decode::detail
