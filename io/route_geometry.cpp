// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/route_geometry.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include <roadgnn/graph/edge_shape.h>
#include <roadgnn/graph/error.h>
#include <roadgnn/graph/ground.h>
#include <roadgnn/graph/parallel.h>

namespace roadgnn::io {
namespace {

constexpr double kEarthRadiusM = 6'371'008.8;
constexpr std::int64_t kFullCircleE7 = 3'600'000'000;

std::size_t index(std::int64_t i) {
  return static_cast<std::size_t>(i);
}

std::int32_t wrap_longitude(std::int64_t lon) {
  if (lon > kFullCircleE7 / 2) lon -= kFullCircleE7;
  if (lon < -kFullCircleE7 / 2) lon += kFullCircleE7;
  return static_cast<std::int32_t>(lon);
}

PointE7 between(PointE7 a, PointE7 b, double share) {
  const double lat = a.lat + share * (double{1} * b.lat - a.lat);
  const double lon =
      a.lon + share * static_cast<double>(graph::longitude_difference_e7(a.lon, b.lon));
  return {static_cast<std::int32_t>(std::lround(lat)), wrap_longitude(std::llround(lon))};
}

// A line with the metres from its start to each point.
struct MeasuredLine {
  std::vector<PointE7> points;
  std::vector<double> metres;

  explicit MeasuredLine(std::vector<PointE7> line) : points(std::move(line)), metres{0} {
    for (std::size_t i = 1; i < points.size(); ++i) {
      metres.push_back(metres.back() + distance_m(points[i - 1], points[i]));
    }
  }

