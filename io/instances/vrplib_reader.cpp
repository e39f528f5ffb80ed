// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/error_list.h>
#include <roadgnn/io/instances/readers.h>
#include <roadgnn/io/instances/scaling.h>
#include <roadgnn/io/instances/vrplib_file.h>
#include <roadgnn/io/instances/vrplib_weights.h>

namespace roadgnn::io {
namespace {

constexpr double kLargestLoad = 1e9;

class VrplibReader {
 public:
  VrplibReader(std::string_view text, const std::string& origin) : file_(text, origin) {
    instance_.format = InstanceFormat::vrplib;
    if (const auto* name = file_.specification("NAME")) instance_.name = name->value;
    // A node takes two bytes of the file at least: nothing is allocated for a short one.
    dimension_ = static_cast<std::int32_t>(required_number(
        "DIMENSION", 1,
        static_cast<double>(std::clamp<std::size_t>(text.size() / 2, 1, 10'000'000))));
  }

  Instance read(std::optional<Objective> objective) {
    read_depots();
    instance_.objective = objective.value_or(convention());
    EdgeWeights weights = read_vrplib_weights(file_, dimension_, instance_.objective);
    instance_.travel_times = std::move(weights.travel_times);
    instance_.scale = weights.scale;
    instance_.points = std::move(weights.points);
    read_windows();
    read_services();
    read_loads();
    add_depots();
    add_orders();
    add_vehicles();
    for (std::int32_t i = 0; i < dimension_; ++i) instance_.numbers.push_back(i);
    instance_.problem.num_locations = dimension_;
    instance_.problem.units = decode::Units::plain;
    if (instance_.objective == Objective::vehicles) put_vehicles_first(instance_);
    return std::move(instance_);
  }

 private:
  struct Vehicle {
    std::vector<std::int64_t> capacity;
    std::int32_t depot = 0;
    double fixed_cost = 0, distance_cost = 1;
    std::int64_t max_distance = decode::kNoLimit;
    auto operator<=>(const Vehicle&) const = default;
  };

  bool has(std::string_view section) const { return file_.section(section) != nullptr; }

  std::optional<double> number(std::string_view key, double min, double max) const {
    const auto* specification = file_.specification(key);
    if (specification == nullptr) return {};
    const auto value = parse_number(specification->value);
    if (!value || *value < min || *value > max) {
      fail_at(file_.origin(), specification->line,
              std::string(key) + ": expected a number from " + std::to_string(min) + " to " +
                  std::to_string(max) + ", found " + quote_for_error(specification->value));
    }
    return value;
  }

  double required_number(std::string_view key, double min, double max) const {
    const auto value = number(key, min, max);
    if (!value) {
      throw InputError(file_.origin() + ": " + std::string(key) + ": expected one, found none");
    }
    return *value;
  }

  // What the set that such a file comes from is published by.
  Objective convention() const {
    if (const auto objective = objective_of_weights(file_)) return *objective;
    const bool by_costs = has("VEHICLES_FIXED_COST") || has("VEHICLES_UNIT_DISTANCE_COST");
    if (has("EDGE_WEIGHT")) return Objective::rounded;
    if (by_costs || file_.specification("DISTANCE") != nullptr) return Objective::exact;
    const bool timed = has("TIME_WINDOW") || has("PICKUP_AND_DELIVERY") || has("RELEASE_TIME");
    return timed ? Objective::dimacs : Objective::rounded;
  }

  void for_each_node(std::string_view section,
                     const std::function<void(std::size_t, const RowReader&)>& row) const {
    file_.for_each_row(*file_.section(section), std::string(section) + "_SECTION", dimension_,
                       "node", [&](std::int64_t node, const RowReader& reader) {
                         row(static_cast<std::size_t>(node), reader);
                       });
  }

