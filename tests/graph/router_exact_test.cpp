// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// All the router's answers against plain Dijkstra on real maps: 102,400 pairs a map, profile and
// metric, among them pairs on one street, in both directions.
#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include <roadgnn/graph/dijkstra.h>
#include <roadgnn/graph/dijkstra_travel_times.h>
#include <roadgnn/graph/matrix_travel_times.h>
#include <roadgnn/graph/oracle.h>
#include <roadgnn/graph/router.h>
#include <roadgnn/tests/graph/real_map.h>

namespace roadgnn::graph {
namespace {

constexpr std::size_t kPlaces = 320;

// What plain Dijkstra says of all pairs of some places under one metric.
struct Expected {
  std::vector<Position> places;
  std::vector<Travel> travel;  // row-major

  Expected(const RoadGraph& graph, const Metric& metric, std::vector<Position> drawn)
      : places(std::move(drawn)) {
    Dijkstra search(graph, metric);
    for (const Position& from : places) {
      const std::vector<Travel> row = search.run(from, places);
      travel.insert(travel.end(), row.begin(), row.end());
    }
  }
};

// Sums a path's edges and turns one by one; of an edge's copies the cheapest counts.
class PathSum {
 public:
  PathSum(const RoadGraph& graph, const Metric& metric) : graph_(graph), metric_(metric) {}

  Travel of(const Path& path) {
    const TurnGraph& turns = graph_.turns;
    testing::PlainWeight sum{0, 0};
    if (path.edges.size() > 1) {
      reached_ = {{turns.departing_node[index(path.edges.front())], {0, 0}}};
      for (std::size_t i = 1; i < path.edges.size(); ++i) follow(path.edges[i]);
      const std::int32_t end = turns.arriving_node[index(path.edges.back())];
      sum = testing::kPlainNoWay;
      for (const auto& [node, weight] : reached_) {
        if (node == end) sum = weight;
      }
      if (sum == testing::kPlainNoWay) return {};
    }
    const std::int64_t time = sum.first - share(path.from) + share(path.to);
    const std::int64_t length = sum.second - path.from.offset_cm + path.to.offset_cm;
    return {static_cast<std::int32_t>(time), static_cast<std::int32_t>((length + 50) / 100)};
  }

 private:
  static std::size_t index(std::int64_t i) { return static_cast<std::size_t>(i); }

  std::int32_t share(const EdgePosition& place) const {
    return share_of_edge(metric_.edge_time_ms[index(place.edge)], place.offset_cm,
                         graph_.length_cm[index(place.edge)]);
  }

  void follow(std::int32_t edge) {
    const TurnGraph& turns = graph_.turns;
    next_.clear();
    for (const auto& [node, weight] : reached_) {
      for (std::int64_t t = turns.first_turn[index(node)]; t < turns.first_turn[index(node) + 1];
           ++t) {
        const std::int32_t head = turns.turn_head[index(t)], time = metric_.arc_time_ms[index(t)];
        if (turns.edge[index(head)] != edge || time >= kClosed) continue;
        const testing::PlainWeight there{
            weight.first + time, weight.second + graph_.length_cm[index(turns.edge[index(node)])]};
        const auto known = std::find_if(next_.begin(), next_.end(),
                                        [&](const auto& entry) { return entry.first == head; });
        if (known == next_.end()) {
          next_.emplace_back(head, there);
        } else {
          known->second = std::min(known->second, there);
        }
      }
    }
    std::swap(reached_, next_);
  }

  const RoadGraph& graph_;
  const Metric& metric_;
  std::vector<std::pair<std::int32_t, testing::PlainWeight>> reached_, next_;  // copies of an edge
};

void expect_exact_pairs(const Router& router, const PreparedMetric& metric, const Metric& weights,
                        const Expected& expected) {
  const std::size_t n = expected.places.size();
  PathSum sum(router.graph(), weights);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const Position &from = expected.places[i], &to = expected.places[j];
      const Travel& travel = expected.travel[i * n + j];
      ASSERT_EQ(router.travel(metric, from, to), travel) << i << " " << j;
      const Path path = router.path(metric, from, to);
      ASSERT_EQ(path.travel, travel) << i << " " << j;
      ASSERT_EQ(path.edges.empty(), !travel.reachable()) << i << " " << j;
      if (travel.reachable()) {
        ASSERT_EQ(sum.of(path), travel) << i << " " << j;
      }
    }
  }
}

