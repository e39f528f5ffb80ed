// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// The router on one city: hierarchy, metrics, paths, tables, the any-pair oracle and nearest stops,
// one thread unless a name says otherwise. Run as
//   ROADGNN_BENCH_CITY=porto.osm.pbf build/bin/router_bench
// with a map or a city file; the default is the default city. CPU time is the figure that counts.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <roadgnn/graph/dijkstra.h>
#include <roadgnn/graph/dijkstra_travel_times.h>
#include <roadgnn/graph/graph_file.h>
#include <roadgnn/graph/hierarchy.h>
#include <roadgnn/graph/oracle.h>
#include <roadgnn/graph/order.h>
#include <roadgnn/graph/road_network.h>
#include <roadgnn/graph/router.h>
#include <roadgnn/io/osm/import.h>

namespace {

using namespace roadgnn;
using namespace roadgnn::graph;

std::shared_ptr<RoadGraph> load_city() {
  const char* named = std::getenv("ROADGNN_BENCH_CITY");
  const std::string path = named != nullptr ? named : ROADGNN_SOURCE_DIR "/data/coquimbo.osm.pbf";
  if (path.ends_with(".rgraph")) return std::make_shared<RoadGraph>(*graph::open(path));
  io::ImportOptions options;
  for (io::Profile& profile : io::Profile::read_folder(ROADGNN_SOURCE_DIR "/data/profiles")) {
    if (profile.name() == "van") options.profiles.push_back(std::move(profile));
  }
  auto city = std::make_shared<RoadGraph>(build_road_graph(io::import_osm(path, options)));
  city->hierarchy = make_hierarchy(*city);
  return city;
}

struct City {
  std::shared_ptr<const RoadGraph> graph = load_city();
  Router router{graph};
  std::shared_ptr<const PreparedMetric> metric = router.prepare(make_metric(*graph, 0));
  std::shared_ptr<const PreparedMetric> perfect =
      router.prepare(make_metric(*graph, 0), 1, Customisation::perfect);

