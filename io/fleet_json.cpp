// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/fleet_json.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include <roadgnn/io/detail/json_input.h>
#include <roadgnn/io/nearest_name.h>
#include <roadgnn/io/time_of_day.h>

namespace roadgnn::io {
namespace {

constexpr int kMaxListed = 20;
constexpr double kMaxLoad = 1e9;  // litres or kilograms
constexpr double kMaxCost = 1e9;

constexpr std::array<std::string_view, 2> kFleetKeys = {"depots", "vehicle_types"};
constexpr std::array<std::string_view, 5> kDepotKeys = {"id", "lat", "lon", "open", "close"};
constexpr std::array<std::string_view, 13> kTypeKeys = {
    "id",   "profile", "count", "depot",  "end",       "capacity", "offers",
    "cost", "shift",   "break", "max_km", "max_stops", "trips"};
constexpr std::array<std::string_view, 2> kCapacityKeys = {"volume_l", "weight_kg"};
constexpr std::array<std::string_view, 3> kCostKeys = {"fixed", "per_km", "per_hour"};
constexpr std::array<std::string_view, 3> kBreakKeys = {"earliest", "latest", "minutes"};
constexpr std::array<std::string_view, 3> kShiftKeys = {"start", "end", "max_driving_h"};

std::string item(std::string_view array, std::size_t index) {
  return std::string(array) + "[" + std::to_string(index) + "]";
}

// The window between two keys; a missing one leaves that side open.
decode::TimeWindow read_window(const JsonObject& object, std::string_view open,
                               std::string_view close) {
  decode::TimeWindow window;
  const auto from = object.time_of_day(open), to = object.time_of_day(close);
  if (from) window.open = *from;
  if (!to) return window;
  const auto made = make_window(window.open, *to);
  if (made) return *made;
  object.error(close, "expected a time after " + format_time_of_day(window.open) + ", found " +
                          format_time_of_day(*to));
  return window;
}

class FleetParser {
 public:
  explicit FleetParser(const std::string& origin) : errors_(origin, kMaxListed) {}

  Fleet run(const Json& document) {
    const JsonObject root(document, "", kFleetKeys, errors_);
    errors_.throw_if_any();
    for_each_of(root, "depots",
                [&](const Json& depot, const std::string& path) { read_depot(depot, path); });
    for_each_of(root, "vehicle_types",
                [&](const Json& type, const std::string& path) { read_type(type, path); });
    errors_.throw_if_any();
    return std::move(fleet_);
  }

 private:
  template <class Read>
  void for_each_of(const JsonObject& root, std::string_view key, const Read& read) {
    const Json* array = root.find(key);
    if (array == nullptr || !array->is_array() || array->empty()) {
      const std::string found = array == nullptr    ? "nothing"
                                : array->is_array() ? "an empty one"
                                                    : describe_json(*array);
      root.error(key, "expected an array with at least one entry, found " + found);
      return;
    }
    for (std::size_t i = 0; i < array->size(); ++i) read((*array)[i], item(key, i));
  }

  void read_depot(const Json& value, const std::string& path) {
    const JsonObject object(value, path, kDepotKeys, errors_);
    FleetDepot depot;
    depot.id = object.text("id").value_or("");
    depot.place.lat = object.number("lat", -90, 90, true).value_or(0);
    depot.place.lon = object.number("lon", -180, 180, true).value_or(0);
    depot.window = read_window(object, "open", "close");
    refuse_known_id(object, depot.id, fleet_.depots);
    fleet_.depots.push_back(std::move(depot));
  }

  void read_type(const Json& value, const std::string& path) {
    const JsonObject object(value, path, kTypeKeys, errors_);
    FleetVehicleType type;
    type.id = object.text("id").value_or("");
    type.profile = object.text("profile").value_or("");
    refuse_known_id(object, type.id, fleet_.vehicle_types);
    type.count = read_count(object);
    type.start_depot = read_start(object);
    type.end_depot = read_end(object, type.start_depot);
    read_capacity(object, type);
    type.offers = read_offers(object);
    read_cost(object, type);
    read_shift(object, type);
    if (const auto km = object.number("max_km", 0, 1e6))
      type.max_distance_m = std::llround(*km * 1000);
    if (const auto stops = object.whole_number("max_stops", 1, 1'000'000)) {
      type.max_stops = static_cast<std::int32_t>(*stops);
    }
    read_breaks(object, type);
    if (const auto trips = object.whole_number("trips", 1, 1000))
      type.trips = static_cast<std::int32_t>(*trips);
    fleet_.vehicle_types.push_back(std::move(type));
  }

