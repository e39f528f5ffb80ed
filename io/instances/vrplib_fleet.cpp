// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/instances/vrplib_fleet.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

#include <roadgnn/io/instances/scaling.h>

namespace roadgnn::io {
namespace {

// The sections with a row for each vehicle.
constexpr auto kVehicleSections = std::to_array<std::string_view>(
    {"CAPACITY", "VEHICLES_DEPOT", "VEHICLES_FIXED_COST", "VEHICLES_UNIT_DISTANCE_COST",
     "VEHICLES_MAX_DISTANCE", "VEHICLES_MAX_DURATION", "VEHICLES_MAX_RELOADS",
     "VEHICLES_RELOAD_DEPOT", "VEHICLES_ALLOWED_CLIENTS"});

const VrplibFile::Section* first_vehicle_section(const VrplibFile& file) {
  for (const std::string_view name : kVehicleSections) {
    if (const auto* section = file.section(name)) return section;
  }
  return nullptr;
}

// As VEHICLES says, else as many as the first section about vehicles lists.
std::int64_t count_vehicles(const VrplibFile& file) {
  for (const std::string_view key : {"VEHICLES", "TRUCKS", "SALESMEN"}) {
    if (const auto count = file.number(key, 0, 1e6)) return static_cast<std::int64_t>(*count);
  }
  const auto* section = first_vehicle_section(file);
  return section == nullptr ? decode::kUnlimitedCount : file.count_rows(*section);
}

void for_each_vehicle(const VrplibFile& file, std::string_view section,
                      const std::function<void(std::size_t, const RowReader&)>& row) {
  file.for_each_row(*file.section(section), std::string(section) + "_SECTION", count_vehicles(file),
                    "vehicle", [&](std::int64_t vehicle, const RowReader& reader) {
                      row(static_cast<std::size_t>(vehicle), reader);
                    });
}

// All that tells vehicles apart.
struct Vehicle {
  std::vector<std::int64_t> capacity;
  std::int32_t depot = 0;
  double fixed_cost = 0, distance_cost = 1;
  std::int64_t max_distance = decode::kNoLimit, max_duration = decode::kNoLimit;
  std::vector<std::int32_t> reload_depots;
  std::int64_t max_reloads = -1;      // -1: any number
  std::vector<std::int32_t> allowed;  // orders; empty: all
  auto operator<=>(const Vehicle&) const = default;
};

class FleetReader {
 public:
  FleetReader(const VrplibFile& file, const std::vector<std::int32_t>& depots,
              const std::vector<std::vector<double>>& capacities, double scale, VrplibNodes& nodes)
      : file_(file), depots_(depots), capacities_(capacities), scale_(scale), nodes_(nodes) {}

  VrplibFleet read() {
    listed_ = first_vehicle_section(file_) != nullptr;
    const auto count = listed_ ? static_cast<std::size_t>(count_vehicles(file_)) : 1;
    vehicles_.assign(count, common_vehicle());
    if (file_.has("CAPACITY")) {
      for (std::size_t v = 0; v < count; ++v) vehicles_[v].capacity = capacity_of(v);
    }
    read_numbers();
    read_depots();
    read_allowed();
    group();
    return std::move(fleet_);
  }

 private:
  std::vector<std::int64_t> capacity_of(std::size_t row) const {
    std::vector<std::int64_t> capacity(nodes_.num_dimensions, decode::kNoLimit);
    for (std::size_t d = 0; d < capacity.size() && !capacities_.empty(); ++d) {
      capacity[d] = scaled_down(capacities_[row][d], nodes_.load_scales[d]);
    }
    return capacity;
  }

  // CVRPLIB's DISTANCE limits the length of a route, service times included.
  Vehicle common_vehicle() const {
    Vehicle vehicle;
    vehicle.capacity = capacity_of(0);
    if (const auto limit = file_.number("DISTANCE", 0, 1e15)) {
      const bool serviced = file_.specification("SERVICE_TIME") != nullptr;
      (serviced ? vehicle.max_duration : vehicle.max_distance) = scaled_down(*limit, scale_);
    }
    return vehicle;
  }

