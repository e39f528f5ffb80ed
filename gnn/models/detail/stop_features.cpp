// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cmath>
#include <vector>

#include <roadgnn/gnn/models/detail/day_features.h>
#include <roadgnn/graph/parallel.h>

namespace roadgnn::gnn::models::detail {

namespace {

/// The features of a fleet and day, the same in every row.
struct FleetContext {
  double stops_of_day = 0, price_of_vehicle = 0, price_of_time = 0;
};

FleetContext make_fleet_context(const DayView& view) {
  const Scale& scale = view.day.scale;
  FleetContext context;
  const double stop_time = scale.time + scale.mean_service;
  context.stops_of_day = scale.horizon > 0 ? log_above(scale.horizon / stop_time) : 0;
  double fixed = 0, time = 0;
  bool first = true;
  for (const decode::VehicleType& type : view.problem.vehicle_types) {
    fixed = first ? type.cost_fixed : std::min(fixed, type.cost_fixed);
    first = false;
    time += (type.cost_per_time + type.cost_per_driving) * scale.time;
  }
  const auto types = std::max<double>(1, static_cast<double>(view.problem.vehicle_types.size()));
  context.price_of_vehicle = std::log1p(fixed / scale.edge_price);
  context.price_of_time = time / types / scale.edge_price;
  return context;
}

/// [locations] the share of locations that are strictly nearer to a depot.
std::vector<double> depot_ranks(const std::vector<Place>& places) {
  std::vector<double> sorted;
  for (const Place& at : places) sorted.push_back(at.from_depot);
  std::sort(sorted.begin(), sorted.end());
  std::vector<double> ranks;
  for (const Place& at : places) {
    const auto nearer = std::lower_bound(sorted.begin(), sorted.end(), at.from_depot);
    ranks.push_back(static_cast<double>(nearer - sorted.begin()) /
                    static_cast<double>(sorted.size()));
  }
  return ranks;
}

class StopRow {
 public:
  StopRow(const DayView& view, std::size_t location, float* row)
      : view_(view),
        day_(view.day),
        scale_(view.day.scale),
        at_(view.day.places[location]),
        location_(location),
        row_(row) {}

  void write(const FleetContext& context, double depot_rank) {
    kind();
    load();
    times();
    depots(depot_rank);
    neighbourhood();
    fleet(context);
  }

 private:
  void set(StopFeature feature, double value) {
    row_[static_cast<std::size_t>(feature)] = static_cast<float>(value);
  }

  double in_median(double time) const { return bounded(time / scale_.time); }
  double of_day(double time) const { return scale_.horizon > 0 ? time / scale_.horizon : 0; }

  void kind() {
    set(StopFeature::depot, at_.depot);
    set(StopFeature::stops, std::log1p(at_.stops));
    set(StopFeature::delivers, at_.delivers);
    set(StopFeature::takes_back, at_.takes_back);
    set(StopFeature::pair_pickup, at_.pair_pickup);
    set(StopFeature::pair_delivery, at_.pair_delivery);
    set(StopFeature::needs, at_.needs);
    set(StopFeature::priority, at_.priority / 100.0);
    set(StopFeature::prize, at_.optional);
    set(StopFeature::group, at_.grouped);
    const std::size_t types = view_.problem.vehicle_types.size();
    double fitting = 0;
    for (std::size_t t = 0; t < types; ++t) fitting += day_.fits[location_ * types + t];
    set(StopFeature::fitting_types, types > 0 ? fitting / static_cast<double>(types) : 0);
  }

  void load() {
    const std::size_t dimensions = scale_.largest.size();
    double of_largest = 0, of_mean = 0, sum = 0;
    for (std::size_t d = 0; d < dimensions; ++d) {
      const double amount = day_.load[location_ * dimensions + d];
      of_largest = std::max(of_largest, amount / scale_.largest[d]);
      of_mean = std::max(of_mean, amount / scale_.mean[d]);
      sum += amount / scale_.largest[d];
    }
    set(StopFeature::load_of_largest, bounded(of_largest));
    set(StopFeature::load_of_mean, bounded(of_mean));
    set(StopFeature::load_dimensions,
        dimensions > 0 ? bounded(sum / static_cast<double>(dimensions)) : 0);
  }

