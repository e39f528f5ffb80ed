// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/reasons.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace roadgnn::decode::detail {
namespace {

// A constraint that an order alone in an empty vehicle misses, and by how much.
struct Obstacle {
  Reason reason = Reason::fleet;
  std::string detail;
  std::int64_t missing = 0;
};

// Drives one order alone in a vehicle of a type, past every constraint that it misses: each one is
// noted with exactly what it would have to be relaxed by, given that the ones before it are.
class AloneTrip {
 public:
  AloneTrip(const Problem& problem, const graph::TravelTimes& travel_times, const Order& order,
            const TypeView& type)
      : problem_(problem),
        travel_times_(travel_times),
        order_(order),
        type_(type),
        id_(type.source->id) {
    if (type.vehicle >= 0) id_ += " #" + std::to_string(type.vehicle + 1);
  }

  std::vector<Obstacle> run() {
    permissions();
    skills();
    capacity();
    stops();
    drive();
    return std::move(obstacles_);
  }

 private:
  void add(Reason reason, std::string detail, std::int64_t missing = 0) {
    obstacles_.push_back({reason, std::move(detail), missing});
  }

  std::string at(std::int64_t time) const { return format_time(problem_, time); }

  std::string span(std::int64_t duration) const {
    if (problem_.units == Units::plain) return std::to_string(duration);
    return format_time(problem_, duration) + " h";
  }

  std::string length(std::int64_t distance) const {
    return std::to_string(distance) + (problem_.units == Units::city ? " m" : "");
  }

  void permissions() {
    const auto& allowed = order_.allowed_types;
    if (!allowed.empty() &&
        std::find(allowed.begin(), allowed.end(), type_.source_type) == allowed.end()) {
      add(Reason::locked, "it may not be on " + id_);
    }
    if (order_.locked_type >= 0 &&
        (order_.locked_type != type_.source_type || order_.locked_vehicle != type_.vehicle)) {
      add(Reason::locked, "it is locked to another vehicle than " + id_);
    }
    if (type_.away && !type_.reloads && !order_.pickup)
      add(Reason::locked, "its load is at the depot, which " + id_ + " has left");
  }

  void skills() {
    const auto& offers = type_.source->offers;
    for (const std::int32_t skill : order_.needs) {
      if (std::find(offers.begin(), offers.end(), skill) != offers.end()) continue;
      add(Reason::skills, "it needs " + problem_.skills[static_cast<std::size_t>(skill)] +
                              ", which " + id_ + " does not offer");
    }
  }

  void capacity() {
    for (std::size_t d = 0; d < order_.load.size(); ++d) {
      std::int64_t load = order_.load[d];
      if (!order_.collect.empty()) load = std::max(load, order_.collect[d]);
      const std::int64_t capacity = type_.source->capacity[d];
      if (load <= capacity) continue;
      add(Reason::capacity,
          "its " + problem_.dimensions[d] + " of " + std::to_string(load) + " is more than the " +
              std::to_string(capacity) + " of " + id_,
          load - capacity);
    }
  }

  void stops() {
    const int stops = (order_.pickup ? 1 : 0) + (order_.delivery ? 1 : 0);
    if (stops <= type_.max_stops) return;
    add(Reason::limits,
        id_ + " may make " + std::to_string(type_.max_stops) + " stops, it takes " +
            std::to_string(stops),
        stops - type_.max_stops);
  }

  // Leaves as early as can be and goes from place to place.
  void drive() {
    time_ = std::max(type_.start.open, order_.release);
    if (time_ > type_.start.close) {
      add(Reason::shift,
          order_.release > type_.start.open
              ? "its load is released at " + at(order_.release) + ", after " + id_ + " has to leave"
              : "the depot of " + id_ + " is closed during its shift",
          time_ - type_.start.close);
    }
    place_ = type_.start_location;
    left_ = time_;
    if (order_.pickup && !serve(*order_.pickup, "pickup")) return;
    if (order_.pickup) left_ = time_;
    if (order_.delivery && !serve(*order_.delivery, "delivery")) return;
    finish();
  }

  bool go(std::int32_t to, const std::string& where) {
    if (place_ >= 0 && to >= 0) {
      const auto travel = travel_times_.at(type_.profile, place_, to);
      if (!travel.reachable()) {
        add(Reason::unreachable, "there is no way for " + id_ + where);
        return false;
      }
      time_ += travel.time_ms;
      driving_ += travel.time_ms;
      distance_ += travel.length_m;
      moved_ = place_ != to;
    }
    if (to >= 0) place_ = to;
    return true;
  }

