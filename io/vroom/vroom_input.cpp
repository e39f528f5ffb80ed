// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/vroom/vroom_input.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <roadgnn/io/detail/json_input.h>
#include <roadgnn/io/vroom/vroom_matrices.h>

namespace roadgnn::io {
namespace {

constexpr int kMaxListed = 20;
constexpr std::int64_t kMaxNumber = UINT32_MAX;  // VROOM's own numbers

using Keys = std::span<const std::string_view>;

constexpr auto kRootKeys =
    std::to_array<std::string_view>({"jobs", "shipments", "vehicles", "matrices", "matrix"});
constexpr auto kJobKeys = std::to_array<std::string_view>(
    {"id", "description", "location", "location_index", "setup", "service", "setup_per_type",
     "service_per_type", "amount", "delivery", "pickup", "skills", "priority", "time_windows"});
constexpr auto kShipmentKeys =
    std::to_array<std::string_view>({"pickup", "delivery", "amount", "skills", "priority"});
constexpr auto kShipmentStepKeys = std::to_array<std::string_view>(
    {"id", "description", "location", "location_index", "setup", "service", "setup_per_type",
     "service_per_type", "time_windows"});
constexpr auto kVehicleKeys = std::to_array<std::string_view>(
    {"id", "profile", "description", "start", "start_index", "end", "end_index", "capacity",
     "costs", "skills", "type", "time_window", "breaks", "speed_factor", "max_tasks",
     "max_travel_time", "max_distance", "steps"});
constexpr auto kCostKeys =
    std::to_array<std::string_view>({"fixed", "per_hour", "per_task_hour", "per_km"});
constexpr auto kBreakKeys =
    std::to_array<std::string_view>({"id", "time_windows", "service", "description", "max_load"});
constexpr auto kStepKeys = std::to_array<std::string_view>(
    {"type", "id", "service_at", "service_after", "service_before"});
constexpr auto kStepTypes =
    std::to_array<std::string_view>({"start", "job", "pickup", "delivery", "break", "end"});

std::string item(std::string_view array, std::size_t index) {
  return std::string(array) + "[" + std::to_string(index) + "]";
}

class VroomReader {
 public:
  explicit VroomReader(const std::string& origin) : errors_(origin, kMaxListed) {}

  VroomInput read(const Json& document) {
    const JsonObject root(document, "", kRootKeys, errors_);
    errors_.throw_if_any();
    read_matrices(root, input_, errors_);
    errors_.throw_if_any();
    for_each(root, "vehicles",
             [&](const Json& value, const std::string& path) { read_vehicle(value, path); });
    if (input_.vehicles.empty() && errors_.empty()) {
      root.error("vehicles", "expected at least one, found none");
      errors_.throw_if_any();  // how many amounts there are is for the vehicles to say
    }
    for_each(root, "jobs",
             [&](const Json& value, const std::string& path) { read_job(value, path); });
    for_each(root, "shipments",
             [&](const Json& value, const std::string& path) { read_shipment(value, path); });
    errors_.throw_if_any();
    return std::move(input_);
  }

 private:
  template <typename Read>
  void for_each(const JsonObject& object, std::string_view key, const Read& read) {
    const Json* array = object.find(key);
    if (array == nullptr) return;
    if (!array->is_array()) {
      object.error(key, "expected an array, found " + describe_json(*array));
      return;
    }
    for (std::size_t i = 0; i < array->size(); ++i) {
      read((*array)[i], item(object.path_of(key), i));
    }
  }

  std::int64_t whole(const JsonObject& object, std::string_view key, std::int64_t otherwise,
                     std::int64_t max = kMaxNumber) const {
    return object.whole_number(key, 0, max).value_or(otherwise);
  }

  // Blanks at the ends tell names apart, too.
  static std::string text(const JsonObject& object, std::string_view key) {
    const Json* value = object.find(key);
    if (value == nullptr) return {};
    if (value->is_string()) return value->get<std::string>();
    object.error(key, "expected a text, found " + describe_json(*value));
    return {};
  }

  std::uint64_t read_id(const JsonObject& object, std::set<std::uint64_t>& known) {
    const Json* value = object.find("id");
    if (value == nullptr || !value->is_number_unsigned()) {
      object.error("id", "expected a whole number of 0 or more, found " +
                             (value == nullptr ? "nothing" : describe_json(*value)));
      return 0;
    }
    const auto id = value->get<std::uint64_t>();
    if (!known.insert(id).second) {
      object.error("id", "expected each id once, found " + std::to_string(id) + " again");
    }
    return id;
  }