  void read_depots() {
    const auto* section = file_.section("DEPOT");
    is_depot_.assign(static_cast<std::size_t>(dimension_), false);
    if (section == nullptr) {
      depots_ = {0};
      is_depot_[0] = true;
      return;
    }
    TextLines lines(section->text, section->line + 1);
    TextLine line;
    for (bool ended = false; !ended && lines.next(line);) {
      const RowReader row(file_.origin(), line);
      for (std::size_t i = 0; i < row.size() && !ended; ++i) {
        const auto node = row.whole(i, "DEPOT_SECTION", -1, dimension_);
        ended = node == -1;
        if (ended) break;
        if (node == 0 || is_depot_[static_cast<std::size_t>(node - 1)]) {
          row.fail("DEPOT_SECTION",
                   "expected each depot's node once, from 1 on, found " + std::to_string(node));
        }
        is_depot_[static_cast<std::size_t>(node - 1)] = true;
        depots_.push_back(static_cast<std::int32_t>(node - 1));
      }
    }
    if (depots_.empty()) {
      fail_at(file_.origin(), section->line, "DEPOT_SECTION: expected a depot, found none");
    }
  }

  void read_windows() {
    windows_.assign(static_cast<std::size_t>(dimension_), {});
    if (!has("TIME_WINDOW")) return;
    for_each_node("TIME_WINDOW", [&](std::size_t node, const RowReader& row) {
      const double open = row.number(1, "TIME_WINDOW_SECTION, opening", -kEndless, 1e15);
      const double close = row.number(2, "TIME_WINDOW_SECTION, closing", -kEndless, 1e15);
      windows_[node] = {scaled_up(open, instance_.scale), scaled_down(close, instance_.scale)};
      if (windows_[node].close < windows_[node].open) {
        row.fail("TIME_WINDOW_SECTION",
                 "expected a closing after the opening, found a window from " +
                     std::to_string(open) + " to " + std::to_string(close));
      }
    });
  }

  void read_services() {
    const double all = number("SERVICE_TIME", 0, kEndless).value_or(0);
    services_.assign(static_cast<std::size_t>(dimension_), scaled_up(all, instance_.scale));
    for (const std::int32_t depot : depots_) services_[static_cast<std::size_t>(depot)] = 0;
    if (!has("SERVICE_TIME")) return;
    for_each_node("SERVICE_TIME", [&](std::size_t node, const RowReader& row) {
      services_[node] =
          scaled_up(row.number(1, "SERVICE_TIME_SECTION", 0, kEndless), instance_.scale);
    });
  }

  // Demands and capacities in as many dimensions as the rows have columns, each scaled to whole
  // numbers.
  void read_loads() {
    const std::string_view section = has("DEMAND") ? "DEMAND" : "LINEHAUL";
    if (has("DEMAND") && has("LINEHAUL")) {
      fail_at(file_.origin(), file_.section("LINEHAUL")->line,
              "LINEHAUL_SECTION: expected either this or DEMAND_SECTION, found both");
    }
    if (has(section)) {
      demands_.resize(static_cast<std::size_t>(dimension_));
      for_each_node(section, [&](std::size_t node, const RowReader& row) {
        for (std::size_t i = 1; i < std::max<std::size_t>(2, row.size()); ++i) {
          demands_[node].push_back(
              row.number(i, std::string(section) + "_SECTION", 0, kLargestLoad));
        }
        if (demands_[node].size() != demands_.front().size() && !demands_.front().empty()) {
          row.fail(section, "expected as many values in every row, found another number of them");
        }
      });
    }
    read_capacities();
    num_dimensions_ = demands_.empty() ? (capacities_.empty() ? 0 : capacities_.front().size())
                                       : demands_.front().size();
    if (!capacities_.empty() && capacities_.front().size() != num_dimensions_) {
      throw InputError(file_.origin() + ": CAPACITY: expected " + std::to_string(num_dimensions_) +
                       " values, as demands have, found " +
                       std::to_string(capacities_.front().size()));
    }
    for (std::size_t d = 0; d < num_dimensions_; ++d) {
      std::vector<double> values;
      for (const auto& demand : demands_) values.push_back(demand[d]);
      for (const auto& capacity : capacities_) values.push_back(capacity[d]);
      load_scales_.push_back(whole_scale(values));
      instance_.problem.dimensions.push_back(
          num_dimensions_ == 1 ? "demand" : "demand " + std::to_string(d + 1));
    }
  }

