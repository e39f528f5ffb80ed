// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/problem.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <set>
#include <string_view>
#include <utility>

#include <roadgnn/graph/error.h>

namespace roadgnn::decode {
namespace {

// Sums over all orders stay below this, so that a route's figures cannot overflow.
constexpr std::int64_t kLargest = kNoLimit / 4;

class Validator {
 public:
  explicit Validator(const Problem& problem) : problem_(problem) {}

  void run() {
    if (problem_.num_locations < 0) fail("num_locations", "0 or more", problem_.num_locations);
    for (std::size_t i = 0; i < problem_.depots.size(); ++i) check_depot(i);
    load_sum_.assign(problem_.dimensions.size(), 0);
    for (std::size_t i = 0; i < problem_.orders.size(); ++i) check_order(i);
    for (std::size_t i = 0; i < problem_.vehicle_types.size(); ++i) check_type(i);
    for (std::size_t i = 0; i < problem_.vehicle_states.size(); ++i) check_state(i);
    check_time("now", problem_.now);
  }

  void run_for(std::size_t order) {
    load_sum_.assign(problem_.dimensions.size(), 0);
    check_order(order);
  }

 private:
  template <typename Found>
  [[noreturn]] static void fail(const std::string& field, std::string_view expected, Found found) {
    throw InputError(field + ": expected " + std::string(expected) + ", found " +
                     std::to_string(found));
  }

  static std::string named(std::string_view list, std::size_t i, const std::string& id) {
    std::string name = std::string(list) + "[" + std::to_string(i) + "]";
    if (!id.empty()) name += " '" + id + "'";
    return name;
  }

  static void check_index(const std::string& field, std::int32_t index, std::size_t size) {
    if (index < 0 || static_cast<std::size_t>(index) >= size) {
      fail(field, "an index below " + std::to_string(size), index);
    }
  }

  static void check_time(const std::string& field, std::int64_t time) {
    if (time < -kNoLimit || time > kNoLimit) fail(field, "a time within 62 bits", time);
  }

  static void check_length(const std::string& field, std::int64_t length) {
    if (length < 0) fail(field, "0 or more", length);
  }

  static void check_windows(const std::string& field, const std::vector<TimeWindow>& windows) {
    for (std::size_t w = 0; w < windows.size(); ++w) {
      const std::string name = field + "[" + std::to_string(w) + "]";
      check_window(name, windows[w]);
      if (w > 0 && windows[w].open <= windows[w - 1].close) {
        fail(name + ".open",
             "after the end of the window before it at " + std::to_string(windows[w - 1].close),
             windows[w].open);
      }
    }
  }

  static void check_window(const std::string& field, const TimeWindow& window) {
    if (window.open < -kNoLimit) fail(field + ".open", "a time within 64 bits", window.open);
    if (window.close > kNoLimit) fail(field + ".close", "kNoLimit at most", window.close);
    if (window.close < window.open) {
      fail(field + ".close", "no earlier than its opening at " + std::to_string(window.open),
           window.close);
    }
  }

  static void check_cost(const std::string& field, double cost) {
    if (!std::isfinite(cost) || cost < 0) fail(field, "a finite cost of 0 or more", cost);
  }

  void check_amounts(const std::string& field, const std::vector<std::int64_t>& amounts) const {
    if (amounts.size() != problem_.dimensions.size()) {
      fail(field, std::to_string(problem_.dimensions.size()) + " values", amounts.size());
    }
    for (const std::int64_t amount : amounts) {
      if (amount < 0 || amount > kNoLimit) fail(field, "0 to kNoLimit", amount);
    }
  }

  void check_skills(const std::string& field, const std::vector<std::int32_t>& skills) const {
    for (const std::int32_t skill : skills) check_index(field, skill, problem_.skills.size());
  }

  void check_depot(std::size_t i) const {
    const Depot& depot = problem_.depots[i];
    const std::string name = named("depots", i, depot.id);
    check_index(name + ".location", depot.location,
                static_cast<std::size_t>(problem_.num_locations));
    check_window(name + ".window", depot.window);
  }

  void check_by_type(const std::string& name, const std::vector<std::int64_t>& times) {
    if (times.empty()) return;
    if (times.size() != problem_.vehicle_types.size())
      fail(name, "one for each vehicle type", times.size());
    for (const std::int64_t time : times) {
      if (time < 0 || time > kLargest) fail(name, "0 or more", time);
    }
    service_sum_ += *std::max_element(times.begin(), times.end());
    if (service_sum_ > kLargest) fail(name, "a sum within 62 bits", service_sum_);
  }