  std::optional<Coordinate> read_coordinates(const JsonObject& object, std::string_view key) const {
    const Json* value = object.find(key);
    if (value == nullptr) return {};
    if (value->is_array() && value->size() >= 2 && (*value)[0].is_number() &&
        (*value)[1].is_number()) {
      const Coordinate place{(*value)[1].get<double>(), (*value)[0].get<double>()};
      if (place.lat >= -90 && place.lat <= 90 && place.lon >= -180 && place.lon <= 180) {
        return place;
      }
    }
    object.error(key, "expected [longitude, latitude] in degrees, found " + value->dump());
    return {};
  }

  std::optional<VroomPlace> read_place(const JsonObject& object, std::string_view key,
                                       std::string_view index_key) const {
    VroomPlace place;
    place.location = read_coordinates(object, key);
    if (const auto index = object.whole_number(index_key, 0, kMaxNumber)) {
      if (input_.has_matrices() && *index >= input_.matrix_size) {
        object.error(index_key, "expected a row of the matrices, below " +
                                    std::to_string(input_.matrix_size) + ", found " +
                                    std::to_string(*index));
      } else if (input_.has_matrices()) {
        place.index = static_cast<std::int32_t>(*index);
      }
    }
    if (input_.has_matrices() ? place.index.has_value() : place.location.has_value()) return place;
    if (input_.has_matrices() && object.has(key) && !object.has(index_key)) {
      object.error(index_key, "expected one, as there are custom matrices, found nothing");
    }
    if (!input_.has_matrices() && object.has(index_key) && !object.has(key)) {
      object.error(key, "expected one, as there are no custom matrices, found nothing");
    }
    return {};
  }

  VroomPlace read_task_place(const JsonObject& object) const {
    const auto place = read_place(object, "location", "location_index");
    if (!place && !object.has("location") && !object.has("location_index")) {
      object.error(input_.has_matrices() ? "location_index" : "location",
                   "expected one, found nothing");
    }
    return place.value_or(VroomPlace{});
  }

  // All amounts of a file have as many values as the first one.
  std::vector<std::int64_t> read_amounts(const JsonObject& object, std::string_view key) {
    const Json* value = object.find(key);
    if (value == nullptr) return std::vector<std::int64_t>(input_.num_amounts);
    if (!value->is_array()) {
      object.error(key, "expected an array, found " + describe_json(*value));
      return std::vector<std::int64_t>(input_.num_amounts);
    }
    std::vector<std::int64_t> amounts = read_numbers(object, key, *value);
    if (amounts.size() != input_.num_amounts) {
      object.error(key, "expected " + std::to_string(input_.num_amounts) +
                            " values, as the first vehicle's capacity has, found " +
                            std::to_string(amounts.size()));
      amounts.resize(input_.num_amounts);
    }
    return amounts;
  }

  static std::vector<std::int64_t> read_numbers(const JsonObject& object, std::string_view key,
                                                const Json& array) {
    std::vector<std::int64_t> numbers;
    for (const Json& value : array) {
      if (value.is_number_unsigned() && value.get<std::uint64_t>() <= UINT32_MAX) {
        numbers.push_back(value.get<std::int64_t>());
      } else {
        object.error(key, "expected whole numbers from 0 to " + std::to_string(UINT32_MAX) +
                              ", found " + describe_json(value));
        numbers.push_back(0);
      }
    }
    return numbers;
  }

  static std::vector<std::int64_t> read_skills(const JsonObject& object) {
    const Json* value = object.find("skills");
    if (value == nullptr) return {};
    if (!value->is_array()) {
      object.error("skills", "expected an array, found " + describe_json(*value));
      return {};
    }
    std::vector<std::int64_t> skills = read_numbers(object, "skills", *value);
    std::sort(skills.begin(), skills.end());
    skills.erase(std::unique(skills.begin(), skills.end()), skills.end());
    return skills;
  }

  static std::optional<decode::TimeWindow> read_window(const JsonObject& object,
                                                       std::string_view key, const Json& value) {
    if (value.is_array() && value.size() == 2 && value[0].is_number_unsigned() &&
        value[1].is_number_unsigned() && value[1].get<std::uint64_t>() <= UINT32_MAX) {
      const decode::TimeWindow window{value[0].get<std::int64_t>(), value[1].get<std::int64_t>()};
      if (window.open <= window.close) return window;
    }
    object.error(key, "expected [start, end] in seconds, found " + value.dump());
    return {};
  }