  // One row for all vehicles, or one each.
  void read_capacities() {
    if (has("CAPACITY")) {
      capacities_.resize(static_cast<std::size_t>(count_vehicles()));
      for_each_vehicle("CAPACITY", [&](std::size_t vehicle, const RowReader& row) {
        for (std::size_t i = 1; i < std::max<std::size_t>(2, row.size()); ++i) {
          capacities_[vehicle].push_back(row.number(i, "CAPACITY_SECTION", 0, 1e15));
        }
      });
    } else if (const auto capacity = number("CAPACITY", 0, 1e15)) {
      capacities_ = {{*capacity}};
    }
    for (const auto& capacity : capacities_) {
      if (capacity.size() == capacities_.front().size()) continue;
      fail_at(
          file_.origin(), file_.section("CAPACITY")->line,
          "CAPACITY_SECTION: expected as many values in every row, found another number of them");
    }
  }

  void for_each_vehicle(std::string_view section,
                        const std::function<void(std::size_t, const RowReader&)>& row) const {
    file_.for_each_row(*file_.section(section), std::string(section) + "_SECTION", count_vehicles(),
                       "vehicle", [&](std::int64_t vehicle, const RowReader& reader) {
                         row(static_cast<std::size_t>(vehicle), reader);
                       });
  }

  // As VEHICLES says, else as many as the first section about vehicles lists.
  std::int64_t count_vehicles() const {
    if (const auto stated = stated_vehicles()) return *stated;
    for (const std::string_view name :
         {"CAPACITY", "VEHICLES_DEPOT", "VEHICLES_FIXED_COST", "VEHICLES_UNIT_DISTANCE_COST",
          "VEHICLES_MAX_DISTANCE", "VEHICLES_MAX_DURATION", "VEHICLES_ALLOWED_CLIENTS",
          "VEHICLES_RELOAD_DEPOT", "VEHICLES_MAX_RELOADS"}) {
      const auto* section = file_.section(name);
      if (section == nullptr) continue;
      std::int64_t rows = 0;
      TextLines lines(section->text);
      for (TextLine line; lines.next(line);) ++rows;
      return rows;
    }
    return decode::kUnlimitedCount;
  }

  std::optional<std::int64_t> stated_vehicles() const {
    for (const std::string_view key : {"VEHICLES", "TRUCKS", "SALESMEN"}) {
      if (const auto count = number(key, 0, 1e6)) return static_cast<std::int64_t>(*count);
    }
    return {};
  }

  void add_depots() {
    for (const std::int32_t depot : depots_) {
      instance_.problem.depots.push_back(
          {std::to_string(depot), depot, windows_[static_cast<std::size_t>(depot)]});
    }
  }

  void add_orders() {
    for (std::int32_t node = 0; node < dimension_; ++node) {
      const auto at = static_cast<std::size_t>(node);
      if (is_depot_[at]) continue;
      decode::Order order;
      order.id = std::to_string(node);
      order.delivery = stop_at(node);
      order.load.assign(num_dimensions_, 0);
      for (std::size_t d = 0; d < num_dimensions_ && !demands_.empty(); ++d) {
        order.load[d] = scaled_up(demands_[at][d], load_scales_[d]);
      }
      instance_.problem.orders.push_back(std::move(order));
    }
  }

  decode::Stop stop_at(std::int32_t node) const {
    decode::Stop stop;
    stop.location = node;
    stop.service = services_[static_cast<std::size_t>(node)];
    if (has("TIME_WINDOW")) stop.windows = {windows_[static_cast<std::size_t>(node)]};
    return stop;
  }

  // A value per vehicle from a section, or one for all from a specification, through `set`.
  template <typename Set>
  void read_vehicle_values(std::vector<Vehicle>& vehicles, std::string_view name, double min,
                           const Set& set) const {
    if (const auto all = number(name, min, 1e15)) {
      for (Vehicle& vehicle : vehicles) set(vehicle, *all);
    }
    if (!has(name)) return;
    for_each_vehicle(name, [&](std::size_t vehicle, const RowReader& row) {
      set(vehicles[vehicle], row.number(1, std::string(name) + "_SECTION", min, 1e15));
    });
  }

  bool lists_vehicles() const {
    return has("CAPACITY") || has("VEHICLES_DEPOT") || has("VEHICLES_FIXED_COST") ||
           has("VEHICLES_UNIT_DISTANCE_COST") || has("VEHICLES_MAX_DISTANCE");
  }

