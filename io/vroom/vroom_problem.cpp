// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/vroom/vroom_problem.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include <roadgnn/graph/error.h>
#include <roadgnn/graph/matrix_travel_times.h>

namespace roadgnn::io {
namespace {

constexpr std::int64_t kDefaultPerHour = 3600;
constexpr double kDigits = 100;  // VROOM keeps two digits of a speed factor's inverse

class ProblemMaker {
 public:
  ProblemMaker(VroomInput input, const std::string& origin) : origin_(origin) {
    vroom_.input = std::move(input);
  }

  VroomProblem make() {
    choose_units();
    for (std::size_t i = 0; i < input().num_amounts; ++i) {
      problem().dimensions.push_back("amount[" + std::to_string(i) + "]");
    }
    problem().num_locations = input().matrix_size;
    problem().left_out_by_stops = true;
    find_types_that_matter();
    for (std::size_t i = 0; i < input().vehicles.size(); ++i) add_vehicle(i);
    for (const VroomJob& job : input().jobs) add_job(job);
    for (const VroomShipment& shipment : input().shipments) add_shipment(shipment);
    if (!input().has_matrices()) {
      problem().num_locations = static_cast<std::int32_t>(vroom_.places.size());
    }
    add_steps();
    return std::move(vroom_);
  }

 private:
  VroomInput& input() { return vroom_.input; }
  decode::Problem& problem() { return vroom_.problem; }

  [[noreturn]] void fail(const std::string& message) const {
    throw InputError(origin_ + ": " + message);
  }

  [[noreturn]] void fail(const VroomVehicle& vehicle, const std::string& message) const {
    fail("vehicle " + std::to_string(vehicle.id) + ": " + message);
  }

  // Roads and speed factors make fractions of seconds.
  void choose_units() {
    const bool whole = input().has_matrices() &&
                       std::all_of(input().vehicles.begin(), input().vehicles.end(),
                                   [](const VroomVehicle& v) { return v.speed_factor == 1; });
    vroom_.time_scale = whole ? 1 : 1000;
    problem().units = whole ? decode::Units::plain : decode::Units::city;
  }

  std::int64_t time(std::int64_t seconds) const {
    return seconds >= decode::kNoLimit ? decode::kNoLimit : seconds * vroom_.time_scale;
  }

  decode::TimeWindow window(const decode::TimeWindow& seconds) const {
    return {time(seconds.open), time(seconds.close)};
  }

  std::vector<decode::TimeWindow> windows(const std::vector<decode::TimeWindow>& seconds) const {
    std::vector<decode::TimeWindow> result;
    for (const decode::TimeWindow& one : seconds) result.push_back(window(one));
    return result;
  }

  std::int32_t location_of(const VroomPlace& place) {
    if (place.index) return *place.index;
    const std::pair key(place.location->lat, place.location->lon);
    const auto [found, is_new] =
        location_at_.emplace(key, static_cast<std::int32_t>(vroom_.places.size()));
    if (is_new) vroom_.places.push_back(*place.location);
    return found->second;
  }

  std::int32_t depot_of(const std::optional<VroomPlace>& place) {
    if (!place) return -1;
    const std::int32_t location = location_of(*place);
    const auto [found, is_new] =
        depot_at_.emplace(location, static_cast<std::int32_t>(problem().depots.size()));
    if (is_new) problem().depots.push_back({"location " + std::to_string(location), location, {}});
    return found->second;
  }

  std::int32_t profile_of(const VroomVehicle& vehicle) {
    if (input().has_matrices() && !input().matrices.contains(vehicle.profile)) {
      fail(vehicle, "profile: expected one of the matrices, found '" + vehicle.profile + "'");
    }
    auto& profiles = vroom_.profiles;
    const auto found = std::find(profiles.begin(), profiles.end(), vehicle.profile);
    if (found != profiles.end()) return static_cast<std::int32_t>(found - profiles.begin());
    profiles.push_back(vehicle.profile);
    return static_cast<std::int32_t>(profiles.size()) - 1;
  }