  const std::shared_ptr<const PreparedMetric>& customised(Customisation customisation) const {
    return customisation == Customisation::perfect ? perfect : metric;
  }
};

const City& city() {
  static const City loaded;
  return loaded;
}

/// Random places on streets a trip may start on, both sides of two-way ones.
std::vector<Position> random_stops(std::size_t count, unsigned seed) {
  const RoadGraph& graph = *city().graph;
  std::mt19937 random(seed);
  std::vector<Position> stops;
  while (stops.size() < count) {
    const auto e = static_cast<std::int32_t>(random() % static_cast<unsigned>(graph.num_edges()));
    const auto snappable = [&](std::int32_t edge) {
      return edge >= 0 && graph.profiles[0].snappable[static_cast<std::size_t>(edge)] != 0;
    };
    if (!snappable(e)) continue;
    const std::int32_t length = graph.length_cm[static_cast<std::size_t>(e)];
    const auto offset = static_cast<std::int32_t>(random() % static_cast<unsigned>(length + 1));
    Position position;
    position.sides[0] = {e, offset};
    position.num_sides = 1;
    const std::int32_t other = graph.opposite[static_cast<std::size_t>(e)];
    if (snappable(other)) {
      position.sides[1] = {other, length - offset};
      position.num_sides = 2;
    }
    stops.push_back(position);
  }
  return stops;
}

// How good an order is: what it adds, and what a query and a label meet on the way to the root.
void count_search_space(const Hierarchy& hierarchy, benchmark::State& state) {
  const std::int32_t n = hierarchy.num_vertices();
  std::vector<std::int64_t> above(static_cast<std::size_t>(n));
  double depth = 0, arcs = 0;
  for (std::int32_t v = n - 1; v >= 0; --v) {
    const auto i = static_cast<std::size_t>(v);
    const std::int32_t parent = hierarchy.parent(v);
    above[i] = hierarchy.first_up[i + 1] - hierarchy.first_up[i] +
               (parent >= 0 ? above[static_cast<std::size_t>(parent)] : 0);
    depth += hierarchy.depth[i] + 1;
    arcs += static_cast<double>(above[i]);
  }
  state.counters["arcs"] = hierarchy.num_arcs();
  state.counters["height"] = hierarchy.height();
  state.counters["mean_depth"] = depth / n;
  state.counters["search_arcs"] = arcs / n;
}

void order_and_build(benchmark::State& state) {
  const RoadGraph& graph = *city().graph;
  std::shared_ptr<const Hierarchy> hierarchy;
  for (auto _ : state) hierarchy = make_hierarchy(graph, static_cast<int>(state.range(0)));
  state.counters["edge_nodes"] = graph.turns.num_edge_nodes();
  state.counters["turns"] = static_cast<double>(graph.turns.num_turns());
  count_search_space(*hierarchy, state);
}
BENCHMARK(order_and_build)->Arg(1)->Arg(2)->ArgName("threads")->Unit(benchmark::kMillisecond);

void order_and_build_by_metis(benchmark::State& state) {
  const TurnGraph& turns = city().graph->turns;
  std::shared_ptr<const Hierarchy> hierarchy;
  for (auto _ : state) hierarchy = make_hierarchy(turns);
  count_search_space(*hierarchy, state);
}
BENCHMARK(order_and_build_by_metis)->Unit(benchmark::kMillisecond);

void new_metric(benchmark::State& state, Customisation customisation) {
  const Metric metric = make_metric(*city().graph, 0);
  const auto threads = static_cast<int>(state.range(0));
  for (auto _ : state) {
    benchmark::DoNotOptimize(city().router.prepare(metric, threads, customisation));
  }
}
BENCHMARK_CAPTURE(new_metric, basic, Customisation::basic)
    ->Arg(1)
    ->Arg(2)
    ->ArgName("threads")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(new_metric, perfect, Customisation::perfect)
    ->Arg(1)
    ->Arg(2)
    ->ArgName("threads")
    ->Unit(benchmark::kMillisecond);

void point_to_point(benchmark::State& state, Customisation customisation) {
  const std::vector<Position> stops = random_stops(10000, 1);
  const PreparedMetric& metric = *city().customised(customisation);
  std::size_t i = 0;
  for (auto _ : state) {
    i = (i + 1) % (stops.size() - 1);
    benchmark::DoNotOptimize(city().router.travel(metric, stops[i], stops[i + 1]));
  }
}
BENCHMARK_CAPTURE(point_to_point, basic, Customisation::basic)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(point_to_point, perfect, Customisation::perfect)->Unit(benchmark::kMicrosecond);

void path(benchmark::State& state) {
  const std::vector<Position> stops = random_stops(10000, 1);
  std::size_t i = 0;
  for (auto _ : state) {
    i = (i + 1) % (stops.size() - 1);
    benchmark::DoNotOptimize(city().router.path(*city().metric, stops[i], stops[i + 1]));
  }
}
BENCHMARK(path)->Unit(benchmark::kMicrosecond);

void dijkstra(benchmark::State& state) {
  const std::vector<Position> stops = random_stops(10000, 1);
  const Metric metric = make_metric(*city().graph, 0);
  Dijkstra search(*city().graph, metric);
  std::size_t i = 0;
  for (auto _ : state) {
    i = (i + 1) % (stops.size() - 1);
    benchmark::DoNotOptimize(search.run(stops[i], std::span(&stops[i + 1], 1)));
  }
}
BENCHMARK(dijkstra)->Unit(benchmark::kMicrosecond);

void table(benchmark::State& state, Customisation customisation) {
  const std::vector<Position> stops = random_stops(static_cast<std::size_t>(state.range(0)), 2);
  const PreparedMetric& metric = *city().customised(customisation);
  std::int64_t sum = 0;
  for (auto _ : state) {
    city().router.stream_table(metric, stops, stops, state.range(1) != 0, 1,
                               [&](const TableBlock& block) { sum += block.time_ms[0]; });
  }
  benchmark::DoNotOptimize(sum);
}
void table_sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgsProduct({{1000, 10'000}, {0, 1}})
      ->ArgNames({"points", "metres"})
      ->Unit(benchmark::kMillisecond);
}
BENCHMARK_CAPTURE(table, basic, Customisation::basic)->Apply(table_sizes);
BENCHMARK_CAPTURE(table, perfect, Customisation::perfect)->Apply(table_sizes);

void oracle_build(benchmark::State& state, Customisation customisation) {
  const std::vector<Position> stops = random_stops(50000, 3);
  const auto& metric = city().customised(customisation);
  std::int64_t bytes = 0;
  for (auto _ : state) {
    const detail::HubOracle oracle({metric}, {stops}, static_cast<int>(state.range(0)));
    bytes = oracle.num_bytes();
  }
  state.counters["MB"] = static_cast<double>(bytes) / 1e6;
}
BENCHMARK_CAPTURE(oracle_build, basic, Customisation::basic)
    ->Arg(1)
    ->Arg(2)
    ->ArgName("threads")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(oracle_build, perfect, Customisation::perfect)
    ->Arg(1)
    ->Arg(2)
    ->ArgName("threads")
    ->Unit(benchmark::kMillisecond);

void oracle_random_pair(benchmark::State& state) {
  const detail::HubOracle oracle({city().metric}, {random_stops(50000, 3)}, 1);
  std::mt19937 random(4);
  std::vector<std::pair<std::int32_t, std::int32_t>> pairs(1 << 16);
  for (auto& [from, to] : pairs) {
    from = static_cast<std::int32_t>(random() % 50000);
    to = static_cast<std::int32_t>(random() % 50000);
  }
  std::size_t i = 0;
  for (auto _ : state) {
    const auto [from, to] = pairs[++i % pairs.size()];
    benchmark::DoNotOptimize(oracle.at(0, from, to));
  }
}
BENCHMARK(oracle_random_pair)->Unit(benchmark::kNanosecond);

void nearest(benchmark::State& state) {
  const std::vector<Position> stops = random_stops(static_cast<std::size_t>(state.range(0)), 5);
  const detail::HubOracle oracle({city().metric}, {stops}, 1);
  for (auto _ : state) benchmark::DoNotOptimize(oracle.candidates(0, 32, 1));
}
BENCHMARK(nearest)->Arg(10000)->Arg(100000)->ArgName("stops")->Unit(benchmark::kMillisecond);

// Why nearest_method chooses as it does: both ways, from sparse stops to dense ones.
void nearest_by_method(benchmark::State& state) {
  const std::vector<Position> stops = random_stops(static_cast<std::size_t>(state.range(0)), 5);
  const auto method =
      state.range(1) == 0 ? detail::NearestMethod::buckets : detail::NearestMethod::search;
  const detail::HubOracle oracle({city().metric}, {stops}, 1);
  for (auto _ : state) benchmark::DoNotOptimize(oracle.candidates(0, 32, method, 1));
}
BENCHMARK(nearest_by_method)
    ->ArgsProduct({{100, 1000, 10'000, 20'000, 30'000, 40'000, 50'000, 100'000}, {0, 1}})
    ->ArgNames({"stops", "search"})
    ->Unit(benchmark::kMillisecond);

}  // namespace
