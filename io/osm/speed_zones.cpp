// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <iterator>
#include <string>

#include <roadgnn/io/osm/speed_zones.h>
#include <roadgnn/io/osm/units.h>

namespace roadgnn::io {
namespace {

constexpr double kMile = 1.609;
constexpr double kUnlimited = 140, kWalk = 7;
/// No sign says less or more; such a value is a typing error.
constexpr double kSlowest = 1, kFastest = 400;

struct Zone {
  std::string_view name;
  double kmh;
};

/// What holds in a country that is not listed for the zone.
constexpr Zone kCommon[] = {{"urban", 50},     {"rural", 90},         {"trunk", 110},
                            {"motorway", 130}, {"living_street", 10}, {"bicycle_road", 30},
                            {"walk", kWalk}};

/// Countries that differ, sorted by name; 0 means no limit.
constexpr Zone kCountries[] = {
    {"ar:rural", 110},
    {"ar:urban", 40},
    {"at:bicycle_road", 30},
    {"at:rural", 100},
    {"at:trunk", 100},
    {"be-bru:rural", 70},
    {"be-bru:urban", 30},
    {"be-vlg:rural", 70},
    {"be:cyclestreet", 30},
    {"be:living_street", 20},
    {"be:motorway", 120},
    {"bg:motorway", 140},
    {"by:motorway", 110},
    {"by:urban", 60},
    {"ca-on:rural", 80},
    {"ch:living_street", 20},
    {"ch:motorway", 120},
    {"ch:rural", 80},
    {"ch:trunk", 100},
    {"de:living_street", 7},
    {"de:motorway", 0},
    {"de:rural", 100},
    {"dk:rural", 80},
    {"es:trunk", 90},
    {"fr:living_street", 20},
    {"fr:rural", 80},
    {"fr:zone30", 30},
    {"gb:motorway", 70 * kMile},
    {"gb:nsl_dual", 70 * kMile},
    {"gb:nsl_restricted", 30 * kMile},
    {"gb:nsl_single", 60 * kMile},
    {"gb:restricted", 30 * kMile},
    {"lv:living_street", 20},
    {"nl:rural", 80},
    {"nl:trunk", 100},
    {"no:motorway", 110},
    {"no:rural", 80},
    {"ph:motorway", 100},
    {"ph:rural", 80},
    {"ph:urban", 40},
    {"pl:expressway", 120},
    {"pl:living_street", 20},
    {"pl:motorway", 140},
    {"pl:rural", 100},
    {"ro:trunk", 100},
    {"ru:living_street", 20},
    {"ru:motorway", 110},
    {"ru:urban", 60},
    {"uk:motorway", 70 * kMile},
    {"uk:nsl_dual", 70 * kMile},
    {"uk:nsl_restricted", 30 * kMile},
    {"uk:nsl_single", 60 * kMile},
    {"uk:restricted", 30 * kMile},
    {"za:rural", 100},
    {"za:urban", 60},
};

constexpr std::size_t kLongestZone = 32;

/// "zone:30", "zone30", "30" behind a country's colon.
std::optional<double> number_of_zone(std::string_view text) {
  if (text.starts_with("zone")) {
    text.remove_prefix(4);
    if (!text.empty() && (text.front() == ':' || text.front() == '_')) text.remove_prefix(1);
  }
  return parse_speed_kmh(text);
}

std::optional<SpeedLimit> parse_zone(std::string_view name) {
  const auto* country =
      std::lower_bound(std::begin(kCountries), std::end(kCountries), name,
                       [](const Zone& zone, std::string_view key) { return zone.name < key; });
  if (country != std::end(kCountries) && country->name == name) {
    if (country->kmh == 0) return SpeedLimit{kUnlimited, true};
    return SpeedLimit{country->kmh, false};
  }
  const std::size_t colon = name.find(':');
  const std::string_view type = colon == std::string_view::npos ? name : name.substr(colon + 1);
  const auto number = number_of_zone(type);
  if (number && *number >= kSlowest && *number <= kFastest) return SpeedLimit{*number, false};
  if (colon == std::string_view::npos) return std::nullopt;
  for (const Zone& zone : kCommon) {
    if (type == zone.name) return SpeedLimit{zone.kmh, false};
  }
  return std::nullopt;
}

}  // namespace

std::optional<SpeedLimit> parse_speed_limit(std::string_view text) {
  text = trimmed(text);
  if (text.empty()) return std::nullopt;
  if (text.front() >= '0' && text.front() <= '9') {
    const auto number = parse_speed_kmh(text);
    if (!number || *number < kSlowest || *number > kFastest) return std::nullopt;
    return SpeedLimit{*number, false};
  }
  if (text.size() > kLongestZone) return std::nullopt;
  if (equals_ignoring_case(text, "none")) return SpeedLimit{kUnlimited, true};
  if (equals_ignoring_case(text, "walk")) return SpeedLimit{kWalk, false};
  std::array<char, kLongestZone> lower{};
  std::transform(text.begin(), text.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return parse_zone({lower.data(), text.size()});
}

}  // namespace roadgnn::io
