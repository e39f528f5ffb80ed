// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cmath>

#include <roadgnn/gnn/models/detail/day_features.h>

namespace roadgnn::gnn::models::detail {

namespace {

class TypeRow {
 public:
  TypeRow(const DayView& view, std::size_t index, float* row)
      : problem_(view.problem),
        day_(view.day),
        scale_(view.day.scale),
        type_(view.problem.vehicle_types[index]),
        index_(index),
        row_(row) {}

  void write(std::int32_t profile) {
    set(TypeFeature::this_profile, type_.profile == profile);
    const bool any_number = type_.count == decode::kUnlimitedCount;
    set(TypeFeature::number, any_number ? 0 : std::log1p(type_.count));
    set(TypeFeature::any_number, any_number);
    set(TypeFeature::speed, log_above(type_.speed_factor));
    set(TypeFeature::trips, std::log(static_cast<double>(type_.max_trips)));
    set(TypeFeature::breaks, static_cast<double>(type_.breaks.size()));
    set(TypeFeature::open_start, type_.start_depot < 0);
    set(TypeFeature::open_end, type_.end_depot < 0);
    capacity();
    prices();
    limits();
    skills();
  }

 private:
  void set(TypeFeature feature, double value) {
    row_[static_cast<std::size_t>(feature)] = static_cast<float>(value);
  }

  void capacity() {
    double of_largest = 1, of_mean = 1e9;
    for (std::size_t d = 0; d < scale_.largest.size(); ++d) {
      const auto amount = static_cast<double>(type_.capacity[d]);
      of_largest = std::min(of_largest, amount / scale_.largest[d]);
      of_mean = std::min(of_mean, amount / scale_.mean[d]);
    }
    set(TypeFeature::capacity, of_largest);
    set(TypeFeature::capacity_stops, log_above(std::min(of_mean, 1.0) * scale_.mean_stops));
  }

  void prices() {
    set(TypeFeature::fixed, std::log1p(type_.cost_fixed / scale_.edge_price));
    set(TypeFeature::distance_price,
        bounded(type_.cost_per_distance * scale_.length / scale_.edge_price));
    set(TypeFeature::time_price,
        bounded((type_.cost_per_time + type_.cost_per_driving) * scale_.time / scale_.edge_price));
  }

  void limits() {
    const double horizon = scale_.horizon;
    const auto of_day = [&](double time) { return std::clamp(time / horizon, 0.0, 2.0); };
    set(TypeFeature::shift,
        horizon > 0 ? of_day(static_cast<double>(type_.shift.close - type_.shift.open)) : 1);
    set(TypeFeature::late_start,
        horizon > 0 ? of_day(static_cast<double>(type_.shift.open) - scale_.begin) : 0);
    set(TypeFeature::driving, horizon > 0 && type_.max_driving < decode::kNoLimit
                                  ? of_day(static_cast<double>(type_.max_driving))
                                  : 1);
    set(TypeFeature::distance,
        type_.max_distance < decode::kNoLimit
            ? log_above(static_cast<double>(type_.max_distance) / scale_.length) / 10
            : 1);
    set(TypeFeature::stops,
        type_.max_stops < INT32_MAX ? std::log1p(static_cast<double>(type_.max_stops)) / 10 : 1);
  }

  void skills() {
    const auto skills = static_cast<double>(problem_.skills.size());
    set(TypeFeature::offers, skills > 0 ? static_cast<double>(type_.offers.size()) / skills : 0);
    double fitting = 0, stops = 0;
    for (std::size_t v = 0; v < day_.places.size(); ++v) {
      if (day_.places[v].stops == 0) continue;
      stops += 1;
      fitting += day_.fits[v * problem_.vehicle_types.size() + index_];
    }
    set(TypeFeature::fitting, stops > 0 ? fitting / stops : 1);
  }

  const decode::Problem& problem_;
  const DaySummary& day_;
  const Scale& scale_;
  const decode::VehicleType& type_;
  std::size_t index_;
  float* row_;
};

}  // namespace

void write_type_features(const DayView& view, std::span<float> out) {
  for (std::size_t t = 0; t < view.problem.vehicle_types.size(); ++t) {
    float* row = out.data() + t * static_cast<std::size_t>(kTypeFeatures);
    TypeRow(view, t, row).write(view.profile);
  }
}

}  // namespace roadgnn::gnn::models::detail
