// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cmath>

#include <roadgnn/io/osm/name_table.h>
#include <roadgnn/io/osm/speed_zones.h>
#include <roadgnn/io/osm/tag_index.h>
#include <roadgnn/io/osm/units.h>

namespace roadgnn::io {
namespace {

using graph::LimitKind;
using graph::RoadClass;
using graph::Surface;

const RoadClass* find_road_class(std::string_view highway) {
  static const NameTable<RoadClass> table({{"motorway", RoadClass::motorway},
                                           {"motorway_link", RoadClass::motorway_link},
                                           {"trunk", RoadClass::trunk},
                                           {"trunk_link", RoadClass::trunk_link},
                                           {"primary", RoadClass::primary},
                                           {"primary_link", RoadClass::primary_link},
                                           {"secondary", RoadClass::secondary},
                                           {"secondary_link", RoadClass::secondary_link},
                                           {"tertiary", RoadClass::tertiary},
                                           {"tertiary_link", RoadClass::tertiary_link},
                                           {"unclassified", RoadClass::unclassified},
                                           {"residential", RoadClass::residential},
                                           {"living_street", RoadClass::living_street},
                                           {"service", RoadClass::service},
                                           {"track", RoadClass::track},
                                           {"cycleway", RoadClass::cycleway},
                                           {"path", RoadClass::path},
                                           {"bridleway", RoadClass::path},
                                           {"pedestrian", RoadClass::pedestrian},
                                           {"footway", RoadClass::footway},
                                           {"steps", RoadClass::footway}});
  return table.find(highway);
}

Surface surface_of(std::string_view name) {
  static const NameTable<Surface> table({{"asphalt", Surface::asphalt},
                                         {"paved", Surface::asphalt},
                                         {"chipseal", Surface::asphalt},
                                         {"concrete", Surface::concrete},
                                         {"concrete:plates", Surface::concrete},
                                         {"concrete:lanes", Surface::concrete},
                                         {"cement", Surface::concrete},
                                         {"paving_stones", Surface::paving_stones},
                                         {"bricks", Surface::paving_stones},
                                         {"grass_paver", Surface::paving_stones},
                                         {"sett", Surface::cobblestone},
                                         {"cobblestone", Surface::cobblestone},
                                         {"cobblestone:flattened", Surface::cobblestone},
                                         {"unhewn_cobblestone", Surface::cobblestone},
                                         {"metal", Surface::metal},
                                         {"wood", Surface::wood},
                                         {"compacted", Surface::compacted},
                                         {"fine_gravel", Surface::compacted},
                                         {"gravel", Surface::gravel},
                                         {"pebblestone", Surface::gravel},
                                         {"unpaved", Surface::unpaved},
                                         {"ground", Surface::ground},
                                         {"dirt", Surface::ground},
                                         {"earth", Surface::ground},
                                         {"grass", Surface::ground},
                                         {"mud", Surface::ground},
                                         {"clay", Surface::ground},
                                         {"laterite", Surface::ground},
                                         {"sand", Surface::sand}});
  const Surface* surface = table.find(name);
  return surface == nullptr ? Surface::unknown : *surface;
}

/// Values of `highway` that are no road, or none yet or any more.
bool is_no_road(std::string_view highway) {
  static const NameTable<bool> table({{"proposed", true},
                                      {"construction", true},
                                      {"abandoned", true},
                                      {"razed", true},
                                      {"planned", true},
                                      {"disused", true},
                                      {"demolished", true},
                                      {"platform", true},
                                      {"bus_stop", true},
                                      {"rest_area", true},
                                      {"services", true},
                                      {"elevator", true},
                                      {"corridor", true},
                                      {"via_ferrata", true},
                                      {"no", true}});
  return table.contains(highway);
}

bool yes(std::string_view value) {
  return !value.empty() && value != "no";
}

void read_class(const TagIndex& tags, WayAttributes& way) {
  const std::string_view highway = tags[Key::highway], route = tags[Key::route];
  if (route == "ferry" || route == "shuttle_train") {
    way.routable = true;
    way.road_class = route == "ferry" ? RoadClass::ferry : RoadClass::shuttle_train;
    if (route == "ferry") way.flags |= graph::edge_flag::ferry;
    return;
  }
  if (highway.empty()) return;
  way.routable = !is_no_road(highway);
  if (const RoadClass* road_class = find_road_class(highway)) way.road_class = *road_class;
  if (highway.ends_with("_link")) way.flags |= graph::edge_flag::link;
}

enum class Oneway { no, forward, backward };

Oneway read_oneway(const TagIndex& tags) {
  const std::string_view oneway = tags[Key::oneway], junction = tags[Key::junction];
  if (oneway == "-1" || oneway == "reverse") return Oneway::backward;
  if (oneway == "yes" || oneway == "1" || oneway == "true") return Oneway::forward;
  if (oneway == "no" || oneway == "0" || oneway == "false") return Oneway::no;
  const bool implied =
      tags[Key::highway] == "motorway" || junction == "roundabout" || junction == "circular";
  return implied ? Oneway::forward : Oneway::no;
}

std::uint8_t lanes_of(std::string_view text) {
  return static_cast<std::uint8_t>(std::min(parse_leading_int(text).value_or(0), 255));
}

void read_lanes(const TagIndex& tags, Oneway oneway, WayAttributes& way) {
  const std::uint8_t all = lanes_of(tags[Key::lanes]);
  std::uint8_t forward = lanes_of(tags[Key::lanes_forward]),
               backward = lanes_of(tags[Key::lanes_backward]);
  if (oneway == Oneway::forward) {
    if (forward == 0) forward = all;
  } else if (oneway == Oneway::backward) {
    if (backward == 0) backward = all;
  } else if (all > 0) {
    const auto half = static_cast<std::uint8_t>(std::max(all / 2, 1));
    if (forward == 0)
      forward = all > backward && backward > 0 ? static_cast<std::uint8_t>(all - backward) : half;
    if (backward == 0) backward = all > forward ? static_cast<std::uint8_t>(all - forward) : half;
  }
  way.lanes[0] = forward;
  way.lanes[1] = backward;
}

std::uint8_t posted_limit(const TagIndex& tags, Direction direction) {
  for (const Key key : {Key::maxspeed, Key::source__maxspeed, Key::maxspeed__type}) {
    const std::string_view text = tags.directed(key, direction);
    if (text.empty()) continue;
    const auto limit = parse_speed_limit(text);
    if (limit) return static_cast<std::uint8_t>(std::lround(std::min(limit->kmh, 255.0)));
  }
  return 0;
}

void read_limits(const TagIndex& tags, WayAttributes& way) {
  struct Source {
    Key key;
    LimitKind kind;
    bool is_weight;
  };
  static constexpr Source kSources[] = {{Key::maxheight__physical, LimitKind::max_height_cm, false},
                                        {Key::maxheight, LimitKind::max_height_cm, false},
                                        {Key::maxwidth__physical, LimitKind::max_width_cm, false},
                                        {Key::maxwidth, LimitKind::max_width_cm, false},
                                        {Key::maxlength, LimitKind::max_length_cm, false},
                                        {Key::maxweightrating, LimitKind::max_weight_kg, true},
                                        {Key::maxweight, LimitKind::max_weight_kg, true},
                                        {Key::maxaxleload, LimitKind::max_axle_load_kg, true}};
  for (const Source& source : kSources) {
    const std::string_view text = tags[source.key];
    if (text.empty() || (!way.limits.empty() && way.limits.back().first == source.kind)) continue;
    const auto value = source.is_weight ? parse_weight_kg(text) : parse_length_m(text);
    if (!value) continue;
    const double whole = std::min(source.is_weight ? *value : *value * 100, 1e9);
    way.limits.emplace_back(source.kind, static_cast<std::int32_t>(std::lround(whole)));
  }
  if (tags[Key::hazmat] == "no") way.limits.emplace_back(LimitKind::hazmat, 0);
}

}  // namespace

WayAttributes read_way_attributes(Tags all_tags, const Region& /*region*/) {
  WayAttributes way;
  const bool is_candidate = std::any_of(all_tags.begin(), all_tags.end(), [](const auto& tag) {
    return tag.first == "highway" || tag.first == "route";
  });
  if (!is_candidate) return way;
  const TagIndex tags(all_tags);
  read_class(tags, way);
  if (!way.routable) return way;
  const Oneway oneway = read_oneway(tags);
  way.surface = surface_of(tags[Key::surface]);
  read_lanes(tags, oneway, way);
  way.speed_limit_kmh[0] = posted_limit(tags, Direction::forward);
  way.speed_limit_kmh[1] = posted_limit(tags, Direction::backward);
  const std::string_view junction = tags[Key::junction];
  if (junction == "roundabout" || junction == "circular") way.flags |= graph::edge_flag::roundabout;
  if (yes(tags[Key::tunnel])) way.flags |= graph::edge_flag::tunnel;
  if (yes(tags[Key::bridge])) way.flags |= graph::edge_flag::bridge;
  if (tags[Key::toll] == "yes") way.flags |= graph::edge_flag::toll;
  if (oneway != Oneway::no) way.flags |= graph::edge_flag::oneway;
  way.name = tags.has(Key::name) ? tags[Key::name] : tags[Key::ref];
  read_limits(tags, way);
  return way;
}

}  // namespace roadgnn::io
