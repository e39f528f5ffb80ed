// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace roadgnn::io::detail {

/// Metres between two points on a sphere of the Earth's mean radius (IUGG, 6,371,008.8 m), by the
/// haversine formula. It depends on the longitudes through the sine of half their difference only,
/// so 180 degrees are no border.
inline double haversine_m(std::int32_t lat_a_e7, std::int32_t lon_a_e7, std::int32_t lat_b_e7,
                          std::int32_t lon_b_e7) {
  constexpr double radius_m = 6371008.8, radians = std::numbers::pi / 180 * 1e-7;
  const double lat_a = lat_a_e7 * radians, lat_b = lat_b_e7 * radians;
  const double sin_lat = std::sin((lat_b - lat_a) / 2);
  const double sin_lon = std::sin((static_cast<double>(lon_b_e7) - lon_a_e7) * radians / 2);
  const double h = sin_lat * sin_lat + std::cos(lat_a) * std::cos(lat_b) * sin_lon * sin_lon;
  return 2 * radius_m * std::asin(std::min(1.0, std::sqrt(h)));
}

/// Metres between two points. Up to some 300 km on the WGS 84 ellipsoid, by the series for the
/// lengths of a degree at the middle latitude (47 CFR 73.208): a sphere is wrong by up to 0.5 %.
/// Farther apart on the sphere.
inline double great_circle_m(std::int32_t lat_a_e7, std::int32_t lon_a_e7, std::int32_t lat_b_e7,
                             std::int32_t lon_b_e7) {
  constexpr double radians = std::numbers::pi / 180 * 1e-7;
  const double lat_deg = (static_cast<double>(lat_b_e7) - lat_a_e7) * 1e-7;
  const double lon_deg = std::remainder((static_cast<double>(lon_b_e7) - lon_a_e7) * 1e-7, 360);
  if (std::abs(lat_deg) > 3 || std::abs(lon_deg) > 3)
    return haversine_m(lat_a_e7, lon_a_e7, lat_b_e7, lon_b_e7);
  const double c = std::cos((static_cast<double>(lat_a_e7) + lat_b_e7) / 2 * radians);
  const double c2 = 2 * c * c - 1, c3 = (4 * c * c - 3) * c, c4 = 2 * c2 * c2 - 1;
  const double c5 = ((16 * c * c - 20) * c * c + 5) * c;
  const double lat_m = 1000 * (111.13209 - 0.56605 * c2 + 0.00120 * c4) * lat_deg;
  const double lon_m = 1000 * (111.41513 * c - 0.09455 * c3 + 0.00012 * c5) * lon_deg;
  return std::sqrt(lat_m * lat_m + lon_m * lon_m);
}

/// Direction from a to b in radians, 0 towards the north, clockwise, -pi .. pi; for places a street
/// apart.
inline double bearing(std::int32_t lat_a_e7, std::int32_t lon_a_e7, std::int32_t lat_b_e7,
                      std::int32_t lon_b_e7) {
  constexpr double radians = std::numbers::pi / 180 * 1e-7;
  const double lon =
      std::remainder((static_cast<double>(lon_b_e7) - lon_a_e7) * radians, 2 * std::numbers::pi);
  const double lat = (static_cast<double>(lat_b_e7) - lat_a_e7) * radians;
  return std::atan2(lon * std::cos((static_cast<double>(lat_a_e7) + lat_b_e7) / 2 * radians), lat);
}

}  // namespace roadgnn::io::detail
