// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/route_check.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <sstream>
#include <utility>

namespace roadgnn::decode::detail {
namespace {

bool same_cost(double a, double b) {
  return std::abs(a - b) <= 1e-6 * std::max({1.0, std::abs(a), std::abs(b)});
}

bool plausible(std::int64_t value) {
  return value >= -kNoLimit && value <= kNoLimit;
}

template <typename Value>
bool lists(const std::vector<Value>& list, Value value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

const char* kind_name(StepKind kind) {
  switch (kind) {
    case StepKind::start:
      return "start";
    case StepKind::pickup:
      return "pickup";
    case StepKind::delivery:
      return "delivery";
    case StepKind::end:
      return "end";
    case StepKind::rest:
      return "break";
    case StepKind::reload:
      return "reload";
  }
  return "unknown step";
}

bool is_stop(const Step& step) {
  return step.kind == StepKind::pickup || step.kind == StepKind::delivery;
}

bool begins_trip(const Step& step) {
  return step.kind == StepKind::start || step.kind == StepKind::reload;
}

bool same_step(const Step& a, const Step& b) {
  return a.kind == b.kind && a.order == b.order && a.location == b.location &&
         a.arrival == b.arrival && a.begin == b.begin && a.departure == b.departure &&
         a.load == b.load && a.distance == b.distance && a.index == b.index;
}

class RouteCheck {
 public:
  RouteCheck(const Problem& problem, const graph::TravelTimes& travel_times, const Route& route,
             std::vector<std::string>& violations)
      : problem_(problem),
        travel_times_(travel_times),
        route_(route),
        steps_(route.steps),
        violations_(violations) {}

  void run() {
    if (route_.vehicle_type < 0 ||
        static_cast<std::size_t>(route_.vehicle_type) >= problem_.vehicle_types.size()) {
      say("a route has vehicle type ", route_.vehicle_type, ", which does not exist");
      return;
    }
    type_ = &problem_.vehicle_types[static_cast<std::size_t>(route_.vehicle_type)];
    name_ = "vehicle " + type_->id + " #" + std::to_string(route_.vehicle);
    if (route_.vehicle < 0 || route_.vehicle >= type_->count) {
      say(name_, " does not exist: there are ", type_->count);
    }
    if (type_->profile < 0 || type_->profile >= travel_times_.num_profiles()) {
      say(name_, " has profile ", type_->profile, ", which the travel times do not know");
      return;
    }
    for (const VehicleState& state : problem_.vehicle_states) {
      if (state.vehicle_type == route_.vehicle_type && state.vehicle == route_.vehicle)
        state_ = &state;
    }
    if (!begins_as_stated() || !well_formed()) return;
    check_orders();
    check_loads();
    check_times();
    check_breaks_left_out();
    check_rides();
    check_cost();
    check_limits();
  }

 private:
  template <typename... Parts>
  void say(const Parts&... parts) {
    std::ostringstream text;
    (text << ... << parts);
    violations_.push_back(text.str());
  }

  const Order& order_of(const Step& step) const {
    return problem_.orders[static_cast<std::size_t>(step.order)];
  }

  const Stop& stop_of(const Step& step) const {
    const Order& order = order_of(step);
    return step.kind == StepKind::pickup ? *order.pickup : *order.delivery;
  }

  std::string describe(const Step& step) const {
    const std::string text = name_ + ", " + kind_name(step.kind);
    return is_stop(step) ? text + " of order " + order_of(step).id : text;
  }

  std::string at(std::int64_t time) const { return format_time(problem_, time); }

  std::int32_t location_of_depot(std::int32_t depot) const {
    return problem_.depots[static_cast<std::size_t>(depot)].location;
  }

  bool is_loaded(std::int32_t order) const {
    return state_ != nullptr && lists(state_->loaded, order);
  }

  /// The steps up to this one are as the vehicle's state says.
  bool in_past(std::size_t i) const { return i < past_; }

  bool begins_as_stated() {
    if (state_ == nullptr) return true;
    past_ = state_->steps.size();
    for (std::size_t i = 0; i < past_; ++i) {
      if (i < steps_.size() && same_step(steps_[i], state_->steps[i])) continue;
      say(name_, ": step ", i, " is not what the vehicle has done or is held to");
      return false;
    }
    return true;
  }

  // Everything that the other checks take for granted: kinds, indices, places, sizes.
  bool well_formed() {
    std::set<std::pair<std::int32_t, StepKind>> seen;
    const std::size_t before = violations_.size();
    if (steps_.size() < (past_ > 0 ? 2 : 3)) {
      say(name_, " serves no stop");
      return false;
    }
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      const Step& step = steps_[i];
      const bool is_start = step.kind == StepKind::start, is_end = step.kind == StepKind::end;
      if (is_start != (i == 0) || is_end != (i + 1 == steps_.size())) {
        say(name_, ": step ", i, " of ", steps_.size(), " is a ", kind_name(step.kind));
        continue;
      }
      if (!plausible(step.arrival) || !plausible(step.begin) || !plausible(step.departure)) {
        say(name_, ": step ", i, " has a time out of range");
      }
      if (step.load.size() != problem_.dimensions.size()) {
        say(name_, ": step ", i, " has ", step.load.size(), " load values instead of ",
            problem_.dimensions.size());
      }
      if (!is_stop(step)) {
        if (step.order != -1) say(name_, ", ", kind_name(step.kind), ": names an order");
        if (!in_past(i)) check_place(i);
      } else if (step.order < 0 || static_cast<std::size_t>(step.order) >= problem_.orders.size()) {
        say(name_, ": step ", i, " serves order number ", step.order, ", which does not exist");
      } else if (!seen.emplace(step.order, step.kind).second) {
        say(describe(step), ": happens twice");
      } else {
        check_stop_place(step);
      }
    }
    return violations_.size() == before;
  }

  // Of a start, an end, a break or a reload.
  void check_place(std::size_t i) {
    const Step& step = steps_[i];
    std::int32_t expected = -1;
    switch (step.kind) {
      case StepKind::start:
        expected = state_ != nullptr        ? state_->location
                   : type_->start_depot < 0 ? steps_[1].location
                                            : location_of_depot(type_->start_depot);
        break;
      case StepKind::end:
        expected = type_->end_depot >= 0 ? location_of_depot(type_->end_depot) : place_before(i);
        break;
      case StepKind::reload: {
        const bool at_start = type_->reload_depots.empty() && step.index == type_->start_depot;
        if (!at_start && !lists(type_->reload_depots, step.index)) {
          say(name_, ", reload: depot number ", step.index, " is not one where it may reload");
          return;
        }
        expected = location_of_depot(step.index);
        break;
      }
      default:
        check_break_place(i);
        return;
    }
    if (step.location != expected) {
      say(name_, ", ", kind_name(step.kind), ": is at location ", step.location, " instead of ",
          expected);
    }
  }

  void check_break_place(std::size_t i) {
    const Step& step = steps_[i];
    if (step.index < 0 || static_cast<std::size_t>(step.index) >= type_->breaks.size()) {
      say(name_, ": step ", i, " is break number ", step.index, ", which does not exist");
      return;
    }
    const Break& rest = type_->breaks[static_cast<std::size_t>(step.index)];
    if (rest.location >= 0) {
      if (step.location != rest.location) {
        say(name_, ", break: is at location ", step.location, " instead of ", rest.location);
      }
    } else if (step.location == -1) {
      if (!rest.on_the_way) say(name_, ", break: interrupts a leg");
    } else if (step.location != place_before(i) && step.location != place_after(i)) {
      say(name_, ", break: is at location ", step.location,
          ", which is neither that of the step before nor that of the step after");
    }
  }

  std::int32_t place_before(std::size_t i) const {
    while (i-- > 0) {
      if (steps_[i].location >= 0) {
        return i + 1 == past_ && state_->location >= 0 ? state_->location : steps_[i].location;
      }
    }
    return -1;
  }

  // Of the next step that is no break without a place of its own.
  std::int32_t place_after(std::size_t i) const {
    for (++i; i < steps_.size(); ++i) {
      const Step& step = steps_[i];
      if (step.kind != StepKind::rest) return step.location;
      const auto index = static_cast<std::size_t>(step.index);
      if (index < type_->breaks.size() && type_->breaks[index].location >= 0) return step.location;
    }
    return -1;
  }

  void check_stop_place(const Step& step) {
    const Order& order = order_of(step);
    const auto& stop = step.kind == StepKind::pickup ? order.pickup : order.delivery;
    if (!stop) {
      say(name_, ": order ", order.id, " has no ", kind_name(step.kind));
    } else if (!order.impossible.empty()) {
      say(name_, ": order ", order.id, " is served though it cannot be: ", order.impossible);
    } else if (step.location != stop->location) {
      say(describe(step), ": is at location ", step.location, " instead of ", stop->location);
    }
  }

  // Skills, lists, locks, and pickups before deliveries.
  void check_orders() {
    std::set<std::int32_t> seen;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      const Step& step = steps_[i];
      if (!is_stop(step)) continue;
      const Order& order = order_of(step);
      const bool again = !seen.insert(step.order).second;
      if (step.kind == StepKind::delivery && order.pickup && !again) {
        say(describe(step), ": comes before its pickup");
      }
      if (again || in_past(i) || is_loaded(step.order)) continue;
      check_skills(order);
      if (!order.allowed_types.empty() && !lists(order.allowed_types, route_.vehicle_type))
        say(name_, " may not serve order ", order.id);
      if (order.locked_type >= 0 &&
          (order.locked_type != route_.vehicle_type || order.locked_vehicle != route_.vehicle)) {
        say(name_, " serves order ", order.id, ", which is locked to another vehicle");
      }
    }
  }