  static std::vector<decode::TimeWindow> read_windows(const JsonObject& object) {
    const Json* array = object.find("time_windows");
    if (array == nullptr) return {};
    if (!array->is_array() || array->empty()) {
      object.error("time_windows",
                   "expected an array of [start, end], found " +
                       (array->is_array() ? "an empty one" : describe_json(*array)));
      return {};
    }
    std::vector<decode::TimeWindow> windows;
    for (const Json& value : *array) {
      if (const auto window = read_window(object, "time_windows", value))
        windows.push_back(*window);
    }
    std::sort(windows.begin(), windows.end(),
              [](const auto& a, const auto& b) { return a.open < b.open; });
    for (std::size_t i = 1; i < windows.size(); ++i) {
      if (windows[i].open > windows[i - 1].close) continue;
      object.error("time_windows",
                   "expected windows that do not overlap, found one that starts at " +
                       std::to_string(windows[i].open) + " before the end of another");
      return {};
    }
    return windows;
  }

  std::map<std::string, std::int64_t> read_per_type(const JsonObject& object,
                                                    std::string_view key) const {
    const Json* value = object.find(key);
    if (value == nullptr) return {};
    if (!value->is_object()) {
      object.error(key, "expected an object, found " + describe_json(*value));
      return {};
    }
    std::map<std::string, std::int64_t> times;
    for (const auto& [type, time] : value->items()) {
      if (type.empty()) object.error(key, "expected names of vehicle types, found an empty one");
      if (time.is_number_unsigned() && time.get<std::uint64_t>() <= UINT32_MAX) {
        times[type] = time.get<std::int64_t>();
        continue;
      }
      object.error(key, "expected seconds by vehicle type, found " + describe_json(time) + " for " +
                            quote_for_error(type));
    }
    return times;
  }

  VroomTask read_task(const JsonObject& object, std::set<std::uint64_t>& known) {
    VroomTask task;
    task.id = read_id(object, known);
    task.description = text(object, "description");
    task.place = read_task_place(object);
    task.setup = whole(object, "setup", 0);
    task.service = whole(object, "service", 0);
    task.windows = read_windows(object);
    task.setup_per_type = read_per_type(object, "setup_per_type");
    task.service_per_type = read_per_type(object, "service_per_type");
    return task;
  }

  void read_job(const Json& value, const std::string& path) {
    const JsonObject object(value, path, kJobKeys, errors_);
    VroomJob job;
    job.task = read_task(object, job_ids_);
    // `amount` is what `delivery` was called once.
    const bool old = object.has("amount") && !object.has("delivery") && !object.has("pickup");
    job.delivery = read_amounts(object, old ? "amount" : "delivery");
    job.pickup = read_amounts(object, "pickup");
    job.skills = read_skills(object);
    job.priority = static_cast<int>(whole(object, "priority", 0, 100));
    input_.jobs.push_back(std::move(job));
  }

  void read_shipment(const Json& value, const std::string& path) {
    const JsonObject object(value, path, kShipmentKeys, errors_);
    VroomShipment shipment;
    const auto read_end = [&](std::string_view key, std::set<std::uint64_t>& known) -> VroomTask {
      const Json* end = object.find(key);
      if (end == nullptr) {
        object.error(key, "expected an object, found nothing");
        return {};
      }
      return read_task(JsonObject(*end, object.path_of(key), kShipmentStepKeys, errors_), known);
    };
    shipment.pickup = read_end("pickup", pickup_ids_);
    shipment.delivery = read_end("delivery", delivery_ids_);
    shipment.amount = read_amounts(object, "amount");
    shipment.skills = read_skills(object);
    shipment.priority = static_cast<int>(whole(object, "priority", 0, 100));
    input_.shipments.push_back(std::move(shipment));
  }

  void read_vehicle(const Json& value, const std::string& path) {
    const JsonObject object(value, path, kVehicleKeys, errors_);
    VroomVehicle vehicle;
    vehicle.id = read_id(object, vehicle_ids_);
    vehicle.description = text(object, "description");
    vehicle.type = text(object, "type");
    if (const std::string profile = text(object, "profile"); !profile.empty()) {
      vehicle.profile = profile;
    }
    vehicle.start = read_place(object, "start", "start_index");
    vehicle.end = read_place(object, "end", "end_index");
    if (!vehicle.start && !vehicle.end && errors_.empty()) {
      object.error("start", "expected a start, an end, or both, found neither");
    }
    if (input_.vehicles.empty()) {
      const Json* capacity = object.find("capacity");
      input_.num_amounts = capacity != nullptr && capacity->is_array() ? capacity->size() : 0;
    }
    vehicle.capacity = read_amounts(object, "capacity");
    vehicle.skills = read_skills(object);
    vehicle.costs = read_costs(object);
    if (const Json* window = object.find("time_window")) {
      vehicle.window = read_window(object, "time_window", *window).value_or(decode::TimeWindow{});
    }
    read_breaks(object, vehicle);
    vehicle.speed_factor = object.number("speed_factor", 0.01, 5).value_or(1);
    vehicle.max_tasks = static_cast<std::int32_t>(whole(object, "max_tasks", INT32_MAX, INT32_MAX));
    vehicle.max_travel_time = whole(object, "max_travel_time", decode::kNoLimit);
    vehicle.max_distance = whole(object, "max_distance", decode::kNoLimit);
    for_each(object, "steps", [&](const Json& step, const std::string& step_path) {
      read_step(step, step_path, vehicle);
    });
    check_ends(object, vehicle);
    input_.vehicles.push_back(std::move(vehicle));
  }

