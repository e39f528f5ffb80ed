// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <unordered_map>
#include <utility>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/detail/json_input.h>
#include <roadgnn/io/detail/plan_names.h>
#include <roadgnn/io/number_text.h>
#include <roadgnn/io/plan_json.h>

namespace roadgnn::io {
namespace {

constexpr int kMaxListed = 20;
constexpr double kLargest =
    1e12;  // seconds, metres, litres: their thousandths are exact in a double
constexpr double kLargestCost = 1e300;

constexpr std::array<std::string_view, 4> kPlanKeys = {"summary", "routes", "unserved", "record"};
constexpr std::array<std::string_view, 6> kSummaryKeys = {"cost",     "distance_m", "duration_s",
                                                          "vehicles", "served",     "unserved"};
constexpr std::array<std::string_view, 7> kRouteKeys = {
    "vehicle", "type", "cost", "distance_m", "duration_s", "driving_s", "steps"};
constexpr std::array<std::string_view, 11> kStepKeys = {"kind",      "order", "depot",     "break",
                                                        "lat",       "lon",   "arrival",   "begin",
                                                        "departure", "load",  "distance_m"};
constexpr std::array<std::string_view, 2> kLoadKeys = {"volume_l", "weight_kg"};
constexpr std::array<std::string_view, 3> kUnservedKeys = {"order", "constraint", "reason"};
std::string item(std::string_view array, std::size_t index) {
  return std::string(array) + "[" + std::to_string(index) + "]";
}

class PlanParser {
 public:
  PlanParser(const std::string& origin, const CityDay& day)
      : errors_(origin, kMaxListed), day_(day) {
    for (std::size_t i = 0; i < day.problem.orders.size(); ++i) {
      order_by_id_.emplace(day.problem.orders[i].id, static_cast<std::int32_t>(i));
    }
  }

  PlanReading run(std::string_view text, const std::string& origin) {
    const Json document =
        parse_json(text, origin, [this](int depth, std::string_view key, Json& value) {
          return !take_element(depth, key, value);
        });
    const JsonObject root(document, "", kPlanKeys, errors_);
    for (const std::string_view key : {"routes", "unserved"}) {
      const Json* array = root.find(key);
      if (array == nullptr || !array->is_array()) {
        root.error(key, "expected an array, found " +
                            (array == nullptr ? "nothing" : describe_json(*array)));
      } else if (!array->empty()) {
        root.error(item(key, 0), "expected an object, found " + describe_json(array->front()));
      }
    }
    read_summary(root);
    errors_.throw_if_any();
    return std::move(reading_);
  }

 private:
  // Reads a route or an unserved order as soon as it is complete, so that no whole plan is held as
  // JSON.
  bool take_element(int depth, std::string_view key, Json& value) {
    if (depth != 2 || !value.is_object()) return false;
    if (key == "routes") {
      read_route(value);
    } else if (key == "unserved") {
      read_unserved(value);
    } else {
      return false;
    }
    return true;
  }

  void read_summary(const JsonObject& root) {
    const Json* value = root.find("summary");
    if (value == nullptr) return root.error("summary", "expected an object, found nothing");
    const JsonObject summary(*value, "summary", kSummaryKeys, errors_);
    decode::Plan& plan = reading_.plan;
    plan.cost = summary.number("cost", -kLargestCost, kLargestCost, true).value_or(0);
    plan.distance = summary.whole_number("distance_m", 0, kMetres, true).value_or(0);
    plan.duration = thousandths(summary, "duration_s");
    const auto expect = [&](std::string_view key, std::size_t number) {
      const auto found = summary.whole_number(key, 0, INT32_MAX, true);
      if (found && *found != static_cast<std::int64_t>(number)) {
        mismatch("summary." + std::string(key) + " is " + std::to_string(*found) +
                 ", but the plan has " + std::to_string(number));
      }
    };
    expect("vehicles", plan.routes.size());
    expect("unserved", plan.unserved.size());
    std::size_t served = day_.problem.orders.size();
    served -= std::min(served, plan.unserved.size());
    expect("served", served);
  }

  void read_route(const Json& value) {
    const std::string path = item("routes", num_routes_++);
    const JsonObject object(value, path, kRouteKeys, errors_);
    decode::Route route;
    const auto type = object.text("type"), vehicle = object.text("vehicle");
    const bool known = type && vehicle && find_vehicle(path, *type, *vehicle, route);
    route.cost = object.number("cost", -kLargestCost, kLargestCost, true).value_or(0);
    route.distance = object.whole_number("distance_m", 0, kMetres, true).value_or(0);
    route.duration = thousandths(object, "duration_s");
    route.driving = thousandths(object, "driving_s");
    const Json* steps = object.find("steps");
    if (steps == nullptr || !steps->is_array() || steps->empty()) {
      object.error("steps", "expected an array of steps, found " +
                                (steps == nullptr ? "nothing" : describe_json(*steps)));
      return;
    }
    for (std::size_t i = 0; i < steps->size(); ++i) {
      read_step((*steps)[i], path + "." + item("steps", i), route);
    }
    if (!route.steps.empty()) settle_breaks(route);
    if (known) reading_.plan.routes.push_back(std::move(route));
  }