  template <class Entries>
  static void refuse_known_id(const JsonObject& object, const std::string& id,
                              const Entries& entries) {
    for (const auto& entry : entries) {
      if (!id.empty() && entry.id == id)
        object.error("id", "expected each id once, found " + quote_for_error(id) + " again");
    }
  }

  static std::int32_t read_count(const JsonObject& object) {
    const Json* count = object.find("count");
    if (count != nullptr && count->is_string()) {
      if (count->get_ref<const std::string&>() == "min") return decode::kUnlimitedCount;
      object.error("count", "expected a whole number or \"min\", found " + describe_json(*count));
      return 1;
    }
    return static_cast<std::int32_t>(object.whole_number("count", 0, 1'000'000, true).value_or(1));
  }

  std::int32_t read_start(const JsonObject& object) {
    if (!object.has("depot") && fleet_.depots.size() == 1) return 0;
    const auto name = object.text("depot");
    return name ? find_depot(object, "depot", *name) : 0;
  }

  std::int32_t read_end(const JsonObject& object, std::int32_t start) {
    if (!object.has("end")) return start;
    if (object.find("end") == nullptr) return -1;
    const auto name = object.text("end");
    return name ? find_depot(object, "end", *name) : start;
  }

  std::int32_t find_depot(const JsonObject& object, std::string_view key, const std::string& name) {
    std::vector<std::string_view> known;
    for (std::size_t i = 0; i < fleet_.depots.size(); ++i) {
      if (fleet_.depots[i].id == name) return static_cast<std::int32_t>(i);
      known.push_back(fleet_.depots[i].id);
    }
    object.error(key, "expected the id of a depot, found " + quote_for_error(name) +
                          did_you_mean(name, known));
    return 0;
  }

  void read_capacity(const JsonObject& object, FleetVehicleType& type) {
    const Json* value = object.find("capacity");
    if (value == nullptr) return;
    const JsonObject capacity(*value, object.path_of("capacity"), kCapacityKeys, errors_);
    if (const auto litres = capacity.number("volume_l", 0, kMaxLoad))
      type.volume_ml = std::llround(*litres * 1000);
    if (const auto kilos = capacity.number("weight_kg", 0, kMaxLoad))
      type.weight_g = std::llround(*kilos * 1000);
  }

  static std::vector<std::string> read_offers(const JsonObject& object) {
    std::vector<std::string> offers;
    const Json* value = object.find("offers");
    if (value == nullptr) return offers;
    if (!value->is_array()) {
      object.error("offers", "expected an array of texts, found " + describe_json(*value));
      return offers;
    }
    for (std::size_t i = 0; i < value->size(); ++i) {
      const Json& offer = (*value)[i];
      if (offer.is_string() && !offer.get_ref<const std::string&>().empty()) {
        offers.push_back(offer.get<std::string>());
      } else {
        object.error(item("offers", i), "expected a text, found " + describe_json(offer));
      }
    }
    return offers;
  }

  void read_cost(const JsonObject& object, FleetVehicleType& type) {
    const Json* value = object.find("cost");
    if (value == nullptr) return;
    const JsonObject cost(*value, object.path_of("cost"), kCostKeys, errors_);
    type.cost_fixed = cost.number("fixed", 0, kMaxCost).value_or(0);
    type.cost_per_km = cost.number("per_km", 0, kMaxCost).value_or(0);
    type.cost_per_hour = cost.number("per_hour", 0, kMaxCost).value_or(0);
  }

  void read_shift(const JsonObject& object, FleetVehicleType& type) {
    const Json* value = object.find("shift");
    if (value == nullptr) return;
    const JsonObject shift(*value, object.path_of("shift"), kShiftKeys, errors_);
    type.shift = read_shift_window(shift);
    if (const auto hours = shift.number("max_driving_h", 0, 48)) {
      type.max_driving_ms = std::llround(*hours * 3'600'000);
    }
  }

  static decode::TimeWindow read_shift_window(const JsonObject& shift) {
    return read_window(shift, "start", "end");
  }