  // The piece on which the place `share` (0 .. 1) of the whole length lies, and that place.
  std::pair<std::size_t, PointE7> at(double share) const {
    const double want = std::clamp(share, 0.0, 1.0) * metres.back();
    const auto after = std::upper_bound(metres.begin() + 1, metres.end() - 1, want);
    const auto piece = index(after - metres.begin()) - 1;
    const double length = metres[piece + 1] - metres[piece];
    const double within = length > 0 ? std::clamp((want - metres[piece]) / length, 0.0, 1.0) : 0;
    return {piece, between(points[piece], points[piece + 1], within)};
  }
};

double share_of(const graph::RoadGraph& graph, std::int32_t edge, std::int32_t offset_cm) {
  const std::int32_t length = graph.length_cm[index(edge)];
  return length > 0 ? static_cast<double>(offset_cm) / length : 0;
}

void append(std::vector<PointE7>& line, PointE7 point) {
  if (line.empty() || line.back() != point) line.push_back(point);
}

// Appends what lies between two shares of an edge.
void append_piece(std::vector<PointE7>& line, const graph::RoadGraph& graph, std::int32_t edge,
                  double begin, double end) {
  const MeasuredLine whole(edge_line(graph, edge));
  const auto [first_piece, first] = whole.at(begin);
  const auto [last_piece, last] = whole.at(end);
  append(line, first);
  for (std::size_t i = first_piece + 1; i <= last_piece; ++i) append(line, whole.points[i]);
  append(line, last);
}

// What a leg that begins then is driven by.
std::int32_t profile_at(const decode::VehicleType& type, std::int64_t departure) {
  std::int32_t profile = type.profile;
  for (const decode::ProfileSlice& slice : type.slices) {
    if (slice.from <= departure) profile = slice.profile;
  }
  return profile;
}

RouteLine trace_route(const graph::RoadGraph& graph, const decode::Problem& problem,
                      const decode::Route& route, std::span<const graph::Position> places,
                      const LegFinder& find_leg, int thread) {
  const decode::VehicleType& type = problem.vehicle_types[index(route.vehicle_type)];
  const auto fail = [&](const std::string& what) {
    throw RoutingError("route of " + vehicle_name(problem, route) + ": " + what);
  };
  const auto place = [&](std::size_t step) -> const graph::Position& {
    const graph::Position& found = places[index(route.steps[step].location)];
    if (!found.valid()) fail("step " + std::to_string(step) + " has no place on the roads");
    return found;
  };

  RouteLine line;
  if (route.steps.empty()) fail("it has no steps");
  line.points.push_back(point_at(graph, place(0).sides[0]));
  line.first_point.push_back(0);
  for (std::size_t step = 1; step < route.steps.size(); ++step) {
    if (route.steps[step - 1].location != route.steps[step].location) {
      const std::int32_t profile = profile_at(type, route.steps[step - 1].departure);
      const graph::Path path = find_leg(thread, profile, place(step - 1), place(step));
      if (path.edges.empty()) fail("no way to step " + std::to_string(step));
      for (const PointE7 point : path_line(graph, path)) append(line.points, point);
    }
    line.first_point.push_back(static_cast<std::int32_t>(line.points.size()) - 1);
  }
  return line;
}

}  // namespace

double distance_m(PointE7 a, PointE7 b) {
  constexpr double kRadians = std::numbers::pi / 180 / 1e7;
  const double dlat = (double{1} * b.lat - a.lat) * kRadians;
  const double dlon = static_cast<double>(graph::longitude_difference_e7(a.lon, b.lon)) * kRadians;
  const double u = std::sin(dlat / 2), v = std::sin(dlon / 2);
  const double h = u * u + std::cos(a.lat * kRadians) * std::cos(b.lat * kRadians) * v * v;
  return 2 * kEarthRadiusM * std::asin(std::sqrt(std::min(1.0, h)));
}

std::vector<PointE7> edge_line(const graph::RoadGraph& graph, std::int32_t edge) {
  const graph::EdgeShape shape(graph, edge);
  std::vector<PointE7> line;
  line.reserve(index(shape.num_points()));
  for (std::int32_t i = 0; i < shape.num_points(); ++i) {
    const graph::Coordinate point = shape[i];
    line.push_back({point.lat_e7, point.lon_e7});
  }
  return line;
}

PointE7 point_at(const graph::RoadGraph& graph, const graph::EdgePosition& position) {
  return MeasuredLine(edge_line(graph, position.edge))
      .at(share_of(graph, position.edge, position.offset_cm))
      .second;
}

std::vector<PointE7> path_line(const graph::RoadGraph& graph, const graph::Path& path) {
  std::vector<PointE7> line;
  const std::size_t last = path.edges.size() - 1;
  for (std::size_t i = 0; i < path.edges.size(); ++i) {
    const std::int32_t edge = path.edges[i];
    const double begin = i == 0 ? share_of(graph, edge, path.from.offset_cm) : 0;
    const double end = i == last ? share_of(graph, edge, path.to.offset_cm) : 1;
    if (i > 0 && i < last) {
      for (const PointE7 point : edge_line(graph, edge)) append(line, point);
    } else {
      append_piece(line, graph, edge, begin, end);
    }
  }
  return line;
}

std::vector<RouteLine> trace_routes(const graph::RoadGraph& graph, const decode::Problem& problem,
                                    const decode::Plan& plan, LocationPositions positions,
                                    const LegFinder& find_leg, int threads) {
  std::vector<RouteLine> lines(plan.routes.size());
  graph::parallel_for(static_cast<std::int64_t>(plan.routes.size()), 1, threads,
                      [&](std::int64_t begin, std::int64_t end, int thread) {
                        for (std::int64_t r = begin; r < end; ++r) {
                          const decode::Route& route = plan.routes[index(r)];
                          const auto profile =
                              index(problem.vehicle_types[index(route.vehicle_type)].profile);
                          lines[index(r)] = trace_route(graph, problem, route, positions[profile],
                                                        find_leg, thread);
                        }
                      });
  return lines;
}

std::string vehicle_name(const decode::Problem& problem, const decode::Route& route) {
  return problem.vehicle_types[index(route.vehicle_type)].id + "-" +
         std::to_string(route.vehicle + 1);
}

}  // namespace roadgnn::io
