// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/street_sampler.h>

#include <cmath>

#include <roadgnn/graph/error.h>

namespace roadgnn::io {
namespace {

using graph::RoadClass;

// How likely an order comes from a metre of such a street.
std::int64_t weight_of(RoadClass road_class) {
  switch (road_class) {
    case RoadClass::residential:
    case RoadClass::living_street:
      return 10;
    case RoadClass::unclassified:
    case RoadClass::tertiary:
      return 4;
    case RoadClass::secondary:
    case RoadClass::service:
      return 2;
    case RoadClass::primary:
      return 1;
    default:
      return 0;
  }
}

std::int32_t lat_of(const graph::RoadGraph& graph, std::int32_t node) {
  return graph.lat_e7[static_cast<std::size_t>(node)];
}
std::int32_t lon_of(const graph::RoadGraph& graph, std::int32_t node) {
  return graph.lon_e7[static_cast<std::size_t>(node)];
}

bool open_to_some(const graph::RoadGraph& graph, std::int32_t edge) {
  for (const graph::ProfileData& profile : graph.profiles) {
    if (profile.snappable[static_cast<std::size_t>(edge)] != 0) return true;
  }
  return false;
}

// Squares of whole metres. A thousandth of the cosine is exact enough and the same on any machine.
bool within(const PopulationZone& zone, std::int64_t lat_e7, std::int64_t lon_e7) {
  constexpr double kRadian = 57.295779513082323;
  const auto cosine =
      static_cast<std::int64_t>(std::lround(1000 * std::cos(zone.centre.lat / kRadian)));
  const std::int64_t north = (lat_e7 - std::llround(zone.centre.lat * 1e7)) * 1113 / 100'000;
  const std::int64_t east =
      (lon_e7 - std::llround(zone.centre.lon * 1e7)) * 1113 / 100'000 * cosine / 1000;
  return north * north + east * east <= zone.radius_m * zone.radius_m;
}

// Six decimals are what an orders CSV has.
Coordinate rounded(std::int64_t lat_e7, std::int64_t lon_e7) {
  return {static_cast<double>(lat_e7 / 10) / 1e6, static_cast<double>(lon_e7 / 10) / 1e6};
}

// The place of a running sum that a draw falls on.
std::size_t draw_from(const std::vector<std::int64_t>& up_to, Dice& dice) {
  const std::int64_t ticket = dice.between(1, up_to.back());
  return static_cast<std::size_t>(std::lower_bound(up_to.begin(), up_to.end(), ticket) -
                                  up_to.begin());
}

}  // namespace

StreetSampler::StreetSampler(const graph::RoadGraph& graph,
                             const std::vector<PopulationZone>& zones)
    : graph_(graph) {
  std::vector<std::int32_t> edges;
  for (std::int32_t edge = 0; edge < graph.num_edges(); ++edge) {
    const auto e = static_cast<std::size_t>(edge);
    // One of a street's two directions stands for both.
    if (graph.opposite[e] >= 0 && graph.opposite[e] < edge) continue;
    if (weight_of(graph.road_class[e]) > 0 && graph.length_cm[e] > 0 && open_to_some(graph, edge))
      edges.push_back(edge);
  }
  const auto num_addresses = static_cast<std::int32_t>(graph.address_lat_e7.size());
  if (zones.empty()) {
    Area& all = areas_.emplace_back();
    for (const std::int32_t edge : edges) add(all, edge);
    for (std::int32_t a = 0; a < num_addresses; ++a) all.addresses.push_back(a);
    set_address_percent(all);
    population_up_to_.push_back(1);
  }
  for (const PopulationZone& zone : zones) {
    Area area;
    for (const std::int32_t edge : edges) {
      const std::int32_t tail = graph.tail[static_cast<std::size_t>(edge)],
                         head = graph.head[static_cast<std::size_t>(edge)];
      const std::int64_t lat = (std::int64_t{lat_of(graph, tail)} + lat_of(graph, head)) / 2;
      const std::int64_t lon = (std::int64_t{lon_of(graph, tail)} + lon_of(graph, head)) / 2;
      if (within(zone, lat, lon)) add(area, edge);
    }
    if (area.edges.empty() || zone.population <= 0) continue;
    for (std::int32_t a = 0; a < num_addresses; ++a) {
      const auto i = static_cast<std::size_t>(a);
      if (within(zone, graph.address_lat_e7[i], graph.address_lon_e7[i]))
        area.addresses.push_back(a);
    }
    set_address_percent(area);
    areas_.push_back(std::move(area));
    population_up_to_.push_back((population_up_to_.empty() ? 0 : population_up_to_.back()) +
                                zone.population);
  }
  if (areas_.empty() || areas_.front().edges.empty()) {
    throw InputError("the city has no street that an order could lie on" +
                     std::string(zones.empty() ? "" : " within the population zones"));
  }
}

void StreetSampler::add(Area& area, std::int32_t edge) const {
  const auto e = static_cast<std::size_t>(edge);
  const std::int64_t before = area.weight_up_to.empty() ? 0 : area.weight_up_to.back();
  area.edges.push_back(edge);
  area.weight_up_to.push_back(before + weight_of(graph_.road_class[e]) * graph_.length_cm[e]);
  const bool residential = graph_.road_class[e] == RoadClass::residential ||
                           graph_.road_class[e] == RoadClass::living_street;
  if (residential) area.residential_cm += graph_.length_cm[e];
}

void StreetSampler::set_address_percent(Area& area) {
  constexpr std::int64_t kDoor_cm = 2000;
  const auto addresses = static_cast<std::int64_t>(area.addresses.size());
  const std::int64_t doors = std::max(addresses, area.residential_cm / kDoor_cm);
  area.address_percent = doors > 0 ? 100 * addresses / doors : 0;
}

Coordinate StreetSampler::draw(Dice& dice) const {
  const Area& area = areas_[draw_from(population_up_to_, dice)];
  // No dice for cities without addresses: their days stay what they are.
  if (area.address_percent == 0 || !dice.percent(area.address_percent))
    return draw_on_street(area, dice);
  const auto drawn = dice.between(0, static_cast<std::int64_t>(area.addresses.size()) - 1);
  const auto address = static_cast<std::size_t>(area.addresses[static_cast<std::size_t>(drawn)]);
  return rounded(graph_.address_lat_e7[address], graph_.address_lon_e7[address]);
}

Coordinate StreetSampler::draw_on_street(const Area& area, Dice& dice) const {
  const auto edge = static_cast<std::size_t>(area.edges[draw_from(area.weight_up_to, dice)]);
  const auto segment = static_cast<std::size_t>(graph_.segment[edge]);

  // The bends of the street, its ends included; a draw picks one straight piece and a place along
  // it.
  std::int32_t from = graph_.tail[edge], to = graph_.head[edge];
  if ((graph_.edge_flags[edge] & graph::edge_flag::against_way) != 0) std::swap(from, to);
  const std::int32_t first = graph_.first_shape[segment], last = graph_.first_shape[segment + 1];
  const auto piece = static_cast<std::int32_t>(dice.between(0, last - first));
  const auto bend = [&](std::int32_t index) -> std::pair<std::int64_t, std::int64_t> {
    if (index == 0) return {lat_of(graph_, from), lon_of(graph_, from)};
    if (index > last - first) return {lat_of(graph_, to), lon_of(graph_, to)};
    const auto at = static_cast<std::size_t>(first + index - 1);
    return {graph_.shape_lat_e7[at], graph_.shape_lon_e7[at]};
  };
  const auto [lat_a, lon_a] = bend(piece);
  const auto [lat_b, lon_b] = bend(piece + 1);
  const std::int64_t along = dice.between(0, 1000);
  constexpr std::int64_t kTwentyMetres_e7 = 1800;
  const std::int64_t lat =
      lat_a + (lat_b - lat_a) * along / 1000 + dice.between(-kTwentyMetres_e7, kTwentyMetres_e7);
  const std::int64_t lon =
      lon_a + (lon_b - lon_a) * along / 1000 + dice.between(-kTwentyMetres_e7, kTwentyMetres_e7);
  // Six decimals, as a file would have them.
  return rounded(lat, lon);
}

std::vector<std::int32_t> nodes_open_to(const graph::RoadGraph& graph,
                                        const std::vector<int>& profiles) {
  std::vector<std::int32_t> nodes;
  for (std::int32_t edge = 0; edge < graph.num_edges(); ++edge) {
    const auto e = static_cast<std::size_t>(edge);
    const bool open = std::all_of(profiles.begin(), profiles.end(), [&](int profile) {
      return graph.profiles[static_cast<std::size_t>(profile)].snappable[e] != 0;
    });
    if (open) nodes.push_back(graph.tail[e]);
  }
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  return nodes;
}

}  // namespace roadgnn::io
