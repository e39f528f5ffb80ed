// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/city_day.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>

#include <roadgnn/graph/error.h>
#include <roadgnn/graph/parallel.h>
#include <roadgnn/graph/snapper.h>
#include <roadgnn/io/day_slices.h>
#include <roadgnn/io/error_list.h>
#include <roadgnn/io/nearest_name.h>

namespace roadgnn::io {
namespace {

using decode::Problem;

constexpr double kAnywhere_m = 21'000'000;  // half way around the earth

std::string describe(Coordinate place) {
  char text[64];
  std::snprintf(text, sizeof text, "%.6f,%.6f", place.lat, place.lon);
  return text;
}

std::string describe_metres(double metres) {
  char text[64];
  if (metres < 10'000) {
    std::snprintf(text, sizeof text, "%.0f m", metres);
  } else {
    std::snprintf(text, sizeof text, "%.1f km", metres / 1000);
  }
  return text;
}

std::int32_t index_of(std::vector<std::string>& names, const std::string& name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<std::int32_t>(found - names.begin());
  names.push_back(name);
  return static_cast<std::int32_t>(names.size()) - 1;
}

std::vector<std::int32_t> skills_of(Problem& problem, const std::vector<std::string>& names) {
  std::vector<std::int32_t> skills;
  for (const std::string& name : names) skills.push_back(index_of(problem.skills, name));
  std::sort(skills.begin(), skills.end());
  skills.erase(std::unique(skills.begin(), skills.end()), skills.end());
  return skills;
}

decode::VehicleType vehicle_type_of(const FleetVehicleType& type, Problem& problem) {
  decode::VehicleType result;
  result.id = type.id;
  result.count = type.count;
  result.start_depot = type.start_depot;
  result.end_depot = type.end_depot;
  result.capacity = {type.volume_ml, type.weight_g};
  result.offers = skills_of(problem, type.offers);
  result.cost_fixed = type.cost_fixed;
  result.cost_per_distance = type.cost_per_km / 1000;
  result.cost_per_time = type.cost_per_hour / 3'600'000;
  result.shift = type.shift;
  result.max_driving = type.max_driving_ms;
  result.max_distance = type.max_distance_m;
  result.max_stops = type.max_stops;
  result.breaks = type.breaks;
  result.max_trips = type.trips;
  return result;
}

void add_depots_and_vehicles(CityDay& day, const Fleet& fleet) {
  Problem& problem = day.problem;
  problem.dimensions = {"volume_l", "weight_kg"};
  problem.shown_load_units = {1000, 1000};
  for (const FleetDepot& depot : fleet.depots) {
    problem.depots.push_back(
        {depot.id, static_cast<std::int32_t>(day.places.size()), depot.window});
    day.places.push_back(depot.place);
  }
  for (const FleetVehicleType& type : fleet.vehicle_types) {
    const int profile = day.graph->profile_index(type.profile);
    auto used = std::find(day.profiles.begin(), day.profiles.end(), profile);
    if (used == day.profiles.end()) used = day.profiles.insert(used, profile);
    problem.vehicle_types.push_back(vehicle_type_of(type, problem));
    problem.fewest_vehicles |= type.count == decode::kUnlimitedCount;
    problem.vehicle_types.back().profile = static_cast<std::int32_t>(used - day.profiles.begin());
  }
}

// -1 where the fleet has no such type.
std::int32_t find_type(const Problem& problem, std::string_view name) {
  for (std::size_t t = 0; t < problem.vehicle_types.size(); ++t) {
    if (problem.vehicle_types[t].id == name) return static_cast<std::int32_t>(t);
  }
  return -1;
}

[[noreturn]] void fail_unknown(const Problem& problem, const OrderRow& row, const char* expected,
                               const std::string& name) {
  std::vector<std::string_view> known;
  for (const decode::VehicleType& type : problem.vehicle_types) known.push_back(type.id);
  throw InputError("order '" + row.id + "' on line " + std::to_string(row.line) + ": " + expected +
                   " of the fleet, found " + quote_for_error(name) + did_you_mean(name, known));
}

std::vector<std::int32_t> preferred_types(const Problem& problem, const OrderRow& row) {
  std::vector<std::int32_t> types;
  for (const std::string& name : row.prefer) {
    types.push_back(find_type(problem, name));
    if (types.back() < 0) fail_unknown(problem, row, "prefer: expected a vehicle type", name);
  }
  return types;
}

// A type's id, or with "-" and its number from 1 one of its vehicles.
void lock(const Problem& problem, const OrderRow& row, decode::Order& order) {
  if (const std::int32_t type = find_type(problem, row.lock); type >= 0) {
    order.allowed_types = {type};
    return;
  }
  const std::string_view text = row.lock;
  const std::size_t dash = text.rfind('-');
  if (dash != std::string_view::npos) {
    std::int32_t number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, status] = std::from_chars(text.data() + dash + 1, end, number);
    const std::int32_t type = find_type(problem, text.substr(0, dash));
    if (type >= 0 && status == std::errc() && stop == end && number >= 1 &&
        number <= problem.vehicle_types[static_cast<std::size_t>(type)].count) {
      order.locked_type = type;
      order.locked_vehicle = number - 1;
      return;
    }
  }
  fail_unknown(problem, row, "lock: expected a vehicle type or a vehicle such as van-3", row.lock);
}

// A group's index by a name that its row keeps.
std::int32_t index_of(std::unordered_map<std::string_view, std::int32_t>& known,
                      std::vector<std::string>& names, const std::string& name) {
  const auto [found, is_new] = known.emplace(name, static_cast<std::int32_t>(names.size()));
  if (is_new) names.push_back(name);
  return found->second;
}

void add_orders(CityDay& day, const std::vector<OrderRow>& rows) {
  const auto stop_of = [&](const std::optional<StopRow>& row, double late_cost_per_hour) {
    std::optional<decode::Stop> stop;
    if (row) {
      stop =
          decode::Stop{static_cast<std::int32_t>(day.places.size()), row->windows, row->service_ms};
      if (!row->windows.empty()) stop->late_cost = late_cost_per_hour / 3'600'000;
      day.places.push_back(row->place);
    }
    return stop;
  };
  std::unordered_map<std::string_view, std::int32_t> groups;
  day.problem.orders.reserve(rows.size());
  for (const OrderRow& row : rows) {
    decode::Order& order = day.problem.orders.emplace_back();
    order.id = row.id;
    order.pickup = stop_of(row.pickup, row.late_cost_per_hour);
    order.delivery = stop_of(row.delivery, row.late_cost_per_hour);
    order.load = {row.volume_ml, row.weight_g};
    order.needs = skills_of(day.problem, row.needs);
    order.priority = row.priority;
    order.max_ride = row.max_ride_ms;
    order.release = row.release_ms.value_or(-decode::kNoLimit);
    order.preferred_types = preferred_types(day.problem, row);
    order.not_preferred_cost = row.prefer_cost;
    if (!row.lock.empty()) lock(day.problem, row, order);
    if (!row.group.empty()) order.group = index_of(groups, day.problem.groups, row.group);
  }
  day.problem.num_locations = static_cast<std::int32_t>(day.places.size());
}

using Snappers = std::vector<std::unique_ptr<graph::Snapper>>;

void snap_all(CityDay& day, const Snappers& snappers, const CityDayOptions& options) {
  day.positions.assign(snappers.size(), std::vector<graph::Position>(day.places.size()));
  graph::parallel_for(
      static_cast<std::int64_t>(day.places.size()), 256, options.threads,
      [&](std::int64_t begin, std::int64_t end, int) {
        for (std::size_t p = 0; p < snappers.size(); ++p) {
          for (auto s = static_cast<std::size_t>(begin); s < static_cast<std::size_t>(end); ++s) {
            const Coordinate place = day.places[s];
            day.positions[p][s] =
                snappers[p]->snap(place.lat, place.lon, options.max_snap_m).position;
          }
        }
      });
}

void require_depots_on_streets(const CityDay& day, const Fleet& fleet, const Snappers& snappers,
                               const CityDayOptions& options) {
  for (std::size_t t = 0; t < fleet.vehicle_types.size(); ++t) {
    const FleetVehicleType& type = fleet.vehicle_types[t];
    const auto profile = static_cast<std::size_t>(day.problem.vehicle_types[t].profile);
    for (const std::int32_t index : {type.start_depot, type.end_depot}) {
      if (index < 0 || day.positions[profile][static_cast<std::size_t>(index)].valid()) continue;
      const FleetDepot& depot = fleet.depots[static_cast<std::size_t>(index)];
      const graph::Snap nearest =
          snappers[profile]->snap(depot.place.lat, depot.place.lon, kAnywhere_m);
      throw InputError(
          "depot '" + depot.id + "' at " + describe(depot.place) + ": expected a street that '" +
          type.profile + "' may use within " + describe_metres(options.max_snap_m) + ", found " +
          (nearest.position.valid() ? "the nearest " + describe_metres(nearest.distance_m) + " away"
                                    : "none in this city"));
    }
  }
}

// Why no vehicle in use gets to a place; empty where one does.
std::string why_out_of_reach(const CityDay& day, std::int32_t location, const Snappers& snappers,
                             const BoundingBox& box, const CityDayOptions& options) {
  const auto stop = static_cast<std::size_t>(location);
  for (const auto& positions : day.positions) {
    if (positions[stop].valid()) return {};
  }
  double nearest_m = std::numeric_limits<double>::infinity();
  for (const auto& snapper : snappers) {
    const graph::Snap snap = snapper->snap(day.places[stop].lat, day.places[stop].lon, kAnywhere_m);
    if (snap.position.valid()) nearest_m = std::min(nearest_m, snap.distance_m);
  }
  std::string reason = "at " + describe(day.places[stop]);
  if (!contains(box, day.places[stop])) reason += " lies outside the map";
  if (std::isinf(nearest_m)) return reason + ": no street of the city is open to the fleet";
  return reason + ": the nearest street open to the fleet is " + describe_metres(nearest_m) +
         " away, farther than " + describe_metres(options.max_snap_m);
}

void mark_impossible_orders(CityDay& day, const Snappers& snappers, const CityDayOptions& options) {
  const BoundingBox box = bounding_box(*day.graph);
  std::vector<decode::Order>& orders = day.problem.orders;
  graph::parallel_for(static_cast<std::int64_t>(orders.size()), 256, options.threads,
                      [&](std::int64_t begin, std::int64_t end, int) {
                        for (auto i = static_cast<std::size_t>(begin);
                             i < static_cast<std::size_t>(end); ++i) {
                          for (const auto* stop : {&orders[i].pickup, &orders[i].delivery}) {
                            if (!*stop) continue;
                            const std::string why =
                                why_out_of_reach(day, (*stop)->location, snappers, box, options);
                            if (why.empty()) continue;
                            orders[i].impossible =
                                (stop == &orders[i].pickup ? "the pickup " : "the delivery ") + why;
                            break;
                          }
                        }
                      });
}

DayMetrics metrics_of(const graph::RoadGraph& graph, int profile, const CityDayOptions& options) {
  if (options.date) return metrics_of_day(graph, profile, *options.date);
  DayMetrics one;
  one.metrics.push_back(graph::make_metric(graph, profile));
  one.slices.push_back({});
  return one;
}

// A profile's further metrics become profiles of their own, whose stops lie at the same places.
void take_metrics(CityDay& day, std::vector<DayMetrics> all) {
  std::vector<std::vector<std::int32_t>> profile_of(all.size());  // [profile][metric]
  for (std::size_t p = 0; p < all.size(); ++p) {
    profile_of[p].push_back(static_cast<std::int32_t>(p));
    day.metrics.push_back(std::move(all[p].metrics.front()));
  }
  for (std::size_t p = 0; p < all.size(); ++p) {
    for (std::size_t m = 1; m < all[p].metrics.size(); ++m) {
      profile_of[p].push_back(static_cast<std::int32_t>(day.metrics.size()));
      day.metrics.push_back(std::move(all[p].metrics[m]));
      day.profiles.push_back(day.profiles[p]);
      day.positions.push_back(day.positions[p]);
    }
  }
  for (decode::VehicleType& type : day.problem.vehicle_types) {
    const auto p = static_cast<std::size_t>(type.profile);
    for (std::size_t s = 1; s < all[p].slices.size(); ++s) {
      const DaySlice& slice = all[p].slices[s];
      type.slices.push_back({slice.from_ms, profile_of[p][slice.metric]});
    }
  }
}

}  // namespace

CityDay assemble_city_day(std::shared_ptr<const graph::RoadGraph> graph,
                          const std::vector<OrderRow>& orders, const Fleet& fleet,
                          const CityDayOptions& options) {
  CityDay day;
  day.graph = std::move(graph);
  add_depots_and_vehicles(day, fleet);
  add_orders(day, orders);

  Snappers snappers(day.profiles.size());
  std::vector<DayMetrics> metrics(day.profiles.size());
  graph::parallel_for(static_cast<std::int64_t>(day.profiles.size()), 1, options.threads,
                      [&](std::int64_t begin, std::int64_t, int) {
                        const auto p = static_cast<std::size_t>(begin);
                        snappers[p] = std::make_unique<graph::Snapper>(day.graph, day.profiles[p]);
                        metrics[p] = metrics_of(*day.graph, day.profiles[p], options);
                      });
  snap_all(day, snappers, options);
  require_depots_on_streets(day, fleet, snappers, options);
  mark_impossible_orders(day, snappers, options);
  take_metrics(day, std::move(metrics));
  decode::validate(day.problem);
  return day;
}

}  // namespace roadgnn::io
