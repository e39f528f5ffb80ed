// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/reasons.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace roadgnn::decode::detail {
namespace {

// How far an order alone gets in a vehicle of one type before a constraint stops it. A larger stage
// is further.
struct Attempt {
  int stage = 0;
  Unserved failure;
};

enum Stage { kNone, kSkills, kCapacity, kReach, kWindow, kShift, kLimits, kServed };

class AloneTrip {
 public:
  AloneTrip(const Problem& problem, const graph::TravelTimes& travel_times, std::int32_t order,
            const VehicleType& type)
      : problem_(problem),
        travel_times_(travel_times),
        index_(order),
        order_(problem.orders[static_cast<std::size_t>(order)]),
        type_(type) {}

  Attempt run() {
    for (const auto step : {&AloneTrip::skills, &AloneTrip::capacity, &AloneTrip::drive}) {
      if (auto failure = (this->*step)()) return *failure;
    }
    return {kServed, {index_, Reason::fleet, {}}};
  }

 private:
  Attempt fail(int stage, Reason reason, std::string detail) const {
    return {stage, {index_, reason, std::move(detail)}};
  }

  std::string at(std::int64_t time) const { return format_time(problem_, time); }

  std::string span(std::int64_t duration) const {
    if (problem_.units == Units::plain) return std::to_string(duration);
    return format_time(problem_, duration) + " h";
  }

  std::string length(std::int64_t distance) const {
    return std::to_string(distance) + (problem_.units == Units::city ? " m" : "");
  }

  std::optional<Attempt> skills() const {
    for (const std::int32_t skill : order_.needs) {
      if (std::find(type_.offers.begin(), type_.offers.end(), skill) != type_.offers.end())
        continue;
      return fail(kSkills, Reason::skills,
                  "it needs " + problem_.skills[static_cast<std::size_t>(skill)] + ", which " +
                      type_.id + " does not offer");
    }
    return std::nullopt;
  }

  std::optional<Attempt> capacity() const {
    for (std::size_t d = 0; d < order_.load.size(); ++d) {
      if (order_.load[d] <= type_.capacity[d]) continue;
      return fail(kCapacity, Reason::capacity,
                  "its " + problem_.dimensions[d] + " of " + std::to_string(order_.load[d]) +
                      " is more than the " + std::to_string(type_.capacity[d]) + " of " + type_.id);
    }
    return std::nullopt;
  }

  // Leaves as early as can be and goes from place to place.
  std::optional<Attempt> drive() const {
    const Depot& start = problem_.depots[static_cast<std::size_t>(type_.start_depot)];
    std::vector<std::pair<const Stop*, const char*>> stops;
    if (order_.pickup) stops.emplace_back(&*order_.pickup, "pickup");
    if (order_.delivery) stops.emplace_back(&*order_.delivery, "delivery");

    std::int64_t time = std::max(type_.shift.open, start.window.open);
    if (time > std::min(type_.shift.close, start.window.close)) {
      return fail(kShift, Reason::shift,
                  "depot " + start.id + " is closed during the shift of " + type_.id);
    }
    std::int64_t driving = 0, distance = 0;
    std::int32_t place = start.location;
    std::optional<Attempt> too_late;
    for (const auto& [stop, what] : stops) {
      const auto travel = travel_times_.at(type_.profile, place, stop->location);
      if (!travel.reachable()) {
        return fail(kReach, Reason::unreachable,
                    std::string("there is no way for ") + type_.id + " to its " + what);
      }
      const std::int64_t arrival = time + travel.time_ms;
      if (!too_late && !stop->windows.empty() && arrival > stop->windows.back().close) {
        too_late = fail(kWindow, Reason::window,
                        type_.id + " reaches its " + what + " at " + at(arrival) +
                            " at the earliest, after its window ends at " +
                            at(stop->windows.back().close));
      }
      time = arrival;
      for (const TimeWindow& window : stop->windows) {
        if (arrival > window.close) continue;
        time = std::max(arrival, window.open);
        break;
      }
      time += stop->service;
      driving += travel.time_ms;
      distance += travel.length_m;
      place = stop->location;
    }
    return finish(place, time, driving, distance, std::move(too_late));
  }

  std::optional<Attempt> finish(std::int32_t place, std::int64_t time, std::int64_t driving,
                                std::int64_t distance, std::optional<Attempt> too_late) const {
    std::int64_t close = type_.shift.close;
    if (type_.end_depot >= 0) {
      const Depot& end = problem_.depots[static_cast<std::size_t>(type_.end_depot)];
      const auto travel = travel_times_.at(type_.profile, place, end.location);
      if (!travel.reachable()) {
        return fail(kReach, Reason::unreachable,
                    "there is no way for " + type_.id + " back to depot " + end.id);
      }
      time = std::max(time + travel.time_ms, end.window.open);
      driving += travel.time_ms;
      distance += travel.length_m;
      close = std::min(close, end.window.close);
    }
    if (too_late) return too_late;
    time = std::max(time, type_.shift.open);
    if (time > close) {
      return fail(kShift, Reason::shift,
                  type_.id + " is back at " + at(time) +
                      " at the earliest, after its shift or its depot ends at " + at(close));
    }
    if (driving > type_.max_driving) {
      return fail(kLimits, Reason::limits,
                  type_.id + " has to drive for " + span(driving) + ", longer than its limit of " +
                      span(type_.max_driving));
    }
    if (distance > type_.max_distance) {
      return fail(kLimits, Reason::limits,
                  type_.id + " has to drive " + length(distance) + ", more than its limit of " +
                      length(type_.max_distance));
    }
    const int stops = (order_.pickup ? 1 : 0) + (order_.delivery ? 1 : 0);
    if (stops > type_.max_stops) {
      return fail(kLimits, Reason::limits,
                  type_.id + " may make " + std::to_string(type_.max_stops) + " stops, it takes " +
                      std::to_string(stops));
    }
    return std::nullopt;
  }

  const Problem& problem_;
  const graph::TravelTimes& travel_times_;
  std::int32_t index_;
  const Order& order_;
  const VehicleType& type_;
};

}  // namespace

Unserved explain(const Problem& problem, const graph::TravelTimes& travel_times,
                 std::int32_t index) {
  const Order& order = problem.orders[static_cast<std::size_t>(index)];
  if (!order.impossible.empty()) return {index, Reason::impossible, order.impossible};
  Attempt furthest{kNone, {index, Reason::fleet, "there are no vehicles"}};
  for (const VehicleType& type : problem.vehicle_types) {
    if (type.count == 0) continue;
    Attempt attempt = AloneTrip(problem, travel_times, index, type).run();
    if (attempt.stage == kServed) {
      return {index, Reason::fleet,
              type.id +
                  " could serve it alone, but all vehicles that can carry it are in use and "
                  "none has room left for it"};
    }
    if (attempt.stage > furthest.stage) furthest = std::move(attempt);
  }
  return furthest.failure;
}

}  // namespace roadgnn::decode::detail
