// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/instances/instance.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/instances/readers.h>
#include <roadgnn/io/instances/text_fields.h>

namespace roadgnn::io {
namespace {

bool begins_with_word(const TextLine& line, std::string_view word) {
  const std::string_view field = line.fields.front();
  return field.size() >= word.size() &&
         std::equal(word.begin(), word.end(), field.begin(),
                    [](char a, char b) {
                      return a == static_cast<char>(std::toupper(static_cast<unsigned char>(b)));
                    }) &&
         (field.size() == word.size() || field[word.size()] == ':');
}

// By the first line that only one of the formats has.
InstanceFormat format_of(std::string_view text, const std::string& origin) {
  TextLines lines(text);
  TextLine line;
  for (bool first = true; lines.next(line); first = false) {
    const bool numbers =
        std::all_of(line.fields.begin(), line.fields.end(),
                    [](std::string_view f) { return parse_number(f).has_value(); });
    if (first && numbers && line.fields.size() == 3) return InstanceFormat::li_lim;
    if (line.fields.size() == 1 && begins_with_word(line, "VEHICLE")) {
      return InstanceFormat::solomon;
    }
    if (begins_with_word(line, "ROUTE-TIME") || begins_with_word(line, "NODES")) {
      return InstanceFormat::sartori_buriol;
    }
    if (begins_with_word(line, "DIMENSION")) return InstanceFormat::vrplib;
  }
  throw InputError(
      origin +
      ": expected a VRPLIB, Solomon, Li & Lim or Sartori-Buriol instance, found none of "
      "their keywords");
}

double line_length(const graph::Coordinate& a, const graph::Coordinate& b) {
  return std::sqrt((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y));
}

// The file's own length of a route.
double length_of(const Instance& instance, const decode::Route& route) {
  if (instance.points.empty()) return static_cast<double>(route.distance) / instance.scale;
  double length = 0;
  for (std::size_t i = 1; i < route.steps.size(); ++i) {
    length += line_length(instance.points[static_cast<std::size_t>(route.steps[i - 1].location)],
                          instance.points[static_cast<std::size_t>(route.steps[i].location)]);
  }
  return length;
}

}  // namespace

std::string_view name_of(InstanceFormat format) {
  switch (format) {
    case InstanceFormat::vrplib:
      return "VRPLIB";
    case InstanceFormat::solomon:
      return "Solomon";
    case InstanceFormat::li_lim:
      return "Li & Lim";
    case InstanceFormat::sartori_buriol:
      return "Sartori-Buriol";
  }
  return "";
}

Instance read_instance(std::string_view text, const std::string& origin,
                       std::optional<Objective> objective) {
  switch (format_of(text, origin)) {
    case InstanceFormat::vrplib:
      return read_vrplib(text, origin, objective);
    case InstanceFormat::solomon:
      return read_solomon(text, origin, objective);
    case InstanceFormat::li_lim:
      return read_li_lim(text, origin, objective);
    case InstanceFormat::sartori_buriol:
      return read_sartori_buriol(text, origin, objective);
  }
  throw Error(origin + ": unknown format");
}

Figures evaluate(const Instance& instance, const decode::Plan& plan) {
  Figures figures;
  for (const decode::Route& route : plan.routes) {
    const auto& type = instance.problem.vehicle_types[static_cast<std::size_t>(route.vehicle_type)];
    figures.cost +=
        type.cost_fixed + type.cost_per_distance * instance.scale * length_of(instance, route);
  }
  for (const decode::Unserved& unserved : plan.unserved) {
    figures.cost +=
        instance.problem.orders[static_cast<std::size_t>(unserved.order)].prize.value_or(0);
  }
  figures.vehicles = static_cast<std::int64_t>(plan.routes.size());
  figures.unserved = static_cast<std::int64_t>(plan.unserved.size());
  return figures;
}

std::string format_cost(const Instance& instance, double cost) {
  // Four decimals where lengths are exact: as SINTEF's lists. Zeros at the end say nothing.
  const int decimals = instance.objective == Objective::dimacs    ? 1
                       : instance.objective == Objective::rounded ? 2
                                                                  : 4;
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals, cost);
  std::string result = text;
  if (instance.objective == Objective::dimacs) return result;
  result.erase(result.find_last_not_of('0') + 1);
  if (result.ends_with('.')) result.pop_back();
  return result;
}

}  // namespace roadgnn::io