  std::vector<std::int32_t> skills_of(const std::vector<std::int64_t>& numbers) {
    std::vector<std::int32_t> skills;
    for (const std::int64_t number : numbers) {
      const auto [found, is_new] =
          skill_of_.emplace(number, static_cast<std::int32_t>(problem().skills.size()));
      if (is_new) problem().skills.push_back(std::to_string(number));
      skills.push_back(found->second);
    }
    return skills;
  }

  void set_costs(const VroomVehicle& vehicle, decode::VehicleType& type) {
    type.cost_fixed = static_cast<double>(vehicle.costs.fixed);
    type.cost_per_service = static_cast<double>(vehicle.costs.per_task_hour) /
                            static_cast<double>(3600 * vroom_.time_scale);
    if (input().has_matrices()) {
      const VroomMatrices& matrices = input().matrices.at(vehicle.profile);
      if (!matrices.costs.empty()) {
        if (vehicle.costs.per_hour != kDefaultPerHour || vehicle.costs.per_km != 0) {
          fail(vehicle, "costs: expected none per_hour or per_km beside a matrix of costs");
        }
        if (vehicle.max_distance < decode::kNoLimit) {
          fail(vehicle, "max_distance: not supported beside a matrix of costs");
        }
        type.cost_per_distance = 1;
        return;
      }
      const bool needs_distances =
          vehicle.costs.per_km > 0 || vehicle.max_distance < decode::kNoLimit;
      if (needs_distances && matrices.distances.empty()) {
        fail(vehicle,
             "costs.per_km and max_distance: expected a matrix of distances for profile '" +
                 vehicle.profile + "', found none");
      }
    }
    // VROOM rounds the price of a second, not the price of what it makes of a second.
    const auto per_hour = static_cast<double>(vehicle.costs.per_hour);
    type.cost_per_driving = std::round(kDigits / vehicle.speed_factor * per_hour) /
                            std::round(kDigits / vehicle.speed_factor) /
                            static_cast<double>(3600 * vroom_.time_scale);
    type.cost_per_distance = static_cast<double>(vehicle.costs.per_km) / 1000;
  }

  decode::VehicleType type_of(const VroomVehicle& vehicle) {
    decode::VehicleType type;
    type.id = "vehicle " + std::to_string(vehicle.id);
    type.profile = profile_of(vehicle);
    type.count = 0;
    type.start_depot = depot_of(vehicle.start);
    type.end_depot = depot_of(vehicle.end);
    type.capacity = vehicle.capacity;
    type.offers = skills_of(vehicle.skills);
    type.shift = window(vehicle.window);
    type.max_driving = time(vehicle.max_travel_time);
    type.max_distance = vehicle.max_distance;
    type.max_stops = vehicle.max_tasks;
    type.speed_factor = kDigits / std::round(kDigits / vehicle.speed_factor);
    set_costs(vehicle, type);
    for (const VroomBreak& rest : vehicle.breaks) {
      decode::Break made;
      made.windows = windows(rest.windows);
      made.duration = time(rest.service);
      made.max_load = rest.max_load;
      type.breaks.push_back(std::move(made));
    }
    type.breaks_always = true;
    return type;
  }

  // Those that tasks take their own time for.
  void find_types_that_matter() {
    const auto add = [&](const VroomTask& task) {
      for (const auto* times : {&task.setup_per_type, &task.service_per_type}) {
        for (const auto& [type, time] : *times) types_that_matter_.insert(type);
      }
    };
    for (const VroomJob& job : input().jobs) add(job.task);
    for (const VroomShipment& shipment : input().shipments) {
      add(shipment.pickup);
      add(shipment.delivery);
    }
  }

  void add_vehicle(std::size_t index) {
    const VroomVehicle& vehicle = input().vehicles[index];
    decode::VehicleType type = type_of(vehicle);
    const bool matters = types_that_matter_.count(vehicle.type) > 0;
    const auto [found, is_new] =
        type_of_.emplace(std::pair(key_of(type), matters ? vehicle.type : ""),
                         static_cast<std::int32_t>(problem().vehicle_types.size()));
    if (is_new) {
      problem().vehicle_types.push_back(std::move(type));
      vroom_.vehicles.emplace_back();
    }
    const auto at = static_cast<std::size_t>(found->second);
    ++problem().vehicle_types[at].count;
    vroom_.vehicles[at].push_back(static_cast<std::int32_t>(index));
  }

