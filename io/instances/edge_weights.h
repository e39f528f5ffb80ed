// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <roadgnn/graph/coordinate_travel_times.h>
#include <roadgnn/graph/travel_times.h>
#include <roadgnn/io/instances/objective.h>

namespace roadgnn::io {

/// Travel of an instance in whole numbers. A line of length 1 in the file counts `scale`.
struct EdgeWeights {
  std::shared_ptr<const graph::TravelTimes> travel_times;
  double scale = 1;
  std::vector<graph::Coordinate> points;  ///< where lengths are exact lines in the plane
};

/// Straight lines under the objective's rule; `rounding` is what `rounded` means. Under `exact` and
/// `vehicles` times are rounded up, so that a plan that is in time when counted is in time. Throws
/// InputError for points too far apart.
EdgeWeights plane_weights(std::vector<graph::Coordinate> points, Objective objective,
                          graph::Rounding rounding = graph::Rounding::nearest);

/// An explicit matrix [n * n] by rows, lengths and times alike. Whole numbers stay as they are
/// unless the objective asks for a finer scale. Throws InputError for negative values, and for
/// values too large after scaling.
EdgeWeights matrix_weights(const std::vector<double>& matrix, std::int32_t n, Objective objective,
                           graph::Rounding rounding = graph::Rounding::nearest);

}  // namespace roadgnn::io