  void check_skills(const Order& order) {
    for (const std::int32_t skill : order.needs) {
      if (!lists(type_->offers, skill)) {
        say(name_, " does not offer ", problem_.skills[static_cast<std::size_t>(skill)],
            ", which order ", order.id, " needs");
      }
    }
  }

  // The trip that step i belongs to: from its start or reload to the next one or the end.
  std::pair<std::size_t, std::size_t> trip_of(std::size_t i) const {
    std::size_t first = i, last = i + 1;
    while (first > 0 && !begins_trip(steps_[first])) --first;
    while (last + 1 < steps_.size() && !begins_trip(steps_[last])) ++last;
    return {first, std::min(last, steps_.size() - 1)};
  }

  bool from_depot(const Step& step) const {
    return step.kind == StepKind::delivery && !order_of(step).pickup;
  }

  // From which step on an amount is on board, and up to which (excluded), for every load.
  void add_load(std::vector<std::vector<std::int64_t>>& loads, std::size_t from, std::size_t until,
                const std::vector<std::int64_t>& amount) const {
    for (std::size_t i = from; i < until; ++i) {
      for (std::size_t d = 0; d < amount.size(); ++d) loads[i][d] += amount[d];
    }
  }

  std::vector<std::vector<std::int64_t>> expected_loads() const {
    const std::size_t n = steps_.size();
    std::vector<std::vector<std::int64_t>> loads(
        n, std::vector<std::int64_t>(problem_.dimensions.size(), 0));
    std::map<std::int32_t, std::size_t> picked;
    std::set<std::int32_t> delivered;
    for (std::size_t i = 0; i < n; ++i) {
      const Step& step = steps_[i];
      if (!is_stop(step)) continue;
      const Order& order = order_of(step);
      const auto [begin, end] = trip_of(i);
      const std::size_t until = steps_[end].kind == StepKind::end ? n : end;
      if (step.kind == StepKind::pickup) {
        if (order.delivery) {
          picked[step.order] = i;
        } else {
          add_load(loads, i, until, order.load);
        }
      } else if (order.pickup) {
        add_load(loads, picked[step.order], i, order.load);
        picked.erase(step.order);
      } else {
        delivered.insert(step.order);
        add_load(loads, is_loaded(step.order) ? 0 : begin, i, order.load);
        if (!order.collect.empty()) add_load(loads, i, until, order.collect);
      }
    }
    for (const auto& [order, from] : picked)
      add_load(loads, from, n, problem_.orders[static_cast<std::size_t>(order)].load);
    for (std::size_t i = 0; state_ != nullptr && i < state_->loaded.size(); ++i) {
      const std::int32_t order = state_->loaded[i];
      if (delivered.count(order) == 0)
        add_load(loads, 0, n, problem_.orders[static_cast<std::size_t>(order)].load);
    }
    return loads;
  }

