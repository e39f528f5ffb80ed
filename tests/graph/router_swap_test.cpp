// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Metrics are swapped while threads query. Two seconds usually;
// ROADGNN_SWAP_SECONDS=60 with the tsan preset is the long run.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>

#include <roadgnn/graph/metric_slices.h>
#include <roadgnn/graph/router.h>
#include <roadgnn/graph/router_metric.h>
#include <roadgnn/tests/graph/real_map.h>

namespace roadgnn::graph {
namespace {

constexpr int kReaders = 8, kMetrics = 3;

std::chrono::duration<double> time_to_swap() {
  const char* seconds = std::getenv("ROADGNN_SWAP_SECONDS");
  return std::chrono::duration<double>(seconds != nullptr ? std::atof(seconds) : 2.0);
}

// A city's answers under one metric, found while nothing else ran.
struct Answers {
  Metric weights;
  std::vector<Travel> table;
  std::vector<std::vector<std::int32_t>> paths;
  CandidateGraph candidates;
};

struct City {
  std::shared_ptr<const RoadGraph> graph;
  std::vector<Position> places;
};

Answers answers_of(const City& city, const Router& router, const PreparedMetric& metric) {
  Answers answers;
  answers.table = router.table(metric, city.places, city.places);
  for (const Position& to : city.places) {
    answers.paths.push_back(router.path(metric, city.places[0], to).edges);
  }
  return answers;
}

// Asks everything of one metric; returns how many answers are not those of `expected`.
int ask(const City& city, const Router& router, const std::shared_ptr<const PreparedMetric>& metric,
        const Answers& expected, std::mt19937& random) {
  const std::size_t n = city.places.size(), i = random() % n, j = random() % n;
  int wrong = 0;
  wrong += router.travel(*metric, city.places[i], city.places[j]) != expected.table[i * n + j];
  wrong += router.path(*metric, city.places[0], city.places[j]).edges != expected.paths[j];
  if (random() % 8 == 0)
    wrong += router.table(*metric, city.places, city.places, 2) != expected.table;
  if (random() % 16 == 0) {
    const auto oracle = router.oracle({metric}, {city.places}, 2);
    const auto a = static_cast<std::int32_t>(i), b = static_cast<std::int32_t>(j);
    wrong += a != b && oracle->at(0, a, b) != expected.table[i * n + j];
    const CandidateGraph candidates = oracle->candidates(0, 4, 2);
    wrong += candidates.head != expected.candidates.head ||
             candidates.travel != expected.candidates.travel;
  }
  return wrong;
}

TEST(Router, AnswersRightlyWhileMetricsAreSwapped) {
  const std::filesystem::path map = testing::map_path("registry/nauru.osm.pbf");
  if (!std::filesystem::exists(map)) GTEST_SKIP() << map << " is not there";
  std::mt19937 random(3);
  City city{testing::import_map(map), {}};
  city.places = testing::random_places(random, *city.graph, 24);
  const Router router(city.graph);
  Answers expected[kMetrics];
  for (int m = 0; m < kMetrics; ++m) {
    Metric weights = make_metric(*city.graph, 0);
    if (m > 0) weights = testing::with_random_weights(random, *city.graph, 0, std::move(weights));
    const auto metric = router.prepare(weights);
    expected[m] = answers_of(city, router, *metric);
    expected[m].candidates = router.oracle({metric}, {city.places})->candidates(0, 4);
    expected[m].weights = std::move(weights);
  }
  MetricSlices current({{0, router.prepare(expected[0].weights)}});
  std::atomic<bool> done = false;
  std::atomic<std::int64_t> wrong = 0, asked = 0;

  std::vector<std::thread> readers;
  for (int reader = 0; reader < kReaders; ++reader) {
    readers.emplace_back([&, reader] {
      std::mt19937 own(static_cast<unsigned>(reader));
      while (!done) {
        const auto metric = current.at({});
        int m = 0;
        while (m + 1 < kMetrics &&
               expected[m].weights.edge_time_ms != metric->metric().edge_time_ms) {
          ++m;
        }
        wrong += ask(city, router, metric, expected[m], own);
        ++asked;
      }
    });
  }
  const auto end = std::chrono::steady_clock::now() + time_to_swap();
  std::int64_t swaps = 0;
  while (std::chrono::steady_clock::now() < end) {
    current.replace(0, router.prepare(expected[++swaps % kMetrics].weights, 2));
  }
  done = true;
  for (std::thread& reader : readers) reader.join();

  EXPECT_EQ(wrong, 0);
  EXPECT_GT(asked, kReaders);
  RecordProperty("swaps", std::to_string(swaps));
  RecordProperty("asked", std::to_string(asked));
}

}  // namespace
}  // namespace roadgnn::graph
