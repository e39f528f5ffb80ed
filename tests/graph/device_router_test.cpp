// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// The steps of the router on a GPU, run on the CPU in any order, against the CPU's router.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

#include <roadgnn/graph/device_choice.h>
#include <roadgnn/graph/device_customise.h>
#include <roadgnn/graph/device_nearest.h>
#include <roadgnn/graph/device_router.h>
#include <roadgnn/graph/device_tables.h>
#include <roadgnn/graph/error.h>
#include <roadgnn/graph/router.h>
#include <roadgnn/tests/gpu/synthetic_city.h>
#include <roadgnn/tests/graph/emulated_device.h>
#include <roadgnn/tests/graph/random_case.h>

namespace roadgnn::graph {
namespace {

using detail::CellOutput;
using detail::DeviceHierarchy;
using detail::DeviceWeights;
using detail::QuerySides;
using testing::EmulatedDevice;
using testing::random_case;
using testing::RandomCase;

std::vector<QuerySides> sides_of(const PreparedMetric& metric, std::span<const Position> stops) {
  std::vector<QuerySides> sides;
  for (const Position& stop : stops) sides.push_back(detail::query_sides(metric, stop));
  return sides;
}

// A made-up town with streets of all speeds and stops side by side.
RandomCase town(unsigned seed, std::size_t num_stops) {
  RandomCase drawn;
  drawn.graph = testing::synthetic_city(2, seed);
  drawn.metric = make_metric(*drawn.graph, 0);
  drawn.stops = testing::random_stops(*drawn.graph, num_stops, seed);
  return drawn;
}

// A city with its metric on the CPU and, by the steps, on the emulated device.
struct Both {
  RandomCase drawn;
  EmulatedDevice device;
  Router router{drawn.graph};
  std::shared_ptr<const PreparedMetric> metric = router.prepare(drawn.metric);
  DeviceHierarchy hierarchy =
      detail::upload_hierarchy(device, *drawn.graph, *drawn.graph->hierarchy);
  DeviceWeights weights = customise(device, hierarchy, drawn.metric.arc_time_ms);

