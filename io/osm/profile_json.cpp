// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/nearest_name.h>
#include <roadgnn/io/osm/json_fields.h>
#include <roadgnn/io/osm/profile_json.h>

namespace roadgnn::io {
namespace {

using Rules = Profile::Rules;

constexpr std::size_t kLongestDefinition = 1 << 20;
constexpr double kFastest = 300, kLongestDelay = 3600;

NameTable<bool> name_set(const std::vector<std::string>& names) {
  std::vector<std::pair<std::string, bool>> entries;
  for (const std::string& name : names) entries.emplace_back(name, true);
  return NameTable<bool>(std::move(entries));
}

std::vector<Mode> modes(JsonFields& fields, const char* name) {
  std::vector<Mode> result;
  for (const std::string& text : fields.names(name)) {
    const auto known = mode_names();
    const auto found = std::find(known.begin(), known.end(), text);
    if (found == known.end()) {
      fields.fail(name, "expected access keys such as motor_vehicle, found \"" + text + "\"" +
                            did_you_mean(text, known));
    }
    result.push_back(static_cast<Mode>(found - known.begin()));
  }
  return result;
}

void read_vehicle(JsonFields fields, Rules& rules) {
  Rules::Vehicle& vehicle = rules.vehicle;
  vehicle.height_m = fields.number("height_m", 0.1, 10);
  vehicle.width_m = fields.number("width_m", 0.1, 10);
  vehicle.length_m = fields.number("length_m", 0.1, 50);
  vehicle.weight_kg = fields.number("weight_kg", 1, 200000);
  vehicle.axle_load_kg = fields.number("axle_load_kg", 1, 100000);
  vehicle.hazmat = fields.flag_or("hazmat", false);
  vehicle.max_speed_kmh = fields.number_or("max_speed_kmh", 1, kFastest, 0);
  fields.finish();
}

void read_access(JsonFields fields, Rules& rules) {
  rules.access_modes = modes(fields, "vehicles");
  if (rules.access_modes.empty())
    fields.fail("vehicles", "expected at least one access key, found none");
  rules.opening_modes = modes(fields, "opens_other_ways");
  std::vector<std::pair<std::string, AccessValue>> values;
  for (const auto& [name, value] : {std::pair{"open", AccessValue::open},
                                    {"ends_only", AccessValue::ends_only},
                                    {"closed", AccessValue::closed}}) {
    for (const std::string& text : fields.names(name)) values.emplace_back(text, value);
  }
  rules.access_values = NameTable<AccessValue>(std::move(values));
  rules.no_start_on_service = name_set(fields.names("no_start_on_service"));
  fields.finish();
}

void read_oneway(JsonFields fields, Rules& rules) {
  rules.oneway_modes = modes(fields, "vehicles");
  rules.contraflow_cycleways = fields.flag_or("contraflow_cycleways", false);
  fields.finish();
}

std::uint32_t closing_reasons(JsonFields& fields) {
  static constexpr std::string_view kReasons[] = {
      "area", "reversible", "impassable", "construction", "proposed", "toll", "motorroad"};
  std::uint32_t bits = 0;
  for (const std::string& text : fields.names("closed_if")) {
    const auto* found = std::find(std::begin(kReasons), std::end(kReasons), text);
    if (found == std::end(kReasons)) {
      fields.fail(
          "closed_if",
          "expected area, reversible, impassable, construction, proposed, toll or motorroad, "
          "found \"" +
              text + "\"" + did_you_mean(text, kReasons));
    }
    bits |= 1U << (found - std::begin(kReasons));
  }
  return bits;
}

void read_roads(JsonFields fields, Rules& rules) {
  rules.highway_kmh = NameTable<double>(fields.numbers("speed_kmh", 0.1, kFastest));
  if (rules.highway_kmh.entries().empty())
    fields.fail("speed_kmh", "expected speeds by road class, found none");
  rules.other_kmh = fields.number("other_speed_kmh", 0.1, kFastest);
  std::vector<std::pair<std::string, double>> routes;
  for (const auto& [field, route] :
       {std::pair{"ferry_kmh", "ferry"}, {"shuttle_train_kmh", "shuttle_train"}}) {
    if (fields.has(field)) routes.emplace_back(route, 0);
    const double speed = fields.number_or(field, 0.1, kFastest, 0);
    if (speed > 0) routes.back().second = speed;
  }
  rules.route_kmh = NameTable<double>(std::move(routes));
  rules.movable_bridge_kmh = fields.number_or("movable_bridge_kmh", 0.1, kFastest, 0);
  rules.never = name_set(fields.names("never"));
  rules.closed_services = name_set(fields.names("closed_services"));
  rules.closed_if = closing_reasons(fields);
  rules.hov_ends_only = fields.flag_or("hov_ends_only", false);
  fields.finish();
}

void read_speed_limits(JsonFields fields, Rules& rules) {
  for (const std::string& text : fields.names("keys")) {
    const Key key = find_key(text);
    const auto number = static_cast<std::uint16_t>(key);
    const bool known = number >= static_cast<std::uint16_t>(Key::maxspeed) &&
                       number <= static_cast<std::uint16_t>(Key::source__maxspeed) &&
                       (number - 80) % 3 == 0;
    if (!known) {
      static constexpr std::string_view kKnown[] = {
          "maxspeed",       "maxspeed:advisory", "maxspeed:type",  "maxspeed:hgv",
          "maxspeed:goods", "maxspeed:bicycle",  "source:maxspeed"};
      fields.fail("keys", "expected keys such as maxspeed, found \"" + text + "\"" +
                              did_you_mean(text, kKnown));
    }
    rules.limit_keys.push_back(key);
  }
  rules.limit_factor = fields.number_or("factor", 0.1, 1.5, 1);
  rules.limits_raise_speed = fields.flag_or("may_raise_speed", true);
  fields.finish();
}

void read_surfaces(JsonFields fields, Rules& rules) {
  rules.surface_kmh = NameTable<double>(fields.numbers("surface_kmh", 0, kFastest));
  rules.tracktype_kmh = NameTable<double>(fields.numbers("tracktype_kmh", 0, kFastest));
  rules.smoothness_kmh = NameTable<double>(fields.numbers("smoothness_kmh", 0, kFastest));
  fields.finish();
}

void read_penalties(JsonFields fields, Rules& rules) {
  Rules::Penalties& penalties = rules.penalties;
  penalties.slow_travel = fields.flag_or("slow_travel", false);
  penalties.service = NameTable<double>(fields.numbers("service", 0.01, 1));
  for (JsonFields& item : fields.objects("narrow")) {
    Rules::Narrow narrow;
    narrow.below_m = item.number("below_m", 0.1, 50);
    narrow.factor = item.number("factor", 0.01, 1);
    item.finish();
    penalties.narrow.push_back(narrow);
  }
  const auto ascending = [](const Rules::Narrow& a, const Rules::Narrow& b) {
    return a.below_m < b.below_m;
  };
  if (!std::is_sorted(penalties.narrow.begin(), penalties.narrow.end(), ascending)) {
    fields.fail("narrow", "expected ascending below_m, found otherwise");
  }
  penalties.single_lane = fields.number_or("single_lane", 0.01, 1, 1);
  penalties.no_lane_markings = fields.number_or("no_lane_markings", 0.01, 1, 1);
  penalties.alternating = fields.number_or("alternating", 0.01, 1, 1);
  penalties.side_road = fields.number_or("side_road", 0.01, 1, 1);
  penalties.against_priority = fields.number_or("against_priority", 0.01, 1, 1);
  fields.finish();
}

void read_barriers(JsonFields fields, Rules& rules) {
  rules.barrier_s = NameTable<double>(fields.numbers("pass_s", 0, kLongestDelay));
  rules.barriers_by_width = name_set(fields.names("pass_if_wide_enough"));
  fields.finish();
}

void read_turns(JsonFields fields, Rules& rules) {
  graph::TurnCostParameters& turns = rules.turn_costs;
  turns.turn_penalty_s = fields.number_or("penalty_s", 0, kLongestDelay, 0);
  turns.turn_bias = fields.number_or("bias", 0.1, 10, 1);
  turns.u_turn_penalty_s = fields.number_or("u_turn_s", 0, kLongestDelay, 0);
  turns.traffic_signal_s = fields.number_or("traffic_signal_s", 0, kLongestDelay, 0);
  turns.stop_s = fields.number_or("stop_s", 0, kLongestDelay, 0);
  turns.give_way_s = fields.number_or("give_way_s", 0, kLongestDelay, 0);
  turns.crossing_s = fields.number_or("crossing_s", 0, kLongestDelay, 0);
  turns.oncoming_s = fields.number_or("oncoming_s", 0, kLongestDelay, 0);
  fields.finish();
}

nlohmann::json parse_json(const std::string& text, const std::string& origin) {
  if (text.size() > kLongestDefinition)
    throw InputError(origin + ": expected at most 1 MB, found more");
  try {
    return nlohmann::json::parse(text, nullptr, true, true);
  } catch (const nlohmann::json::exception& error) {
    throw InputError(origin + ": expected JSON, found " + error.what());
  }
}

}  // namespace

Rules read_profile_rules(const std::string& text, const std::string& origin) {
  const nlohmann::json json = parse_json(text, origin);
  JsonFields fields(json, origin, "");
  Rules rules;
  rules.definition = text;
  rules.name = fields.text("name");
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  if (rules.name.empty() || rules.name.size() > 40 ||
      !std::all_of(rules.name.begin(), rules.name.end(), good)) {
    fields.fail("name", "expected 1 to 40 of a-z, 0-9, _ and -, found \"" +
                            rules.name.substr(0, 60) + "\"");
  }
  rules.description = fields.text_or("description", "");
  read_vehicle(fields.object("vehicle"), rules);
  read_access(fields.object("access"), rules);
  read_oneway(fields.object("oneway"), rules);
  rules.restriction_vehicles = fields.names("turn_restrictions");
  read_roads(fields.object("roads"), rules);
  read_speed_limits(fields.object("speed_limits"), rules);
  read_surfaces(fields.object("surfaces"), rules);
  read_penalties(fields.object("penalties"), rules);
  read_barriers(fields.object("barriers"), rules);
  read_turns(fields.object("turns"), rules);
  rules.u_turns_anywhere = fields.flag_or("u_turns_anywhere", false);
  fields.finish();
  return rules;
}

}  // namespace roadgnn::io
