// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/cli/city_figures.h>

#include <algorithm>
#include <cstdio>

#include <roadgnn/graph/scc.h>

namespace roadgnn::cli {
namespace {

using graph::RoadGraph;

CityFigures::Profile figures_of(const RoadGraph& roads, const graph::ProfileData& profile) {
  CityFigures::Profile figures;
  figures.name = profile.name;
  const auto num_nodes = static_cast<std::size_t>(roads.num_nodes());
  const auto num_edges = static_cast<std::size_t>(roads.num_edges());
  std::vector<std::uint8_t> closed(num_edges, 0), used(num_nodes, 0);
  std::int64_t length_cm = 0;
  for (std::size_t e = 0; e < num_edges; ++e) {
    closed[e] = profile.edge_access[e] == graph::Access::closed ? 1 : 0;
    figures.snappable_edges += profile.snappable[e] != 0 ? 1 : 0;
    if (closed[e] != 0) continue;
    ++figures.edges;
    length_cm += roads.length_cm[e];
    used[static_cast<std::size_t>(roads.tail[e])] = used[static_cast<std::size_t>(roads.head[e])] =
        1;
  }
  figures.nodes = std::count(used.begin(), used.end(), std::uint8_t{1});
  figures.kilometres = static_cast<double>(length_cm) * 1e-5;

  const std::vector<std::int64_t> first_out(roads.first_out.begin(), roads.first_out.end());
  const graph::Components components = graph::strong_components(
      first_out, std::span<const std::int32_t>(roads.head.data(), num_edges), closed);
  std::vector<std::int64_t> size(static_cast<std::size_t>(components.num_components), 0);
  for (std::size_t v = 0; v < num_nodes; ++v) {
    if (used[v] != 0) ++size[static_cast<std::size_t>(components.component[v])];
  }
  if (figures.nodes > 0) {
    figures.largest_component = static_cast<double>(*std::max_element(size.begin(), size.end())) /
                                static_cast<double>(figures.nodes);
  }
  return figures;
}

}  // namespace

CityFigures::CityFigures(const RoadGraph& graph)
    : nodes(graph.num_nodes()),
      edges(graph.num_edges()),
      segments(graph.num_segments()),
      edge_nodes(graph.turns.num_edge_nodes()),
      turns(graph.turns.num_turns()),
      ways(static_cast<std::int64_t>(graph.way_osm_id.size())),
      names(static_cast<std::int64_t>(graph.first_name_char.size()) - 1),
      left_hand_traffic(graph.left_hand_traffic),
      provenance(graph.provenance) {
  if (nodes > 0) {
    const auto [lat_min, lat_max] = std::minmax_element(graph.lat_e7.begin(), graph.lat_e7.end());
    const auto [lon_min, lon_max] = std::minmax_element(graph.lon_e7.begin(), graph.lon_e7.end());
    west = *lon_min * 1e-7;
    east = *lon_max * 1e-7;
    south = *lat_min * 1e-7;
    north = *lat_max * 1e-7;
  }
  for (const graph::ProfileData& profile : graph.profiles)
    profiles.push_back(figures_of(graph, profile));
}

nlohmann::ordered_json CityFigures::json() const {
  nlohmann::ordered_json result = {
      {"nodes", nodes}, {"edges", edges}, {"segments", segments}, {"edge_nodes", edge_nodes},
      {"turns", turns}, {"ways", ways},   {"names", names}};
  result["bbox"] = {west, south, east, north};
  result["driving_side"] = left_hand_traffic ? "left" : "right";
  for (const Profile& profile : profiles) {
    result["profiles"][profile.name] = {{"nodes", profile.nodes},
                                        {"edges", profile.edges},
                                        {"kilometres", profile.kilometres},
                                        {"snappable_edges", profile.snappable_edges},
                                        {"largest_component", profile.largest_component}};
  }
  auto record = nlohmann::ordered_json::parse(provenance, nullptr, false);
  result["provenance"] =
      record.is_discarded() ? nlohmann::ordered_json(provenance) : std::move(record);
  return result;
}

std::string CityFigures::text() const {
  char line[256];
  std::string result;
  const auto add = [&](int length) {
    result.append(line, static_cast<std::size_t>(std::min(length, 255)));
  };
  add(std::snprintf(line, sizeof(line),
                    "%lld nodes, %lld edges, %lld turns between %lld edge copies\n",
                    static_cast<long long>(nodes), static_cast<long long>(edges),
                    static_cast<long long>(turns), static_cast<long long>(edge_nodes)));
  add(std::snprintf(line, sizeof(line),
                    "from %.4f,%.4f to %.4f,%.4f (latitude, longitude), traffic on the %s\n", south,
                    west, north, east, left_hand_traffic ? "left" : "right"));
  add(std::snprintf(line, sizeof(line), "%-16s %10s %10s %10s %10s %10s\n", "profile", "nodes",
                    "edges", "km", "snappable", "connected"));
  for (const Profile& profile : profiles) {
    add(std::snprintf(line, sizeof(line), "%-16s %10lld %10lld %10.0f %10lld %9.1f%%\n",
                      profile.name.c_str(), static_cast<long long>(profile.nodes),
                      static_cast<long long>(profile.edges), profile.kilometres,
                      static_cast<long long>(profile.snappable_edges),
                      100 * profile.largest_component));
  }
  return result;
}

}  // namespace roadgnn::cli