  void check_stop(const std::string& name, const Stop& stop, bool impossible) {
    if (!(impossible && stop.location == -1)) {
      check_index(name + ".location", stop.location,
                  static_cast<std::size_t>(problem_.num_locations));
    }
    if (stop.service < 0 || stop.service > kLargest)
      fail(name + ".service", "0 or more", stop.service);
    service_sum_ += stop.service;
    if (service_sum_ > kLargest) fail(name + ".service", "a sum within 62 bits", service_sum_);
    if (stop.setup < 0 || stop.setup > kLargest) fail(name + ".setup", "0 or more", stop.setup);
    service_sum_ += stop.setup;
    if (service_sum_ > kLargest) fail(name + ".setup", "a sum within 62 bits", service_sum_);
    check_by_type(name + ".service_by_type", stop.service_by_type);
    check_by_type(name + ".setup_by_type", stop.setup_by_type);
    check_cost(name + ".late_cost", stop.late_cost);
    check_windows(name + ".windows", stop.windows);
  }

  void check_order(std::size_t i) {
    const Order& order = problem_.orders[i];
    const std::string name = named("orders", i, order.id);
    if (!order.pickup && !order.delivery) {
      throw InputError(name + ": expected a pickup, a delivery or both, found neither");
    }
    if (order.pickup) check_stop(name + ".pickup", *order.pickup, !order.impossible.empty());
    if (order.delivery) check_stop(name + ".delivery", *order.delivery, !order.impossible.empty());
    check_amounts(name + ".load", order.load);
    for (std::size_t d = 0; d < load_sum_.size(); ++d) {
      load_sum_[d] += order.load[d];
      if (load_sum_[d] > kLargest) fail(name + ".load", "a sum within 62 bits", load_sum_[d]);
    }
    check_skills(name + ".needs", order.needs);
    if (order.priority < 0 || order.priority > 100) {
      fail(name + ".priority", "0 to 100", order.priority);
    }
    check_order_options(name, order);
  }

  void check_order_options(const std::string& name, const Order& order) {
    if (order.prize) check_cost(name + ".prize", *order.prize);
    if (order.group != -1) check_index(name + ".group", order.group, problem_.groups.size());
    check_time(name + ".release", order.release);
    if (order.pickup && order.release != -kNoLimit) {
      fail(name + ".release", "none for an order with a pickup", order.release);
    }
    check_length(name + ".max_ride", order.max_ride);
    if (!order.collect.empty()) {
      if (order.pickup || !order.delivery) {
        throw InputError(name + ".collect: expected an order that has a delivery alone, found one" +
                         " with a pickup");
      }
      check_amounts(name + ".collect", order.collect);
      for (std::size_t d = 0; d < load_sum_.size(); ++d) {
        load_sum_[d] += order.collect[d];
        if (load_sum_[d] > kLargest) fail(name + ".collect", "a sum within 62 bits", load_sum_[d]);
      }
    }
    for (const std::int32_t type : order.allowed_types)
      check_index(name + ".allowed_types", type, problem_.vehicle_types.size());
    for (const std::int32_t type : order.preferred_types)
      check_index(name + ".preferred_types", type, problem_.vehicle_types.size());
    check_cost(name + ".not_preferred_cost", order.not_preferred_cost);
    if (order.locked_type == -1 && order.locked_vehicle == -1) return;
    check_vehicle(name + ".locked", order.locked_type, order.locked_vehicle);
  }

  void check_vehicle(const std::string& name, std::int32_t type, std::int32_t vehicle) const {
    check_index(name + "_type", type, problem_.vehicle_types.size());
    const std::int32_t count = problem_.vehicle_types[static_cast<std::size_t>(type)].count;
    check_index(name + "_vehicle", vehicle, static_cast<std::size_t>(std::max(0, count)));
  }