  // A value for all vehicles from a specification, then one each from a section.
  template <typename Set>
  void read_number(std::string_view name, double max, const Set& set) {
    if (const auto all = file_.number(name, 0, max)) {
      for (Vehicle& vehicle : vehicles_) set(vehicle, *all);
    }
    if (!file_.has(name)) return;
    for_each_vehicle(file_, name, [&](std::size_t vehicle, const RowReader& row) {
      set(vehicles_[vehicle], row.number(1, std::string(name) + "_SECTION", 0, max));
    });
  }

  void read_numbers() {
    read_number("VEHICLES_FIXED_COST", 1e12, [](Vehicle& v, double n) { v.fixed_cost = n; });
    read_number("VEHICLES_UNIT_DISTANCE_COST", 1e12,
                [](Vehicle& v, double n) { v.distance_cost = n; });
    read_number("VEHICLES_MAX_DISTANCE", 1e15,
                [&](Vehicle& v, double n) { v.max_distance = scaled_down(n, scale_); });
    read_number("VEHICLES_MAX_DURATION", 1e15,
                [&](Vehicle& v, double n) { v.max_duration = scaled_down(n, scale_); });
    read_number("VEHICLES_MAX_RELOADS", 1e9,
                [](Vehicle& v, double n) { v.max_reloads = static_cast<std::int64_t>(n); });
  }

