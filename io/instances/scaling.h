// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include <roadgnn/gnn/decode/problem.h>

namespace roadgnn::io {

/// From a file's decimal numbers to the problem's whole ones. Times are rounded so that a plan that
/// keeps the whole numbers keeps the decimal ones.

/// From here on a time in a file is no limit at all.
inline constexpr double kEndless = 1e12;

/// Forgives what binary fractions make of decimal ones.
inline constexpr double kSlack = 1e-6;

inline std::int64_t scaled_up(double value, double scale) {
  if (value >= kEndless) return decode::kNoLimit;
  return static_cast<std::int64_t>(std::ceil(value * scale - kSlack));
}

inline std::int64_t scaled_down(double value, double scale) {
  if (value >= kEndless) return decode::kNoLimit;
  return static_cast<std::int64_t>(std::floor(value * scale + kSlack));
}

/// The least power of ten, up to a million, that makes all of them whole numbers.
inline double whole_scale(const std::vector<double>& values) {
  double scale = 1;
  for (const double value : values) {
    while (scale < 1e6 && std::abs(value * scale - std::round(value * scale)) > kSlack) scale *= 10;
  }
  return scale;
}

}  // namespace roadgnn::io