  void times() {
    set(StopFeature::windowed, at_.windows > 0);
    set(StopFeature::windows, std::log1p(at_.windows));
    set(StopFeature::soft, at_.soft);
    set(StopFeature::service, in_median(at_.service));
    set(StopFeature::service_of_day, of_day(at_.service));
    set(StopFeature::setup, in_median(at_.setup));
    set(StopFeature::ride, in_median(at_.ride));
    const bool bounded_day = scale_.horizon > 0;
    set(StopFeature::open, bounded_day ? of_day(at_.open - scale_.begin) : 0);
    set(StopFeature::close, bounded_day ? of_day(at_.close - scale_.begin) : 1);
    set(StopFeature::width, bounded_day ? of_day(at_.close - at_.open) : 1);
    set(StopFeature::log_width, bounded_day ? log_above((at_.close - at_.open) / scale_.time) : 7);
    set(StopFeature::reach_open, bounded_day ? of_day(at_.reach_open - scale_.begin) : 0);
    set(StopFeature::reach_close, bounded_day ? of_day(at_.reach_close - scale_.begin) : 1);
    set(StopFeature::reach_width, bounded_day ? of_day(at_.reach_close - at_.reach_open) : 1);
    set(StopFeature::release,
        bounded_day && at_.release > scale_.begin ? of_day(at_.release - scale_.begin) : 0);
    set(StopFeature::partner_travel, in_median(at_.partner_travel));
  }

  void depots(double rank) {
    set(StopFeature::from_depot, in_median(at_.from_depot));
    set(StopFeature::log_from_depot, log_above(at_.from_depot / scale_.time));
    set(StopFeature::to_depot, in_median(at_.to_depot));
    set(StopFeature::log_to_depot, log_above(at_.to_depot / scale_.time));
    set(StopFeature::depot_rank, rank);
    set(StopFeature::asymmetry,
        log_above((at_.to_depot + 1e-3 * scale_.time) / (at_.from_depot + 1e-3 * scale_.time)));
  }

  void neighbourhood() {
    const auto first = view_.candidates.first_out[location_];
    const auto last = view_.candidates.first_out[location_ + 1];
    const auto in = day_.first_in[location_ + 1] - day_.first_in[location_];
    const double mean =
        std::max(1.0, static_cast<double>(view_.candidates.num_candidates()) /
                          static_cast<double>(std::max(1, view_.candidates.num_stops())));
    set(StopFeature::out_degree, std::log1p(static_cast<double>(last - first)) - std::log1p(mean));
    set(StopFeature::in_degree, std::log1p(static_cast<double>(in)) - std::log1p(mean));
    double sum = 0, nearest = 0;
    const auto counted = std::min<std::int64_t>(5, last - first);
    for (std::int64_t e = first; e < first + counted; ++e) {
      const double time = view_.candidates.travel[static_cast<std::size_t>(e)].time_ms;
      if (e == first) nearest = time;
      sum += time;
    }
    set(StopFeature::nearest, log_above(nearest / scale_.time));
    set(StopFeature::nearest_five,
        log_above(counted > 0 ? sum / static_cast<double>(counted) / scale_.time : 0));
  }

  void fleet(const FleetContext& context) {
    set(StopFeature::fleet_load, scale_.fleet_load);
    set(StopFeature::stops_of_capacity, log_above(scale_.mean_stops));
    set(StopFeature::stops_of_day, context.stops_of_day);
    set(StopFeature::stops_of_fleet, std::log1p(scale_.num_stops));
    set(StopFeature::share_windowed, scale_.share_windowed);
    set(StopFeature::share_paired, scale_.share_paired);
    set(StopFeature::mean_width, scale_.mean_width);
    set(StopFeature::price_of_vehicle, context.price_of_vehicle);
    set(StopFeature::price_of_time, context.price_of_time);
    set(StopFeature::fewest_vehicles, view_.problem.fewest_vehicles);
  }

  const DayView& view_;
  const DaySummary& day_;
  const Scale& scale_;
  const Place& at_;
  std::size_t location_;
  float* row_;
};

}  // namespace

void write_stop_features(const DayView& view, std::span<float> out) {
  const FleetContext context = make_fleet_context(view);
  const std::vector<double> ranks = depot_ranks(view.day.places);
  graph::parallel_for(static_cast<std::int64_t>(ranks.size()), 512, view.threads,
                      [&](std::int64_t begin, std::int64_t end, int) {
                        for (auto v = static_cast<std::size_t>(begin);
                             v < static_cast<std::size_t>(end); ++v) {
                          float* row = out.data() + v * static_cast<std::size_t>(kStopFeatures);
                          StopRow(view, v, row).write(context, ranks[v]);
                        }
                      });
}

}  // namespace roadgnn::gnn::models::detail
