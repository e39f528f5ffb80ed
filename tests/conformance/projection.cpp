// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include "projection.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace roadgnn::conformance {
namespace {

constexpr double kMetresPerDegree = 6372797.56 * std::numbers::pi / 180;

struct Point {
  double x = 0, y = 0;
};

std::size_t index(std::int64_t i) {
  return static_cast<std::size_t>(i);
}

/// The edge's line from its tail to its head, in metres around `origin`.
std::vector<Point> line_of(const graph::RoadGraph& graph, std::int32_t edge,
                           const Coordinate& origin) {
  const double shrink = std::cos(origin.lat * std::numbers::pi / 180);
  const auto at = [&](std::int32_t lat_e7, std::int32_t lon_e7) {
    return Point{(lon_e7 * 1e-7 - origin.lon) * shrink * kMetresPerDegree,
                 (lat_e7 * 1e-7 - origin.lat) * kMetresPerDegree};
  };
  const auto node = [&](std::int32_t v) {
    return at(graph.lat_e7[index(v)], graph.lon_e7[index(v)]);
  };
  std::vector<Point> line;
  const std::int32_t segment = graph.segment[index(edge)];
  for (std::int32_t i = graph.first_shape[index(segment)];
       i < graph.first_shape[index(segment + 1)]; ++i) {
    line.push_back(at(graph.shape_lat_e7[index(i)], graph.shape_lon_e7[index(i)]));
  }
  if ((graph.edge_flags[index(edge)] & graph::edge_flag::against_way) != 0)
    std::reverse(line.begin(), line.end());
  line.insert(line.begin(), node(graph.tail[index(edge)]));
  line.push_back(node(graph.head[index(edge)]));
  return line;
}

}  // namespace

Projection project(const graph::RoadGraph& graph, std::int32_t edge, const Coordinate& point) {
  const std::vector<Point> line = line_of(graph, edge, point);
  Projection best;
  best.distance_m = 1e18;
  double before = 0, best_along = 0;
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    const double dx = line[i + 1].x - line[i].x, dy = line[i + 1].y - line[i].y;
    const double length = std::hypot(dx, dy);
    double share = length > 0 ? -(line[i].x * dx + line[i].y * dy) / (length * length) : 0;
    share = std::clamp(share, 0.0, 1.0);
    const double distance = std::hypot(line[i].x + share * dx, line[i].y + share * dy);
    if (distance < best.distance_m - 1e-6) {
      best.distance_m = distance;
      best_along = before + share * length;
      best.bearing_deg = std::fmod(std::atan2(dx, dy) * 180 / std::numbers::pi + 360, 360);
    }
    before += length;
  }
  const double share = before > 0 ? best_along / before : 0;
  best.offset_cm = static_cast<std::int32_t>(std::lround(share * graph.length_cm[index(edge)]));
  return best;
}

int num_pieces(const graph::RoadGraph& graph, std::int32_t edge) {
  const std::int32_t segment = graph.segment[index(edge)];
  return graph.first_shape[index(segment + 1)] - graph.first_shape[index(segment)] + 1;
}

}  // namespace roadgnn::conformance
