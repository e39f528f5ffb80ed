// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/problem.h>

#include <cmath>
#include <cstdio>
#include <string_view>

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

  void check_stop(const std::string& name, const Stop& stop, bool impossible) {
    if (!(impossible && stop.location == -1)) {
      check_index(name + ".location", stop.location,
                  static_cast<std::size_t>(problem_.num_locations));
    }
    if (stop.service < 0 || stop.service > kLargest)
      fail(name + ".service", "0 or more", stop.service);
    service_sum_ += stop.service;
    if (service_sum_ > kLargest) fail(name + ".service", "a sum within 62 bits", service_sum_);
    for (std::size_t w = 0; w < stop.windows.size(); ++w) {
      const std::string field = name + ".windows[" + std::to_string(w) + "]";
      check_window(field, stop.windows[w]);
      if (w > 0 && stop.windows[w].open <= stop.windows[w - 1].close) {
        fail(
            field + ".open",
            "after the end of the window before it at " + std::to_string(stop.windows[w - 1].close),
            stop.windows[w].open);
      }
    }
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
  }

  void check_type(std::size_t i) const {
    const VehicleType& type = problem_.vehicle_types[i];
    const std::string name = named("vehicle_types", i, type.id);
    if (type.profile < 0) fail(name + ".profile", "0 or more", type.profile);
    if (type.count < 0) fail(name + ".count", "0 or more", type.count);
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
  }

  const Problem& problem_;
  std::vector<std::int64_t> load_sum_;
  std::int64_t service_sum_ = 0;
};

}  // namespace

std::string format_time(const Problem& problem, std::int64_t time) {
  if (problem.units == Units::plain) return std::to_string(time);
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

void validate(const Problem& problem) {
  Validator(problem).run();
}

}  // namespace roadgnn::decode
