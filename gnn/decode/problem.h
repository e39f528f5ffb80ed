// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace roadgnn::decode {

/// A day's routing problem. Times and durations are int64 in the problem's time unit (city days:
/// milliseconds, times since midnight), distances in its distance unit (city days: metres), loads
/// in whole units of each dimension. Plain data, built in memory or read by `roadgnn::io`;
/// `validate` says what is wrong with it.

inline constexpr std::int64_t kNoLimit = INT64_MAX / 4;

/// Service may begin from `open` to `close`, both included.
struct TimeWindow {
  std::int64_t open = 0, close = kNoLimit;
};

/// A place that a vehicle serves: one end of an order. `location` is its index in TravelTimes (-1
/// is allowed for orders that are `impossible`).
struct Stop {
  std::int32_t location = -1;
  std::vector<TimeWindow> windows;  ///< ascending, disjoint; empty: any time
  std::int64_t service = 0;
};

/// A pickup stop and a delivery stop, or one of them and the depot. Without a pickup the load
/// starts at the vehicle's depot, without a delivery it ends there.
struct Order {
  std::string id;
  std::optional<Stop> pickup, delivery;  ///< at least one
  std::vector<std::int64_t> load;        ///< [num_dimensions]
  std::vector<std::int32_t> needs;       ///< indices into Problem::skills
  int priority = 0;                      ///< 0 .. 100; higher ones are the last to be left out
  /// Why the order cannot be served whatever the fleet (outside the map, nothing to snap to); empty
  /// where it can. Such orders stay unserved with this reason.
  std::string impossible;
};

struct Depot {
  std::string id;
  std::int32_t location = -1;
  TimeWindow window;  ///< vehicles leave and return within it
};

struct VehicleType {
  std::string id;
  std::int32_t profile = 0;  ///< index in TravelTimes
  std::int32_t count = 1;    ///< how many there are; kUnlimitedCount for "min"
  std::int32_t start_depot = 0;
  std::int32_t end_depot = 0;           ///< -1: the route ends at its last stop
  std::vector<std::int64_t> capacity;   ///< [num_dimensions]
  std::vector<std::int32_t> offers;     ///< indices into Problem::skills
  double cost_fixed = 0;                ///< per vehicle used
  double cost_per_distance = 0;         ///< per distance unit
  double cost_per_time = 0;             ///< per time unit from departure to end
  TimeWindow shift;                     ///< earliest start, latest end
  std::int64_t max_driving = kNoLimit;  ///< time spent driving
  std::int64_t max_distance = kNoLimit;
  std::int32_t max_stops = INT32_MAX;  ///< pickups and deliveries on a route
};

inline constexpr std::int32_t kUnlimitedCount = INT32_MAX;

/// What one unit of time and distance means; only messages depend on it.
enum class Units : std::uint8_t {
  city,   ///< milliseconds since midnight and metres
  plain,  ///< an instance set's own numbers
};

struct Problem {
  std::vector<std::string>
      dimensions;  ///< names of the load dimensions, such as volume_l and weight_kg
  std::vector<std::string> skills;
  std::vector<Depot> depots;
  std::vector<Order> orders;
  std::vector<VehicleType> vehicle_types;
  std::int32_t num_locations =
      0;  ///< the stops that TravelTimes knows: depots and all orders' stops
  Units units = Units::city;
};

/// "08:30:05" or, with a fraction, "08:30:05.250" for city days (days past midnight as hours beyond
/// 24), the bare number otherwise.
std::string format_time(const Problem& problem, std::int64_t time);

/// Throws InputError that names the first inconsistent field: sizes that do not match, an index out
/// of range, windows that overlap, negative loads, services or costs, an order without a stop, sums
/// too large for 64 bits.
void validate(const Problem& problem);

}  // namespace roadgnn::decode
