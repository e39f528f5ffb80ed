// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/route_check.h>

#include <map>
#include <set>
#include <utility>

#include <roadgnn/gnn/decode/detail/checked_route.h>

namespace roadgnn::decode::detail {
namespace {

bool plausible(std::int64_t value) {
  return value >= -kNoLimit && value <= kNoLimit;
}

bool same_step(const Step& a, const Step& b) {
  return a.kind == b.kind && a.order == b.order && a.location == b.location &&
         a.arrival == b.arrival && a.begin == b.begin && a.departure == b.departure &&
         a.load == b.load && a.distance == b.distance && a.index == b.index;
}

class RouteCheck : private CheckedRoute {
 public:
  using CheckedRoute::CheckedRoute;

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
    check_route_times(*this);
  }

 private:
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
          say(describe(step), ": load ", problem_.dimensions[d], " is ", amount(d, load),
              ", the plan says ", amount(d, step.load[d]));
        }
        if (load > type_->capacity[d]) {
          say(describe(step), ": load ", problem_.dimensions[d], " is ", amount(d, load),
              ", more than the capacity of ", amount(d, type_->capacity[d]));
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
};

}  // namespace

void check_route(const Problem& problem, const graph::TravelTimes& travel_times, const Route& route,
                 std::vector<std::string>& violations) {
  RouteCheck(problem, travel_times, route, violations).run();
}

}  // namespace roadgnn::decode::detail
