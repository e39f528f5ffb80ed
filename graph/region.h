// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace roadgnn::graph {

/// What TravelTimes::region knows of where one or more stops lie, so that ways from or to any of
/// them can be bounded at once. What the figures mean is for the TravelTimes that made it to say.
struct Region {
  static constexpr std::size_t kLandmarks = 8;
  using Times = std::array<std::int16_t, kLandmarks>;

  bool known = false;                   ///< false: nothing is, whatever stands below
  Times to{}, to_most{};                ///< times from each landmark, the least and the most
  Times back{}, back_most{};            ///< times to each landmark, the least and the most
  std::array<double, 3> low{}, high{};  ///< corners of a box
  double apart = 0;                     ///< the most that a place may be out of it

  /// Takes in all that lies in another region.
  void merge(const Region& other) {
    known = known && other.known;
    for (std::size_t i = 0; i < kLandmarks; ++i) {
      to[i] = std::min(to[i], other.to[i]);
      to_most[i] = std::max(to_most[i], other.to_most[i]);
      back[i] = std::min(back[i], other.back[i]);
      back_most[i] = std::max(back_most[i], other.back_most[i]);
    }
    for (std::size_t i = 0; i < low.size(); ++i) {
      low[i] = std::min(low[i], other.low[i]);
      high[i] = std::max(high[i], other.high[i]);
    }
    apart = std::max(apart, other.apart);
  }

  /// Between the boxes along one axis.
  static double gap(const Region& a, const Region& b, std::size_t axis) {
    return std::max({0.0, b.low[axis] - a.high[axis], a.low[axis] - b.high[axis]});
  }
};

}  // namespace roadgnn::graph
