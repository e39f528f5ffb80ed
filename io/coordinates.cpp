// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/coordinates.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace roadgnn::io {
namespace {

constexpr double kPi = std::numbers::pi;

// The ellipsoid of Krasovsky (1940), on which GCJ-02 is defined.
constexpr double kSemiMajorAxis = 6378245.0;
constexpr double kEccentricitySquared = 0.00669342162296594323;

// The waves that both shifts share, in metres: 20 (sin 6 pi x + sin 2 pi x) and so on, times 2/3.
double waves(double x, double a, double b, double weight_a, double weight_b) {
  return (20 * std::sin(6 * x * kPi) + 20 * std::sin(2 * x * kPi)) * 2 / 3 +
         (20 * std::sin(a * kPi) + 40 * std::sin(a / 3 * kPi)) * 2 / 3 +
         (weight_a * std::sin(b / 12 * kPi) + weight_b * std::sin(b / 30 * kPi)) * 2 / 3;
}

bool in_gcj02_box(Coordinate place) {
  return place.lon >= 72.004 && place.lon <= 137.8347 && place.lat >= 0.8293 &&
         place.lat <= 55.8271;
}

Coordinate gcj02_from_wgs84(Coordinate place) {
  if (!in_gcj02_box(place)) return place;
  const double x = place.lon - 105, y = place.lat - 35;
  const double north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y +
                       0.2 * std::sqrt(std::abs(x)) + waves(x, y, y, 160, 320);
  const double east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * std::sqrt(std::abs(x)) +
                      waves(x, x, x, 150, 300);
  const double latitude = place.lat / 180 * kPi;
  const double flattening = 1 - kEccentricitySquared * std::pow(std::sin(latitude), 2);
  const double meridian_radius =
      kSemiMajorAxis * (1 - kEccentricitySquared) / (flattening * std::sqrt(flattening));
  const double parallel_radius = kSemiMajorAxis / std::sqrt(flattening) * std::cos(latitude);
  return {place.lat + north * 180 / (meridian_radius * kPi),
          place.lon + east * 180 / (parallel_radius * kPi)};
}

// BD-09 turns and stretches GCJ-02 by a little.
constexpr double kBaiduTurn = kPi * 3000 / 180;

Coordinate bd09_from_gcj02(Coordinate place) {
  const double radius = std::hypot(place.lon, place.lat) + 2e-5 * std::sin(place.lat * kBaiduTurn);
  const double angle = std::atan2(place.lat, place.lon) + 3e-6 * std::cos(place.lon * kBaiduTurn);
  return {radius * std::sin(angle) + 0.006, radius * std::cos(angle) + 0.0065};
}

Coordinate shift(Coordinate place, CoordinateSystem system) {
  const Coordinate gcj02 = gcj02_from_wgs84(place);
  return system == CoordinateSystem::bd09 ? bd09_from_gcj02(gcj02) : gcj02;
}

}  // namespace

Coordinate from_wgs84(Coordinate place, CoordinateSystem system) {
  return system == CoordinateSystem::wgs84 || !in_gcj02_box(place) ? place : shift(place, system);
}

Coordinate to_wgs84(Coordinate place, CoordinateSystem system) {
  if (system == CoordinateSystem::wgs84 || !in_gcj02_box(place)) return place;
  // The shifts change by less than a part in a thousand from place to place: a fixed-point
  // iteration closes in fast.
  Coordinate guess = place;
  for (int i = 0; i < 8; ++i) {
    const Coordinate shifted = shift(guess, system);
    guess.lat += place.lat - shifted.lat;
    guess.lon += place.lon - shifted.lon;
  }
  return guess;
}

BoundingBox bounding_box(const graph::RoadGraph& graph) {
  if (graph.num_nodes() == 0) return {};
  const auto [south, north] = std::minmax_element(graph.lat_e7.begin(), graph.lat_e7.end());
  // The box leaves out the widest gap between neighbouring longitudes, which may be the one across
  // 180 degrees.
  std::vector<std::int32_t> lons(graph.lon_e7.begin(), graph.lon_e7.end());
  std::sort(lons.begin(), lons.end());
  std::int64_t widest = std::int64_t{lons.front()} + 3'600'000'000 - lons.back();
  std::int32_t west = lons.front(), east = lons.back();
  for (std::size_t i = 1; i < lons.size(); ++i) {
    const std::int64_t gap = std::int64_t{lons[i]} - lons[i - 1];
    if (gap > widest) {
      widest = gap;
      west = lons[i];
      east = lons[i - 1];
    }
  }
  return {west * 1e-7, *south * 1e-7, east * 1e-7, *north * 1e-7};
}

bool contains(const BoundingBox& box, Coordinate place, double margin_deg) {
  if (place.lat < box.south - margin_deg || place.lat > box.north + margin_deg) return false;
  const bool right_of_west = place.lon >= box.west - margin_deg;
  const bool left_of_east = place.lon <= box.east + margin_deg;
  return box.west <= box.east ? right_of_west && left_of_east : right_of_west || left_of_east;
}

double distance_m(Coordinate a, Coordinate b) {
  constexpr double kEarthRadius = 6'371'000;
  const double lat_a = a.lat * kPi / 180, lat_b = b.lat * kPi / 180;
  const double half_lat = (lat_b - lat_a) / 2, half_lon = (b.lon - a.lon) * kPi / 360;
  const double h = std::pow(std::sin(half_lat), 2) +
                   std::cos(lat_a) * std::cos(lat_b) * std::pow(std::sin(half_lon), 2);
  return 2 * kEarthRadius * std::asin(std::min(1.0, std::sqrt(h)));
}

}  // namespace roadgnn::io
