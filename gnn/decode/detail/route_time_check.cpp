// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <map>

#include <roadgnn/gnn/decode/detail/checked_route.h>

namespace roadgnn::decode::detail {
namespace {

bool same_cost(double a, double b) {
  return std::abs(a - b) <= 1e-6 * std::max({1.0, std::abs(a), std::abs(b)});
}

class TimeCheck : private CheckedRoute {
 public:
  explicit TimeCheck(const CheckedRoute& route) : CheckedRoute(route) {}

  void run() {
    check_times();
    check_breaks_left_out();
    check_rides();
    check_cost();
    check_limits();
  }

 private:
  graph::Travel travel(std::int32_t from, std::int32_t to, std::int64_t departure) const {
    std::int32_t profile = type_->profile;
    for (const ProfileSlice& slice : type_->slices) {
      if (slice.from <= departure) profile = slice.profile;
    }
    graph::Travel leg = travel_times_.at(profile, from, to);
    if (type_->speed_factor != 1 && leg.reachable()) {
      const double time = std::floor(leg.time_ms / type_->speed_factor + 0.5);
      leg = time < graph::kClosed ? graph::Travel{static_cast<std::int32_t>(time), leg.length_m}
                                  : graph::Travel{};
    }
    return leg;
  }

  // When a step that is done at `ready` is left: at once, unless it pays to wait for a better hour.
  std::int64_t leaves_at(std::size_t i, std::int64_t ready) const {
    if (type_->slices.empty() || i + 1 >= steps_.size()) return ready;
    const Step& next = steps_[i + 1];
    if (next.location < 0 || (next.kind == StepKind::end && type_->end_depot < 0)) return ready;
    std::int64_t best = ready, soonest = kNoLimit;
    const auto consider = [&](std::int64_t departure) {
      const graph::Travel leg = travel(steps_[i].location, next.location, departure);
      if (!leg.reachable() || departure + leg.time_ms >= soonest) return;
      best = departure;
      soonest = departure + leg.time_ms;
    };
    consider(ready);
    for (const ProfileSlice& slice : type_->slices) {
      if (slice.from > ready) consider(slice.from);
    }
    return best;
  }

  // Goes along the route with the clock, the odometer and the hours at the wheel.
  void check_times() {
    std::int64_t now = 0;
    std::int64_t driven = 0;  // since the last break
    std::int64_t on_leg = 0;  // of a leg that breaks have interrupted
    bool moved = type_->start_depot < 0 && state_ == nullptr;  // since the last stop
    std::int32_t rests = 0;
    for (const Step& step : steps_) ended_.push_back(step.departure);
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      const Step& step = steps_[i];
      if (i == past_ && i > 0) {
        distance_ = steps_[i - 1].distance + state_->distance;
        driving_ += state_->driving;
        driven += state_->driving;
        now = std::max(now, state_->ready > -kNoLimit ? state_->ready : problem_.now);
        moved |= state_->location >= 0 && state_->location != steps_[i - 1].location;
      }
      std::int64_t wheel = 0;
      if (in_past(i)) {
        wheel = i > 0 ? step.arrival - now : 0;
        moved |= i > 0 && step.location != place_before(i);
        if (is_stop(step)) served_ += busy_at(step, moved);
        moved &= !is_stop(step);
      } else if (i > 0) {
        const std::int32_t from = place_before(i);
        if (step.location < 0) {
          wheel = step.arrival - now;
          if (wheel < 0) say(describe(step), ": arrives before the step before is left");
          on_leg += wheel;
          moved = true;
        } else {
          const bool stays = (step.kind == StepKind::end && type_->end_depot < 0) ||
                             (i == 1 && type_->start_depot < 0 && state_ == nullptr);
          const graph::Travel leg = stays ? graph::Travel{0, 0} : travel(from, step.location, now);
          if (!leg.reachable()) {
            say(describe(step), ": there is no way from location ", from, " to ", step.location);
            return;
          }
          distance_ += leg.length_m;
          moved |= from != step.location;
          wheel = leg.time_ms - on_leg;
          on_leg = 0;
          if (wheel < 0) say(describe(step), ": its leg takes less than the part before a break");
          if (step.arrival != now + wheel) {
            say(describe(step), ": arrives at ", at(now + wheel), ", the plan says ",
                at(step.arrival));
          }
        }
        if (step.distance != distance_) {
          say(describe(step), ": is ", distance_, " from the start, the plan says ", step.distance);
        }
      } else if (step.distance != 0 && state_ == nullptr) {
        say(describe(step), ": is 0 from the start, the plan says ", step.distance);
      } else {
        distance_ = state_ != nullptr ? state_->distance : 0;
        driving_ = driven = state_ != nullptr ? state_->driving : 0;
      }
      driving_ += wheel;
      driven += wheel;
      if (step.kind == StepKind::rest) {
        if (!in_past(i)) check_break(i, rests, driven);
        ++rests;
        driven = 0;
      } else if (!in_past(i)) {
        if (is_stop(step)) {
          check_service(i, moved);
        } else {
          check_depot_time(i);
        }
      }
      if (step.kind != StepKind::rest && i > 0) moved = false;
      now = step.departure;
    }
    driven_at_end_ = driven;
    rests_ = rests;
    if (route_.distance != distance_) {
      say(name_, ": the distance is ", distance_, ", the plan says ", route_.distance);
    }
    if (route_.driving != driving_) {
      say(name_, ": the driving time is ", driving_, ", the plan says ", route_.driving);
    }
  }