  bool find_vehicle(const std::string& path, const std::string& type, const std::string& vehicle,
                    decode::Route& route) {
    const auto& types = day_.problem.vehicle_types;
    const auto found =
        std::find_if(types.begin(), types.end(), [&](const auto& one) { return one.id == type; });
    if (found == types.end()) {
      mismatch(path + ": the fleet has no vehicle type " + quote_for_error(type));
      return false;
    }
    route.vehicle_type = static_cast<std::int32_t>(found - types.begin());
    const std::string prefix = type + "-";
    std::int32_t number = 0;
    if (vehicle.starts_with(prefix)) {
      const char* end = vehicle.data() + vehicle.size();
      const auto [stop, status] = std::from_chars(vehicle.data() + prefix.size(), end, number);
      if (status != std::errc() || stop != end) number = 0;
    }
    if (number < 1) {
      mismatch(path + ": expected a vehicle such as '" + prefix + "1', found " +
               quote_for_error(vehicle));
      return false;
    }
    route.vehicle = number - 1;
    return true;
  }

  bool read_step(const Json& value, const std::string& path, decode::Route& route) {
    const JsonObject object(value, path, kStepKeys, errors_);
    decode::Step step;
    const auto kind = object.text("kind");
    if (!kind) return false;
    const auto found = std::find(kStepKindNames.begin(), kStepKindNames.end(), *kind);
    if (found == kStepKindNames.end()) {
      object.error("kind", "expected start, pickup, delivery, break, reload or end, found " +
                               quote_for_error(*kind));
      return false;
    }
    step.kind = static_cast<decode::StepKind>(found - kStepKindNames.begin());
    if (!find_place(object, path, route, step)) return false;
    step.arrival = thousandths(object, "arrival");
    step.begin = thousandths(object, "begin");
    step.departure = thousandths(object, "departure");
    step.distance = object.whole_number("distance_m", 0, kMetres, true).value_or(0);
    if (const Json* load = object.find("load")) {
      const JsonObject amounts(*load, path + ".load", kLoadKeys, errors_);
      step.load = {thousandths(amounts, "volume_l"), thousandths(amounts, "weight_kg")};
    } else {
      object.error("load", "expected an object, found nothing");
    }
    route.steps.push_back(std::move(step));
    return true;
  }

  // Finds the step's order or depot in the day, and its location.
  bool find_place(const JsonObject& object, const std::string& path, const decode::Route& route,
                  decode::Step& step) {
    const bool at_order =
        step.kind == decode::StepKind::pickup || step.kind == decode::StepKind::delivery;
    const bool found = at_order                              ? find_order(object, path, step)
                       : step.kind == decode::StepKind::rest ? find_break(object, path, route, step)
                       : step.kind == decode::StepKind::reload
                           ? find_reload(object, path, step)
                           : find_depot(object, path, route, step);
    if (!found) return false;
    const auto lat = object.number("lat", -90, 90, true),
               lon = object.number("lon", -180, 180, true);
    if (!lat || !lon) return false;
    // A break without a place of its own is where the step before or the step after is.
    if (step.location < 0) return place_break(path, {*lat, *lon}, route, step);
    const Coordinate place = day_.places[static_cast<std::size_t>(step.location)];
    if (std::abs(*lat - place.lat) > 1e-9 || std::abs(*lon - place.lon) > 1e-9) {
      mismatch(path + " is at " + degrees(*lat) + "," + degrees(*lon) + ", but the day has it at " +
               degrees(place.lat) + "," + degrees(place.lon));
    }
    return true;
  }

  bool find_order(const JsonObject& object, const std::string& path, decode::Step& step) {
    const auto id = object.text("order");
    if (!id) return false;
    const auto found = order_by_id_.find(*id);
    if (found == order_by_id_.end()) {
      mismatch(path + ": the day has no order " + quote_for_error(*id));
      return false;
    }
    const decode::Order& order = day_.problem.orders[static_cast<std::size_t>(found->second)];
    const auto& stop = step.kind == decode::StepKind::pickup ? order.pickup : order.delivery;
    if (!stop) {
      mismatch(path + ": order " + quote_for_error(*id) + " has no such stop");
      return false;
    }
    step.order = found->second;
    step.location = stop->location;
    return true;
  }

  bool find_break(const JsonObject& object, const std::string& path, const decode::Route& route,
                  decode::Step& step) {
    const auto number = object.whole_number("break", 0, INT32_MAX, true);
    if (!number) return false;
    step.index = static_cast<std::int32_t>(*number);
    const auto& breaks =
        day_.problem.vehicle_types[static_cast<std::size_t>(route.vehicle_type)].breaks;
    if (static_cast<std::size_t>(*number) < breaks.size()) return true;
    mismatch(path + ": the fleet has no break number " + std::to_string(*number));
    return false;
  }

