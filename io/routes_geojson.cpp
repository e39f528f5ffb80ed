// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/routes_geojson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/simplify_line.h>

namespace roadgnn::io {
namespace {

constexpr std::int32_t kHalfCircleE6 = 180'000'000;

// A point rounded to the six decimals that are written.
struct PointE6 {
  std::int32_t lat, lon;

  friend bool operator==(const PointE6&, const PointE6&) = default;
};

PointE6 round_to_e6(PointE7 point) {
  const auto rounded = [](std::int32_t e7) { return (e7 + (e7 < 0 ? -5 : 5)) / 10; };
  return {rounded(point.lat), rounded(point.lon)};
}

// Where a line from `a` to `b` that takes the short way around meets the antimeridian.
std::int32_t latitude_at_antimeridian(PointE6 a, PointE6 b) {
  const std::int64_t to_cut = kHalfCircleE6 - std::abs(std::int64_t{a.lon});
  const std::int64_t from_cut = kHalfCircleE6 - std::abs(std::int64_t{b.lon});
  if (to_cut + from_cut == 0) return a.lat;
  return static_cast<std::int32_t>(a.lat +
                                   (std::int64_t{b.lat} - a.lat) * to_cut / (to_cut + from_cut));
}

// The line in parts none of which crosses the antimeridian, each of two points or more.
std::vector<std::vector<PointE6>> cut_at_antimeridian(std::span<const PointE7> line) {
  std::vector<std::vector<PointE6>> parts(1);
  for (const PointE7 exact : line) {
    const PointE6 point = round_to_e6(exact);
    auto& part = parts.back();
    if (!part.empty() && part.back() == point) continue;
    if (!part.empty() && std::abs(std::int64_t{part.back().lon} - point.lon) > kHalfCircleE6) {
      const std::int32_t lat = latitude_at_antimeridian(part.back(), point);
      const std::int32_t side = part.back().lon < 0 ? -kHalfCircleE6 : kHalfCircleE6;
      if (part.back() != PointE6{lat, side}) part.push_back({lat, side});
      parts.emplace_back();
      if (point != PointE6{lat, -side}) parts.back().push_back({lat, -side});
    }
    parts.back().push_back(point);
  }
  // A line that only touches the meridian leaves a part of a single point behind.
  const PointE6 first = parts.front().front();
  std::erase_if(parts, [](const auto& part) { return part.size() < 2; });
  if (parts.empty()) parts.push_back({first, first});
  return parts;
}

void append_decimal(std::string& text, std::int32_t e6) {
  if (e6 < 0) text += '-';
  const std::int32_t magnitude = std::abs(e6);
  char digits[16];
  char* end = std::to_chars(digits, digits + sizeof(digits), magnitude / 1'000'000).ptr;
  text.append(digits, end);
  std::int32_t fraction = magnitude % 1'000'000;
  if (fraction == 0) return;
  std::array<char, 7> decimals{'.'};
  for (std::size_t i = 6; i > 0; --i, fraction /= 10)
    decimals[i] = static_cast<char>('0' + fraction % 10);
  std::size_t length = decimals.size();
  while (decimals[length - 1] == '0') --length;
  text.append(decimals.data(), length);
}

void append_part(std::string& text, const std::vector<PointE6>& part) {
  text += '[';
  for (std::size_t i = 0; i < part.size(); ++i) {
    text += i > 0 ? ",[" : "[";
    append_decimal(text, part[i].lon);
    text += ',';
    append_decimal(text, part[i].lat);
    text += ']';
  }
  text += ']';
}

nlohmann::ordered_json properties(const decode::Problem& problem, const decode::Route& route) {
  const auto is_stop = [](const decode::Step& step) {
    return step.kind == decode::StepKind::pickup || step.kind == decode::StepKind::delivery;
  };
  return {{"vehicle", vehicle_name(problem, route)},
          {"type", problem.vehicle_types[static_cast<std::size_t>(route.vehicle_type)].id},
          {"cost", route.cost},
          {"distance_m", route.distance},
          {"duration_s", (route.duration + 500) / 1000},
          {"stops", std::count_if(route.steps.begin(), route.steps.end(), is_stop)}};
}

}  // namespace

std::string geojson_geometry(std::span<const PointE7> line) {
  const auto parts = cut_at_antimeridian(line);
  const bool several = parts.size() > 1;
  std::string text = several ? R"({"type":"MultiLineString","coordinates":[)"
                             : R"({"type":"LineString","coordinates":)";
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text += ",\n";
    append_part(text, parts[i]);
  }
  return text + (several ? "]}" : "}");
}

void write_routes_geojson(std::ostream& out, const decode::Problem& problem,
                          const decode::Plan& plan, std::span<const RouteLine> lines) {
  if (lines.size() != plan.routes.size()) {
    throw Error("routes.geojson: " + std::to_string(plan.routes.size()) + " routes but " +
                std::to_string(lines.size()) + " lines");
  }
  out << "{\"type\":\"FeatureCollection\",\n"
         "\"attribution\":\"© OpenStreetMap contributors, ODbL 1.0\",\n\"features\":[";
  for (std::size_t r = 0; r < lines.size(); ++r) {
    const std::string about = properties(problem, plan.routes[r])
                                  .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    out << (r > 0 ? ",\n" : "\n") << R"({"type":"Feature","properties":)" << about
        << ",\n\"geometry\":" << geojson_geometry(simplify(lines[r], kGeojsonToleranceM).points)
        << '}';
  }
  out << "\n]}\n";
}

}  // namespace roadgnn::io