  VroomCosts read_costs(const JsonObject& vehicle) {
    VroomCosts costs;
    const Json* value = vehicle.find("costs");
    if (value == nullptr) return costs;
    const JsonObject object(*value, vehicle.path_of("costs"), kCostKeys, errors_);
    costs.fixed = whole(object, "fixed", costs.fixed);
    costs.per_hour = whole(object, "per_hour", costs.per_hour);
    costs.per_task_hour = whole(object, "per_task_hour", costs.per_task_hour);
    costs.per_km = whole(object, "per_km", costs.per_km);
    return costs;
  }

  void read_breaks(const JsonObject& object, VroomVehicle& vehicle) {
    std::set<std::uint64_t> ids;
    for_each(object, "breaks", [&](const Json& value, const std::string& path) {
      const JsonObject entry(value, path, kBreakKeys, errors_);
      VroomBreak rest;
      rest.id = read_id(entry, ids);
      rest.description = text(entry, "description");
      rest.windows = read_windows(entry);
      rest.service = whole(entry, "service", 0);
      if (entry.has("max_load")) rest.max_load = read_amounts(entry, "max_load");
      vehicle.breaks.push_back(std::move(rest));
    });
    const auto first_window = [](const VroomBreak& rest) {
      const decode::TimeWindow window =
          rest.windows.empty() ? decode::TimeWindow{} : rest.windows.front();
      return std::pair(window.open, window.close);
    };
    std::stable_sort(vehicle.breaks.begin(), vehicle.breaks.end(),
                     [&](const VroomBreak& a, const VroomBreak& b) {
                       return first_window(a) < first_window(b);
                     });
  }

  void read_step(const Json& value, const std::string& path, VroomVehicle& vehicle) {
    const JsonObject object(value, path, kStepKeys, errors_);
    const auto type = object.text("type");
    if (!type) return;
    const auto found = std::find(kStepTypes.begin(), kStepTypes.end(), *type);
    if (found == kStepTypes.end()) {
      object.error("type", "expected start, job, pickup, delivery, break or end, found " +
                               quote_for_error(*type));
      return;
    }
    VroomStep step;
    step.type = static_cast<VroomStepType>(found - kStepTypes.begin());
    if (step.type != VroomStepType::start && step.type != VroomStepType::end) {
      std::set<std::uint64_t> any;
      step.id = read_id(object, any);
    }
    if (step.type == VroomStepType::rest &&
        std::none_of(vehicle.breaks.begin(), vehicle.breaks.end(),
                     [&](const VroomBreak& rest) { return rest.id == step.id; })) {
      object.error(
          "id", "expected the id of one of the vehicle's breaks, found " + std::to_string(step.id));
    }
    // They count where VROOM only chooses times for given routes.
    for (const std::string_view key : {"service_at", "service_after", "service_before"})
      whole(object, key, 0);
    vehicle.steps.push_back(step);
  }

  static void check_ends(const JsonObject& object, const VroomVehicle& vehicle) {
    for (std::size_t i = 0; i < vehicle.steps.size(); ++i) {
      const VroomStepType type = vehicle.steps[i].type;
      const bool misplaced = (type == VroomStepType::start && i > 0) ||
                             (type == VroomStepType::end && i + 1 < vehicle.steps.size());
      if (!misplaced) continue;
      object.error(item("steps", i),
                   "expected a start only as the first step and an end only as the last");
    }
  }

  ErrorList errors_;
  VroomInput input_;
  std::set<std::uint64_t> job_ids_, pickup_ids_, delivery_ids_, vehicle_ids_;
};

}  // namespace

bool looks_like_json(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{';
}

VroomInput read_vroom(std::string_view text, const std::string& origin) {
  return VroomReader(origin).read(parse_json(text, origin));
}

}  // namespace roadgnn::io
