// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include "brute_force.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <vector>

namespace roadgnn::decode::testing {
namespace {

constexpr double kNone = std::numeric_limits<double>::infinity();

struct Call {
  std::size_t order;
  bool pickup;
};

class Enumeration {
 public:
  Enumeration(const Problem& problem, const graph::TravelTimes& travel_times)
      : problem_(problem), travel_times_(travel_times) {}

  Optimum run() {
    const std::size_t sets = std::size_t{1} << problem_.orders.size();
    for (const VehicleType& type : problem_.vehicle_types) {
      auto& costs = costs_.emplace_back(sets, kNone);
      for (std::size_t set = 1; set < sets; ++set) costs[set] = best_sequence(type, set);
    }
    best_ = {kNone, kNone};
    assign(0, 0, 0, 0);
    return best_;
  }

 private:
  // Gives vehicles one after another a set of orders; within a type, sets in falling order, to try
  // each combination once.
  void assign(std::size_t type, std::size_t served, std::size_t previous, double cost,
              int used = 0) {
    if (type == costs_.size()) {
      double unserved = 0;
      for (std::size_t i = 0; i < problem_.orders.size(); ++i) {
        if (!(served >> i & 1)) unserved += 1 + problem_.orders[i].priority;
      }
      if (unserved < best_.unserved || (unserved == best_.unserved && cost < best_.cost))
        best_ = {unserved, cost};
      return;
    }
    assign(type + 1, served, 0, cost);
    if (used >= problem_.vehicle_types[type].count) return;
    for (std::size_t set = 1; set < costs_[type].size(); ++set) {
      if ((set & served) != 0 || costs_[type][set] == kNone || (previous != 0 && set > previous))
        continue;
      assign(type, served | set, set, cost + costs_[type][set], used + 1);
    }
  }

  double best_sequence(const VehicleType& type, std::size_t set) {
    std::vector<Call> calls;
    for (std::size_t i = 0; i < problem_.orders.size(); ++i) {
      if (!(set >> i & 1)) continue;
      const Order& order = problem_.orders[i];
      for (const std::int32_t need : order.needs) {
        if (std::count(type.offers.begin(), type.offers.end(), need) == 0) return kNone;
      }
      if (!order.impossible.empty()) return kNone;
      if (order.pickup) calls.push_back({i, true});
      if (order.delivery) calls.push_back({i, false});
    }
    if (static_cast<int>(calls.size()) > type.max_stops) return kNone;
    double best = kNone;
    std::vector<Call> sequence;
    std::vector<bool> done(calls.size(), false);
    extend(type, calls, done, sequence, best);
    return best;
  }

  void extend(const VehicleType& type, const std::vector<Call>& calls, std::vector<bool>& done,
              std::vector<Call>& sequence, double& best) {
    if (sequence.size() == calls.size()) {
      best = std::min(best, cost_of(type, sequence));
      return;
    }
    for (std::size_t i = 0; i < calls.size(); ++i) {
      if (done[i]) continue;
      // calls lists a pickup right before its delivery
      if (!calls[i].pickup && i > 0 && calls[i - 1].order == calls[i].order && !done[i - 1])
        continue;
      done[i] = true;
      sequence.push_back(calls[i]);
      extend(type, calls, done, sequence, best);
      sequence.pop_back();
      done[i] = false;
    }
  }

  const Stop& stop(const Call& call) const {
    const Order& order = problem_.orders[call.order];
    return call.pickup ? *order.pickup : *order.delivery;
  }

  // When the route ends if it starts at a given time; nothing where a window or the shift is
  // missed.
  std::optional<std::int64_t> end_of(const VehicleType& type, const std::vector<Call>& sequence,
                                     std::int64_t start) const {
    std::int64_t time = start;
    std::int32_t place = problem_.depots[static_cast<std::size_t>(type.start_depot)].location;
    for (const Call& call : sequence) {
      time += travel_times_.at(type.profile, place, stop(call).location).time_ms;
      place = stop(call).location;
      if (!stop(call).windows.empty()) {
        std::optional<std::int64_t> begin;
        for (const TimeWindow& window : stop(call).windows) {
          if (!begin && time <= window.close) begin = std::max(time, window.open);
        }
        if (!begin) return std::nullopt;
        time = *begin;
      }
      time += stop(call).service;
    }
    std::int64_t close = type.shift.close;
    if (type.end_depot >= 0) {
      const Depot& depot = problem_.depots[static_cast<std::size_t>(type.end_depot)];
      time = std::max(time + travel_times_.at(type.profile, place, depot.location).time_ms,
                      depot.window.open);
      close = std::min(close, depot.window.close);
    }
    time = std::max(time, type.shift.open);
    if (time > close) return std::nullopt;
    return time;
  }

  double cost_of(const VehicleType& type, const std::vector<Call>& sequence) const {
    for (std::size_t d = 0; d < problem_.dimensions.size(); ++d) {
      std::int64_t load = 0;
      for (const Call& call : sequence) {
        if (!problem_.orders[call.order].pickup) load += problem_.orders[call.order].load[d];
      }
      if (load > type.capacity[d]) return kNone;
      for (const Call& call : sequence) {
        load += (call.pickup ? 1 : -1) * problem_.orders[call.order].load[d];
        if (load > type.capacity[d]) return kNone;
      }
    }
    std::int64_t distance = 0, driving = 0;
    const auto drive = [&](std::int32_t from, std::int32_t to) {
      const graph::Travel travel = travel_times_.at(type.profile, from, to);
      distance += travel.length_m;
      driving += travel.time_ms;
    };
    std::int32_t place = problem_.depots[static_cast<std::size_t>(type.start_depot)].location;
    for (const Call& call : sequence) {
      drive(place, stop(call).location);
      place = stop(call).location;
    }
    if (type.end_depot >= 0)
      drive(place, problem_.depots[static_cast<std::size_t>(type.end_depot)].location);
    if (distance > type.max_distance || driving > type.max_driving) return kNone;

    const TimeWindow& leave = problem_.depots[static_cast<std::size_t>(type.start_depot)].window;
    std::int64_t start = std::max(type.shift.open, leave.open);
    const std::int64_t last_start = std::min(type.shift.close, leave.close);
    if (start > last_start) return kNone;
    const auto end = end_of(type, sequence, start);
    if (!end) return kNone;
    // A later start never ends earlier: the latest one with the same end, step by step (the day is
    // short).
    while (start < last_start && start < *end && end_of(type, sequence, start + 1) == end) ++start;
    return type.cost_fixed + type.cost_per_distance * static_cast<double>(distance) +
           type.cost_per_time * static_cast<double>(*end - start);
  }

  const Problem& problem_;
  const graph::TravelTimes& travel_times_;
  std::vector<std::vector<double>> costs_;  // by type and set of orders
  Optimum best_;
};

}  // namespace

Optimum brute_force(const Problem& problem, const graph::TravelTimes& travel_times) {
  return Enumeration(problem, travel_times).run();
}

}  // namespace roadgnn::decode::testing
