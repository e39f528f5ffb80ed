// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include "scenario.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include <roadgnn/graph/error.h>

namespace roadgnn::conformance {
namespace {

using nlohmann::json;

Coordinate coordinate(const json& pair) {
  return {pair.at(0).get<double>(), pair.at(1).get<double>()};
}

/// The value of `--name=value` or `--name value` in a command line, empty where it is not there.
std::string option(const std::string& line, const std::string& name) {
  const std::size_t at = line.find(name);
  if (at == std::string::npos) return {};
  const std::size_t begin = at + name.size() + 1;
  if (begin > line.size()) return {};
  return line.substr(begin, line.find(' ', begin) - begin);
}

/// Hours that the scenarios' time zones are ahead of UTC on the days of their queries, all in May
/// 2017.
int hours_ahead(const std::string& zone_file) {
  if (zone_file.find("london") != std::string::npos) return 1;
  if (zone_file.find("dc") != std::string::npos) return -4;
  return 0;  // guinea
}

std::optional<graph::Departure> departure(const json& args) {
  const std::string line = args.value("contract", "");
  const std::string now = option(line, "--parse-conditionals-from-now");
  if (now.empty()) return std::nullopt;
  const std::int64_t local =
      std::atoll(now.c_str()) + 3600 * hours_ahead(option(line, "--time-zone-file"));
  constexpr std::int64_t kFirstMonday = 4 * 86400;  // 5 January 1970
  constexpr std::int64_t kWeek = 7 * 86400;
  graph::Departure departure;
  departure.minute_of_week =
      static_cast<std::int32_t>((((local - kFirstMonday) % kWeek + kWeek) % kWeek) / 60);
  return departure;
}

std::optional<bool> left_hand_traffic(const json& args) {
  const std::string side = option(args.value("extract", ""), "--driving-side");
  if (side == "left") return true;
  if (side == "right") return false;
  return std::nullopt;
}

/// OSRM's test region, whose data say that people drive on the left: 0 to 2 degrees north and east.
bool lies_on_null_island(const json& args, const std::vector<Query>& queries) {
  if (args.value("extract", "").find("null-island.geojson") == std::string::npos) return false;
  return std::all_of(queries.begin(), queries.end(), [](const Query& query) {
    return std::all_of(query.points.begin(), query.points.end(), [](const Coordinate& point) {
      return point.lon >= 0 && point.lon <= 2 && point.lat >= 0 && point.lat <= 2;
    });
  });
}

std::map<std::string, std::string> texts(const json& object) {
  std::map<std::string, std::string> result;
  for (const auto& item : object.items()) result[item.key()] = item.value().get<std::string>();
  return result;
}

Query read_query(const json& row) {
  Query query;
  const std::string kind = row.at("kind").get<std::string>();
  if (row.contains("expect")) query.expect = texts(row.at("expect"));
  if (row.contains("params")) query.options = texts(row.at("params"));
  if (row.contains("approaches"))
    query.options["approaches"] = row.at("approaches").get<std::string>();
  if (row.contains("bearings")) query.options["bearings"] = row.at("bearings").get<std::string>();
  if (kind == "routability") {
    query.kind = Query::Kind::routability;
    query.way = row.at("way").get<std::string>();
    query.points = {coordinate(row.at("a")), coordinate(row.at("b"))};
    query.shown = query.way;
    query.shown.append(" ").append(row.at("tags").dump());
  } else if (kind == "route") {
    query.kind = Query::Kind::route;
    for (const json& point : row.at("coords")) query.points.push_back(coordinate(point));
    query.shown = row.at("waypoints").dump();
    if (!query.options.empty()) query.shown.append(" ").append(json(query.options).dump());
  }
  return query;
}

Scenario read_scenario(const json& line, const std::filesystem::path& folder) {
  Scenario scenario;
  scenario.id = line.at("id").get<std::string>();
  scenario.title = line.at("scenario").get<std::string>();
  scenario.map = folder / line.at("osm").get<std::string>();
  const json args = line.value("args", json::object());
  scenario.departure = departure(args);
  scenario.left_hand_traffic = left_hand_traffic(args);
  for (const json& row : line.at("queries")) scenario.queries.push_back(read_query(row));
  if (!scenario.left_hand_traffic && lies_on_null_island(args, scenario.queries)) {
    scenario.left_hand_traffic = true;
  }
  return scenario;
}

}  // namespace

std::vector<Scenario> read_scenarios(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "cases.jsonl";
  std::ifstream stream(file);
  if (!stream) throw InputError(file.string() + ": cannot be read");
  std::vector<Scenario> scenarios;
  std::string line;
  for (int number = 1; std::getline(stream, line); ++number) {
    if (line.empty()) continue;
    try {
      scenarios.push_back(read_scenario(json::parse(line), folder));
    } catch (const json::exception& error) {
      throw InputError(file.string() + ":" + std::to_string(number) +
                       ": expected a scenario, found " + error.what());
    }
  }
  return scenarios;
}

}  // namespace roadgnn::conformance
