// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/router.h>

#include <gtest/gtest.h>

#include <tuple>

#include <roadgnn/graph/error.h>
#include <roadgnn/graph/hierarchy.h>
#include <roadgnn/graph/oracle.h>
#include <roadgnn/tests/graph/random_case.h>

namespace roadgnn::graph {
namespace {

using testing::plain_travel;
using testing::random_case;
using testing::RandomCase;

std::vector<Travel> plain_table(const RandomCase& drawn) {
  std::vector<Travel> table;
  for (const Position& from : drawn.stops) {
    for (const Position& to : drawn.stops) {
      table.push_back(plain_travel(*drawn.graph, drawn.metric, from, to));
    }
  }
  return table;
}

class RandomRoads : public ::testing::TestWithParam<std::tuple<unsigned, Customisation>> {
 protected:
  static RandomCase draw(int num_stops = 25) {
    return random_case(std::get<0>(GetParam()), num_stops);
  }
  static std::shared_ptr<const PreparedMetric> prepare(const Router& router, const Metric& metric,
                                                       int threads = 1) {
    return router.prepare(metric, threads, std::get<1>(GetParam()));
  }
};

TEST_P(RandomRoads, TravelIsThatOfPlainDijkstra) {
  const RandomCase drawn = draw();
  const std::vector<Travel> expected = plain_table(drawn);
  const Router router(drawn.graph);

  const auto metric = prepare(router, drawn.metric, 2);

  std::size_t cell = 0;
  for (const Position& from : drawn.stops) {
    for (const Position& to : drawn.stops) {
      EXPECT_EQ(router.travel(*metric, from, to), expected[cell]) << "cell " << cell;
      ++cell;
    }
  }
}

TEST_P(RandomRoads, TheTableIsThatOfPlainDijkstra) {
  const RandomCase drawn = draw(70);
  const Router router(drawn.graph);
  const auto metric = prepare(router, drawn.metric);
  std::vector<Travel> expected;
  for (const Position& from : drawn.stops) {
    for (const Position& to : drawn.stops) expected.push_back(router.travel(*metric, from, to));
  }

  const std::vector<Travel> table = router.table(*metric, drawn.stops, drawn.stops, 2);
  std::vector<std::int32_t> times;
  router.stream_table(*metric, drawn.stops, drawn.stops, false, 1, [&](const TableBlock& block) {
    times.insert(times.end(), block.time_ms.begin(), block.time_ms.end());
  });

  EXPECT_EQ(table, expected);
  ASSERT_EQ(times.size(), expected.size());
  for (std::size_t i = 0; i < times.size(); ++i) {
    EXPECT_EQ(times[i], expected[i].reachable() ? expected[i].time_ms : -1);
  }
}

TEST_P(RandomRoads, TheOracleIsPlainDijkstra) {
  const RandomCase drawn = draw();
  const std::vector<Travel> expected = plain_table(drawn);
  const Router router(drawn.graph);
  const auto metric = prepare(router, drawn.metric);

  const auto oracle = router.oracle({metric}, {drawn.stops}, 2);

  const auto n = static_cast<std::int32_t>(drawn.stops.size());
  for (std::int32_t i = 0; i < n; ++i) {
    for (std::int32_t j = 0; j < n; ++j) {
      EXPECT_EQ(oracle->at(0, i, j), i == j ? (Travel{0, 0}) : expected[i * n + j])
          << i << " " << j;
    }
  }
}

TEST_P(RandomRoads, CandidatesAreThoseOfEveryPair) {
  const RandomCase drawn = draw(60);
  const Router router(drawn.graph);
  const auto metric = prepare(router, drawn.metric);
  const auto oracle = router.oracle({metric}, {drawn.stops});

  for (const std::int32_t k : {1, 5, 20, 100}) {
    const CandidateGraph expected = oracle->TravelTimes::candidates(0, k);

    const CandidateGraph candidates = oracle->candidates(0, k, 2);

    EXPECT_EQ(candidates.first_out, expected.first_out);
    EXPECT_EQ(candidates.head, expected.head);
    EXPECT_EQ(candidates.travel, expected.travel);
  }
}

TEST_P(RandomRoads, CandidatesBySearchAndByBucketsAreThoseOfEveryPair) {
  const RandomCase drawn = draw(60);
  const Router router(drawn.graph);
  const detail::HubOracle oracle({prepare(router, drawn.metric)}, {drawn.stops}, 1);

  for (const std::int32_t k : {1, 5, 20, 100}) {
    const CandidateGraph expected = oracle.TravelTimes::candidates(0, k);
    for (const auto method : {detail::NearestMethod::search, detail::NearestMethod::buckets}) {
      const CandidateGraph candidates = oracle.candidates(0, k, method, 2);

      EXPECT_EQ(candidates.first_out, expected.first_out);
      EXPECT_EQ(candidates.head, expected.head);
      EXPECT_EQ(candidates.travel, expected.travel);
    }
  }
}

// Checks that edges follow each other by allowed turns and sum to the path's travel; several copies
// of an edge are tried at once, the cheapest counts.
testing::PlainWeight weight_of_edges(const RandomCase& drawn, const Path& path) {
  const TurnGraph& turns = drawn.graph->turns;
  std::vector<testing::PlainWeight> weight(turns.edge.size(), testing::kPlainNoWay);
  weight[turns.departing_node[path.edges.front()]] = {0, 0};
  for (std::size_t i = 1; i < path.edges.size(); ++i) {
    std::vector<testing::PlainWeight> next(turns.edge.size(), testing::kPlainNoWay);
    for (std::size_t t = 0; t < turns.turn_head.size(); ++t) {
      const std::int32_t u = turns.turn_tail[t], v = turns.turn_head[t];
      if (turns.edge[v] != path.edges[i] || weight[u] == testing::kPlainNoWay) continue;
      if (drawn.metric.arc_time_ms[t] >= kClosed) continue;
      next[v] = std::min(next[v], {weight[u].first + drawn.metric.arc_time_ms[t],
                                   weight[u].second + drawn.graph->length_cm[turns.edge[u]]});
    }
    weight = next;
  }
  return weight[turns.arriving_node[path.edges.back()]];
}

TEST_P(RandomRoads, APathsEdgesAndTurnsSumToItsTravel) {
  const RandomCase drawn = draw();
  const Router router(drawn.graph);
  const auto metric = prepare(router, drawn.metric);

  for (const Position& from : drawn.stops) {
    for (const Position& to : drawn.stops) {
      const Path path = router.path(*metric, from, to);

      EXPECT_EQ(path.travel, router.travel(*metric, from, to));
      EXPECT_EQ(path.edges.empty(), !path.travel.reachable());
      if (path.edges.empty()) continue;
      const auto [e, o] = path.from;
      const auto [f, p] = path.to;
      if (from == to) {
        EXPECT_EQ(path.travel, (Travel{0, 0}));
        continue;
      }
      EXPECT_EQ(path.edges.front(), e);
      EXPECT_EQ(path.edges.back(), f);
      const auto share = [&](std::int32_t edge, std::int32_t offset) {
        return share_of_edge(drawn.metric.edge_time_ms[edge], offset, drawn.graph->length_cm[edge]);
      };
      testing::PlainWeight sum{0, 0};
      if (path.edges.size() > 1) sum = weight_of_edges(drawn, path);
      EXPECT_EQ(sum.first - share(e, o) + share(f, p), path.travel.time_ms);
      EXPECT_EQ((sum.second - o + p + 50) / 100, path.travel.length_m);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomRoads,
                         ::testing::Combine(::testing::Range(1U, 61U),
                                            ::testing::Values(Customisation::basic,
                                                              Customisation::perfect)));

TEST(Router, RefusesAMetricOfAnotherGraph) {
  RandomCase drawn = random_case(1);
  drawn.metric.arc_time_ms.pop_back();
  const Router router(drawn.graph);

  EXPECT_THROW(router.prepare(drawn.metric), InputError);
}

TEST(Router, RefusesAPositionBeyondItsEdge) {
  const RandomCase drawn = random_case(1);
  const Router router(drawn.graph);
  const auto metric = router.prepare(drawn.metric);
  Position beyond = drawn.stops[0];
  beyond.sides[0].offset_cm = drawn.graph->length_cm[beyond.sides[0].edge] + 1;

  EXPECT_THROW(router.travel(*metric, beyond, drawn.stops[1]), InputError);
}

}  // namespace
}  // namespace roadgnn::graph
