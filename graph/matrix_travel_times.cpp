// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/matrix_travel_times.h>

#include <string>
#include <utility>

#include <roadgnn/graph/error.h>

namespace roadgnn::graph {

MatrixTravelTimes::MatrixTravelTimes(std::int32_t num_stops,
                                     std::vector<std::vector<Travel>> matrices)
    : num_stops_(num_stops), matrices_(std::move(matrices)) {
  if (num_stops < 0) {
    throw InputError("matrix: expected a size of 0 or more, found " + std::to_string(num_stops));
  }
  const auto n = static_cast<std::size_t>(num_stops);
  for (const auto& matrix : matrices_) {
    if (matrix.size() != n * n) {
      throw InputError("matrix: expected " + std::to_string(n * n) + " entries for " +
                       std::to_string(n) + " stops, found " + std::to_string(matrix.size()));
    }
    for (std::size_t i = 0; i < matrix.size(); ++i) {
      const Travel& travel = matrix[i];
      const bool good =
          i % (n + 1) == 0 ? travel == Travel{0, 0} : travel.time_ms >= 0 && travel.length_m >= 0;
      if (good) continue;
      throw InputError(
          "matrix: expected 0 from a stop to itself and no negative value, found time " +
          std::to_string(travel.time_ms) + " and length " + std::to_string(travel.length_m) +
          " from stop " + std::to_string(i / n) + " to " + std::to_string(i % n));
    }
  }
}

}  // namespace roadgnn::graph
