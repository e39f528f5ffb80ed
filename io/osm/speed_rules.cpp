// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>

#include <roadgnn/io/osm/speed_zones.h>
#include <roadgnn/io/osm/units.h>
#include <roadgnn/io/osm/way_context.h>

namespace roadgnn::io {
namespace {

bool is_movable_bridge(const WayContext& way) {
  return way.rules.movable_bridge_kmh > 0 && way.tags[Key::bridge] == "movable";
}

double posted_kmh(const WayContext& way, Direction direction) {
  for (const Key key : way.rules.limit_keys) {
    const std::string_view text = way.tags.directed(key, direction);
    if (text.empty()) continue;
    if (const auto limit = parse_speed_limit(text)) return limit->kmh;
  }
  return 0;
}

double capped(const NameTable<double>& caps, std::string_view name, double speed_kmh) {
  if (name.empty()) return speed_kmh;
  const double* cap = caps.find(name);
  return cap == nullptr ? speed_kmh : std::min(*cap, speed_kmh);
}

double narrow_factor(const Profile::Rules::Penalties& penalties, std::string_view width_text) {
  if (width_text.empty()) return 1;
  const auto width = parse_length_m(width_text);
  if (!width) return 1;
  for (const auto& narrow : penalties.narrow) {
    if (*width < narrow.below_m) return narrow.factor;
  }
  return 1;
}

/// Two-way roads on which vehicles have to make room for each other.
double width_factor(const WayContext& way) {
  const Profile::Rules::Penalties& penalties = way.rules.penalties;
  double factor = way.tags[Key::lane_markings] == "no" ? penalties.no_lane_markings : 1;
  const double narrow = narrow_factor(penalties, way.tags[Key::width]);
  if (narrow < 1) factor = narrow;
  const auto lanes = parse_leading_int(way.tags[Key::lanes]);
  if (lanes && *lanes <= 1) factor = penalties.single_lane;
  return factor;
}

}  // namespace

double base_speed(const WayContext& way, const AccessTag& access) {
  if (const double* speed = way.rules.route_kmh.find(way.tags[Key::route])) return *speed;
  const double* speed = way.rules.highway_kmh.find(way.tags[Key::highway]);
  if (is_movable_bridge(way) && !way.tags.has(Key::duration)) return way.rules.movable_bridge_kmh;
  if (speed != nullptr) return *speed;
  return access.found && access.opens_other_ways && access.value == AccessValue::open
             ? way.rules.other_kmh
             : 0;
}

double limited_speed(const WayContext& way, Direction direction, double speed_kmh) {
  const Profile::Rules& rules = way.rules;
  const double posted = posted_kmh(way, direction) * rules.limit_factor;
  if (posted > 0) speed_kmh = rules.limits_raise_speed ? posted : std::min(posted, speed_kmh);
  speed_kmh = capped(rules.surface_kmh, way.tags[Key::surface], speed_kmh);
  speed_kmh = capped(rules.tracktype_kmh, way.tags[Key::tracktype], speed_kmh);
  speed_kmh = capped(rules.smoothness_kmh, way.tags[Key::smoothness], speed_kmh);
  return rules.vehicle.max_speed_kmh > 0 ? std::min(rules.vehicle.max_speed_kmh, speed_kmh)
                                         : speed_kmh;
}

double penalty_factor(const WayContext& way, Direction direction, bool two_way) {
  const Profile::Rules::Penalties& penalties = way.rules.penalties;
  double factor = 1;
  if (const double* service = penalties.service.find(way.tags[Key::service]))
    factor = std::min(factor, *service);
  if (two_way) factor = std::min(factor, width_factor(way));
  if (way.alternating) factor = std::min(factor, penalties.alternating);
  const std::string_view side_road = way.tags[Key::side_road];
  if (side_road == "yes" || side_road == "rotary") factor = std::min(factor, penalties.side_road);
  const std::string_view against = direction == Direction::forward ? "backward" : "forward";
  if (way.tags[Key::priority] == against) factor = std::min(factor, penalties.against_priority);
  return factor;
}

}  // namespace roadgnn::io
