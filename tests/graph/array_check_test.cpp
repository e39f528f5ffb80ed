// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/array_check.h>

#include <gtest/gtest.h>

#include <atomic>
#include <limits>
#include <numeric>
#include <random>
#include <stdexcept>

namespace roadgnn::graph {
namespace {

constexpr std::int32_t kLeast = std::numeric_limits<std::int32_t>::min();
constexpr std::int32_t kMost = std::numeric_limits<std::int32_t>::max();

TEST(ArrayCheck, FindsAValueOutOfRangeAtAnyPlace) {
  for (std::size_t size = 1; size < 70; ++size) {
    std::vector<std::int32_t> values(size, 7);
    EXPECT_TRUE(in_range(values, 7, 7));
    for (std::int32_t& value : values) {
      for (const std::int32_t wrong : {6, 8, -1, kLeast, kMost}) {
        value = wrong;
        EXPECT_FALSE(in_range(values, 7, 7));
      }
      value = 7;
    }
  }
}

TEST(ArrayCheck, FindsADescentAtAnyPlace) {
  std::vector<std::int64_t> values(67);
  std::iota(values.begin(), values.end(), std::int64_t{1} << 40);

  EXPECT_TRUE(not_descending(values));
  for (std::size_t i = 1; i < values.size(); ++i) {
    std::swap(values[i - 1], values[i]);
    EXPECT_FALSE(not_descending(values)) << i;
    std::swap(values[i - 1], values[i]);
  }
}

TEST(ArrayCheck, LooksUpNothingOutOfBounds) {
  const std::vector<std::int32_t> values = {10, 11, 12};
  std::vector<std::int32_t> result(40);
  std::vector<std::int64_t> at(40, 2);

  EXPECT_TRUE(look_up(values, at, result));
  EXPECT_EQ(result, std::vector<std::int32_t>(40, 12));
  for (const std::int64_t wrong : {std::int64_t{3}, std::int64_t{-1}, std::int64_t{1} << 40}) {
    at[39] = wrong;
    EXPECT_FALSE(look_up(values, at, result)) << wrong;
  }
  EXPECT_FALSE(look_up({}, at, result));
}

TEST(ArrayCheck, TellsWhetherItemsLieInTheRowsTheyName) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::int32_t> starts = {0}, rows;
    for (int row = 0; row < 30; ++row) {
      const auto count = static_cast<std::int32_t>(random() % 4);
      rows.insert(rows.end(), static_cast<std::size_t>(count), row);
      starts.push_back(starts.back() + count);
    }
    if (rows.empty()) continue;

    EXPECT_TRUE(lie_in_rows(std::span<const std::int32_t>(starts), rows, 0));
    const std::size_t from = random() % rows.size();
    EXPECT_TRUE(lie_in_rows(std::span<const std::int32_t>(starts),
                            std::span<const std::int32_t>(rows).subspan(from), from));
    std::int32_t& row = rows[random() % rows.size()];
    const std::int32_t right = row;
    for (const std::int32_t wrong : {right + 1, right - 1, 30, 31, kLeast, kMost}) {
      row = wrong;
      EXPECT_FALSE(lie_in_rows(std::span<const std::int32_t>(starts), rows, 0)) << wrong;
    }
  }
}

TEST(ArrayCheck, WantsAscentWithinRowsOnly) {
  const std::vector<std::int32_t> rows = {0, 0, 1, 1, 1, 2};

  EXPECT_TRUE(ascend_in_rows(rows, std::vector<std::int32_t>{5, 6, 1, 2, 3, 0}));
  EXPECT_FALSE(ascend_in_rows(rows, std::vector<std::int32_t>{5, 5, 1, 2, 3, 0}));
  EXPECT_FALSE(ascend_in_rows(rows, std::vector<std::int32_t>{5, 6, 1, 3, 2, 0}));
}

TEST(ArrayCheck, LooksAtEveryItemOnceAndPassesOnWhatAPieceThrows) {
  std::atomic<std::size_t> seen = 0;
  CheckList good, bad;
  good.add(100'000, [&](std::size_t begin, std::size_t end) { seen += end - begin; });
  bad.add(100'000, [&](std::size_t begin, std::size_t end) {
    if (begin <= 77'777 && 77'777 < end) throw std::runtime_error("found");
  });

  good.run();

  EXPECT_EQ(seen, 100'000);
  EXPECT_THROW(bad.run(), std::runtime_error);
}

}  // namespace
}  // namespace roadgnn::graph
