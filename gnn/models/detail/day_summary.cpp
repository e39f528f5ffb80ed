// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/models/detail/day_summary.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include <roadgnn/graph/error.h>
#include <roadgnn/graph/parallel.h>

namespace roadgnn::gnn::models::detail {

namespace {

using decode::kNoLimit;
using decode::Order;
using decode::Problem;
using decode::Stop;
using decode::TimeWindow;
using decode::VehicleType;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool limited(std::int64_t time) {
  return time < kNoLimit && time > -kNoLimit;
}

double median(std::vector<double>& values) {
  if (values.empty()) return 1;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

class Summariser {
 public:
  Summariser(const Problem& problem, const graph::TravelTimes& travel_times, std::int32_t profile,
             const graph::CandidateGraph& candidates, int threads)
      : problem_(problem),
        travel_times_(travel_times),
        candidates_(candidates),
        profile_(profile),
        threads_(threads),
        num_dimensions_(problem.dimensions.size()) {}

  DaySummary run() {
    check();
    day_.places.resize(num_locations());
    day_.load.assign(num_locations() * num_dimensions_, 0);
    day_.fits.assign(num_locations() * problem_.vehicle_types.size(), 1);
    invert_candidates();
    medians();
    capacities();
    for (const decode::Depot& depot : problem_.depots) place(depot.location).depot = true;
    collect_windows();
    for (const Order& order : problem_.orders) add_order(order);
    horizon();
    depot_travel();
    prices();
    totals();
    return std::move(day_);
  }

 private:
  std::size_t num_locations() const { return static_cast<std::size_t>(problem_.num_locations); }
  Place& place(std::int32_t location) { return day_.places[static_cast<std::size_t>(location)]; }

  void check() const {
    if (candidates_.num_stops() != problem_.num_locations ||
        travel_times_.num_stops() != problem_.num_locations) {
      throw InputError("route model: expected candidates and travel times of " +
                       std::to_string(problem_.num_locations) + " locations, found " +
                       std::to_string(candidates_.num_stops()) + " and " +
                       std::to_string(travel_times_.num_stops()));
    }
    if (profile_ < 0 || profile_ >= travel_times_.num_profiles()) {
      throw InputError("route model: expected a profile below " +
                       std::to_string(travel_times_.num_profiles()) + ", found " +
                       std::to_string(profile_));
    }
  }

  void invert_candidates() {
    const std::size_t n = num_locations();
    day_.tail.resize(candidates_.head.size());
    day_.in_edge.resize(candidates_.head.size());
    day_.first_in.assign(n + 1, 0);
    for (const std::int32_t head : candidates_.head) {
      if (head < 0 || head >= problem_.num_locations) {
        throw InputError("route model: expected candidate heads below " + std::to_string(n) +
                         ", found " + std::to_string(head));
      }
      ++day_.first_in[static_cast<std::size_t>(head) + 1];
    }
    for (std::size_t v = 0; v < n; ++v) day_.first_in[v + 1] += day_.first_in[v];
    auto next = day_.first_in;
    for (std::size_t v = 0; v < n; ++v) {
      for (auto e = candidates_.first_out[v]; e < candidates_.first_out[v + 1]; ++e) {
        const auto edge = static_cast<std::size_t>(e);
        day_.tail[edge] = static_cast<std::int32_t>(v);
        auto& slot = next[static_cast<std::size_t>(candidates_.head[edge])];
        day_.in_edge[static_cast<std::size_t>(slot++)] = e;
      }
    }
  }

  // Medians of what is above zero: many stops may share a place.
  void medians() {
    std::vector<double> times, lengths;
    for (const graph::Travel& travel : candidates_.travel) {
      if (!travel.reachable()) continue;
      if (travel.time_ms > 0) times.push_back(travel.time_ms);
      if (travel.length_m > 0) lengths.push_back(travel.length_m);
    }
    day_.scale.time = median(times);
    day_.scale.length = median(lengths);
  }

  void capacities() {
    Scale& scale = day_.scale;
    scale.largest.assign(num_dimensions_, 0);
    scale.mean.assign(num_dimensions_, 0);
    double vehicles = 0;
    for (const VehicleType& type : problem_.vehicle_types) {
      const double number = count_of(type);
      vehicles += number;
      for (std::size_t d = 0; d < num_dimensions_; ++d) {
        const auto capacity = static_cast<double>(type.capacity[d]);
        scale.largest[d] = std::max(scale.largest[d], capacity);
        scale.mean[d] += number * capacity;
      }
    }
    for (std::size_t d = 0; d < num_dimensions_; ++d) {
      scale.largest[d] = std::max(scale.largest[d], 1.0);
      scale.mean[d] = std::max(scale.mean[d] / std::max(vehicles, 1.0), 1.0);
    }
  }

  // Any number of vehicles counts as one a stop: types of unlimited number weigh alike.
  double count_of(const VehicleType& type) const {
    return type.count == decode::kUnlimitedCount
               ? std::max<double>(1, static_cast<double>(problem_.orders.size()))
               : type.count;
  }

  void collect_windows() {
    std::vector<std::vector<TimeWindow>> by_place(num_locations());
    std::vector<std::uint8_t> any_time(num_locations(), 0);
    for (const Order& order : problem_.orders) {
      for (const auto* stop : {&order.pickup, &order.delivery}) {
        if (!*stop || (*stop)->location < 0) continue;
        const auto at = static_cast<std::size_t>((*stop)->location);
        if ((*stop)->windows.empty()) any_time[at] = 1;
        auto& windows = by_place[at];
        windows.insert(windows.end(), (*stop)->windows.begin(), (*stop)->windows.end());
      }
    }
    day_.first_window.push_back(0);
    for (std::size_t v = 0; v < num_locations(); ++v) {
      Place& at = day_.places[v];
      at.open = 0;
      at.close = kInfinity;
      if (any_time[v] == 0 && !by_place[v].empty()) {
        std::sort(by_place[v].begin(), by_place[v].end(), [](const auto& a, const auto& b) {
          return a.open != b.open ? a.open < b.open : a.close < b.close;
        });
        at.windows = static_cast<std::int32_t>(by_place[v].size());
        day_.windows.insert(day_.windows.end(), by_place[v].begin(), by_place[v].end());
      }
      day_.first_window.push_back(static_cast<std::int32_t>(day_.windows.size()));
    }
  }

  void add_order(const Order& order) {
    if (!order.impossible.empty()) return;
    const bool pair = order.pickup && order.delivery;
    for (const bool is_pickup : {true, false}) {
      const auto& stop = is_pickup ? order.pickup : order.delivery;
      if (!stop || stop->location < 0) continue;
      Place& at = place(stop->location);
      ++at.stops;
      at.delivers |= !pair && !is_pickup;
      at.takes_back |= (!pair && is_pickup) || !order.collect.empty();
      at.pair_pickup |= pair && is_pickup;
      at.pair_delivery |= pair && !is_pickup;
      if (pair) add_partner(at, order, is_pickup);
      at.soft |= stop->late_cost > 0;
      at.optional |= order.prize.has_value();
      at.grouped |= order.group >= 0;
      at.needs = std::max(at.needs, static_cast<std::int32_t>(order.needs.size()));
      at.priority = std::max(at.priority, order.priority);
      at.service += static_cast<double>(stop->service);
      at.setup = std::max(at.setup, static_cast<double>(stop->setup));
      if (limited(order.release)) at.release = std::max(at.release, double(order.release));
      if (limited(order.max_ride)) at.ride = std::max(at.ride, double(order.max_ride));
      add_load(order, static_cast<std::size_t>(stop->location));
    }
  }

  void add_partner(Place& at, const Order& order, bool is_pickup) {
    const std::int32_t from = order.pickup->location, to = order.delivery->location;
    if (from < 0 || to < 0) return;
    const graph::Travel leg = travel_times_.at(profile_, from, to);
    const double time = leg.reachable() ? leg.time_ms : kFar * day_.scale.time;
    if (at.partner >= 0 && at.partner_travel <= time) return;
    at.partner = is_pickup ? to : from;
    at.partner_travel = time;
  }

  void add_load(const Order& order, std::size_t location) {
    for (std::size_t d = 0; d < num_dimensions_; ++d) {
      double amount = static_cast<double>(order.load[d]);
      if (!order.collect.empty()) amount = std::max(amount, double(order.collect[d]));
      day_.load[location * num_dimensions_ + d] += amount;
    }
    for (std::size_t t = 0; t < problem_.vehicle_types.size(); ++t) {
      if (!can_serve(problem_.vehicle_types[t], static_cast<std::int32_t>(t), order))
        day_.fits[location * problem_.vehicle_types.size() + t] = 0;
    }
  }

  bool can_serve(const VehicleType& type, std::int32_t index, const Order& order) const {
    for (std::size_t d = 0; d < num_dimensions_; ++d) {
      if (order.load[d] > type.capacity[d]) return false;
      if (!order.collect.empty() && order.collect[d] > type.capacity[d]) return false;
    }
    const auto lists = [](const std::vector<std::int32_t>& list, std::int32_t value) {
      return std::find(list.begin(), list.end(), value) != list.end();
    };
    for (const std::int32_t skill : order.needs) {
      if (!lists(type.offers, skill)) return false;
    }
    if (!order.allowed_types.empty() && !lists(order.allowed_types, index)) return false;
    return order.locked_type < 0 || order.locked_type == index;
  }

  // The widest day of the types that drive by this profile (of all types where none does); where
  // nothing bounds it, that of the stops' windows.
  void horizon() {
    double begin = kInfinity, end = -kInfinity;
    bool bounded_day = true;
    for (const VehicleType& type : types_of_profile()) {
      TimeWindow day = type.shift;
      const auto within = [&](std::int32_t depot, bool start) {
        if (depot < 0) return;
        const TimeWindow& window = problem_.depots[static_cast<std::size_t>(depot)].window;
        if (start) day.open = std::max(day.open, window.open);
        if (!start) day.close = std::min(day.close, window.close);
      };
      within(type.start_depot, true);
      within(type.end_depot, false);
      bounded_day &= limited(day.close) && limited(day.open);
      begin = std::min(begin, static_cast<double>(day.open));
      end = std::max(end, static_cast<double>(day.close));
    }
    if (!bounded_day || !(begin < end)) {
      begin = kInfinity;
      end = -kInfinity;
      for (const TimeWindow& window : day_.windows) {
        if (limited(window.open)) begin = std::min(begin, static_cast<double>(window.open));
        if (limited(window.close)) end = std::max(end, static_cast<double>(window.close));
      }
    }
    if (!(begin < end)) return;
    day_.scale.begin = begin;
    day_.scale.horizon = end - begin;
    for (std::size_t v = 0; v < num_locations(); ++v) {
      Place& at = day_.places[v];
      const auto first = static_cast<std::size_t>(day_.first_window[v]);
      const auto last = static_cast<std::size_t>(day_.first_window[v + 1]);
      at.open = begin;
      at.close = end;
      if (first == last) continue;
      at.open = std::max(at.open, static_cast<double>(day_.windows[first].open));
      double close = -kInfinity;
      for (auto w = first; w < last; ++w)
        close = std::max(close, static_cast<double>(day_.windows[w].close));
      at.close = std::min(at.close, close);
    }
  }

  std::vector<VehicleType> types_of_profile() const {
    std::vector<VehicleType> types;
    for (const VehicleType& type : problem_.vehicle_types) {
      if (type.profile == profile_) types.push_back(type);
    }
    return types.empty() ? problem_.vehicle_types : types;
  }

  void depot_travel() {
    std::vector<std::int32_t> starts, ends;
    const auto add = [&](std::vector<std::int32_t>& list, std::int32_t depot) {
      if (depot < 0) return;
      const auto location = problem_.depots[static_cast<std::size_t>(depot)].location;
      if (location < 0 || std::find(list.begin(), list.end(), location) != list.end()) return;
      list.push_back(location);
    };
    for (const VehicleType& type : types_of_profile()) {
      add(starts, type.start_depot);
      add(ends, type.end_depot);
    }
    const auto nearest = [&](const std::vector<std::int32_t>& depots, auto travel) {
      if (depots.empty()) return 0.0;
      double least = kInfinity;
      for (const std::int32_t depot : depots) {
        const graph::Travel leg = travel(depot);
        if (leg.reachable()) least = std::min(least, static_cast<double>(leg.time_ms));
      }
      return least < kInfinity ? least : kFar * day_.scale.time;
    };
    graph::parallel_for(
        problem_.num_locations, 1024, threads_, [&](std::int64_t begin, std::int64_t end, int) {
          for (auto v = static_cast<std::int32_t>(begin); v < end; ++v) {
            Place& at = place(v);
            at.from_depot =
                nearest(starts, [&](std::int32_t d) { return travel_times_.at(profile_, d, v); });
            at.to_depot =
                nearest(ends, [&](std::int32_t d) { return travel_times_.at(profile_, v, d); });
            if (day_.scale.horizon == 0) continue;
            at.reach_open = std::max(at.open, day_.scale.begin + at.from_depot);
            at.reach_close = std::min(at.close, day_.scale.begin + day_.scale.horizon -
                                                    at.to_depot - (at.depot ? 0 : at.service));
          }
        });
  }

  void prices() {
    double sum = 0;
    for (const VehicleType& type : problem_.vehicle_types) {
      sum += type.cost_per_distance * day_.scale.length +
             (type.cost_per_time + type.cost_per_driving) * day_.scale.time;
    }
    if (sum > 0) day_.scale.edge_price = sum / static_cast<double>(problem_.vehicle_types.size());
  }

  void totals() {
    Scale& scale = day_.scale;
    double windowed = 0, paired = 0, width = 0, depots = 0;
    for (const Place& at : day_.places) {
      scale.num_stops += at.stops;
      scale.mean_service += at.service;
      paired += at.pair_pickup || at.pair_delivery;
      depots += at.stops == 0;
      if (at.stops == 0 || at.windows == 0) continue;
      windowed += 1;
      width += at.close - at.open;
    }
    const double places = std::max(1.0, static_cast<double>(num_locations()) - depots);
    scale.share_windowed = windowed / places;
    scale.share_paired = paired / places;
    scale.mean_width = windowed > 0 && scale.horizon > 0 ? width / windowed / scale.horizon : 1;
    scale.mean_service /= std::max(1.0, scale.num_stops);
    fill_of_fleet();
  }

  void fill_of_fleet() {
    Scale& scale = day_.scale;
    double vehicles = 0;
    bool any_number = false;
    for (const VehicleType& type : problem_.vehicle_types) {
      vehicles += count_of(type);
      any_number |= type.count == decode::kUnlimitedCount;
    }
    double stops = scale.num_stops;
    for (std::size_t d = 0; d < num_dimensions_; ++d) {
      double load = 0;
      for (const Order& order : problem_.orders) load += static_cast<double>(order.load[d]);
      if (load <= 0) continue;
      stops = std::min(stops, scale.mean[d] * scale.num_stops / load);
      if (!any_number && vehicles > 0)
        scale.fleet_load = std::max(scale.fleet_load, load / (vehicles * scale.mean[d]));
    }
    scale.mean_stops = stops;
  }

  const Problem& problem_;
  const graph::TravelTimes& travel_times_;
  const graph::CandidateGraph& candidates_;
  std::int32_t profile_;
  int threads_;
  std::size_t num_dimensions_;
  DaySummary day_;
};

}  // namespace

DaySummary summarise(const decode::Problem& problem, const graph::TravelTimes& travel_times,
                     std::int32_t profile, const graph::CandidateGraph& candidates, int threads) {
  return Summariser(problem, travel_times, profile, candidates, threads).run();
}

}  // namespace roadgnn::gnn::models::detail