  // Service begins at the first moment that it can; where a load's ride begins, later is allowed.
  void check_begin(const Step& step, const std::vector<TimeWindow>& windows, bool soft,
                   bool may_wait) {
    const auto first_from = [&](std::int64_t time) {
      for (const TimeWindow& window : windows) {
        if (window.close >= time) return std::max(time, window.open);
      }
      return windows.empty() || soft ? time : kNoLimit + 1;
    };
    const std::int64_t begin =
        first_from(may_wait ? std::max(step.begin, step.arrival) : step.arrival);
    if (begin > kNoLimit) {
      say(describe(step), ": arrives at ", at(step.arrival), ", after its last window's end at ",
          at(windows.back().close));
    } else if (step.begin != begin && windows.empty()) {
      say(describe(step), ": begins at ", at(step.begin), " though it could at ", at(begin));
    } else if (step.begin != begin) {
      say(describe(step), ": begins at ", at(begin), ", the plan says ", at(step.begin));
    }
  }

  void check_departure(std::size_t i, std::int64_t service) {
    const Step& step = steps_[i];
    ended_[i] = step.begin + service;
    const std::int64_t departure = leaves_at(i, ended_[i]);
    if (step.departure == departure) return;
    say(describe(step), ": ends at ", at(departure), ", the plan says ", at(step.departure));
  }

  std::int64_t busy_at(const Step& step, bool moved) const {
    const Stop& stop = stop_of(step);
    const auto type = static_cast<std::size_t>(route_.vehicle_type);
    std::int64_t busy = stop.service + (moved ? stop.setup : 0);
    if (!stop.service_by_type.empty()) busy += stop.service_by_type[type];
    if (moved && !stop.setup_by_type.empty()) busy += stop.setup_by_type[type];
    return busy;
  }

  void check_service(std::size_t i, bool moved) {
    const Step& step = steps_[i];
    const Stop& stop = stop_of(step);
    const std::int64_t busy = busy_at(step, moved);
    served_ += busy;
    check_departure(i, busy);
    const bool ride = step.kind == StepKind::pickup && order_of(step).max_ride < kNoLimit;
    check_begin(step, stop.windows, stop.late_cost > 0, ride);
    if (stop.late_cost > 0 && !stop.windows.empty() && step.begin > stop.windows.back().close) {
      apart_ += stop.late_cost * static_cast<double>(step.begin - stop.windows.back().close);
    }
  }