  void read_breaks(const JsonObject& object, FleetVehicleType& type) {
    const Json* value = object.find("break");
    if (value == nullptr) return;
    if (!value->is_array()) return read_break(*value, object.path_of("break"), type);
    for (std::size_t i = 0; i < value->size(); ++i)
      read_break((*value)[i], object.path_of(item("break", i)), type);
  }

  void read_break(const Json& value, const std::string& path, FleetVehicleType& type) {
    const JsonObject object(value, path, kBreakKeys, errors_);
    decode::Break rest;
    rest.windows = {read_window(object, "earliest", "latest")};
    rest.duration = std::llround(object.number("minutes", 0, 1440, true).value_or(0) * 60'000);
    type.breaks.push_back(std::move(rest));
  }

  ErrorList errors_;
  Fleet fleet_;
};

using OrderedJson = nlohmann::ordered_json;

// Times and amounts as whole numbers where they are whole.
OrderedJson thousandths(std::int64_t value) {
  if (value % 1000 == 0) return value / 1000;
  return static_cast<double>(value) / 1000;
}

OrderedJson json_of(const FleetDepot& depot) {
  OrderedJson json = {{"id", depot.id}, {"lat", depot.place.lat}, {"lon", depot.place.lon}};
  if (depot.window.open != 0) json["open"] = format_time_of_day(depot.window.open);
  if (depot.window.close != decode::kNoLimit)
    json["close"] = format_time_of_day(depot.window.close);
  return json;
}

OrderedJson json_of(const decode::Break& rest) {
  OrderedJson json = OrderedJson::object();
  if (rest.windows.front().open != 0)
    json["earliest"] = format_time_of_day(rest.windows.front().open);
  if (rest.windows.front().close != decode::kNoLimit)
    json["latest"] = format_time_of_day(rest.windows.front().close);
  json["minutes"] = static_cast<double>(rest.duration) / 60'000;
  return json;
}

OrderedJson json_of(const FleetVehicleType& type, const std::vector<FleetDepot>& depots) {
  const auto depot_name = [&](std::int32_t depot) {
    return depots.at(static_cast<std::size_t>(depot)).id;
  };
  OrderedJson json = {{"id", type.id}, {"profile", type.profile}};
  json["count"] =
      type.count == decode::kUnlimitedCount ? OrderedJson("min") : OrderedJson(type.count);
  json["depot"] = depot_name(type.start_depot);
  json["end"] = type.end_depot < 0 ? OrderedJson(nullptr) : OrderedJson(depot_name(type.end_depot));
  OrderedJson& capacity = json["capacity"] = OrderedJson::object();
  if (type.volume_ml != decode::kNoLimit) capacity["volume_l"] = thousandths(type.volume_ml);
  if (type.weight_g != decode::kNoLimit) capacity["weight_kg"] = thousandths(type.weight_g);
  json["offers"] = type.offers;
  json["cost"] = {
      {"fixed", type.cost_fixed}, {"per_km", type.cost_per_km}, {"per_hour", type.cost_per_hour}};
  OrderedJson& shift = json["shift"] = OrderedJson::object();
  if (type.shift.open != 0) shift["start"] = format_time_of_day(type.shift.open);
  if (type.shift.close != decode::kNoLimit) shift["end"] = format_time_of_day(type.shift.close);
  if (type.max_driving_ms != decode::kNoLimit) {
    shift["max_driving_h"] = static_cast<double>(type.max_driving_ms) / 3'600'000;
  }
  if (type.max_distance_m != decode::kNoLimit) json["max_km"] = thousandths(type.max_distance_m);
  if (type.max_stops != INT32_MAX) json["max_stops"] = type.max_stops;
  for (const decode::Break& rest : type.breaks) json["break"].push_back(json_of(rest));
  if (type.trips != 1) json["trips"] = type.trips;
  return json;
}

}  // namespace

Fleet read_fleet_json(std::string_view text, const std::string& origin) {
  return FleetParser(origin).run(parse_json(text, origin));
}

void write_fleet_json(std::ostream& out, const Fleet& fleet) {
  OrderedJson json = {{"depots", OrderedJson::array()}, {"vehicle_types", OrderedJson::array()}};
  for (const FleetDepot& depot : fleet.depots) json["depots"].push_back(json_of(depot));
  for (const FleetVehicleType& type : fleet.vehicle_types) {
    json["vehicle_types"].push_back(json_of(type, fleet.depots));
  }
  out << json.dump(2) << '\n';
}

}  // namespace roadgnn::io
