// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/reasons.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <roadgnn/gnn/decode/detail/relaxed_trip.h>

namespace roadgnn::decode::detail {
namespace {

// A constraint that an order alone in an empty vehicle misses, and by how much.
struct Obstacle {
  Reason reason = Reason::fleet;
  std::string detail;
  std::int64_t missing = 0;
  std::optional<Limit> limit{};
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
  void add(Reason reason, std::string detail) {
    obstacles_.push_back({reason, std::move(detail), 0, std::nullopt});
  }
  void add(Reason reason, std::string detail, std::int64_t missing, Limit limit) {
    obstacles_.push_back({reason, std::move(detail), missing, limit});
  }

  std::string at(std::int64_t time) const { return format_time(problem_, time); }

  std::string span(std::int64_t duration) const {
    return format_time(problem_, duration) + (problem_.units == Units::city ? " h" : "");
  }

  std::string length(std::int64_t distance) const { return format_distance(problem_, distance); }

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
          "its " + problem_.dimensions[d] + " of " + format_load(problem_, d, load) +
              " is more than the " + format_load(problem_, d, capacity) + " of " + id_,
          load - capacity, Limit::capacity);
    }
  }

  void stops() {
    const int stops = (order_.pickup ? 1 : 0) + (order_.delivery ? 1 : 0);
    if (stops <= type_.max_stops) return;
    add(Reason::limits,
        id_ + " may make " + std::to_string(type_.max_stops) + " stops, it takes " +
            std::to_string(stops),
        stops - type_.max_stops, Limit::stops);
  }

  // Leaves as early as can be and goes from place to place.
  void drive() {
    time_ = std::max(type_.start.open, order_.release);
    if (time_ > type_.start.close) {
      add(Reason::shift,
          order_.release > type_.start.open
              ? "its load is released at " + at(order_.release) + ", after " + id_ + " has to leave"
              : "the depot of " + id_ + " is closed during its shift",
          time_ - type_.start.close, Limit::shift);
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
            begin - close, what == "pickup" ? Limit::pickup_window : Limit::delivery_window);
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
          time_ - left_ - order_.max_ride, Limit::ride);
    }
    time_ = begin + service_time(stop, type_.source_type, moved_);
    return true;
  }

  void finish() {
    if (!go(type_.end_location, " back to its depot")) return;
    time_ = std::max(time_, type_.end.open);
    if (time_ > type_.end.close) {
      add(Reason::shift,
          id_ + " is back at " + at(time_) +
              " at the earliest, after its shift or its depot ends at " + at(type_.end.close),
          time_ - type_.end.close, Limit::shift);
    }
    if (driving_ > type_.max_driving) {
      add(Reason::limits,
          id_ + " has to drive for " + span(driving_) + ", longer than its limit of " +
              span(type_.max_driving),
          driving_ - type_.max_driving, Limit::driving);
    }
    if (distance_ > type_.max_distance) {
      add(Reason::limits,
          id_ + " has to drive " + length(distance_) + ", more than its limit of " +
              length(type_.max_distance),
          distance_ - type_.max_distance, Limit::distance);
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

// Limits of which each alone is in the way, as evaluating the trip tells: with breaks and reloads,
// and where AloneTrip sees nothing.
std::vector<Obstacle> find_by_relaxing(const Model& model, const RelaxedTrip& trip,
                                       const TypeView& type, const Order& order) {
  const Problem& problem = model.problem();
  const VehicleType& source = *type.source;
  const auto span = [&](std::int64_t duration) {
    return format_time(problem, duration) + (problem.units == Units::city ? " h" : "");
  };
  const auto too_long = [&](const char* what, std::int64_t limit, std::int64_t missing) {
    return source.id + what + span(limit + missing) + ", longer than its limit of " + span(limit);
  };
  for (const Limit limit : kLimits) {
    const auto missing = trip.least(limit);
    if (!missing) continue;
    switch (limit) {
      case Limit::pickup_window:
      case Limit::delivery_window: {
        const bool pickup = limit == Limit::pickup_window;
        const Stop& stop = pickup ? *order.pickup : *order.delivery;
        return {{Reason::window,
                 source.id + " reaches its " + (pickup ? "pickup" : "delivery") + " at " +
                     format_time(problem, stop.windows.back().close + *missing) +
                     " at the earliest, after its window ends at " +
                     format_time(problem, stop.windows.back().close),
                 *missing, limit}};
      }
      case Limit::shift:
        return {{Reason::shift,
                 source.id + " would need " + span(*missing) +
                     " more than its shift or its depot leave",
                 *missing, limit}};
      case Limit::driving:
        return {{Reason::limits, too_long(" has to drive for ", source.max_driving, *missing),
                 *missing, limit}};
      case Limit::duration:
        return {{Reason::limits, too_long(" has to be out for ", source.max_duration, *missing),
                 *missing, limit}};
      case Limit::distance:
        return {{Reason::limits,
                 source.id + " has to drive " +
                     format_distance(problem, source.max_distance + *missing) +
                     ", more than its limit of " + format_distance(problem, source.max_distance),
                 *missing, limit}};
      case Limit::ride:
        return {{Reason::ride,
                 "its load rides for " + span(order.max_ride + *missing) + " on " + source.id +
                     ", longer than its limit of " + span(order.max_ride),
                 *missing, limit}};
      default:
        break;
    }
  }
  return {};
}

// Holds the figures against what evaluating the trip tells.
bool are_verified(const std::vector<Obstacle>& measured, const RelaxedTrip& trip) {
  if (measured.size() > 1) return true;  // none of them claims to be all
  if (measured.empty()) return trip.is_feasible(Limit::stops, 0);
  const auto [limit, missing] = std::pair(*measured.front().limit, measured.front().missing);
  return trip.is_feasible(limit, missing) && !trip.is_feasible(limit, missing - 1);
}

std::vector<Obstacle> obstacles_of(const Model& model, std::int32_t index, const TypeView& type) {
  const Order& order = model.problem().orders[static_cast<std::size_t>(index)];
  std::vector<Obstacle> all = AloneTrip(model.problem(), model.travel_times(), order, type).run();
  const bool no_way = std::any_of(all.begin(), all.end(), [](const Obstacle& obstacle) {
    return obstacle.reason == Reason::unreachable;
  });
  if (no_way || type.state != nullptr || model.first_visit(index) < 0) return all;
  std::vector<Obstacle> measured;
  for (const Obstacle& obstacle : all) {
    if (obstacle.limit) measured.push_back(obstacle);
  }
  const RelaxedTrip trip(model, index, type);
  if (are_verified(measured, trip)) return all;
  std::vector<Obstacle> found = find_by_relaxing(model, trip, type, order);
  if (found.empty()) {
    found = std::move(measured);
    found.push_back(
        {Reason::limits,
         "with its breaks, reloads and limits " + type.source->id + " has no time for it", 0,
         std::nullopt});
  }
  std::erase_if(all, [](const Obstacle& obstacle) { return obstacle.limit.has_value(); });
  all.insert(all.end(), found.begin(), found.end());
  return all;
}

}  // namespace

Unserved explain(const Model& model, std::span<const double> alone, std::int32_t index,
                 bool has_place) {
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
    const auto obstacles = obstacles_of(model, index, type);
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
  if (order.prize && has_place) {
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
