// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// What bench/router_peers.py needs of our side: the turn-expanded graph as plain arrays for others
// to read, our answers, and the CPU time that they took on one thread.
//   router_peer_data CITY.rgraph PROFILE FOLDER COUNT
// writes tail, head, weight (uint32 ms) [turns], lat, lon (float32) [edge-nodes], node (uint32)
// [COUNT], table (int32 ms, -1: no way) [COUNT x COUNT] as raw files, points.csv with the places of
// the nodes, and prints one JSON object.
#include <time.h>

#include <cstdio>
#include <exception>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include <roadgnn/graph/error.h>
#include <roadgnn/graph/graph_file.h>
#include <roadgnn/graph/hierarchy.h>
#include <roadgnn/graph/router.h>
#include <roadgnn/graph/snapper.h>

namespace {

using namespace roadgnn;
using namespace roadgnn::graph;

double cpu_seconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

template <class Work>
double timed(Work&& work) {
  const double start = cpu_seconds();
  work();
  return cpu_seconds() - start;
}

template <class T>
void write_raw(const std::string& file, const std::vector<T>& values) {
  std::ofstream out(file, std::ios::binary);
  out.write(reinterpret_cast<const char*>(values.data()),
            static_cast<std::streamsize>(values.size() * sizeof(T)));
  if (!out.flush()) throw Error(file + ": cannot be written");
}

void write_graph(const RoadGraph& graph, const Metric& metric, const std::string& folder) {
  const TurnGraph& turns = graph.turns;
  std::vector<std::uint32_t> tail, head, weight;
  for (std::size_t turn = 0; turn < turns.turn_head.size(); ++turn) {
    if (metric.arc_time_ms[turn] >= kClosed) continue;
    tail.push_back(static_cast<std::uint32_t>(turns.turn_tail[turn]));
    head.push_back(static_cast<std::uint32_t>(turns.turn_head[turn]));
    weight.push_back(static_cast<std::uint32_t>(metric.arc_time_ms[turn]));
  }
  std::vector<float> lat, lon;
  for (const std::int32_t edge : turns.edge) {
    const auto from = static_cast<std::size_t>(graph.tail[static_cast<std::size_t>(edge)]);
    const auto to = static_cast<std::size_t>(graph.head[static_cast<std::size_t>(edge)]);
    lat.push_back(static_cast<float>(5e-8 * graph.lat_e7[from] + 5e-8 * graph.lat_e7[to]));
    lon.push_back(static_cast<float>(5e-8 * graph.lon_e7[from] + 5e-8 * graph.lon_e7[to]));
  }
  write_raw(folder + "/tail", tail);
  write_raw(folder + "/head", head);
  write_raw(folder + "/weight", weight);
  write_raw(folder + "/lat", lat);
  write_raw(folder + "/lon", lon);
}

// Beginnings of edges without copies, so that an edge-node is a place: what others call a node.
std::vector<Position> random_edges(const RoadGraph& graph, int profile, std::size_t count) {
  const auto& snappable = graph.profiles[static_cast<std::size_t>(profile)].snappable;
  std::mt19937 random(1);
  std::vector<Position> places;
  while (places.size() < count) {
    const auto e = random() % static_cast<unsigned>(graph.num_edges());
    if (snappable[e] != 2 || graph.turns.departing_node[e] != graph.turns.arriving_node[e]) {
      continue;
    }
    Position place;
    place.num_sides = 1;
    place.sides[0] = {static_cast<std::int32_t>(e), 0};
    places.push_back(place);
  }
  return places;
}

void write_places(const RoadGraph& graph, const std::vector<Position>& places,
                  const std::string& folder) {
  std::vector<std::uint32_t> node;
  std::ofstream points(folder + "/points.csv");
  points.precision(10);
  points << "lat,lon\n";
  for (const Position& place : places) {
    const auto edge = static_cast<std::size_t>(place.sides[0].edge);
    const auto tail = static_cast<std::size_t>(graph.tail[edge]);
    node.push_back(static_cast<std::uint32_t>(graph.turns.departing_node[edge]));
    points << 1e-7 * graph.lat_e7[tail] << ',' << 1e-7 * graph.lon_e7[tail] << '\n';
  }
  write_raw(folder + "/node", node);
  if (!points.flush()) throw Error(folder + "/points.csv: cannot be written");
}

// The same points as others see them: by coordinate, on either side of the street.
std::vector<Position> snapped(const std::shared_ptr<const RoadGraph>& graph, int profile,
                              const std::vector<Position>& places) {
  const Snapper snapper(graph, profile);
  std::vector<Position> found;
  for (const Position& place : places) {
    const auto tail =
        static_cast<std::size_t>(graph->tail[static_cast<std::size_t>(place.sides[0].edge)]);
    found.push_back(snapper.snap(1e-7 * graph->lat_e7[tail], 1e-7 * graph->lon_e7[tail]).position);
  }
  return found;
}

void run(const std::string& city, const std::string& profile_name, const std::string& folder,
         std::size_t count) {
  const auto graph = graph::open(city);
  const int profile = graph->profile_index(profile_name);
  const Metric metric = make_metric(*graph, profile);
  const std::vector<Position> places = random_edges(*graph, profile, count);
  write_graph(*graph, metric, folder);
  write_places(*graph, places, folder);

  const double order_s = timed([&] { make_hierarchy(*graph); });
  const Router router(graph);
  std::shared_ptr<const PreparedMetric> prepared;
  constexpr int kMetrics = 5;
  const double metric_s = timed([&] {
    for (int i = 0; i < kMetrics; ++i) prepared = router.prepare(metric);
  });
  constexpr std::size_t kPairs = 10'000;
  std::mt19937 random(2);
  const auto ask_pairs = [&](auto&& ask) {
    return timed([&] {
      for (std::size_t i = 0; i < kPairs; ++i)
        ask(places[random() % count], places[random() % count]);
    });
  };
  const double travel_s = ask_pairs(
      [&](const Position& from, const Position& to) { router.travel(*prepared, from, to); });
  const double path_s = ask_pairs(
      [&](const Position& from, const Position& to) { router.path(*prepared, from, to); });
  std::vector<std::int32_t> table;
  const auto keep = [&](const TableBlock& block) {
    table.insert(table.end(), block.time_ms.begin(), block.time_ms.end());
  };
  const double table_s =
      timed([&] { router.stream_table(*prepared, places, places, false, 1, keep); });
  write_raw(folder + "/table", table);
  const std::vector<Position> stops = snapped(graph, profile, places);
  const auto table_of = [&](std::size_t n) {
    const std::span<const Position> some(stops.data(), n);
    return timed([&] { router.stream_table(*prepared, some, some, false, 1, keep); });
  };
  std::printf(
      "{\"order_s\": %.6f, \"metric_s\": %.6f, \"travel_s\": %.9f, \"path_s\": %.9f, "
      "\"table_s\": %.6f, \"stops_table_s\": %.6f, \"stops_100_table_s\": %.6f}\n",
      order_s, metric_s / kMetrics, travel_s / kPairs, path_s / kPairs, table_s, table_of(count),
      table_of(std::min<std::size_t>(count, 100)));
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 5) throw InputError("usage: router_peer_data CITY.rgraph PROFILE FOLDER COUNT");
  run(argv[1], argv[2], argv[3], std::stoul(argv[4]));
} catch (const std::exception& error) {
  std::fprintf(stderr, "router_peer_data: %s\n", error.what());
  return 1;
}
