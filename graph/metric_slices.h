// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include <roadgnn/graph/router.h>

namespace roadgnn::graph {

/// The metrics of one vehicle for the hours of a week: a trip takes the metric of the slice that it
/// departs in, from beginning to end. Slices can be replaced while others query: who holds a metric
/// keeps it, who asks next gets the new one. Thread-safe.
class MetricSlices {
 public:
  struct Slice {
    std::int32_t first_minute = 0;  ///< of the week, Monday 00:00 is 0
    std::shared_ptr<const PreparedMetric> metric;
  };

  /// The last slice reaches over Sunday's midnight to the first. Throws InputError where there are
  /// none, minutes are not ascending or outside of the week, or a metric is null.
  explicit MetricSlices(std::vector<Slice> slices);

  int num_slices() const { return static_cast<int>(slices_.size()); }

  /// Which slice a departure falls into.
  int slice_of(const Departure& departure) const;

  /// Its metric, as it is now.
  std::shared_ptr<const PreparedMetric> at(const Departure& departure) const;

  /// Puts another metric into a slice, at once for all who ask from now on. Throws InputError for
  /// an unknown slice or a null metric.
  void replace(int slice, std::shared_ptr<const PreparedMetric> metric);

 private:
  std::vector<Slice> slices_;
  mutable std::mutex mutex_;  // guards the pointers alone
};

}  // namespace roadgnn::graph
