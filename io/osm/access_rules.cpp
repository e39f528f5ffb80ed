// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <optional>

#include <roadgnn/io/osm/units.h>
#include <roadgnn/io/osm/way_context.h>

namespace roadgnn::io {
namespace {

/// Roads that narrow=yes closes are for vehicles up to this width.
constexpr double kNarrowRoadM = 2.2;
/// What "no sign" stands for, see https://wiki.openstreetmap.org/wiki/Key:maxheight.
constexpr double kDefaultHeightM = 4.5;

std::optional<double> height_m(std::string_view text) {
  if (text == "default" || text == "none" || text == "no-sign" || text == "unsigned")
    return kDefaultHeightM;
  return parse_length_m(text);
}

/// The first of the keys that is there in a direction.
std::string_view first_of(const WayContext& way, Direction direction,
                          std::initializer_list<Key> keys) {
  for (const Key key : keys) {
    const std::string_view text = way.tags.directed(key, direction);
    if (!text.empty()) return text;
  }
  return {};
}

bool too_high(const WayContext& way, Direction direction) {
  const std::string_view text =
      first_of(way, direction, {Key::maxheight__physical, Key::maxheight});
  if (text.empty()) return false;
  const auto limit = height_m(text);
  return limit && *limit < way.rules.vehicle.height_m;
}

bool too_wide(const WayContext& way, Direction direction) {
  const std::string_view text = first_of(
      way, direction, {Key::maxwidth__physical, Key::maxwidth, Key::width, Key::est_width});
  const double width = way.rules.vehicle.width_m;
  if ((text == "narrow" || way.tags[Key::narrow] == "yes") && width > kNarrowRoadM) return true;
  if (text.empty()) return false;
  const auto limit = parse_length_m(text);
  return limit && *limit <= width;
}

bool exceeds(double own, std::optional<double> limit) {
  return limit && *limit < own;
}

bool too_heavy(const WayContext& way, Direction direction) {
  const Profile::Rules& rules = way.rules;
  const double weight = rules.vehicle.weight_kg;
  const bool hgv = rules.has_mode(Mode::hgv), goods = rules.has_mode(Mode::goods);
  std::string_view text = first_of(way, direction, {Key::maxweightrating, Key::maxweight});
  if (!text.empty() && exceeds(weight, parse_weight_kg(text))) return true;
  if (hgv) {
    text = first_of(way, direction, {Key::maxweightrating__hgv, Key::maxweight__hgv});
    if (!text.empty() && exceeds(weight, parse_weight_kg(text))) return true;
  }
  if (goods) {
    text = way.tags.directed(Key::maxweightrating__goods, direction);
    if (!text.empty() && exceeds(weight, parse_weight_kg(text))) return true;
  }
  text = way.tags.directed(Key::maxaxleload, direction);
  return !text.empty() && exceeds(rules.vehicle.axle_load_kg, parse_weight_kg(text));
}

bool too_long(const WayContext& way, Direction direction) {
  std::string_view text = way.tags.directed(Key::maxlength, direction);
  if (text.empty() && way.rules.has_mode(Mode::hgv))
    text = way.tags.directed(Key::maxlength__hgv, direction);
  return !text.empty() && exceeds(way.rules.vehicle.length_m, parse_length_m(text));
}

}  // namespace

AccessValue access_value(const Profile::Rules& rules, std::string_view text) {
  if (text.find(';') == std::string_view::npos) {
    const AccessValue* value = rules.access_values.find(text);
    return value == nullptr ? AccessValue::open : *value;
  }
  std::optional<AccessValue> best;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(';'), text.size());
    const AccessValue* value = rules.access_values.find(trimmed(text.substr(0, end)));
    if (value != nullptr && (!best || *value > *best)) best = *value;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return best.value_or(AccessValue::open);
}

AccessTag find_access(const Profile::Rules& rules, const TagIndex& tags, Direction direction) {
  for (const Mode mode : rules.access_modes) {
    const std::string_view text = tags.directed(access_key(mode), direction);
    if (text.empty()) continue;
    AccessTag result;
    result.text = text;
    result.found = true;
    result.value = access_value(rules, text);
    result.opens_other_ways = std::find(rules.opening_modes.begin(), rules.opening_modes.end(),
                                        mode) != rules.opening_modes.end();
    return result;
  }
  return {};
}

bool closed_for_all(const WayContext& way) {
  const TagIndex& tags = way.tags;
  const auto reason = [&](std::uint32_t bit) { return (way.rules.closed_if & bit) != 0; };
  const std::string_view highway = tags[Key::highway];
  if (way.rules.never.contains(highway)) return true;
  if (reason(closed_if::area) && tags[Key::area] == "yes") return true;
  if (reason(closed_if::toll) && tags[Key::toll] == "yes") return true;
  if (reason(closed_if::motorroad) && tags[Key::motorroad] == "yes") return true;
  if (reason(closed_if::impassable) &&
      (tags[Key::impassable] == "yes" || tags[Key::status] == "impassable")) {
    return true;
  }
  if (reason(closed_if::construction)) {
    const std::string_view construction = tags[Key::construction];
    if (highway == "construction" || tags[Key::railway] == "construction") return true;
    if (!construction.empty() && construction != "no" && construction != "widening" &&
        construction != "minor") {
      return true;
    }
  }
  if (reason(closed_if::proposed) &&
      (highway == "proposed" || (highway.empty() && tags.has(Key::proposed)))) {
    return true;
  }
  return way.rules.closed_services.contains(tags[Key::service]);
}

graph::Access access_by_limits(const WayContext& way, Direction direction) {
  const bool dangerous =
      way.rules.vehicle.hazmat && way.tags.directed(Key::hazmat, direction) == "no";
  const bool physical = too_high(way, direction) || too_wide(way, direction);
  if (physical || dangerous) return graph::Access::closed;
  if (too_long(way, direction) || too_heavy(way, direction)) {
    return way.limits_at_ends ? graph::Access::ends_only : graph::Access::closed;
  }
  return graph::Access::open;
}

bool hov_only(const WayContext& way, Direction direction) {
  if (way.tags[Key::hov] == "designated") return true;
  std::string_view lanes = way.tags[directed_key(Key::hov__lanes, direction)];
  const bool against = direction == Direction::forward ? way.oneway_backward : way.oneway_forward;
  if (lanes.empty() && !against) lanes = way.tags[Key::hov__lanes];
  if (lanes.empty()) return false;
  for (std::size_t begin = 0; begin <= lanes.size();) {
    const std::size_t end = std::min(lanes.find('|', begin), lanes.size());
    if (lanes.substr(begin, end - begin) != "designated") return false;
    begin = end + 1;
  }
  return true;
}

}  // namespace roadgnn::io
