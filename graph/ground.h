// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>

namespace roadgnn::graph {

inline constexpr double kMetresPerE7 = 6371008.8 * 3.14159265358979323846 / 180 * 1e-7;

struct Coordinate {
  std::int32_t lat_e7 = 0, lon_e7 = 0;

  friend bool operator==(const Coordinate&, const Coordinate&) = default;
};

/// Difference of two longitudes the short way round, in 1e-7 degrees.
inline std::int64_t longitude_difference_e7(std::int32_t from, std::int32_t to) {
  std::int64_t difference = std::int64_t{to} - from;
  if (difference > 1'800'000'000) difference -= 3'600'000'000;
  if (difference < -1'800'000'000) difference += 3'600'000'000;
  return difference;
}

/// A flat map of the ground near a place: x metres to the east, y metres to the north of it. Good
/// to a few kilometres.
class LocalPlane {
 public:
  explicit LocalPlane(Coordinate centre)
      : centre_(centre),
        metres_per_lon_e7_(kMetresPerE7 *
                           std::cos(centre.lat_e7 * (1e-7 * 3.14159265358979323846 / 180))) {}

  double x(Coordinate place) const {
    return metres_per_lon_e7_ *
           static_cast<double>(longitude_difference_e7(centre_.lon_e7, place.lon_e7));
  }
  double y(Coordinate place) const {
    return kMetresPerE7 * static_cast<double>(std::int64_t{place.lat_e7} - centre_.lat_e7);
  }

 private:
  Coordinate centre_;
  double metres_per_lon_e7_;
};

}  // namespace roadgnn::graph