void expect_exact_tables(const Router& router, const PreparedMetric& metric,
                         const Expected& expected) {
  const auto table = router.table(metric, expected.places, expected.places, 2);
  std::vector<std::int32_t> times;
  router.stream_table(metric, expected.places, expected.places, false, 1,
                      [&](const TableBlock& block) {
                        times.insert(times.end(), block.time_ms.begin(), block.time_ms.end());
                      });

  ASSERT_EQ(table, expected.travel);
  for (std::size_t cell = 0; cell < times.size(); ++cell) {
    const Travel& travel = expected.travel[cell];
    ASSERT_EQ(times[cell], travel.reachable() ? travel.time_ms : -1) << cell;
  }
}

void expect_exact_oracle(std::shared_ptr<const PreparedMetric> metric, const Expected& expected) {
  const auto n = static_cast<std::int32_t>(expected.places.size());
  const detail::HubOracle oracle({std::move(metric)}, {expected.places}, 2);
  const MatrixTravelTimes matrix(n, {expected.travel});
  for (std::int32_t i = 0; i < n; ++i) {
    for (std::int32_t j = 0; j < n; ++j) {
      ASSERT_EQ(oracle.at(0, i, j), matrix.at(0, i, j)) << i << " " << j;
    }
  }
  for (const std::int32_t k : {8, 32}) {
    const CandidateGraph all = matrix.candidates(0, k, 1);
    for (const auto method : {detail::NearestMethod::search, detail::NearestMethod::buckets}) {
      const CandidateGraph found = oracle.candidates(0, k, method, 2);
      EXPECT_EQ(found.first_out, all.first_out);
      EXPECT_EQ(found.head, all.head);
      EXPECT_EQ(found.travel, all.travel);
    }
  }
}

void expect_exact(const std::shared_ptr<const RoadGraph>& graph, const Metric& weights,
                  std::mt19937& random) {
  const Router router(graph);
  const Expected expected(*graph, weights, testing::random_places(random, *graph, kPlaces));

  const auto reachable = std::count_if(expected.travel.begin(), expected.travel.end(),
                                       [](const Travel& travel) { return travel.reachable(); });
  EXPECT_GT(reachable, static_cast<std::int64_t>(10 * kPlaces));
  for (const auto customisation : {Customisation::basic, Customisation::perfect}) {
    const auto metric = router.prepare(weights, 2, customisation);
    expect_exact_pairs(router, *metric, weights, expected);
    expect_exact_tables(router, *metric, expected);
    expect_exact_oracle(metric, expected);
  }
}

class RealMap : public ::testing::TestWithParam<std::tuple<const char*, const char*>> {};

TEST_P(RealMap, AnswersAreThoseOfDijkstra) {
  const auto [name, profile_name] = GetParam();
  const std::filesystem::path map = testing::map_path(name);
  if (!std::filesystem::exists(map)) GTEST_SKIP() << map << " is not there";
  const auto graph = testing::import_map(map);
  const int profile = graph->profile_index(profile_name);
  std::mt19937 random(7);
  const Metric metric = make_metric(*graph, profile);

  expect_exact(graph, metric, random);
  expect_exact(graph, testing::with_random_weights(random, *graph, profile, metric), random);
}

INSTANTIATE_TEST_SUITE_P(
    Maps, RealMap,
    ::testing::Combine(::testing::Values("registry/nauru.osm.pbf", "registry/monaco-osrm.osm.pbf",
                                         "poa_r5r.osm.pbf", "portland-small-otp.osm.pbf",
                                         "registry/coquimbo.osm.pbf", "porto.osm.pbf"),
                       ::testing::Values("van", "cold_truck", "cargo_trike")));

}  // namespace
}  // namespace roadgnn::graph