  Vehicle common_vehicle() const {
    Vehicle vehicle;
    vehicle.depot = 0;
    vehicle.capacity.assign(num_dimensions_, decode::kNoLimit);
    for (std::size_t d = 0; d < num_dimensions_ && !capacities_.empty(); ++d) {
      vehicle.capacity[d] = scaled_down(capacities_.front()[d], load_scales_[d]);
    }
    if (const auto limit = number("DISTANCE", 0, 1e15)) {
      vehicle.max_distance = scaled_down(*limit, instance_.scale);
    }
    return vehicle;
  }

  void add_vehicles() {
    std::vector<Vehicle> vehicles(lists_vehicles() ? static_cast<std::size_t>(count_vehicles()) : 1,
                                  common_vehicle());
    if (has("CAPACITY")) {
      for (std::size_t v = 0; v < vehicles.size(); ++v) {
        for (std::size_t d = 0; d < num_dimensions_; ++d) {
          vehicles[v].capacity[d] = scaled_down(capacities_[v][d], load_scales_[d]);
        }
      }
    }
    read_vehicle_values(vehicles, "VEHICLES_FIXED_COST", 0,
                        [](Vehicle& v, double value) { v.fixed_cost = value; });
    read_vehicle_values(vehicles, "VEHICLES_UNIT_DISTANCE_COST", 0,
                        [](Vehicle& v, double value) { v.distance_cost = value; });
    read_vehicle_values(vehicles, "VEHICLES_MAX_DISTANCE", 0, [&](Vehicle& v, double value) {
      v.max_distance = scaled_down(value, instance_.scale);
    });
    read_vehicle_values(vehicles, "VEHICLES_DEPOT", 1,
                        [&](Vehicle& v, double value) { v.depot = depot_of(value); });
    group(vehicles);
  }

  std::int32_t depot_of(double node) const {
    const auto found = std::find(depots_.begin(), depots_.end(),
                                 static_cast<std::int32_t>(std::min(node, 1e9)) - 1);
    if (found != depots_.end()) return static_cast<std::int32_t>(found - depots_.begin());
    throw InputError(file_.origin() + ": VEHICLES_DEPOT_SECTION: expected a depot's node, found " +
                     std::to_string(node));
  }

  // Vehicles that are alike become a type, in the order in which they first appear.
  void group(const std::vector<Vehicle>& vehicles) {
    std::map<Vehicle, std::size_t> type_of;
    const bool listed = lists_vehicles();
    for (std::size_t v = 0; v < vehicles.size(); ++v) {
      const auto [found, is_new] =
          type_of.emplace(vehicles[v], instance_.problem.vehicle_types.size());
      if (is_new) add_type(vehicles[v], listed ? 0 : static_cast<std::int32_t>(count_vehicles()));
      if (!listed) return;
      ++instance_.problem.vehicle_types[found->second].count;
      instance_.vehicles[found->second].push_back(static_cast<std::int32_t>(v));
    }
  }

  void add_type(const Vehicle& vehicle, std::int32_t count) {
    decode::VehicleType type;
    type.id = "type " + std::to_string(instance_.problem.vehicle_types.size() + 1);
    type.count = count;
    type.start_depot = type.end_depot = vehicle.depot;
    type.capacity = vehicle.capacity;
    type.cost_fixed = vehicle.fixed_cost;
    type.cost_per_distance = vehicle.distance_cost / instance_.scale;
    type.max_distance = vehicle.max_distance;
    instance_.problem.vehicle_types.push_back(std::move(type));
    if (lists_vehicles()) instance_.vehicles.emplace_back();
  }

  VrplibFile file_;
  Instance instance_;
  std::int32_t dimension_ = 0;
  std::vector<std::int32_t> depots_;  // nodes, from 0
  std::vector<bool> is_depot_;
  std::vector<decode::TimeWindow> windows_;
  std::vector<std::int64_t> services_;
  std::vector<std::vector<double>> demands_, capacities_;
  std::size_t num_dimensions_ = 0;
  std::vector<double> load_scales_;
};

}  // namespace

Instance read_vrplib(std::string_view text, const std::string& origin,
                     std::optional<Objective> objective) {
  return VrplibReader(text, origin).read(objective);
}

}  // namespace roadgnn::io
