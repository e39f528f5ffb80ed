// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/metric_slices.h>

#include <algorithm>
#include <string>
#include <utility>

#include <roadgnn/graph/error.h>

namespace roadgnn::graph {
namespace {

constexpr std::int32_t kMinutesPerWeek = 7 * 24 * 60;

void check(bool holds, std::size_t slice, const std::string& expected) {
  if (!holds) throw InputError("slice " + std::to_string(slice) + ": expected " + expected);
}

}  // namespace

MetricSlices::MetricSlices(std::vector<Slice> slices) : slices_(std::move(slices)) {
  if (slices_.empty()) throw InputError("the slices of a week: expected at least one, found none");
  for (std::size_t i = 0; i < slices_.size(); ++i) {
    const std::int32_t minute = slices_[i].first_minute;
    check(minute >= 0 && minute < kMinutesPerWeek, i,
          "a minute of the week, 0 to 10079, found " + std::to_string(minute));
    check(i == 0 || minute > slices_[i - 1].first_minute, i,
          "to begin after the one before, found minute " + std::to_string(minute));
    check(slices_[i].metric != nullptr, i, "a metric, found none");
  }
}

int MetricSlices::slice_of(const Departure& departure) const {
  const std::int32_t minute =
      (departure.minute_of_week % kMinutesPerWeek + kMinutesPerWeek) % kMinutesPerWeek;
  const auto later = std::upper_bound(
      slices_.begin(), slices_.end(), minute,
      [](std::int32_t asked, const Slice& slice) { return asked < slice.first_minute; });
  return static_cast<int>((later == slices_.begin() ? slices_.end() : later) - slices_.begin()) - 1;
}

std::shared_ptr<const PreparedMetric> MetricSlices::at(const Departure& departure) const {
  const auto slice = static_cast<std::size_t>(slice_of(departure));
  const std::lock_guard lock(mutex_);
  return slices_[slice].metric;
}

void MetricSlices::replace(int slice, std::shared_ptr<const PreparedMetric> metric) {
  check(slice >= 0 && slice < num_slices(), static_cast<std::size_t>(slice),
        "0 to " + std::to_string(num_slices() - 1));
  check(metric != nullptr, static_cast<std::size_t>(slice), "a metric, found none");
  // The old metric is let go of outside of the lock: freeing it may take a while.
  const std::lock_guard lock(mutex_);
  slices_[static_cast<std::size_t>(slice)].metric.swap(metric);
}

}  // namespace roadgnn::graph