  void check_type(std::size_t i) const {
    const VehicleType& type = problem_.vehicle_types[i];
    const std::string name = named("vehicle_types", i, type.id);
    if (type.profile < 0) fail(name + ".profile", "0 or more", type.profile);
    if (type.count < 0) fail(name + ".count", "0 or more", type.count);
    if (type.start_depot != -1)
      check_index(name + ".start_depot", type.start_depot, problem_.depots.size());
    if (type.end_depot != -1)
      check_index(name + ".end_depot", type.end_depot, problem_.depots.size());
    check_amounts(name + ".capacity", type.capacity);
    check_skills(name + ".offers", type.offers);
    check_cost(name + ".cost_fixed", type.cost_fixed);
    check_cost(name + ".cost_per_distance", type.cost_per_distance);
    check_cost(name + ".cost_per_time", type.cost_per_time);
    check_window(name + ".shift", type.shift);
    if (type.max_driving < 0) fail(name + ".max_driving", "0 or more", type.max_driving);
    if (type.max_distance < 0) fail(name + ".max_distance", "0 or more", type.max_distance);
    if (type.max_stops < 0) fail(name + ".max_stops", "0 or more", type.max_stops);
    check_cost(name + ".cost_per_driving", type.cost_per_driving);
    check_cost(name + ".cost_per_service", type.cost_per_service);
    check_length(name + ".max_duration", type.max_duration);
    check_length(name + ".fair_duration", type.fair_duration);
    check_cost(name + ".cost_per_time_over", type.cost_per_time_over);
    if (!(type.speed_factor >= 0.01 && type.speed_factor <= 100)) {
      fail(name + ".speed_factor", "0.01 to 100", type.speed_factor);
    }
    for (std::size_t s = 0; s < type.slices.size(); ++s) {
      const std::string field = name + ".slices[" + std::to_string(s) + "]";
      check_time(field + ".from", type.slices[s].from);
      if (s > 0 && type.slices[s].from <= type.slices[s - 1].from)
        fail(field + ".from", "a later time than the one before it", type.slices[s].from);
      if (type.slices[s].profile < 0) fail(field + ".profile", "0 or more", type.slices[s].profile);
    }
    for (std::size_t b = 0; b < type.breaks.size(); ++b)
      check_break(name + ".breaks[" + std::to_string(b) + "]", type.breaks[b]);
    check_trips(name, type);
  }

  void check_break(const std::string& name, const Break& rest) const {
    check_windows(name + ".windows", rest.windows);
    if (rest.duration < 0 || rest.duration > kLargest)
      fail(name + ".duration", "0 or more", rest.duration);
    if (rest.location != -1) {
      check_index(name + ".location", rest.location,
                  static_cast<std::size_t>(problem_.num_locations));
    }
    check_length(name + ".max_driving", rest.max_driving);
    if (rest.on_the_way && (rest.location != -1 || rest.max_driving != kNoLimit)) {
      throw InputError(name + ".on_the_way: expected a break without location and max_driving" +
                       ", found one with them");
    }
    if (!rest.max_load.empty()) check_amounts(name + ".max_load", rest.max_load);
  }

  void check_trips(const std::string& name, const VehicleType& type) const {
    if (type.max_trips < 1) fail(name + ".max_trips", "1 or more", type.max_trips);
    if (type.max_trips > 1 && type.reload_depots.empty() && type.start_depot < 0) {
      throw InputError(name + ".reload_depots: expected a depot for a type without a start depot" +
                       ", found none");
    }
    for (const std::int32_t depot : type.reload_depots)
      check_index(name + ".reload_depots", depot, problem_.depots.size());
    if (type.reload_service < 0 || type.reload_service > kLargest)
      fail(name + ".reload_service", "0 or more", type.reload_service);
  }

  void check_state(std::size_t i) {
    const VehicleState& state = problem_.vehicle_states[i];
    const std::string name = "vehicle_states[" + std::to_string(i) + "]";
    check_vehicle(name + ".vehicle", state.vehicle_type, state.vehicle);
    if (!stated_.emplace(state.vehicle_type, state.vehicle).second) {
      fail(name + ".vehicle", "a vehicle without a state so far", state.vehicle);
    }
    if (state.location < 0 && (state.steps.empty() || state.steps.back().location < 0))
      fail(name + ".location", "a place where it is, or steps that end at one", state.location);
    if (state.location != -1) {
      check_index(name + ".location", state.location,
                  static_cast<std::size_t>(problem_.num_locations));
    }
    check_time(name + ".ready", state.ready);
    check_length(name + ".distance", state.distance);
    check_length(name + ".driving", state.driving);
    for (std::size_t s = 0; s < state.steps.size(); ++s)
      check_step(name + ".steps[" + std::to_string(s) + "]", state, s);
    for (const std::int32_t order : state.loaded) {
      check_index(name + ".loaded", order, problem_.orders.size());
      if (problem_.orders[static_cast<std::size_t>(order)].pickup)
        fail(name + ".loaded", "an order without a pickup", order);
      if (!taken_.emplace(order, false).second)
        fail(name + ".loaded", "an order that nothing else has done", order);
    }
  }

