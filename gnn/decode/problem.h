// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <roadgnn/gnn/decode/plan.h>

namespace roadgnn::decode {

/// A day's routing problem. Times and durations are int64 in the problem's time unit (city days:
/// milliseconds, times since midnight), distances in its distance unit (city days: metres), loads
/// in whole units of each dimension, prices in the plan's money. Plain data, built in memory or
/// read by `roadgnn::io`; `validate` says what is wrong with it. Every field beyond the first ones
/// of a type has a default that means "nothing of the kind".

inline constexpr std::int64_t kNoLimit = INT64_MAX / 4;

/// Service may begin from `open` to `close`, both included.
struct TimeWindow {
  std::int64_t open = 0, close = kNoLimit;
};

/// A place that a vehicle serves: one end of an order. `location` is its index in TravelTimes (-1
/// is allowed for orders that are `impossible`).
struct Stop {
  std::int32_t location = -1;
  std::vector<TimeWindow> windows{};  ///< ascending, disjoint; empty: any time
  std::int64_t service = 0;
  /// Above 0: service may also begin after the last window's end, at this price per time unit that
  /// it begins later.
  double late_cost = 0;
  /// Added to `service` where the step before is at another location (parking, signing in).
  std::int64_t setup = 0;
  /// By vehicle type, added to `service` and `setup`: 0 or more, [vehicle types]; empty: nothing.
  std::vector<std::int64_t> service_by_type{}, setup_by_type{};
};

/// How long a vehicle of a type is busy at a stop, setup included where it has `moved` there.
std::int64_t service_time(const Stop& stop, std::int32_t vehicle_type, bool moved);

/// Of any vehicle type, setup included.
std::int64_t longest_service_time(const Stop& stop);

/// A pickup stop and a delivery stop, or one of them and the depot. Without a pickup the load
/// starts at the vehicle's depot, without a delivery it ends there.
struct Order {
  std::string id{};
  std::optional<Stop> pickup{}, delivery{};  ///< at least one
  std::vector<std::int64_t> load{};          ///< [num_dimensions]
  std::vector<std::int32_t> needs{};         ///< indices into Problem::skills
  int priority = 0;                          ///< 0 .. 100; higher ones are the last to be left out
  /// Why the order cannot be served whatever the fleet (outside the map, nothing to snap to); empty
  /// where it can. Such orders stay unserved with this reason.
  std::string impossible{};

  /// Set: the order is optional. Leaving it out costs this much money and nothing else; `priority`
  /// does not count. Not set: it is left out only where there is no way to serve it.
  std::optional<double> prize{};
  /// Index into Problem::groups, -1 for none. At most one order of a group is served; the others
  /// are then left out for nothing. Where none is, the group counts once: with the largest 1 +
  /// priority of its members, or the largest prize where all are optional.
  std::int32_t group = -1;
  /// The load is at the depot only from then on: a trip that takes it along leaves (and a reload
  /// begins) no earlier. For orders without a pickup; others have their pickup's windows.
  std::int64_t release = -kNoLimit;
  /// Longest time of the load on the vehicle: from the end of service at the pickup, or from
  /// leaving the depot with it, to the begin of service at the delivery, or to arriving at the
  /// depot.
  std::int64_t max_ride = kNoLimit;
  /// Taken in at the only stop and brought to the depot, beside a `load` that is delivered there;
  /// [num_dimensions] or empty. For orders that have a delivery and no pickup.
  std::vector<std::int64_t> collect{};
  std::vector<std::int32_t> allowed_types{};    ///< indices into vehicle_types; empty: all
  std::vector<std::int32_t> preferred_types{};  ///< likewise; empty: no preference
  double not_preferred_cost = 0;                ///< added where another type serves it
  /// The vehicle that has to serve it, if anybody does: a type and its vehicle's number in 0 ..
  /// count-1; -1 for any.
  std::int32_t locked_type = -1, locked_vehicle = -1;
};

struct Depot {
  std::string id{};
  std::int32_t location = -1;
  TimeWindow window{};  ///< vehicles leave, reload and return within it
};

/// A driver's rest between two steps of a route. It happens at the place of the step before, before
/// leaving, or at that of the step after, on arrival; with a `location`, the vehicle goes there.
struct Break {
  std::vector<TimeWindow> windows{};  ///< it begins in one of them; empty: any time
  std::int64_t duration = 0;
  std::int32_t location = -1;            ///< index in TravelTimes; -1: wherever the vehicle is
  std::int64_t max_driving = kNoLimit;   ///< driving since the start, or the break before, until it
  bool on_the_way = false;               ///< it may also interrupt a leg (without location, limit)
  std::vector<std::int64_t> max_load{};  ///< on board meanwhile, [num_dimensions]; empty: any
};

/// From `from` on (until the next one's) legs that begin take the travel times of `profile`. Where
/// a vehicle would arrive earlier by leaving in a later slice, it stays until that begins, so that
/// who leaves earlier never arrives later.
struct ProfileSlice {
  std::int64_t from = 0;
  std::int32_t profile = 0;
};

struct VehicleType {
  std::string id{};
  std::int32_t profile = 0;              ///< index in TravelTimes
  std::int32_t count = 1;                ///< how many there are; kUnlimitedCount for any number
  std::int32_t start_depot = 0;          ///< -1: the route starts at its first stop
  std::int32_t end_depot = 0;            ///< -1: the route ends at its last stop
  std::vector<std::int64_t> capacity{};  ///< [num_dimensions]
  std::vector<std::int32_t> offers{};    ///< indices into Problem::skills
  double cost_fixed = 0;                 ///< per vehicle used
  double cost_per_distance = 0;          ///< per distance unit
  double cost_per_time = 0;              ///< per time unit from departure to end
  TimeWindow shift{};                    ///< earliest start, latest end
  std::int64_t max_driving = kNoLimit;   ///< time spent driving
  std::int64_t max_distance = kNoLimit;
  std::int32_t max_stops = INT32_MAX;  ///< pickups and deliveries on a route