  bool place_break(const std::string& path, Coordinate place, const decode::Route& route,
                   decode::Step& step) {
    if (!route.steps.empty()) {
      const std::int32_t before = route.steps.back().location;
      if (is_at(before, place)) step.location = before;
    }
    if (step.location < 0) waiting_break_ = {path, place};
    return true;
  }

  bool is_at(std::int32_t location, Coordinate place) const {
    const Coordinate known = day_.places[static_cast<std::size_t>(location)];
    return std::abs(known.lat - place.lat) <= 1e-9 && std::abs(known.lon - place.lon) <= 1e-9;
  }

  // Gives breaks on arrival the place of the step after them.
  void settle_breaks(decode::Route& route) {
    for (std::size_t i = route.steps.size() - 1; i-- > 0;) {
      if (route.steps[i].location < 0) route.steps[i].location = route.steps[i + 1].location;
    }
    if (waiting_break_ && route.steps.back().location >= 0) {
      bool found = false;
      for (const decode::Step& step : route.steps)
        found |=
            step.kind == decode::StepKind::rest && is_at(step.location, waiting_break_->second);
      if (!found) mismatch(waiting_break_->first + ": a break is where no stop beside it is");
    }
    waiting_break_.reset();
  }

  bool find_reload(const JsonObject& object, const std::string& path, decode::Step& step) {
    const auto name = object.text("depot");
    if (!name) return false;
    for (std::size_t d = 0; d < day_.problem.depots.size(); ++d) {
      if (day_.problem.depots[d].id != *name) continue;
      step.index = static_cast<std::int32_t>(d);
      step.location = day_.problem.depots[d].location;
      return true;
    }
    mismatch(path + ": the fleet has no depot " + quote_for_error(*name));
    return false;
  }

  bool find_depot(const JsonObject& object, const std::string& path, const decode::Route& route,
                  decode::Step& step) {
    if (object.find("order") != nullptr)
      object.error("order", "expected nothing at a route's start or end");
    const auto& type = day_.problem.vehicle_types[static_cast<std::size_t>(route.vehicle_type)];
    const std::int32_t depot =
        step.kind == decode::StepKind::start ? type.start_depot : type.end_depot;
    const auto name = object.text("depot", false);
    if (depot < 0) {
      if (name) mismatch(path + " ends at a depot, but routes of '" + type.id + "' are open");
      if (route.steps.empty()) object.error("kind", "expected a start first, found an end");
      step.location = route.steps.empty() ? -1 : route.steps.back().location;
      return step.location >= 0;
    }
    const decode::Depot& expected = day_.problem.depots[static_cast<std::size_t>(depot)];
    if (name && *name != expected.id) {
      mismatch(path + " is at depot " + quote_for_error(*name) + ", but '" + type.id +
               "' belongs at '" + expected.id + "'");
    }
    step.location = expected.location;
    return true;
  }

  void read_unserved(const Json& value) {
    const std::string path = item("unserved", num_unserved_++);
    const JsonObject object(value, path, kUnservedKeys, errors_);
    const auto id = object.text("order"), reason = object.text("constraint");
    if (!id || !reason) return;
    const auto kind = std::find(kReasonNames.begin(), kReasonNames.end(), *reason);
    if (kind == kReasonNames.end()) {
      object.error("constraint",
                   "expected one such as capacity or fleet, found " + quote_for_error(*reason));
      return;
    }
    const auto order = order_by_id_.find(*id);
    if (order == order_by_id_.end())
      return mismatch(path + ": the day has no order " + quote_for_error(*id));
    reading_.plan.unserved.push_back({order->second,
                                      static_cast<decode::Reason>(kind - kReasonNames.begin()),
                                      object.text("reason").value_or("")});
  }

  std::int64_t thousandths(const JsonObject& object, std::string_view key) {
    return std::llround(object.number(key, -kLargest, kLargest, true).value_or(0) * 1000);
  }

  static std::string degrees(double value) {
    std::string text;
    append_number(text, value);
    return text;
  }

  void mismatch(std::string sentence) {
    constexpr std::size_t kMaxMismatches = 100;
    if (reading_.mismatches.size() < kMaxMismatches)
      reading_.mismatches.push_back(std::move(sentence));
  }

  static constexpr auto kMetres = static_cast<std::int64_t>(kLargest);

  ErrorList errors_;
  const CityDay& day_;
  std::unordered_map<std::string_view, std::int32_t> order_by_id_;
  PlanReading reading_;
  std::optional<std::pair<std::string, Coordinate>> waiting_break_;
  std::size_t num_routes_ = 0, num_unserved_ = 0;
};

}  // namespace

PlanReading read_plan_json(std::string_view text, const std::string& origin, const CityDay& day) {
  return PlanParser(origin, day).run(text, origin);
}

}  // namespace roadgnn::io