  void check_step(const std::string& name, const VehicleState& state, std::size_t s) {
    const Step& step = state.steps[s];
    if ((step.kind == StepKind::start) != (s == 0) || step.kind == StepKind::end) {
      fail(name + ".kind", s == 0 ? "a start" : "neither a start nor an end",
           static_cast<int>(step.kind));
    }
    if (step.kind != StepKind::rest || step.location != -1) {
      check_index(name + ".location", step.location,
                  static_cast<std::size_t>(problem_.num_locations));
    }
    for (const std::int64_t time : {step.arrival, step.begin, step.departure})
      check_time(name + ".times", time);
    if (step.arrival > step.begin || step.begin > step.departure ||
        (s > 0 && state.steps[s - 1].departure > step.arrival)) {
      fail(name + ".times", "times that ascend", step.arrival);
    }
    check_amounts(name + ".load", step.load);
    check_length(name + ".distance", step.distance);
    if (step.kind != StepKind::pickup && step.kind != StepKind::delivery) return;
    check_index(name + ".order", step.order, problem_.orders.size());
    const Order& order = problem_.orders[static_cast<std::size_t>(step.order)];
    const bool pickup = step.kind == StepKind::pickup;
    if (!(pickup ? order.pickup : order.delivery))
      fail(name + ".order", "one that has this stop", step.order);
    if (!taken_.emplace(step.order, pickup).second)
      fail(name + ".order", "a stop that nothing else has done", step.order);
    if (!pickup && order.pickup && taken_.count({step.order, true}) == 0)
      fail(name + ".order", "a delivery after its pickup", step.order);
  }

  const Problem& problem_;
  std::vector<std::int64_t> load_sum_;
  std::int64_t service_sum_ = 0;
  std::set<std::pair<std::int32_t, std::int32_t>> stated_;  // vehicles
  std::set<std::pair<std::int32_t, bool>> taken_;           // orders' pickups and other stops
};

std::string format_number(std::int64_t number, double unit) {
  if (unit == 1) return std::to_string(number);
  char text[64];
  std::snprintf(text, sizeof text, "%.12g", static_cast<double>(number) / unit);
  return text;
}

std::int64_t largest(const std::vector<std::int64_t>& times) {
  return times.empty() ? 0 : *std::max_element(times.begin(), times.end());
}

}  // namespace

std::int64_t service_time(const Stop& stop, std::int32_t vehicle_type, bool moved) {
  const auto type = static_cast<std::size_t>(vehicle_type);
  const auto of_type = [&](const std::vector<std::int64_t>& times) {
    return times.empty() ? 0 : times[type];
  };
  std::int64_t time = stop.service + of_type(stop.service_by_type);
  if (moved) time += stop.setup + of_type(stop.setup_by_type);
  return time;
}

std::int64_t longest_service_time(const Stop& stop) {
  return stop.service + largest(stop.service_by_type) + stop.setup + largest(stop.setup_by_type);
}

std::string format_time(const Problem& problem, std::int64_t time) {
  if (problem.units == Units::plain) return format_number(time, problem.shown_unit);
  const std::int64_t absolute = time < 0 ? -time : time;
  const std::int64_t seconds = absolute / 1000;
  char text[64];
  int length = std::snprintf(text, sizeof text, "%s%02lld:%02d:%02d", time < 0 ? "-" : "",
                             static_cast<long long>(seconds / 3600),
                             static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60));
  if (absolute % 1000 != 0) {
    length += std::snprintf(text + length, sizeof text - static_cast<std::size_t>(length), ".%03d",
                            static_cast<int>(absolute % 1000));
  }
  return std::string(text, static_cast<std::size_t>(length));
}

std::string format_distance(const Problem& problem, std::int64_t distance) {
  if (problem.units == Units::plain) return format_number(distance, problem.shown_unit);
  return std::to_string(distance) + " m";
}

std::string format_load(const Problem& problem, std::size_t dimension, std::int64_t amount) {
  const auto& units = problem.shown_load_units;
  return format_number(amount, dimension < units.size() ? units[dimension] : 1);
}

void validate(const Problem& problem) {
  Validator(problem).run();
}

void validate_order(const Problem& problem, std::size_t order) {
  Validator(problem).run_for(order);
}

}  // namespace roadgnn::decode
