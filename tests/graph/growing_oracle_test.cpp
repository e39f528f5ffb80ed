// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/growing_travel_times.h>

#include <algorithm>

#include <gtest/gtest.h>

#include <roadgnn/graph/error.h>
#include <roadgnn/graph/router.h>

#include "random_case.h"

namespace roadgnn::graph {
namespace {

TEST(GrowingOracle, AddedStopsHaveTheWaysAndNeighboursOfStopsThatWereThereFromTheBeginning) {
  for (unsigned seed = 1; seed <= 150; ++seed) {
    const auto drawn = testing::random_case(seed);
    const Router router(drawn.graph);
    const auto metric = router.prepare(drawn.metric);
    const auto expected = router.oracle({metric}, {drawn.stops});
    const std::size_t first = seed % 5 == 0 ? 0 : seed % drawn.stops.size();

    const auto oracle = router.growing_oracle(
        {metric},
        {{drawn.stops.begin(), drawn.stops.begin() + static_cast<std::ptrdiff_t>(first)}});
    for (std::size_t i = first; i < drawn.stops.size(); ++i)
      ASSERT_EQ(oracle->add_stop({&drawn.stops[i], 1}), static_cast<std::int32_t>(i));

    ASSERT_EQ(oracle->num_stops(), expected->num_stops());
    for (std::int32_t a = 0; a < oracle->num_stops(); ++a) {
      for (std::int32_t b = 0; b < oracle->num_stops(); ++b) {
        const Travel travel = expected->at(0, a, b), least = oracle->at_least(0, a, b);
        ASSERT_EQ(oracle->at(0, a, b), travel) << "seed " << seed << ": " << a << " " << b;
        ASSERT_LE(least.time_ms, travel.time_ms) << "seed " << seed << ": " << a << " " << b;
        ASSERT_LE(least.length_m, travel.length_m) << "seed " << seed << ": " << a << " " << b;
      }
    }
    const CandidateGraph all = expected->candidates(0, 5, 1), found = oracle->candidates(0, 5, 2);
    EXPECT_EQ(found.first_out, all.first_out);
    EXPECT_EQ(found.head, all.head);
  }
}

TEST(GrowingOracle, NoWayBetweenTwoRegionsIsFasterOrShorterThanTheirBound) {
  std::int64_t above_nothing = 0;
  for (unsigned seed = 1; seed <= 100; ++seed) {
    const auto drawn = testing::random_case(seed);
    const Router router(drawn.graph);
    const auto oracle = router.growing_oracle({router.prepare(drawn.metric)}, {drawn.stops});
    const std::int32_t stops = oracle->num_stops(), size = 1 + static_cast<std::int32_t>(seed % 4);
    const auto region_from = [&](std::int32_t first) {
      Region region = oracle->region(0, first);
      for (std::int32_t i = first + 1; i < std::min(first + size, stops); ++i)
        region.merge(oracle->region(0, i));
      return region;
    };

    for (std::int32_t a = 0; a < stops; a += size) {
      for (std::int32_t b = 0; b < stops; b += size) {
        const Travel least = oracle->least_between(0, region_from(a), region_from(b));
        above_nothing += least.time_ms > 0 || least.length_m > 0;
        for (std::int32_t from = a; from < std::min(a + size, stops); ++from) {
          for (std::int32_t to = b; to < std::min(b + size, stops); ++to) {
            ASSERT_LE(least.time_ms, oracle->at(0, from, to).time_ms) << "seed " << seed;
            ASSERT_LE(least.length_m, oracle->at(0, from, to).length_m) << "seed " << seed;
          }
        }
      }
    }
  }
  EXPECT_GT(above_nothing, 1000);
}

TEST(GrowingOracle, AStopWithAPlaceThatTheGraphLacksIsRefusedAndLeavesNothingBehind) {
  const auto drawn = testing::random_case(3);
  const Router router(drawn.graph);
  const auto oracle = router.growing_oracle({router.prepare(drawn.metric)}, {drawn.stops});
  Position nowhere = drawn.stops.front();
  nowhere.sides[0].edge = drawn.graph->num_edges();
  nowhere.num_sides = 1;

  EXPECT_THROW(oracle->add_stop({&nowhere, 1}), InputError);
  EXPECT_THROW(oracle->add_stop({}), InputError);

  const auto before = static_cast<std::int32_t>(drawn.stops.size());
  EXPECT_EQ(oracle->num_stops(), before);
  EXPECT_EQ(oracle->add_stop({&drawn.stops[0], 1}), before);
}

}  // namespace
}  // namespace roadgnn::graph
