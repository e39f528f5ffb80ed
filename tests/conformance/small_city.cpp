// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include "small_city.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>
#include <osmium/handler.hpp>
#include <osmium/io/xml_input.hpp>
#include <osmium/visitor.hpp>
#include <tuple>

#include <roadgnn/graph/dijkstra.h>
#include <roadgnn/graph/road_network.h>
#include <roadgnn/graph/turn_cost.h>
#include <roadgnn/io/osm/import.h>

#include "projection.h"

namespace roadgnn::conformance {
namespace {

using graph::Access;
using graph::EdgePosition;
using graph::Metric;
using graph::Position;

/// Places as near as the nearest one, to within the grid of coordinates.
constexpr double kEquallyNearM = 0.05;

std::size_t index(std::int64_t i) {
  return static_cast<std::size_t>(i);
}

std::vector<io::Profile> profiles() {
  const io::Profile car = io::Profile::builtin("car");
  nlohmann::json preferring = nlohmann::json::parse(car.definition());
  preferring["name"] = "car_by_weight";
  preferring["penalties"]["slow_travel"] = true;
  return {car, io::Profile::parse(preferring.dump(), "car_by_weight")};
}

graph::RoadGraph import(const Scenario& scenario) {
  io::ImportOptions options;
  options.profiles = profiles();
  options.left_hand_traffic = scenario.left_hand_traffic;
  options.threads = 1;
  return graph::build_road_graph(io::import_osm(scenario.map, options));
}

/// Names as the map has them; the road graph writes a reference number where there is none.
std::unordered_map<std::int64_t, std::string> read_way_names(const std::filesystem::path& map) {
  std::unordered_map<std::int64_t, std::string> names;
  osmium::io::Reader reader(map.string(), osmium::osm_entity_bits::way);
  while (const osmium::memory::Buffer buffer = reader.read()) {
    for (const auto& way : buffer.select<osmium::Way>())
      names[way.id()] = way.tags().get_value_by_key("name", "");
  }
  reader.close();
  return names;
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

/// "90,180": within 180 degrees of 90. No bearing, no limit.
bool bearing_fits(const std::string& wanted, double bearing_deg) {
  const std::vector<std::string> parts = split(wanted, ',');
  if (parts.size() != 2) return true;
  const double difference =
      std::abs(std::remainder(bearing_deg - std::atof(parts[0].c_str()), 360));
  return difference <= std::atof(parts[1].c_str()) + 1e-6;
}

std::string option(const Query& query, const std::string& name) {
  const auto found = query.options.find(name);
  return found == query.options.end() ? std::string() : found->second;
}

Position one_side(const EdgePosition& side) {
  Position position;
  position.sides[0] = side;
  position.num_sides = 1;
  return position;
}

std::vector<Position> sides_apart(const std::vector<Position>& places) {
  std::vector<Position> sides;
  for (const Position& place : places) {
    for (std::int32_t i = 0; i < place.num_sides; ++i)
      sides.push_back(one_side(place.sides[index(i)]));
  }
  return sides;
}

}  // namespace

struct SmallCity::Leg {
  graph::Path path;
  std::int64_t total_ms = std::numeric_limits<std::int64_t>::max();  ///< of the legs up to this one
  std::size_t before = 0;  ///< the leg before this one, by its target
  bool reachable() const { return path.travel.reachable(); }
};

SmallCity::SmallCity(const Scenario& scenario)
    : graph_(import(scenario)),
      times_(make_metric(graph_, 0, scenario.departure)),
      weights_(make_metric(graph_, 1, scenario.departure)),
      way_names_(read_way_names(scenario.map)) {}

const std::string& SmallCity::name_of(std::int32_t edge) const {
  return way_names_.at(graph_.way_osm_id[index(graph_.way[index(edge)])]);
}

Metric SmallCity::weights_for(const Query& query) const {
  const std::string exclude = option(query, "exclude");
  if (exclude.empty()) return weights_;
  Metric metric = weights_;
  for (const std::string& name : split(exclude, ',')) {
    for (std::int32_t e = 0; e < graph_.num_edges(); ++e) {
      const std::uint16_t flags = graph_.edge_flags[index(e)];
      const graph::RoadClass road_class = graph_.road_class[index(e)];
      const bool motorway =
          road_class == graph::RoadClass::motorway || road_class == graph::RoadClass::motorway_link;
      const bool excluded = (name == "toll" && (flags & graph::edge_flag::toll) != 0) ||
                            (name == "ferry" && (flags & graph::edge_flag::ferry) != 0) ||
                            (name == "motorway" && motorway);
      if (excluded) metric.edge_access[index(e)] = Access::closed;
    }
  }
  std::vector<std::int32_t> turn_times(graph_.profiles[1].turn_time_ms.begin(),
                                       graph_.profiles[1].turn_time_ms.end());
  return make_metric(graph_, metric.edge_time_ms, metric.edge_access, turn_times);
}

std::vector<Position> SmallCity::snap(const Coordinate& point, const std::string& bearing,
                                      bool anywhere, const Metric& weights) const {
  std::vector<std::pair<std::int32_t, Projection>> found;
  double nearest = std::numeric_limits<double>::max();
  for (std::int32_t e = 0; e < graph_.num_edges(); ++e) {
    if (weights.edge_access[index(e)] == Access::closed) continue;
    if (!anywhere && (graph_.edge_flags[index(e)] & graph::edge_flag::startpoint) == 0) continue;
    const Projection projection = project(graph_, e, point);
    if (!bearing_fits(bearing, projection.bearing_deg)) continue;
    found.emplace_back(e, projection);
    nearest = std::min(nearest, projection.distance_m);
  }
  std::unordered_map<std::int32_t, std::size_t> place_of_segment;
  std::vector<Position> places;
  for (const auto& [edge, projection] : found) {
    if (projection.distance_m > nearest + kEquallyNearM) continue;
    const auto [entry, fresh] =
        place_of_segment.emplace(graph_.segment[index(edge)], places.size());
    if (fresh) places.emplace_back();
    Position& place = places[entry->second];
    place.sides[index(place.num_sides++)] = {edge, projection.offset_cm};
  }
  return places;
}

std::vector<SmallCity::Leg> SmallCity::best_legs(const std::vector<std::vector<Position>>& places,
                                                 const Metric& weights) const {
  graph::Dijkstra dijkstra(graph_, weights);
  std::vector<std::vector<Leg>> best(places.size());
  best[0].resize(places[0].size());
  for (Leg& start : best[0]) start.total_ms = 0;
  for (std::size_t i = 1; i < places.size(); ++i) {
    best[i].resize(places[i].size());
    for (const bool go_on : {true, false}) {
      for (std::size_t to = 0; to < places[i].size(); ++to) {
        for (std::size_t from = 0; from < places[i - 1].size(); ++from) {
          if (best[i - 1][from].total_ms == std::numeric_limits<std::int64_t>::max()) continue;
          // A later leg leaves on the side on which the one before arrived, unless there is no
          // other way.
          for (std::size_t start = 0; start < places[i - 1].size(); ++start) {
            if (i == 1 ? start != from : (start != from && go_on)) continue;
            const graph::Path path = dijkstra.run(places[i - 1][start], places[i][to]);
            if (!path.travel.reachable()) continue;
            const std::int64_t total = best[i - 1][from].total_ms + path.travel.time_ms;
            Leg& leg = best[i][to];
            const auto rank = [](std::int64_t ms, const graph::Path& p) {
              return std::tuple(ms, p.travel.length_m, p.edges.size());
            };
            if (!leg.reachable() || rank(total, path) < rank(leg.total_ms, leg.path))
              leg = {path, total, from};
          }
        }
      }
      if (std::any_of(best[i].begin(), best[i].end(),
                      [](const Leg& leg) { return leg.reachable(); }))
        break;
    }
  }
  std::vector<Leg> legs;
  const auto cheaper = [](const Leg& a, const Leg& b) {
    return std::tuple(a.total_ms, a.path.edges.size()) <
           std::tuple(b.total_ms, b.path.edges.size());
  };
  auto last = static_cast<std::size_t>(
      std::min_element(best.back().begin(), best.back().end(), cheaper) - best.back().begin());
  for (std::size_t i = places.size() - 1; i > 0; --i) {
    legs.insert(legs.begin(), best[i][last]);
    last = best[i][last].before;
  }
  return legs;
}

double SmallCity::turn_deg(std::int32_t from, std::int32_t to) const {
  return graph::turn_angle_deg(graph::bearing_at_head(graph_, from),
                               graph::bearing_at_tail(graph_, to));
}

/// The times without preferences, everything but a path closed.
Metric SmallCity::only_along(const graph::Path& path) const {
  std::vector<bool> on_path(index(graph_.num_edges()), false);
  for (const std::int32_t edge : path.edges) on_path[index(edge)] = true;
  Metric metric = times_;
  const graph::TurnGraph& turns = graph_.turns;
  for (std::int64_t t = 0; t < turns.num_turns(); ++t) {
    const std::int32_t from = turns.edge[index(turns.turn_tail[index(t)])];
    const std::int32_t to = turns.edge[index(turns.turn_head[index(t)])];
    if (!on_path[index(from)] || !on_path[index(to)]) metric.arc_time_ms[index(t)] = graph::kClosed;
  }
  return metric;
}

void SmallCity::append(const Leg& leg, Answer& answer) const {
  const graph::Path& path = leg.path;
  const std::size_t n = path.edges.size();
  std::int64_t length_cm = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const std::int32_t edge = path.edges[i];
    const std::int32_t whole = graph_.length_cm[index(edge)];
    const std::int32_t begin = i == 0 ? path.from.offset_cm : 0;
    const std::int32_t end = i + 1 == n ? path.to.offset_cm : whole;
    length_cm += end - begin;
    answer.num_edges += num_pieces(graph_, edge);
    const bool touched_only = end == begin && n > 1 && (i == 0 || i + 1 == n);
    if (touched_only) continue;
    if (answer.pieces.empty() || answer.pieces.back().name != name_of(edge)) {
      answer.pieces.push_back(
          {name_of(edge), 0, i == 0 ? 180 : turn_deg(path.edges[i - 1], edge), true});
    }
    Piece& piece = answer.pieces.back();
    piece.length_m += (end - begin) / 100.0;
    piece.roundabout &= (graph_.edge_flags[index(edge)] & graph::edge_flag::roundabout) != 0;
  }
  const graph::Path timed =
      graph::Dijkstra(graph_, only_along(path)).run(one_side(path.from), one_side(path.to));
  answer.time_s += timed.travel.time_ms / 1000.0;
  answer.weight_s += path.travel.time_ms / 1000.0;
  answer.length_m += static_cast<double>(length_cm) / 100;
}

Answer SmallCity::route(const Query& query, const std::vector<Coordinate>& points) const {
  const Metric weights = weights_for(query);
  const std::vector<std::string> bearings = split(option(query, "bearings"), ';');
  const bool anywhere = option(query, "snapping") == "any";
  std::vector<std::vector<Position>> places;
  for (std::size_t i = 0; i < points.size(); ++i) {
    places.push_back(
        snap(points[i], i < bearings.size() ? bearings[i] : std::string(), anywhere, weights));
    if (points.size() > 2) places.back() = sides_apart(places.back());
    if (places.back().empty()) return {};
  }
  Answer answer;
  const std::vector<Leg> legs = best_legs(places, weights);
  answer.found =
      std::all_of(legs.begin(), legs.end(), [](const Leg& leg) { return leg.reachable(); });
  if (!answer.found) return {};
  for (const Leg& leg : legs) append(leg, answer);
  return answer;
}

}  // namespace roadgnn::conformance