  using WindowKey = std::pair<std::int64_t, std::int64_t>;
  using BreakKey = std::tuple<std::vector<WindowKey>, std::int64_t, std::vector<std::int64_t>>;
  using TypeKey =
      std::tuple<std::int32_t, std::int32_t, std::int32_t, std::vector<std::int64_t>,
                 std::vector<std::int32_t>, std::tuple<double, double, double, double>, WindowKey,
                 std::tuple<std::int64_t, std::int64_t, std::int32_t, double>,
                 std::vector<BreakKey>>;

  // All that tells vehicles apart.
  static TypeKey key_of(const decode::VehicleType& type) {
    std::vector<BreakKey> breaks;
    for (const decode::Break& rest : type.breaks) {
      std::vector<WindowKey> windows;
      for (const decode::TimeWindow& one : rest.windows) windows.emplace_back(one.open, one.close);
      breaks.emplace_back(std::move(windows), rest.duration, rest.max_load);
    }
    return {type.profile,
            type.start_depot,
            type.end_depot,
            type.capacity,
            type.offers,
            {type.cost_fixed, type.cost_per_driving, type.cost_per_distance, type.cost_per_service},
            {type.shift.open, type.shift.close},
            {type.max_driving, type.max_distance, type.max_stops, type.speed_factor},
            std::move(breaks)};
  }

  decode::Stop stop_of(const VroomTask& task) {
    decode::Stop stop;
    stop.location = location_of(task.place);
    stop.windows = windows(task.windows);
    stop.service = least_of(&VroomTask::service_of, task, stop.service_by_type);
    stop.setup = least_of(&VroomTask::setup_of, task, stop.setup_by_type);
    return stop;
  }

  // The least of any vehicle type; what others take more goes to `by_type`.
  std::int64_t least_of(std::int64_t (VroomTask::*time_of)(const std::string&) const,
                        const VroomTask& task, std::vector<std::int64_t>& by_type) const {
    for (const std::vector<std::int32_t>& vehicles : vroom_.vehicles) {
      const auto first = static_cast<std::size_t>(vehicles.front());
      by_type.push_back(time((task.*time_of)(vroom_.input.vehicles[first].type)));
    }
    const auto [least, most] = std::minmax_element(by_type.begin(), by_type.end());
    const std::int64_t smallest = *least;
    if (smallest == *most) by_type.clear();
    for (std::int64_t& more : by_type) more -= smallest;
    return smallest;
  }

  // A job that only takes is a pickup; one that brings, or does neither, a delivery.
  void add_job(const VroomJob& job) {
    const auto some = [](const std::vector<std::int64_t>& amounts) {
      return std::any_of(amounts.begin(), amounts.end(), [](std::int64_t a) { return a > 0; });
    };
    decode::Order order;
    order.id = "job " + std::to_string(job.task.id);
    if (some(job.pickup) && !some(job.delivery)) {
      order.pickup = stop_of(job.task);
      order.load = job.pickup;
    } else {
      order.delivery = stop_of(job.task);
      order.load = job.delivery;
      if (some(job.pickup)) order.collect = job.pickup;
    }
    order.needs = skills_of(job.skills);
    order.priority = job.priority;
    visit_of_[{VroomStepType::job, job.task.id}] = {
        next_order(), order.pickup ? decode::StepKind::pickup : decode::StepKind::delivery};
    problem().orders.push_back(std::move(order));
  }

  void add_shipment(const VroomShipment& shipment) {
    decode::Order order;
    order.id = "shipment " + std::to_string(shipment.pickup.id) + " to " +
               std::to_string(shipment.delivery.id);
    order.pickup = stop_of(shipment.pickup);
    order.delivery = stop_of(shipment.delivery);
    order.load = shipment.amount;
    order.needs = skills_of(shipment.skills);
    order.priority = shipment.priority;
    visit_of_[{VroomStepType::pickup, shipment.pickup.id}] = {next_order(),
                                                              decode::StepKind::pickup};
    visit_of_[{VroomStepType::delivery, shipment.delivery.id}] = {next_order(),
                                                                  decode::StepKind::delivery};
    problem().orders.push_back(std::move(order));
  }

