// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/growing_oracle.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include <roadgnn/graph/parallel.h>

namespace roadgnn::graph::detail {
namespace {

using Point = std::array<double, 3>;

constexpr double kEarth_m = 6'371'000;
constexpr std::int64_t kNever = std::int64_t{1} << 40;  // ms

// Floats know places to a metre; lengths are rounded to metres.
constexpr double kSlack_m = 4;

Point point_of(const RoadGraph& graph, std::int32_t node) {
  const double lat = graph.lat_e7[node] * 1e-7 * std::numbers::pi / 180;
  const double lon = graph.lon_e7[node] * 1e-7 * std::numbers::pi / 180;
  return {kEarth_m * std::cos(lat) * std::cos(lon), kEarth_m * std::cos(lat) * std::sin(lon),
          kEarth_m * std::sin(lat)};
}

template <class A, class B>
double distance(const A& a, const B& b) {
  const double x = double{a[0]} - b[0], y = double{a[1]} - b[1], z = double{a[2]} - b[2];
  return std::sqrt(x * x + y * y + z * z);
}

Point point_of(const RoadGraph& graph, const EdgePosition& at) {
  const Point tail = point_of(graph, graph.tail[at.edge]),
              head = point_of(graph, graph.head[at.edge]);
  const double length = graph.length_cm[at.edge];
  const double share = length > 0 ? at.offset_cm / length : 0;
  Point point;
  for (std::size_t i = 0; i < 3; ++i) point[i] = tail[i] + share * (head[i] - tail[i]);
  return point;
}

double straightness_of(const RoadGraph& graph) {
  double least = 1;
  for (std::int32_t e = 0; e < graph.num_edges(); ++e) {
    const double straight =
        distance(point_of(graph, graph.tail[e]), point_of(graph, graph.head[e]));
    if (graph.length_cm[e] / 100.0 < least * straight)
      least = graph.length_cm[e] / 100.0 / straight;
  }
  return least;
}

}  // namespace

GrowingOracle::GrowingOracle(std::vector<std::shared_ptr<const PreparedMetric>> metrics,
                             std::vector<std::vector<Position>> positions, int threads)
    : oracle_(metrics, positions, threads) {
  if (!metrics.empty()) straightness_ = straightness_of(metrics.front()->graph());
  profiles_.resize(metrics.size());
  const std::int32_t room = num_stops() / 4 + 64;
  oracle_.make_room(room);
  for (std::int32_t p = 0; p < num_profiles(); ++p) {
    Profile& profile = profiles_[p];
    profile.metric = std::move(metrics[p]);
    profile.stops.reserve(positions[p].size() + room);
    profile.stops.resize(positions[p].size());
    profile.places.reserve(positions[p].size() + room);
    profile.places.resize(positions[p].size());
    parallel_for(num_stops(), 1024, threads, [&](std::int64_t begin, std::int64_t end, int) {
      for (std::int64_t s = begin; s < end; ++s) profile.places[s] = place_of(p, positions[p][s]);
    });
    choose_landmarks(p);
    parallel_for(num_stops(), 256, threads, [&](std::int64_t begin, std::int64_t end, int) {
      for (std::int64_t s = begin; s < end; ++s)
        measure(p, static_cast<std::int32_t>(s), profile.stops[s]);
    });
  }
}

std::int32_t GrowingOracle::add_stop(std::span<const Position> positions) {
  const std::int32_t stop = oracle_.add_stop(positions);
  for (std::int32_t p = 0; p < num_profiles(); ++p) {
    profiles_[p].places.push_back(place_of(p, positions[p]));
    measure(p, stop, profiles_[p].stops.emplace_back());
  }
  return stop;
}

GrowingOracle::Place GrowingOracle::place_of(std::int32_t profile, const Position& position) const {
  Place place;
  if (!position.valid()) return place;
  const RoadGraph& graph = profiles_[profile].metric->graph();
  const Point first = point_of(graph, position.sides[0]);
  for (std::size_t i = 0; i < 3; ++i) place.point[i] = static_cast<float>(first[i]);
  if (position.num_sides > 1)
    place.apart = static_cast<float>(distance(first, point_of(graph, position.sides[1])));
  return place;
}

// The stops farthest out in as many directions as there are landmarks.
void GrowingOracle::choose_landmarks(std::int32_t number) {
  Profile& profile = profiles_[number];
  Point north{0, 0, 1}, middle{};
  std::vector<std::int32_t> open;
  for (std::int32_t s = 0; s < num_stops(); ++s) {
    if (oracle_.sides(number, s).count == 0) continue;
    open.push_back(s);
    for (std::size_t i = 0; i < 3; ++i) middle[i] += profile.places[s].point[i];
  }
  if (open.empty()) return;
  const double radius = distance(middle, Point{});
  if (radius == 0) return;
  for (double& x : middle) x /= radius;
  // East is perpendicular to the earth's axis and to the way up.
  const double flat = std::max(1e-9, std::hypot(middle[0], middle[1]));
  const Point east{-middle[1] / flat, middle[0] / flat, 0};
  for (std::size_t i = 0; i < 3; ++i) north[i] -= middle[2] * middle[i];
  for (std::size_t l = 0; l < kLandmarks; ++l) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(l) / kLandmarks;
    const auto reach = [&](std::int32_t s) {
      double sum = 0;
      for (std::size_t i = 0; i < 3; ++i) {
        sum += profile.places[s].point[i] *
               (std::cos(angle) * east[i] + std::sin(angle) / flat * north[i]);
      }
      return sum;
    };
    const std::int32_t farthest =
        *std::max_element(open.begin(), open.end(),
                          [&](std::int32_t a, std::int32_t b) { return reach(a) < reach(b); });
    profile.landmarks.push_back(oracle_.sides(number, farthest).side[0]);
  }
}

