// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/instances/edge_weights.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include <roadgnn/graph/error.h>
#include <roadgnn/graph/matrix_travel_times.h>

namespace roadgnn::io {
namespace {

constexpr double kFinest = 100'000;

// Entries stay well below kClosed.
constexpr double kLongestEntry = 5e8;

// A power of ten that keeps `longest` countable.
double finest_scale(double longest) {
  double scale = kFinest;
  while (scale > 1 && longest * scale > kLongestEntry) scale /= 10;
  return scale;
}

double longest_line(const std::vector<graph::Coordinate>& points) {
  if (points.empty()) return 0;
  graph::Coordinate low = points.front(), high = low;
  for (const graph::Coordinate& point : points) {
    low = {std::min(low.x, point.x), std::min(low.y, point.y)};
    high = {std::max(high.x, point.x), std::max(high.y, point.y)};
  }
  return std::hypot(high.x - low.x, high.y - low.y);
}

bool is_exact(Objective objective) {
  return objective == Objective::exact || objective == Objective::vehicles;
}

// Off the diagonal, which some files fill with large numbers.
double longest_entry(const std::vector<double>& matrix, std::size_t n) {
  double longest = 0;
  for (std::size_t i = 0; i < matrix.size(); ++i) {
    if (i % (n + 1) != 0) longest = std::max(longest, matrix[i]);
  }
  return longest;
}

// Whole numbers need no finer scale than 1, other decimals the least that shows them.
double matrix_scale(const std::vector<double>& matrix, double longest) {
  const double finest = finest_scale(longest);
  double scale = 1;
  for (const double value : matrix) {
    while (scale < finest && std::abs(value * scale - std::round(value * scale)) > 1e-7 * scale) {
      scale *= 10;
    }
  }
  return scale;
}

std::int32_t rounded(double value, graph::Rounding rounding) {
  switch (rounding) {
    case graph::Rounding::nearest:
      return static_cast<std::int32_t>(std::floor(value + 0.5));
    case graph::Rounding::down:
      return static_cast<std::int32_t>(std::floor(value));
    case graph::Rounding::up:
      return static_cast<std::int32_t>(std::ceil(value));
  }
  return 0;
}

}  // namespace

EdgeWeights plane_weights(std::vector<graph::Coordinate> points, Objective objective,
                          graph::Rounding rounding) {
  using graph::CoordinateTravelTimes, graph::Rounding;
  EdgeWeights weights;
  if (is_exact(objective)) {
    weights.scale = finest_scale(longest_line(points));
    weights.points = points;
    weights.travel_times = std::make_shared<CoordinateTravelTimes>(
        std::move(points), weights.scale, std::vector<double>{weights.scale}, Rounding::nearest,
        Rounding::up);
    return weights;
  }
  weights.scale = objective == Objective::dimacs ? 10 : 1;
  weights.travel_times = std::make_shared<CoordinateTravelTimes>(
      std::move(points), weights.scale, std::vector<double>{weights.scale},
      objective == Objective::dimacs ? Rounding::down : rounding);
  return weights;
}

EdgeWeights matrix_weights(const std::vector<double>& matrix, std::int32_t n, Objective objective,
                           graph::Rounding rounding) {
  EdgeWeights weights;
  const double longest = longest_entry(matrix, static_cast<std::size_t>(n));
  weights.scale = objective == Objective::rounded  ? 1
                  : objective == Objective::dimacs ? 10
                                                   : matrix_scale(matrix, longest);
  if (longest * weights.scale >= graph::kClosed - 1) {
    throw InputError("edge weights: expected values below " +
                     std::to_string((graph::kClosed - 1) / weights.scale) + ", found " +
                     std::to_string(longest));
  }
  const graph::Rounding rule = objective == Objective::dimacs ? graph::Rounding::down : rounding;
  const auto size = static_cast<std::size_t>(n);
  std::vector<graph::Travel> cells(matrix.size());
  for (std::size_t i = 0; i < matrix.size(); ++i) {
    if (i % (size + 1) == 0) {
      cells[i] = {0, 0};
      continue;
    }
    const std::int32_t value = rounded(matrix[i] * weights.scale, rule);
    cells[i] = {value, value};
  }
  weights.travel_times = std::make_shared<graph::MatrixTravelTimes>(
      n, std::vector<std::vector<graph::Travel>>{std::move(cells)});
  return weights;
}

}  // namespace roadgnn::io
