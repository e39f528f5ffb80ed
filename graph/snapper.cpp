// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/snapper.h>

#include <algorithm>
#include <array>
#include <boost/geometry.hpp>
#include <boost/geometry/index/rtree.hpp>
#include <boost/iterator/function_output_iterator.hpp>
#include <cmath>
#include <limits>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <roadgnn/graph/edge_shape.h>
#include <roadgnn/graph/error.h>
#include <roadgnn/graph/ground.h>

namespace roadgnn::graph {
namespace {

namespace bg = boost::geometry;
namespace bgi = boost::geometry::index;

std::size_t index(std::int64_t i) {
  return static_cast<std::size_t>(i);
}

// Degrees, longitude first. A street across 180 degrees goes on beyond them.
using Point = bg::model::point<float, 2, bg::cs::cartesian>;
using Box = bg::model::box<Point>;

// A piece of a street's line between two consecutive points.
struct Piece {
  std::int32_t edge;   // the street's first edge
  std::int32_t piece;  // from that edge's point of this number to the next
};
using Value = std::pair<Box, Piece>;
using Tree = bgi::rtree<Value, bgi::quadratic<16>>;

constexpr double kFirstRadius = 50, kGrowth = 4;

float below(double degrees) {
  return std::nextafter(static_cast<float>(degrees), -std::numeric_limits<float>::infinity());
}
float above(double degrees) {
  return std::nextafter(static_cast<float>(degrees), std::numeric_limits<float>::infinity());
}

Box box_of(Coordinate a, Coordinate b) {
  const double lon = a.lon_e7 * 1e-7;
  const double other_lon =
      lon + static_cast<double>(longitude_difference_e7(a.lon_e7, b.lon_e7)) * 1e-7;
  const double lat = a.lat_e7 * 1e-7, other_lat = b.lat_e7 * 1e-7;
  return {Point(below(std::min(lon, other_lon)), below(std::min(lat, other_lat))),
          Point(above(std::max(lon, other_lon)), above(std::max(lat, other_lat)))};
}

// The place on a piece that is nearest to the centre of the plane.
struct Foot {
  double share;      // of the piece, 0 .. 1
  double distance2;  // square metres
};

Foot nearest_on_piece(const LocalPlane& plane, Coordinate a, Coordinate b) {
  const double ax = plane.x(a), ay = plane.y(a);
  const double dx = plane.x(b) - ax, dy = plane.y(b) - ay;
  const double length2 = dx * dx + dy * dy;
  const double share = length2 > 0 ? std::clamp(-(ax * dx + ay * dy) / length2, 0.0, 1.0) : 0;
  const double x = ax + share * dx, y = ay + share * dy;
  return {share, x * x + y * y};
}

double metres_between(Coordinate a, Coordinate b) {
  const LocalPlane plane(a);
  return std::hypot(plane.x(b), plane.y(b));
}

Coordinate coordinate_between(Coordinate a, Coordinate b, double share) {
  const auto part = [share](std::int64_t difference) {
    return std::llround(share * static_cast<double>(difference));
  };
  std::int64_t lon = a.lon_e7 + part(longitude_difference_e7(a.lon_e7, b.lon_e7));
  if (lon > 1'800'000'000) lon -= 3'600'000'000;
  if (lon < -1'800'000'000) lon += 3'600'000'000;
  return {static_cast<std::int32_t>(a.lat_e7 + part(std::int64_t{b.lat_e7} - a.lat_e7)),
          static_cast<std::int32_t>(lon)};
}

struct Nearest {
  double distance2 = std::numeric_limits<double>::infinity();
  Piece piece{-1, 0};
  double share = 0;

  auto rank() const { return std::tuple(distance2, piece.edge, piece.piece); }
};

}  // namespace

struct Snapper::Impl {
  Impl(std::shared_ptr<const RoadGraph> road_graph, int profile) : graph(std::move(road_graph)) {
    if (profile < 0 || index(profile) >= graph->profiles.size()) {
      throw InputError("profile: expected 0 to " + std::to_string(graph->profiles.size() - 1) +
                       ", found " + std::to_string(profile));
    }
    snappable = graph->profiles[index(profile)].snappable;
    tree = Tree(all_pieces());
  }

  // A street is known by the edge along it, or by the other where that is not in the graph.
  bool first_of_street(std::int32_t e) const {
    const std::int32_t back = graph->opposite[index(e)];
    return back < 0 || (graph->edge_flags[index(e)] & edge_flag::against_way) == 0;
  }
  int level(std::int32_t e) const { return e < 0 ? 0 : snappable[index(e)]; }
  int street_level(std::int32_t e) const {
    return std::max(level(e), level(graph->opposite[index(e)]));
  }

  std::vector<Value> all_pieces() const {
    std::vector<Value> pieces;
    pieces.reserve(graph->shape_lat_e7.size() + index(graph->num_segments()));
    for (std::int32_t e = 0; e < graph->num_edges(); ++e) {
      if (!first_of_street(e) || street_level(e) == 0) continue;
      const EdgeShape shape(*graph, e);
      Coordinate last = shape[0];
      for (std::int32_t i = 1; i < shape.num_points(); ++i) {
        const Coordinate next = shape[i];
        pieces.emplace_back(box_of(last, next), Piece{e, i - 1});
        last = next;
      }
    }
    return pieces;
  }

  // Considers every piece whose box touches the square of this radius; index 0 of `best` is for
  // streets that are cut off, 1 for the others.
  void look_around(const LocalPlane& plane, double lat, double lon, double radius,
                   std::array<Nearest, 2>& best) const {
    const double lat_reach = radius / (kMetresPerE7 * 1e7);
    const double cos_lat = std::max(0.001, std::cos(lat * 3.14159265358979323846 / 180));
    const double lon_reach = std::min(180.0, lat_reach / cos_lat);
    const auto consider = [&](const Value& value) {
      const auto [edge, piece] = value.second;
      const EdgeShape shape(*graph, edge);
      const Foot foot = nearest_on_piece(plane, shape[piece], shape[piece + 1]);
      Nearest& nearest = best[street_level(edge) == 2 ? 1 : 0];
      const Nearest found{foot.distance2, value.second, foot.share};
      if (found.rank() < nearest.rank()) nearest = found;
    };
    for (const double round : {-360.0, 0.0, 360.0}) {
      if (lon + round + lon_reach < -360 || lon + round - lon_reach > 360) continue;
      const Box around(Point(below(lon + round - lon_reach), below(lat - lat_reach)),
                       Point(above(lon + round + lon_reach), above(lat + lat_reach)));
      tree.query(bgi::intersects(around), boost::make_function_output_iterator(consider));
    }
  }

  Snap place(const Nearest& nearest, int wanted_level) const {
    const auto [edge, piece] = nearest.piece;
    const EdgeShape shape(*graph, edge);
    double before = 0, all = 0;
    for (std::int32_t i = 0; i + 1 < shape.num_points(); ++i) {
      const double metres = metres_between(shape[i], shape[i + 1]);
      before += i < piece ? metres : i == piece ? nearest.share * metres : 0;
      all += metres;
    }
    const std::int32_t length = graph->length_cm[index(edge)];
    const auto offset =
        static_cast<std::int32_t>(all > 0 ? std::llround(length * std::min(1.0, before / all)) : 0);

    Snap snap;
    const Coordinate at = coordinate_between(shape[piece], shape[piece + 1], nearest.share);
    snap.lat_e7 = at.lat_e7;
    snap.lon_e7 = at.lon_e7;
    snap.distance_m = std::sqrt(nearest.distance2);
    const std::int32_t back = graph->opposite[index(edge)];
    const auto add = [&](std::int32_t e, std::int32_t offset_cm) {
      if (level(e) == wanted_level)
        snap.position.sides[index(snap.position.num_sides++)] = {e, offset_cm};
    };
    add(edge, offset);
    add(back, length - offset);
    return snap;
  }

  Snap snap(double lat, double lon, double max_distance_m) const {
    if (!(std::abs(lat) <= 90 && std::abs(lon) <= 180) || !(max_distance_m >= 0)) return {};
    const LocalPlane plane({static_cast<std::int32_t>(std::llround(lat * 1e7)),
                            static_cast<std::int32_t>(std::llround(lon * 1e7))});
    std::array<Nearest, 2> best;
    for (double radius = std::min(kFirstRadius, max_distance_m);; radius *= kGrowth) {
      radius = std::min(radius, max_distance_m);
      look_around(plane, lat, lon, radius, best);
      if (best[1].distance2 <= radius * radius) return place(best[1], 2);
      if (radius == max_distance_m) break;
    }
    if (best[0].distance2 <= max_distance_m * max_distance_m) return place(best[0], 1);
    return {};
  }

  std::shared_ptr<const RoadGraph> graph;
  SharedArray<std::uint8_t> snappable;
  Tree tree;
};

Snapper::Snapper(std::shared_ptr<const RoadGraph> graph, int profile)
    : impl_(std::make_unique<Impl>(std::move(graph), profile)) {}
Snapper::~Snapper() = default;
Snapper::Snapper(Snapper&&) noexcept = default;
Snapper& Snapper::operator=(Snapper&&) noexcept = default;

Snap Snapper::snap(double lat, double lon, double max_distance_m) const {
  return impl_->snap(lat, lon, max_distance_m);
}

}  // namespace roadgnn::graph