void GrowingOracle::measure(std::int32_t number, std::int32_t stop, Bounds& bounds) const {
  const Profile& profile = profiles_[number];
  const QuerySides& sides = oracle_.sides(number, stop);
  bounds.to.fill(0);
  bounds.to_most.fill(0);
  bounds.back = bounds.back_most = bounds.to;
  for (std::size_t l = 0; l < profile.landmarks.size() && sides.count > 0; ++l) {
    const QuerySide& landmark = profile.landmarks[l];
    std::int64_t to = kNever, to_most = -kNever, back = kNever, back_most = -kNever;
    for (int i = 0; i < sides.count; ++i) {
      // Ways between vertices obey the triangle inequality; those between stops need not, since a
      // vehicle may arrive on one side of the street and leave on the other.
      const QuerySide& side = sides.side[i];
      const auto way = [&](std::int32_t from_slot, std::int32_t to_slot) {
        const Weight weight = oracle_.between(number, from_slot, to_slot);
        return weight < kNoWay ? time_ms(weight) : kNever;
      };
      to = std::min(to, way(landmark.departing, side.arriving) + side.share_ms);
      to_most = std::max(to_most, way(landmark.departing, side.departing) + side.share_ms);
      back = std::min(back, way(side.departing, landmark.arriving) - side.share_ms);
      back_most = std::max(back_most, way(side.arriving, landmark.arriving) - side.share_ms);
    }
    // Rounded so that bounds stay below the truth.
    const auto units = [](std::int64_t ms) {
      const std::int64_t whole = ms / kUnit_ms - (ms % kUnit_ms < 0 ? 1 : 0);
      return static_cast<std::int16_t>(std::clamp<std::int64_t>(whole, -kFar, kFar));
    };
    bounds.to[l] = units(to);
    bounds.to_most[l] = units(to_most + kUnit_ms - 1);
    bounds.back[l] = units(back);
    bounds.back_most[l] = units(back_most + kUnit_ms - 1);
  }
}

Travel GrowingOracle::at_least(std::int32_t profile, std::int32_t from, std::int32_t to) const {
  if (from == to) return {0, 0};
  const Profile& data = profiles_[profile];
  const Bounds &a = data.stops[from], &b = data.stops[to];
  std::int16_t units = 0;
  for (std::size_t l = 0; l < kLandmarks; ++l) {
    const auto to_b = static_cast<std::int16_t>(b.to[l] - a.to_most[l]);
    const auto back_b = static_cast<std::int16_t>(a.back[l] - b.back_most[l]);
    units = std::max(units, std::max(to_b, back_b));
  }
  const Place &here = data.places[from], &there = data.places[to];
  const float x = here.point[0] - there.point[0], y = here.point[1] - there.point[1];
  const float z = here.point[2] - there.point[2];
  const double line = std::sqrt(x * x + y * y + z * z) - here.apart - there.apart;
  const double metres = straightness_ * line - kSlack_m;
  return {units * kUnit_ms, metres > 0 ? static_cast<std::int32_t>(metres) : 0};
}

Region GrowingOracle::region(std::int32_t profile, std::int32_t stop) const {
  const Bounds& bounds = profiles_[profile].stops[stop];
  const Place& place = profiles_[profile].places[stop];
  Region region;
  region.known = true;
  region.to = region.to_most = bounds.to;
  region.back = region.back_most = bounds.back;
  // From a stop to itself no time passes, whatever its sides.
  for (std::size_t l = 0; l < kLandmarks; ++l) {
    region.to_most[l] = std::max(region.to_most[l], bounds.to_most[l]);
    region.back_most[l] = std::max(region.back_most[l], bounds.back_most[l]);
  }
  for (std::size_t i = 0; i < 3; ++i) region.low[i] = region.high[i] = place.point[i];
  region.apart = place.apart;
  return region;
}

Travel GrowingOracle::least_between(std::int32_t, const Region& from, const Region& to) const {
  if (!from.known || !to.known) return {0, 0};
  std::int16_t units = 0;
  for (std::size_t l = 0; l < kLandmarks; ++l) {
    const auto to_b = static_cast<std::int16_t>(to.to[l] - from.to_most[l]);
    const auto back_b = static_cast<std::int16_t>(from.back[l] - to.back_most[l]);
    units = std::max(units, std::max(to_b, back_b));
  }
  const double x = Region::gap(from, to, 0), y = Region::gap(from, to, 1);
  const double z = Region::gap(from, to, 2);
  const double line = std::sqrt(x * x + y * y + z * z) - from.apart - to.apart;
  const double metres = straightness_ * line - kSlack_m;
  return {units * kUnit_ms, metres > 0 ? static_cast<std::int32_t>(metres) : 0};
}

}  // namespace roadgnn::graph::detail