  bool serve(const Stop& stop, const std::string& what) {
    if (!go(stop.location, " to its " + what)) return false;
    std::int64_t begin = time_;
    if (!stop.windows.empty()) {
      const std::int64_t close = stop.windows.back().close;
      if (begin > close && stop.late_cost <= 0) {
        add(Reason::window,
            id_ + " reaches its " + what + " at " + at(begin) +
                " at the earliest, after its window ends at " + at(close),
            begin - close);
      }
      for (const TimeWindow& window : stop.windows) {
        if (begin > window.close) continue;
        begin = std::max(begin, window.open);
        break;
      }
    }
    if (what == "delivery" && begin - left_ > order_.max_ride && !order_.pickup) {
      // Leaving later shortens it by the waiting only.
      left_ += begin - time_;
    }
    if (what == "delivery" && time_ - left_ > order_.max_ride) {
      add(Reason::ride,
          "its load rides for " + span(time_ - left_) + " on " + id_ +
              ", longer than its limit of " + span(order_.max_ride),
          time_ - left_ - order_.max_ride);
    }
    time_ = begin + stop.service + (moved_ ? stop.setup : 0);
    return true;
  }

  void finish() {
    if (!go(type_.end_location, " back to its depot")) return;
    time_ = std::max(time_, type_.end.open);
    if (time_ > type_.end.close) {
      add(Reason::shift,
          id_ + " is back at " + at(time_) +
              " at the earliest, after its shift or its depot ends at " + at(type_.end.close),
          time_ - type_.end.close);
    }
    if (driving_ > type_.max_driving) {
      add(Reason::limits,
          id_ + " has to drive for " + span(driving_) + ", longer than its limit of " +
              span(type_.max_driving),
          driving_ - type_.max_driving);
    }
    if (distance_ > type_.max_distance) {
      add(Reason::limits,
          id_ + " has to drive " + length(distance_) + ", more than its limit of " +
              length(type_.max_distance),
          distance_ - type_.max_distance);
    }
  }

  const Problem& problem_;
  const graph::TravelTimes& travel_times_;
  const Order& order_;
  const TypeView& type_;
  std::string id_;
  std::vector<Obstacle> obstacles_;
  std::int64_t time_ = 0, driving_ = 0, distance_ = 0, left_ = 0;
  std::int32_t place_ = -1;
  bool moved_ = true;
};

Unserved unserved_for(std::int32_t order, const TypeView& type,
                      const std::vector<Obstacle>& obstacles) {
  Unserved unserved{order, obstacles.front().reason, obstacles.front().detail, type.source_type,
                    obstacles.front().missing};
  for (std::size_t i = 1; i < obstacles.size(); ++i)
    unserved.detail += "; and " + obstacles[i].detail;
  return unserved;
}

}  // namespace

Unserved explain(const Model& model, std::span<const double> alone, std::int32_t index) {
  const Order& order = model.problem().orders[static_cast<std::size_t>(index)];
  if (!order.impossible.empty()) return {index, Reason::impossible, order.impossible};
  Unserved best{index, Reason::fleet, "there are no vehicles"};
  std::size_t fewest = SIZE_MAX;
  std::int32_t able = -1;
  for (std::int32_t number = 0; number < model.num_types(); ++number) {
    const TypeView& type = model.type(number);
    if (type.count == 0) continue;
    const auto cost = [&](std::int32_t t) { return alone[static_cast<std::size_t>(t)]; };
    if (cost(number) < kInfeasible) {
      if (able < 0 || cost(number) < cost(able)) able = number;
      continue;
    }
    const auto obstacles = AloneTrip(model.problem(), model.travel_times(), order, type).run();
    if (obstacles.size() >= fewest) continue;
    if (obstacles.empty()) {
      best = {index, Reason::limits,
              "with its breaks, reloads and limits " + type.source->id + " has no time for it",
              type.source_type};
    } else {
      best = unserved_for(index, type, obstacles);
    }
    fewest = std::max<std::size_t>(1, obstacles.size());
  }
  if (able < 0) return best;
  const TypeView& type = model.type(able);
  if (order.prize) {
    return {index, Reason::price,
            "serving it would cost more than leaving it out for " + std::to_string(*order.prize),
            type.source_type};
  }
  return {index, Reason::fleet,
          type.source->id +
              " could serve it alone, but all vehicles that can carry it are in use and "
              "none has room left for it",
          type.source_type, 1};
}

}  // namespace roadgnn::decode::detail
