// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/simplify_line.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include <roadgnn/graph/ground.h>

namespace roadgnn::io {
namespace {

struct Metres {
  double x, y;
};

double distance_to_segment(Metres p, Metres a, Metres b) {
  const double dx = b.x - a.x, dy = b.y - a.y, square = dx * dx + dy * dy;
  const double along = square > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / square : 0;
  const double share = std::clamp(along, 0.0, 1.0);
  return std::hypot(a.x + share * dx - p.x, a.y + share * dy - p.y);
}

// Appends the points of a leg that must stay, its first one left out.
void append_simplified(std::span<const PointE7> leg, double tolerance_m, std::vector<PointE7>& to) {
  const graph::LocalPlane plane({leg[0].lat, leg[0].lon});
  std::vector<Metres> places;
  for (const PointE7 point : leg) {
    places.push_back({plane.x({point.lat, point.lon}), plane.y({point.lat, point.lon})});
  }
  std::vector<bool> stays(leg.size(), false);
  stays.back() = true;
  std::vector<std::pair<std::size_t, std::size_t>> pieces{{0, leg.size() - 1}};
  while (!pieces.empty()) {
    const auto [begin, end] = pieces.back();
    pieces.pop_back();
    std::size_t farthest = begin;
    double most = tolerance_m;
    for (std::size_t i = begin + 1; i < end; ++i) {
      const double off = distance_to_segment(places[i], places[begin], places[end]);
      if (off > most) {
        most = off;
        farthest = i;
      }
    }
    if (farthest == begin) continue;
    stays[farthest] = true;
    pieces.emplace_back(begin, farthest);
    pieces.emplace_back(farthest, end);
  }
  for (std::size_t i = 1; i < leg.size(); ++i) {
    if (stays[i]) to.push_back(leg[i]);
  }
}

}  // namespace

RouteLine simplify(const RouteLine& line, double tolerance_m) {
  RouteLine simple;
  simple.points.push_back(line.points[0]);
  std::size_t before = 0;
  for (const std::int32_t point : line.first_point) {
    const auto at = static_cast<std::size_t>(point);
    if (at > before) {
      append_simplified(std::span(line.points).subspan(before, at - before + 1), tolerance_m,
                        simple.points);
    }
    simple.first_point.push_back(static_cast<std::int32_t>(simple.points.size()) - 1);
    before = at;
  }
  return simple;
}

}  // namespace roadgnn::io
