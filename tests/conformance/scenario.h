// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <roadgnn/graph/metric.h>

namespace roadgnn::conformance {

struct Coordinate {
  double lon = 0, lat = 0;
};

/// One row of a scenario's table: what was asked and what OSRM answers.
struct Query {
  enum class Kind { routability, route, other } kind = Kind::other;
  std::string way;                             ///< routability: the name of the way under test
  std::vector<Coordinate> points;              ///< a and b, or the waypoints
  std::string shown;                           ///< the row, to print
  std::map<std::string, std::string> expect;   ///< column -> value
  std::map<std::string, std::string> options;  ///< snapping, exclude, bearings, approaches, ...
};

/// A scenario of OSRM's car profile: a small map and its queries.
struct Scenario {
  std::string id, title;
  std::filesystem::path map;
  std::optional<bool> left_hand_traffic;
  std::optional<graph::Departure> departure;  ///< unset: conditional restrictions do not apply
  std::vector<Query> queries;
};

/// Reads cases.jsonl of a folder. Throws InputError naming the line.
std::vector<Scenario> read_scenarios(const std::filesystem::path& folder);

}  // namespace roadgnn::conformance
