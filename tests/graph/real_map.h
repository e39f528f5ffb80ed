// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Real maps for the router's tests: import, places on their streets, weights as they may be
// learned.
#include <filesystem>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include <roadgnn/graph/hierarchy.h>
#include <roadgnn/graph/road_network.h>
#include <roadgnn/io/osm/import.h>
#include <roadgnn/tests/graph/random_roads.h>

namespace roadgnn::graph::testing {

inline std::filesystem::path map_path(const std::string& name) {
  return std::filesystem::path(ROADGNN_TEST_DATA) / "maps" / name;
}

/// A city with all built-in profiles and its hierarchy, validated.
inline std::shared_ptr<const RoadGraph> import_map(const std::filesystem::path& map) {
  io::ImportOptions options;
  options.profiles = io::Profile::read_folder(ROADGNN_SOURCE_DIR "/data/profiles");
  auto city = std::make_shared<RoadGraph>(build_road_graph(io::import_osm(map, options)));
  city->hierarchy = make_hierarchy(*city, 2);
  validate(*city->hierarchy, city->turns);
  return city;
}

/// Random places; every fifth shares its street with the one before.
inline std::vector<Position> random_places(std::mt19937& random, const RoadGraph& graph,
                                           std::size_t count) {
  std::vector<Position> places;
  while (places.size() < count) {
    places.push_back(random_position(random, graph));
    if (random() % 5 != 0 || places.size() == count) continue;
    Position same = places.back();
    for (std::int32_t i = 0; i < same.num_sides; ++i) {
      const std::int32_t length = graph.length_cm[same.sides[i].edge];
      same.sides[i].offset_cm = i == 0 ? length / 3 : length - length / 3;
    }
    places.push_back(same);
  }
  return places;
}

/// Learned weights may be anything: zeros, huge ones, closed edges and turns among them.
inline Metric with_random_weights(std::mt19937& random, const RoadGraph& graph, int profile,
                                  Metric metric) {
  const auto& costs = graph.profiles[static_cast<std::size_t>(profile)].turn_time_ms;
  std::vector<std::int32_t> turn_time(costs.begin(), costs.end());
  for (std::int32_t& time : turn_time) {
    if (random() % 50 == 0) time = kClosed;
  }
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

}  // namespace roadgnn::graph::testing