  std::int32_t next_order() { return static_cast<std::int32_t>(problem().orders.size()); }

  void add_steps() {
    decode::Plan plan;
    for (std::size_t type = 0; type < vroom_.vehicles.size(); ++type) {
      for (std::size_t i = 0; i < vroom_.vehicles[type].size(); ++i) {
        const VroomVehicle& vehicle =
            input().vehicles[static_cast<std::size_t>(vroom_.vehicles[type][i])];
        decode::Route route = route_of(vehicle);
        if (route.steps.size() < 3) continue;
        route.vehicle_type = static_cast<std::int32_t>(type);
        route.vehicle = static_cast<std::int32_t>(i);
        plan.routes.push_back(std::move(route));
      }
    }
    if (!plan.routes.empty()) vroom_.initial = std::make_shared<decode::Plan>(std::move(plan));
  }

  decode::Route route_of(const VroomVehicle& vehicle) {
    decode::Route route;
    route.steps.emplace_back().kind = decode::StepKind::start;
    for (const VroomStep& listed : vehicle.steps) {
      if (listed.type != VroomStepType::job && listed.type != VroomStepType::pickup &&
          listed.type != VroomStepType::delivery) {
        continue;
      }
      const auto found = visit_of_.find({listed.type, listed.id});
      if (found == visit_of_.end()) {
        fail(vehicle, "steps: expected the ids of tasks, found " + std::to_string(listed.id));
      }
      if (std::exchange(found->second.listed, true)) {
        fail(vehicle,
             "steps: expected each task once, found " + std::to_string(listed.id) + " again");
      }
      decode::Step step;
      step.kind = found->second.kind;
      step.order = found->second.order;
      const decode::Order& order = problem().orders[static_cast<std::size_t>(step.order)];
      step.location =
          (step.kind == decode::StepKind::pickup ? order.pickup : order.delivery)->location;
      route.steps.push_back(std::move(step));
    }
    route.steps.emplace_back().kind = decode::StepKind::end;
    return route;
  }

  struct Visit {
    std::int32_t order = -1;
    decode::StepKind kind = decode::StepKind::delivery;
    bool listed = false;  // in some vehicle's steps
  };

  const std::string& origin_;
  VroomProblem vroom_;
  std::map<std::pair<double, double>, std::int32_t> location_at_;
  std::map<std::int32_t, std::int32_t> depot_at_;
  std::map<std::int64_t, std::int32_t> skill_of_;
  std::set<std::string> types_that_matter_;
  std::map<std::pair<TypeKey, std::string>, std::int32_t> type_of_;
  std::map<std::pair<VroomStepType, std::uint64_t>, Visit> visit_of_;
};

}  // namespace

VroomProblem make_vroom_problem(VroomInput input, const std::string& origin) {
  return ProblemMaker(std::move(input), origin).make();
}

std::shared_ptr<const graph::TravelTimes> vroom_travel_times(const VroomProblem& vroom) {
  const auto n = static_cast<std::size_t>(vroom.input.matrix_size);
  std::vector<std::vector<graph::Travel>> profiles;
  for (const std::string& name : vroom.profiles) {
    const VroomMatrices& matrices = vroom.input.matrices.at(name);
    const auto& lengths = matrices.costs.empty() ? matrices.distances : matrices.costs;
    std::vector<graph::Travel> cells(n * n);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::int64_t duration = matrices.durations[i] * vroom.time_scale;
      const std::int64_t length = lengths.empty() ? 0 : lengths[i];
      if (i % (n + 1) == 0) {
        cells[i] = {0, 0};
      } else if (duration < graph::kClosed && length < graph::kClosed) {
        cells[i] = {static_cast<std::int32_t>(duration), static_cast<std::int32_t>(length)};
      }
    }
    profiles.push_back(std::move(cells));
  }
  return std::make_shared<graph::MatrixTravelTimes>(vroom.input.matrix_size, std::move(profiles));
}

}  // namespace roadgnn::io