  // From a depot's node to its index.
  std::int32_t depot_of(std::size_t field, std::string_view name, const RowReader& row) const {
    const auto node = static_cast<std::int32_t>(row.whole(field, name, 1, 1'000'000'000) - 1);
    const auto found = std::find(depots_.begin(), depots_.end(), node);
    if (found != depots_.end()) return static_cast<std::int32_t>(found - depots_.begin());
    row.fail(name, "expected a depot's node, found " + std::to_string(node + 1));
  }

  void read_depots() {
    if (file_.has("VEHICLES_DEPOT")) {
      for_each_vehicle(file_, "VEHICLES_DEPOT", [&](std::size_t vehicle, const RowReader& row) {
        vehicles_[vehicle].depot = depot_of(1, "VEHICLES_DEPOT_SECTION", row);
      });
    }
    if (!file_.has("VEHICLES_RELOAD_DEPOT")) return;
    for_each_vehicle(file_, "VEHICLES_RELOAD_DEPOT",
                     [&](std::size_t vehicle, const RowReader& row) {
                       for (std::size_t i = 1; i < row.size(); ++i) {
                         vehicles_[vehicle].reload_depots.push_back(
                             depot_of(i, "VEHICLES_RELOAD_DEPOT_SECTION", row));
                       }
                     });
  }

  void read_allowed() {
    constexpr std::string_view kName = "VEHICLES_ALLOWED_CLIENTS_SECTION";
    if (!file_.has("VEHICLES_ALLOWED_CLIENTS")) return;
    for_each_vehicle(
        file_, "VEHICLES_ALLOWED_CLIENTS", [&](std::size_t vehicle, const RowReader& row) {
          auto& allowed = vehicles_[vehicle].allowed;
          for (std::size_t i = 1; i < row.size(); ++i) {
            const auto nodes = static_cast<std::int64_t>(nodes_.order_of.size());
            const auto node = static_cast<std::size_t>(row.whole(i, kName, 1, nodes) - 1);
            if (nodes_.order_of[node] >= 0) allowed.push_back(nodes_.order_of[node]);
          }
          std::sort(allowed.begin(), allowed.end());
          allowed.erase(std::unique(allowed.begin(), allowed.end()), allowed.end());
        });
  }

  void group() {
    std::map<Vehicle, std::size_t> type_of;
    for (std::size_t v = 0; v < vehicles_.size(); ++v) {
      const auto [found, is_new] = type_of.emplace(vehicles_[v], fleet_.types.size());
      if (is_new) add_type(vehicles_[v]);
      decode::VehicleType& type = fleet_.types[found->second];
      if (!listed_) {
        type.count = static_cast<std::int32_t>(count_vehicles(file_));
        return;
      }
      ++type.count;
      fleet_.vehicles[found->second].push_back(static_cast<std::int32_t>(v));
    }
    // An order that no vehicle may serve is allowed none: no index is that.
    if (!file_.has("VEHICLES_ALLOWED_CLIENTS")) return;
    for (decode::Order& order : nodes_.orders) {
      if (order.allowed_types.empty()) {
        order.impossible = "no vehicle may visit it (VEHICLES_ALLOWED_CLIENTS_SECTION)";
      }
    }
  }

  void add_type(const Vehicle& vehicle) {
    const auto index = static_cast<std::int32_t>(fleet_.types.size());
    decode::VehicleType type;
    type.id = "type " + std::to_string(index + 1);
    type.count = 0;
    type.start_depot = type.end_depot = vehicle.depot;
    type.capacity = vehicle.capacity;
    type.cost_fixed = vehicle.fixed_cost;
    type.cost_per_distance = vehicle.distance_cost / scale_;
    type.max_distance = vehicle.max_distance;
    type.max_duration = vehicle.max_duration;
    type.reload_depots = vehicle.reload_depots;
    if (!vehicle.reload_depots.empty()) {
      // A trip serves an order at least.
      const auto enough = static_cast<std::int64_t>(nodes_.orders.size());
      const std::int64_t reloads =
          vehicle.max_reloads < 0 ? enough : std::min(vehicle.max_reloads, enough);
      type.max_trips = static_cast<std::int32_t>(reloads + 1);
    }
    fleet_.types.push_back(std::move(type));
    if (listed_) fleet_.vehicles.emplace_back();
    if (!file_.has("VEHICLES_ALLOWED_CLIENTS")) return;
    for (const std::int32_t order : vehicle.allowed) {
      nodes_.orders[static_cast<std::size_t>(order)].allowed_types.push_back(index);
    }
  }

  const VrplibFile& file_;
  const std::vector<std::int32_t>& depots_;
  const std::vector<std::vector<double>>& capacities_;
  double scale_;
  VrplibNodes& nodes_;
  bool listed_ = false;
  std::vector<Vehicle> vehicles_;
  VrplibFleet fleet_;
};

}  // namespace

std::vector<std::vector<double>> read_vrplib_capacities(const VrplibFile& file) {
  if (!file.has("CAPACITY")) {
    if (const auto capacity = file.number("CAPACITY", 0, 1e15)) return {{*capacity}};
    return {};
  }
  std::vector<std::vector<double>> capacities(static_cast<std::size_t>(count_vehicles(file)));
  for_each_vehicle(file, "CAPACITY", [&](std::size_t vehicle, const RowReader& row) {
    for (std::size_t i = 1; i < std::max<std::size_t>(2, row.size()); ++i) {
      capacities[vehicle].push_back(row.number(i, "CAPACITY_SECTION", 0, 1e15));
    }
  });
  for (const auto& row : capacities) {
    if (row.size() == capacities.front().size()) continue;
    fail_at(file.origin(), file.section("CAPACITY")->line,
            "CAPACITY_SECTION: expected as many values in every row, found another number of them");
  }
  return capacities;
}

VrplibFleet read_vrplib_fleet(const VrplibFile& file, const std::vector<std::int32_t>& depots,
                              const std::vector<std::vector<double>>& capacities, double scale,
                              VrplibNodes& nodes) {
  return FleetReader(file, depots, capacities, scale, nodes).read();
}

}  // namespace roadgnn::io