  Both(unsigned seed, int num_stops) : Both(seed, random_case(seed, num_stops)) {}
  Both(unsigned seed, RandomCase city) : drawn(std::move(city)), device(seed) {}
};

class EmulatedRouter : public ::testing::TestWithParam<unsigned> {};

TEST_P(EmulatedRouter, CustomisesToTheSameWeights) {
  Both both(GetParam(), 1);

  const auto arcs = both.device.download(both.weights.arcs);

  ASSERT_EQ(arcs.size(), both.metric->up().size());
  for (std::size_t arc = 0; arc < arcs.size(); ++arc) {
    EXPECT_EQ(arcs[arc].up, both.metric->up()[arc]) << arc;
    EXPECT_EQ(arcs[arc].down, both.metric->down()[arc]) << arc;
  }
  EXPECT_EQ(both.device.download(both.weights.loops), both.metric->loops());
}

// A table in blocks of `rows` rows, as the lanes' type has it.
template <class Lane>
std::vector<Travel> emulated_table(Both& both, std::size_t rows) {
  const std::vector<Position>& stops = both.drawn.stops;
  const std::vector<QuerySides> sides = sides_of(*both.metric, stops);
  // Targets are the later half of the stops.
  const std::size_t first = stops.size() / 2, num_columns = stops.size() - first;
  const std::span<const Position> targets = std::span(stops).subspan(first);
  const std::span<const QuerySides> target_sides = std::span(sides).subspan(first);
  detail::DeviceTable<Lane, EmulatedDevice> table(both.device, both.hierarchy, both.weights,
                                                  targets, target_sides);
  std::vector<Travel> cells;
  for (std::size_t row = 0; row < stops.size(); row += rows) {
    const std::size_t count = std::min(rows, stops.size() - row);
    std::vector<std::int32_t> times(count * num_columns, -7), lengths(count * num_columns, -7);
    CellOutput output;
    output.time_ms = times.data();
    output.length_m = lengths.data();
    output.num_columns = static_cast<std::int64_t>(num_columns);
    table.run(std::span(stops).subspan(row, count), std::span(sides).subspan(row, count), output);
    for (std::size_t i = 0; i < times.size(); ++i) {
      cells.push_back(times[i] < 0 ? Travel{} : Travel{times[i], lengths[i]});
    }
  }
  return cells;
}

TEST_P(EmulatedRouter, FillsTheSameTable) {
  Both both(GetParam(), 90);
  const std::vector<Travel> expected =
      both.router.table(*both.metric, both.drawn.stops, std::span(both.drawn.stops).subspan(45), 1);

  const std::vector<Travel> in_one = emulated_table<detail::Weight>(both, 90);
  const std::vector<Travel> in_blocks = emulated_table<detail::Weight>(both, 41);

  EXPECT_EQ(in_one, expected);
  EXPECT_EQ(in_blocks, expected);
}

TEST_P(EmulatedRouter, FillsTheSameTimesWithoutMetres) {
  Both both(GetParam(), 70);
  const std::vector<Travel> expected =
      both.router.table(*both.metric, both.drawn.stops, std::span(both.drawn.stops).subspan(35), 1);

  const std::vector<Travel> table = emulated_table<std::uint32_t>(both, 64);

  ASSERT_EQ(table.size(), expected.size());
  for (std::size_t i = 0; i < table.size(); ++i) {
    EXPECT_EQ(table[i].time_ms, expected[i].time_ms) << i;
  }
}

TEST_P(EmulatedRouter, FindsTheSameNearestStops) {
  Both both(GetParam(), 60);
  const std::vector<Position>& stops = both.drawn.stops;
  const auto oracle = both.router.oracle({both.metric}, {stops});
  std::vector<std::int32_t> ids(stops.size());
  std::iota(ids.begin(), ids.end(), 0);
  std::mt19937 random(GetParam());
  std::shuffle(ids.begin(), ids.end(), random);
  std::vector<Position> positions;
  for (const std::int32_t id : ids) positions.push_back(stops[id]);
  const std::vector<QuerySides> sides = sides_of(*both.metric, positions);

  for (const std::int32_t k : {3, 60}) {
    for (const std::int64_t memory : {INT64_C(1) << 30, INT64_C(30000), INT64_C(1)}) {
      detail::DeviceNearest<EmulatedDevice> nearest(both.device, both.hierarchy, both.weights,
                                                    positions, sides, ids, k, memory);
      const CandidateGraph joined =
          join_lists(nearest.successors(), nearest.predecessors(), ids, k, 1);

      const CandidateGraph expected = oracle->TravelTimes::candidates(0, k);
      EXPECT_EQ(joined.first_out, expected.first_out);
      EXPECT_EQ(joined.head, expected.head);
      EXPECT_EQ(joined.travel, expected.travel);
    }
  }
}

TEST(EmulatedRouterInATown, FillsTheSameTableAndFindsTheSameNearestStops) {
  Both both(1, town(1, 150));
  const std::vector<Position>& stops = both.drawn.stops;
  const std::vector<QuerySides> sides = sides_of(*both.metric, stops);
  std::vector<std::int32_t> ids(stops.size());
  std::iota(ids.begin(), ids.end(), 0);

  const std::vector<Travel> table = emulated_table<detail::Weight>(both, 64);
  detail::DeviceNearest<EmulatedDevice> nearest(both.device, both.hierarchy, both.weights, stops,
                                                sides, ids, 10, 300'000);
  const CandidateGraph joined =
      join_lists(nearest.successors(), nearest.predecessors(), ids, 10, 1);

  EXPECT_EQ(table, both.router.table(*both.metric, stops, std::span(stops).subspan(75)));
  const CandidateGraph expected = both.router.oracle({both.metric}, {stops})->candidates(0, 10);
  EXPECT_EQ(joined.first_out, expected.first_out);
  EXPECT_EQ(joined.head, expected.head);
  EXPECT_EQ(joined.travel, expected.travel);
}

TEST(SyntheticCity, HasTheHierarchyOfACity) {
  const auto city = testing::synthetic_city(4, 1);

  validate(*city->hierarchy, city->turns);

  EXPECT_LT(city->hierarchy->height(), 250);
  EXPECT_GT(city->turns.num_edge_nodes(), 8000);
}

class DeviceRouterOnRandomRoads : public ::testing::TestWithParam<unsigned> {
 protected:
  void SetUp() override {
    if (!find_device()) GTEST_SKIP() << "no CUDA device, or built without CUDA";
  }
};

TEST_P(DeviceRouterOnRandomRoads, IsEquivalentToTheRouter) {
  const RandomCase drawn = random_case(GetParam(), 200);
  const std::span<const Position> targets = std::span(drawn.stops).subspan(77);
  const Router router(drawn.graph);
  const auto metric = router.prepare(drawn.metric);
  const std::vector<Travel> expected = router.table(*metric, drawn.stops, targets);
  const CandidateGraph expected_candidates =
      router.oracle({metric}, {drawn.stops})->candidates(0, 32);
  DeviceRouterOptions options;
  options.memory_bytes = GetParam() % 2 == 0 ? 100'000 : 0;  // many blocks, or one

  const DeviceRouter device_router(drawn.graph, options);
  const auto device_metric = device_router.prepare(drawn.metric);
  const detail::HostWeights weights = detail::download_weights(*device_metric);
  const std::vector<Travel> table = device_router.table(*device_metric, drawn.stops, targets);
  const CandidateGraph candidates = device_router.nearest(*device_metric, drawn.stops, 32);

  for (std::size_t arc = 0; arc < weights.arcs.size(); ++arc) {
    EXPECT_EQ(weights.arcs[arc].up, metric->up()[arc]) << arc;
    EXPECT_EQ(weights.arcs[arc].down, metric->down()[arc]) << arc;
  }
  EXPECT_EQ(weights.loops, metric->loops());
  EXPECT_EQ(table, expected);
  EXPECT_EQ(candidates.first_out, expected_candidates.first_out);
  EXPECT_EQ(candidates.head, expected_candidates.head);
  EXPECT_EQ(candidates.travel, expected_candidates.travel);
}

TEST(NearestStops, AnswerForAnOraclesCandidatesWhereTheyAreGiven) {
  const RandomCase drawn = random_case(1);
  const Router router(drawn.graph);
  CandidateGraph answer;
  answer.first_out = {0, 1};
  answer.head = {7};

  const auto oracle = router.oracle({router.prepare(drawn.metric)}, {drawn.stops}, 1,
                                    [&](std::int32_t, std::int32_t, int) { return answer; });

  EXPECT_EQ(oracle->candidates(0, 3).head, answer.head);
}

TEST(DeviceChoice, TakesTheCpuWhereThereIsNoDevice) {
  EXPECT_FALSE(use_device(DeviceChoice::cpu));
  EXPECT_EQ(use_device(DeviceChoice::automatic), find_device().has_value());
  if (find_device()) {
    EXPECT_TRUE(use_device(DeviceChoice::cuda));
  } else {
    EXPECT_THROW(use_device(DeviceChoice::cuda), Error);
  }
}

TEST(DeviceRouter, IsRefusedWithAReasonWhereThereIsNoDevice) {
  if (find_device()) GTEST_SKIP() << "this machine has a CUDA device";

  EXPECT_THROW(DeviceRouter(random_case(1).graph), Error);
}

INSTANTIATE_TEST_SUITE_P(Seeds, DeviceRouterOnRandomRoads, ::testing::Range(1U, 21U));
INSTANTIATE_TEST_SUITE_P(Seeds, EmulatedRouter, ::testing::Range(1U, 21U));

}  // namespace
}  // namespace roadgnn::graph
