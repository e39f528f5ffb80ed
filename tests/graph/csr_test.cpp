// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/csr.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <set>

#include <roadgnn/graph/hilbert.h>

namespace roadgnn::graph {
namespace {

using ::testing::ElementsAre;

TEST(BuildCsr, SortsByTailThenHeadThenPlaceInTheList) {
  const std::vector<std::int32_t> tail = {2, 0, 2, 0, 2}, head = {1, 3, 0, 3, 1};

  const Csr csr = build_csr(4, tail, head);

  EXPECT_THAT(csr.first_out, ElementsAre(0, 2, 2, 5, 5));
  EXPECT_THAT(csr.tail, ElementsAre(0, 0, 2, 2, 2));
  EXPECT_THAT(csr.head, ElementsAre(3, 3, 0, 1, 1));
  EXPECT_THAT(csr.input, ElementsAre(1, 3, 2, 0, 4));
  EXPECT_THAT(csr.first_in, ElementsAre(0, 1, 3, 3, 5));
  EXPECT_THAT(csr.in_edge, ElementsAre(2, 3, 4, 0, 1));
}

TEST(BuildCsr, TakesNodesWithoutEdgesAndNoNodesAtAll) {
  EXPECT_THAT(build_csr(2, {}, {}).first_out, ElementsAre(0, 0, 0));
  EXPECT_THAT(build_csr(0, {}, {}).first_in, ElementsAre(0));
}

// What the device does: a stable sort by key, then row starts from the sorted keys.
TEST(BuildCsr, EqualsAStableSortByKeyOnRandomEdges) {
  std::mt19937 random(2);
  for (int round = 0; round < 50; ++round) {
    const auto nodes = static_cast<std::int32_t>(1 + random() % 50);
    std::vector<std::int32_t> tail(random() % 300), head(tail.size());
    for (auto* ends : {&tail, &head}) {
      for (auto& v : *ends) v = static_cast<std::int32_t>(random() % static_cast<unsigned>(nodes));
    }
    std::vector<std::int32_t> order(tail.size());
    std::iota(order.begin(), order.end(), 0);
    const auto key = [&](std::int32_t i) {
      return csr_key(tail[static_cast<std::size_t>(i)], head[static_cast<std::size_t>(i)]);
    };
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return key(a) < key(b); });

    const Csr csr = build_csr(nodes, tail, head);

    ASSERT_EQ(csr.input, order);
    for (std::size_t e = 0; e < order.size(); ++e) {
      ASSERT_EQ(csr.tail[e], csr_key_tail(key(order[e])));
      ASSERT_EQ(csr.head[e], csr_key_head(key(order[e])));
    }
    for (std::size_t v = 0; v < static_cast<std::size_t>(nodes); ++v) {
      const auto count = [&](const auto& ends) {
        return std::count(ends.begin(), ends.end(), static_cast<std::int32_t>(v));
      };
      ASSERT_EQ(csr.first_out[v + 1] - csr.first_out[v], count(tail));
      ASSERT_EQ(csr.first_in[v + 1] - csr.first_in[v], count(head));
    }
  }
}

TEST(HilbertKey, MovesByOneStepAlongTheFinestCurve) {
  // The 64 places of an 8 x 8 square aligned with the curve's cells: neighbours on the curve touch
  // on the ground.
  std::vector<std::pair<std::uint64_t, std::pair<int, int>>> places;
  for (int y = 0; y < 8; ++y) {
    for (int x = 0; x < 8; ++x) places.push_back({hilbert_key(4096 + y, 8192 + x), {x, y}});
  }
  std::sort(places.begin(), places.end());

  for (std::size_t i = 1; i < places.size(); ++i) {
    const auto [x, y] = places[i].second;
    const auto [last_x, last_y] = places[i - 1].second;
    EXPECT_EQ(places[i].first, places[i - 1].first + 1);
    EXPECT_EQ(std::abs(x - last_x) + std::abs(y - last_y), 1);
  }
}

}  // namespace
}  // namespace roadgnn::graph
