// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Imports the scenarios of OSRM's car profile in a folder (cases.jsonl and osm/*.osm), asks their
// queries and prints the misses, then "routability P/N" and "routes P/N". With --min-routability
// SHARE and --min-routes SHARE the exit status is 1 where less passes. Usage: conformance DIR
// [--min-routability 0.97] [--min-routes 0.9]

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <optional>
#include <string>

#include <roadgnn/graph/error.h>

#include "expectation.h"
#include "scenario.h"
#include "small_city.h"

namespace roadgnn::conformance {
namespace {

struct Score {
  int passed = 0, all = 0;
  double share() const { return all == 0 ? 1 : static_cast<double>(passed) / all; }
};

std::string shown(const std::map<std::string, std::string>& expect) {
  std::string text;
  for (const auto& [column, value] : expect)
    text += (text.empty() ? "" : ", ") + column + " '" + value + "'";
  return text;
}

Comparison ask(const SmallCity& city, const Query& query) {
  const Answer there = city.route(query, query.points);
  if (query.kind == Query::Kind::route) return compare_route(query.expect, there);
  const Answer back = city.route(query, {query.points.rbegin(), query.points.rend()});
  return compare_routability(query.expect, query.way, there, back);
}

void judge(const Scenario& scenario, Score& routability, Score& routes) {
  std::optional<SmallCity> city;
  std::string broken;
  try {
    city.emplace(scenario);
  } catch (const Error& error) {
    broken = error.what();
  }
  for (const Query& query : scenario.queries) {
    if (query.kind == Query::Kind::other) continue;
    Score& score = query.kind == Query::Kind::route ? routes : routability;
    ++score.all;
    Comparison result{false, broken};
    try {
      if (city) result = ask(*city, query);
    } catch (const Error& error) {
      result = {false, error.what()};
    }
    if (result.equal) {
      ++score.passed;
    } else {
      std::printf("miss %s %s: expected %s; found %s\n", scenario.id.c_str(), query.shown.c_str(),
                  shown(query.expect).c_str(), result.found.c_str());
    }
  }
}

double option(int argc, char** argv, const char* name) {
  for (int i = 2; i + 1 < argc; ++i) {
    if (std::strcmp(argv[i], name) == 0) return std::atof(argv[i + 1]);
  }
  return 0;
}

int run(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s DIR [--min-routability SHARE] [--min-routes SHARE]\n", argv[0]);
    return 2;
  }
  Score routability, routes;
  for (const Scenario& scenario : read_scenarios(argv[1])) judge(scenario, routability, routes);
  std::printf("routability %d/%d\nroutes %d/%d\n", routability.passed, routability.all,
              routes.passed, routes.all);
  const bool enough = routability.share() >= option(argc, argv, "--min-routability") &&
                      routes.share() >= option(argc, argv, "--min-routes");
  return enough ? 0 : 1;
}

}  // namespace
}  // namespace roadgnn::conformance

int main(int argc, char** argv) {
  try {
    return roadgnn::conformance::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
