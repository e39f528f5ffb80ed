// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/order_cut.h>

#include <gtest/gtest.h>

#include <bit>
#include <random>
#include <set>
#include <utility>

namespace roadgnn::graph::detail {
namespace {

struct Drawn {
  OrderPiece piece;
  std::vector<std::int32_t> sources, targets;  // in the order in which the sets grow
};

Drawn random_piece(unsigned seed) {
  std::mt19937 random(seed);
  const int n = 3 + static_cast<int>(random() % 9);
  std::set<std::pair<std::int32_t, std::int32_t>> arcs;
  const int edges = static_cast<int>(random() % static_cast<unsigned>(3 * n));
  for (int i = 0; i < edges; ++i) {
    const auto a = static_cast<std::int32_t>(random() % static_cast<unsigned>(n));
    const auto b = static_cast<std::int32_t>(random() % static_cast<unsigned>(n));
    if (a != b) arcs.insert({{a, b}, {b, a}});
  }
  Drawn drawn;
  for (std::int32_t v = 0; v < n; ++v) {
    drawn.piece.vertex.push_back(v);
    drawn.piece.first.push_back(static_cast<std::int32_t>(drawn.piece.head.size()));
    for (const auto& [a, b] : arcs) {
      if (a == v) drawn.piece.head.push_back(b);
    }
    if (v < n / 2) {
      drawn.sources.push_back(v);
      drawn.targets.push_back(n - 1 - v);
    }
  }
  drawn.piece.first.push_back(static_cast<std::int32_t>(drawn.piece.head.size()));
  return drawn;
}

// Whether no way leads from a source to a target without the vertices in `removed`.
bool separates(const Drawn& drawn, std::size_t count, unsigned removed) {
  std::vector<std::int32_t> stack;
  unsigned seen = removed;
  const auto see = [&](std::int32_t v) {
    if ((seen >> v & 1U) == 0) stack.push_back(v);
    seen |= 1U << v;
  };
  for (std::size_t i = 0; i < count; ++i) see(drawn.sources[i]);
  while (!stack.empty()) {
    const std::int32_t v = stack.back();
    stack.pop_back();
    for (std::size_t i = 0; i < count; ++i) {
      if (drawn.targets[i] == v) return false;
    }
    for (std::int32_t k = drawn.piece.first[v]; k < drawn.piece.first[v + 1]; ++k) {
      see(drawn.piece.head[k]);
    }
  }
  return true;
}

int least_separator(const Drawn& drawn, std::size_t count) {
  int least = drawn.piece.size();
  for (unsigned removed = 0; removed < 1U << drawn.piece.size(); ++removed) {
    if (std::popcount(removed) < least && separates(drawn, count, removed)) {
      least = std::popcount(removed);
    }
  }
  return least;
}

void expect_separator(const Drawn& drawn, std::size_t count, const std::vector<CutSide>& side,
                      int size) {
  unsigned removed = 0;
  for (std::int32_t v = 0; v < drawn.piece.size(); ++v) {
    if (side[v] == CutSide::separator) removed |= 1U << v;
    for (std::int32_t k = drawn.piece.first[v]; k < drawn.piece.first[v + 1]; ++k) {
      EXPECT_FALSE(side[v] == CutSide::sources && side[drawn.piece.head[k]] == CutSide::targets);
    }
  }
  EXPECT_EQ(std::popcount(removed), size);
  EXPECT_TRUE(separates(drawn, count, removed));
  for (std::size_t i = 0; i < count; ++i) {
    EXPECT_NE(side[drawn.sources[i]], CutSide::targets);
    EXPECT_NE(side[drawn.targets[i]], CutSide::sources);
  }
}

class VertexCutOfRandomGraphs : public ::testing::TestWithParam<unsigned> {};

TEST_P(VertexCutOfRandomGraphs, IsTheLeastSeparatorWhileTheSetsGrow) {
  const Drawn drawn = random_piece(GetParam());
  VertexCut cut(drawn.piece);
  std::vector<CutSide> side(drawn.piece.vertex.size());

  for (std::size_t count = 1; count <= drawn.sources.size(); ++count) {
    cut.add_source(drawn.sources[count - 1]);
    cut.add_target(drawn.targets[count - 1]);
    const int expected = least_separator(drawn, count);

    EXPECT_EQ(cut.run(drawn.piece.size()), expected);

    cut.nearest_to_sources(side);
    expect_separator(drawn, count, side, expected);
    cut.nearest_to_targets(side);
    expect_separator(drawn, count, side, expected);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, VertexCutOfRandomGraphs, ::testing::Range(1U, 301U));

}  // namespace
}  // namespace roadgnn::graph::detail