  void check_loads() {
    const auto loads = expected_loads();
    for (std::size_t i = past_; i < steps_.size(); ++i) {
      const Step& step = steps_[i];
      for (std::size_t d = 0; d < problem_.dimensions.size(); ++d) {
        const std::int64_t load = loads[i][d];
        if (step.load[d] != load) {
          say(describe(step), ": load ", problem_.dimensions[d], " is ", load, ", the plan says ",
              step.load[d]);
        }
        if (load > type_->capacity[d]) {
          say(describe(step), ": load ", problem_.dimensions[d], " is ", load,
              ", more than the capacity of ", type_->capacity[d]);
        }
      }
      if (from_depot(step) && !is_loaded(step.order) && is_away() &&
          trip_of(i).first < std::max<std::size_t>(1, past_)) {
        say(describe(step), ": its load is at the depot, which the vehicle has left");
      }
    }
  }

  bool is_away() const {
    if (state_ == nullptr) return false;
    return past_ > 0 || type_->start_depot < 0 ||
           state_->location != location_of_depot(type_->start_depot);
  }

  graph::Travel travel(std::int32_t from, std::int32_t to) const {
    graph::Travel leg = travel_times_.at(type_->profile, from, to);
    if (type_->speed_factor != 1 && leg.reachable()) {
      const double time = std::floor(leg.time_ms / type_->speed_factor + 0.5);
      leg = time < graph::kClosed ? graph::Travel{static_cast<std::int32_t>(time), leg.length_m}
                                  : graph::Travel{};
    }
    return leg;
  }