  double cost_per_driving = 0;           ///< per time unit of travel
  double cost_per_service = 0;           ///< per time unit of its stops' service and setup
  std::int64_t max_duration = kNoLimit;  ///< from departure to end
  /// A balance between routes: a route longer than `fair_duration` pays `cost_per_time_over` for
  /// each time unit beyond it, so that work moves to shorter ones (overtime, too).
  std::int64_t fair_duration = kNoLimit;
  double cost_per_time_over = 0;
  /// Travel times are divided by it and rounded to the nearest unit, halves up.
  double speed_factor = 1;
  std::vector<ProfileSlice> slices{};  ///< ascending; before the first one, or without: `profile`

  /// Taken in this order, each at most once. A route takes the first ones of the list; it may leave
  /// out a later one only if it ends no later than that one's last window closes and never drives
  /// longer than its max_driving.
  std::vector<Break> breaks{};
  bool breaks_always = false;  ///< no route leaves one out
  /// Trips, each from a depot: a vehicle may come back to reload between two stops, this often less
  /// one. What was collected is unloaded, what the next trip delivers is loaded.
  std::int32_t max_trips = 1;
  std::vector<std::int32_t> reload_depots{};  ///< where; empty: the start depot
  std::int64_t reload_service = 0;            ///< time that a reload takes
};

inline constexpr std::int32_t kUnlimitedCount = INT32_MAX;

/// A vehicle during the day, for planning again: what it has done and will do whatever comes.
struct VehicleState {
  std::int32_t vehicle_type = 0, vehicle = 0;  ///< a vehicle of the type's 0 .. count-1
  /// The route's first steps as they were or will be, a start first, times and loads included: done
  /// stops, and those locked in their order. They open the vehicle's route unchanged.
  std::vector<Step> steps{};
  /// Where and from when on it can go on: by default from the last step's place and departure, but
  /// not before Problem::now.
  std::int32_t location = -1;
  std::int64_t ready = -kNoLimit;
  /// Driven after the last step until `location`, and how long.
  std::int64_t distance = 0, driving = 0;
  /// Orders without a pickup that were loaded at the depot and are still on board: this vehicle
  /// delivers them or brings them back. Loads picked up in `steps` are on board anyway.
  std::vector<std::int32_t> loaded{};
};

/// What one unit of time and distance means; only messages depend on it.
enum class Units : std::uint8_t {
  city,   ///< milliseconds since midnight and metres
  plain,  ///< an instance set's own numbers
};

struct Problem {
  /// Names of the load dimensions, such as volume_l and weight_kg.
  std::vector<std::string> dimensions{};
  std::vector<std::string> skills{};
  std::vector<Depot> depots{};
  std::vector<Order> orders{};
  std::vector<VehicleType> vehicle_types{};
  std::int32_t num_locations =
      0;  ///< the stops that TravelTimes knows: depots and all orders' stops
  Units units = Units::city;
  /// What messages divide by: times and distances of plain units, so that they read as in their
  /// file, and loads, [num_dimensions] or empty.
  double shown_unit = 1;
  std::vector<double> shown_load_units{};

  std::vector<std::string> groups{};           ///< names of the exclusive groups
  std::vector<VehicleState> vehicle_states{};  ///< at most one per vehicle
  std::int64_t now = -kNoLimit;                ///< no vehicle without a state starts earlier
  /// Among plans that leave out as little, those with fewer vehicles are better, whatever they
  /// cost; vehicles that are on their way already count for nothing.
  bool fewest_vehicles = false;
  /// What is left out counts by its stops, of orders without a prize: first by the sum of their
  /// priorities, then by their number. Otherwise an order counts 1 + priority.
  bool left_out_by_stops = false;
};

/// "08:30:05" or, with a fraction, "08:30:05.250" for city days (days past midnight as hours beyond
/// 24), the bare number otherwise, see Problem::shown_unit.
std::string format_time(const Problem& problem, std::int64_t time);

/// "250 m" for city days, the bare number otherwise.
std::string format_distance(const Problem& problem, std::int64_t distance);

/// An amount of a load dimension.
std::string format_load(const Problem& problem, std::size_t dimension, std::int64_t amount);

/// Throws InputError that names the first inconsistent field: sizes that do not match, an index out
/// of range, windows that overlap, negative loads, services or costs, an order without a stop, sums
/// too large for 64 bits, features that contradict each other.
void validate(const Problem& problem);

/// The same for one of its orders alone, which has been added to a valid problem.
void validate_order(const Problem& problem, std::size_t order);

}  // namespace roadgnn::decode