  void check_break(std::size_t i, std::int32_t rests, std::int64_t driven) {
    const Step& step = steps_[i];
    const Break& rest = type_->breaks[static_cast<std::size_t>(step.index)];
    if (step.index != rests) say(name_, ", break ", step.index, ": comes as number ", rests);
    if (driven > rest.max_driving) {
      say(name_, ", break ", step.index, ": comes after driving for ", driven, ", more than ",
          rest.max_driving);
    }
    check_begin(step, rest.windows, false, false);
    check_departure(i, rest.duration);
    for (std::size_t d = 0; d < rest.max_load.size(); ++d) {
      if (step.load[d] > rest.max_load[d]) {
        say(describe(step), ": load ", problem_.dimensions[d], " is ", amount(d, step.load[d]),
            ", more than the ", amount(d, rest.max_load[d]), " allowed meanwhile");
      }
    }
  }

  void check_breaks_left_out() {
    for (auto b = static_cast<std::size_t>(rests_); b < type_->breaks.size(); ++b) {
      const Break& rest = type_->breaks[b];
      if (type_->breaks_always) {
        say(name_, ": break ", b, " is missing");
      } else if (driven_at_end_ > rest.max_driving) {
        say(name_, ": drives for ", driven_at_end_, " without break ", b, ", more than ",
            rest.max_driving);
      } else if (!rest.windows.empty() && steps_.back().departure > rest.windows.back().close) {
        say(name_, ": ends at ", at(steps_.back().departure), " without break ", b,
            ", which had to begin by ", at(rest.windows.back().close));
      }
    }
  }

  // The latest release among what a trip takes along, and whether a ride begins with it.
  std::pair<std::int64_t, bool> taken_along(std::size_t i) const {
    const auto [begin, end] = trip_of(i);
    std::int64_t release = -kNoLimit;
    bool ride = false;
    for (std::size_t s = std::max(begin, past_); s < end; ++s) {
      if (!is_stop(steps_[s]) || !from_depot(steps_[s]) || is_loaded(steps_[s].order)) continue;
      release = std::max(release, order_of(steps_[s]).release);
      ride |= order_of(steps_[s]).max_ride < kNoLimit;
    }
    return {release, ride};
  }

  void check_depot_time(std::size_t i) {
    const Step& step = steps_[i];
    const bool is_start = step.kind == StepKind::start, is_reload = step.kind == StepKind::reload;
    const std::int32_t index = is_reload  ? step.index
                               : is_start ? (state_ == nullptr ? type_->start_depot : -1)
                                          : type_->end_depot;
    TimeWindow window = is_reload ? TimeWindow{-kNoLimit, kNoLimit} : type_->shift;
    if (index >= 0) {
      const TimeWindow& depot = problem_.depots[static_cast<std::size_t>(index)].window;
      window.open = std::max(window.open, depot.open);
      window.close = std::min(window.close, depot.close);
    }
    if (is_start) {
      const bool stated = state_ != nullptr && state_->ready > -kNoLimit;
      window.open = std::max(window.open, stated ? state_->ready : problem_.now);
    }
    if (begins_trip(step)) {
      const auto [release, ride] = taken_along(i);
      if (step.begin < release) {
        say(describe(step), ": at ", at(step.begin), ", before its loads are released at ",
            at(release));
      }
      if (is_reload) {
        window.open = std::max(window.open, release);
        check_begin(step, {window}, false, ride);
        check_departure(i, type_->reload_service);
        return;
      }
    }
    const std::int64_t expected = is_start ? step.departure : std::max(step.arrival, window.open);
    if (step.begin != expected || step.departure != expected ||
        (is_start && step.arrival != expected)) {
      say(describe(step), ": the times ", at(step.arrival), ", ", at(step.begin), " and ",
          at(step.departure), " do not agree with ", at(expected));
    }
    if (step.departure < window.open) {
      say(describe(step), ": at ", at(step.departure), ", before the shift and the depot open at ",
          at(window.open));
    }
    if (step.departure > window.close) {
      say(describe(step), ": at ", at(step.departure), ", after the shift or the depot end at ",
          at(window.close));
    }
  }