  // Goes along the route with the clock, the odometer and the hours at the wheel.
  void check_times() {
    std::int64_t now = 0;
    std::int64_t driven = 0;  // since the last break
    std::int64_t on_leg = 0;  // of a leg that breaks have interrupted
    bool moved = type_->start_depot < 0 && state_ == nullptr;  // since the last stop
    std::int32_t rests = 0;
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
        moved = !is_stop(step) && (moved || (i > 0 && step.location != place_before(i)));
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
          const graph::Travel leg = stays ? graph::Travel{0, 0} : travel(from, step.location);
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
        if (!in_past(i)) check_break(step, rests, driven);
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

  void check_service(std::size_t i, bool moved) {
    const Step& step = steps_[i];
    const Stop& stop = stop_of(step);
    const std::int64_t service = stop.service + (moved ? stop.setup : 0);
    if (step.departure != step.begin + service) {
      say(describe(step), ": ends at ", at(step.begin + service), ", the plan says ",
          at(step.departure));
    }
    const bool ride = step.kind == StepKind::pickup && order_of(step).max_ride < kNoLimit;
    check_begin(step, stop.windows, stop.late_cost > 0, ride);
    if (stop.late_cost > 0 && !stop.windows.empty() && step.begin > stop.windows.back().close) {
      apart_ += stop.late_cost * static_cast<double>(step.begin - stop.windows.back().close);
    }
  }

  void check_break(const Step& step, std::int32_t rests, std::int64_t driven) {
    const Break& rest = type_->breaks[static_cast<std::size_t>(step.index)];
    if (step.index != rests) say(name_, ", break ", step.index, ": comes as number ", rests);
    if (driven > rest.max_driving) {
      say(name_, ", break ", step.index, ": comes after driving for ", driven, ", more than ",
          rest.max_driving);
    }
    check_begin(step, rest.windows, false, false);
    if (step.departure != step.begin + rest.duration) {
      say(describe(step), ": ends at ", at(step.begin + rest.duration), ", the plan says ",
          at(step.departure));
    }
    for (std::size_t d = 0; d < rest.max_load.size(); ++d) {
      if (step.load[d] > rest.max_load[d]) {
        say(describe(step), ": load ", problem_.dimensions[d], " is ", step.load[d],
            ", more than the ", rest.max_load[d], " allowed meanwhile");
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
        if (step.departure != step.begin + type_->reload_service) {
          say(describe(step), ": ends at ", at(step.begin + type_->reload_service),
              ", the plan says ", at(step.departure));
        }
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
      std::int64_t from = step.departure, to = steps_[end].begin;
      if (step.kind == StepKind::pickup) {
        left[step.order] = step.departure;
        if (order.delivery) continue;
      } else {
        from = order.pickup ? left[step.order] : steps_[begin].departure;
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

  const Problem& problem_;
  const graph::TravelTimes& travel_times_;
  const Route& route_;
  const std::vector<Step>& steps_;
  std::vector<std::string>& violations_;
  const VehicleType* type_ = nullptr;
  const VehicleState* state_ = nullptr;
  std::size_t past_ = 0;
  std::string name_;
  std::int64_t distance_ = 0, driving_ = 0, driven_at_end_ = 0;
  std::int32_t rests_ = 0;
  double apart_ = 0;  // lateness and preferences
};

}  // namespace

void check_route(const Problem& problem, const graph::TravelTimes& travel_times, const Route& route,
                 std::vector<std::string>& violations) {
  RouteCheck(problem, travel_times, route, violations).run();
}

}  // namespace roadgnn::decode::detail