  void check_rides() {
    std::map<std::int32_t, std::int64_t> left;  // when an order's ride began
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      const Step& step = steps_[i];
      if (!is_stop(step)) continue;
      const Order& order = order_of(step);
      if (order.max_ride >= kNoLimit) continue;
      auto [begin, end] = trip_of(i);
      if (is_loaded(step.order)) begin = last_trip_of_past();
      std::int64_t from = ended_[i], to = steps_[end].begin;
      if (step.kind == StepKind::pickup) {
        left[step.order] = ended_[i];
        if (order.delivery) continue;
      } else {
        from = order.pickup ? left[step.order] : ended_[begin];
        to = step.begin;
      }
      if (!in_past(i) && to - from > order.max_ride) {
        say(describe(step), ": its load rides for ", to - from, ", longer than its limit of ",
            order.max_ride);
      }
    }
  }

  std::size_t last_trip_of_past() const {
    std::size_t last = 0;
    for (std::size_t i = 0; i < past_; ++i) {
      if (begins_trip(steps_[i])) last = i;
    }
    return last;
  }

  void check_cost() {
    const std::int64_t duration = steps_.back().departure - steps_.front().departure;
    if (route_.duration != duration) {
      say(name_, ": the duration is ", duration, ", the plan says ", route_.duration);
    }
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      const Step& step = steps_[i];
      if (!is_stop(step)) continue;
      const Order& order = order_of(step);
      const Stop& stop = stop_of(step);
      if (in_past(i) && !stop.windows.empty()) {
        apart_ += stop.late_cost * static_cast<double>(std::max<std::int64_t>(
                                       0, step.begin - stop.windows.back().close));
      }
      if (step.kind == StepKind::pickup && order.delivery) continue;
      if (!order.preferred_types.empty() && !lists(order.preferred_types, route_.vehicle_type))
        apart_ += order.not_preferred_cost;
    }
    const double over = static_cast<double>(
        std::max<std::int64_t>(0, duration - std::min(duration, type_->fair_duration)));
    const double cost = type_->cost_fixed +
                        type_->cost_per_distance * static_cast<double>(distance_) +
                        type_->cost_per_time * static_cast<double>(duration) +
                        type_->cost_per_driving * static_cast<double>(driving_) +
                        type_->cost_per_service * static_cast<double>(served_) +
                        type_->cost_per_time_over * over + apart_;
    if (!same_cost(cost, route_.cost)) {
      say(name_, ": the cost is ", cost, ", the plan says ", route_.cost);
    }
    if (duration > type_->max_duration) {
      say(name_, ": takes ", duration, ", longer than its limit of ", type_->max_duration);
    }
  }

  void check_limits() {
    if (distance_ > type_->max_distance) {
      say(name_, ": drives ", distance_, ", more than its limit of ", type_->max_distance);
    }
    if (driving_ > type_->max_driving) {
      say(name_, ": drives for ", driving_, ", longer than its limit of ", type_->max_driving);
    }
    const auto stops = std::count_if(steps_.begin(), steps_.end(), is_stop);
    if (stops > std::max(0, type_->max_stops)) {
      say(name_, ": has ", stops, " stops, more than its limit of ", type_->max_stops);
    }
    const auto trips = std::count_if(steps_.begin(), steps_.end(), begins_trip);
    if (trips > type_->max_trips) {
      say(name_, ": makes ", trips, " trips, more than its limit of ", type_->max_trips);
    }
  }

  std::int64_t distance_ = 0, driving_ = 0, driven_at_end_ = 0;
  std::int64_t served_ = 0;  // service and setup
  std::int32_t rests_ = 0;
  std::vector<std::int64_t> ended_;  // when each step's service was done
  double apart_ = 0;                 // lateness and preferences
};

}  // namespace

void check_route_times(const CheckedRoute& route) {
  TimeCheck(route).run();
}

}  // namespace roadgnn::decode::detail
