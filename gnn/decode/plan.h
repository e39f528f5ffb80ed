// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace roadgnn::decode {

enum class StepKind : std::uint8_t {
  start,
  pickup,
  delivery,
  end,
  rest,    ///< a break
  reload,  ///< back at a depot between two trips
};

/// One step of a route. Times follow one convention, which `check` verifies: `arrival` is the
/// previous step's departure plus the travel time; service begins at the first moment from
/// `arrival` on that lies in a window; `departure` is `begin` plus the service, or later where a
/// later hour's travel times bring the vehicle on sooner (ProfileSlice). The vehicle leaves
/// its start as late as it can without ending later than if it left at once (so the duration has no
/// waiting that a later start would save). At `start` the three times are equal; at `end`, `begin`
/// waits for the depot to open, `departure` equals `begin` and is the route's end; the end of an
/// open route is where and when its last stop is left.
///
/// With soft windows, "ending later" includes paying more for lateness; where a load's riding time
/// is limited, service may begin later than the first moment. A `rest` is a step of its own: at the
/// place of the step before or after (travel of no time), at the break's own location, or on the
/// way (location -1: `arrival` is when driving stops, and what is left of the leg follows). At a
/// `reload`, service begins within the depot's window, no earlier than the released loads.
struct Step {
  StepKind kind = StepKind::start;
  std::int32_t order = -1;     ///< index into Problem::orders; -1 at the depots
  std::int32_t location = -1;  ///< index in TravelTimes
  std::int64_t arrival = 0, begin = 0, departure = 0;
  std::vector<std::int64_t>
      load;                   ///< on board when leaving, by dimension; at the end: what comes back
  std::int64_t distance = 0;  ///< since the start (on the way: at the step before)
  std::int32_t index = -1;    ///< rest: its number in VehicleType::breaks; reload: the depot's
};

struct Route {
  std::int32_t vehicle_type = 0;
  std::int32_t vehicle = 0;  ///< 0 .. count-1 within the type
  std::vector<Step>
      steps;  ///< start first; end last, at the depot or (open routes) at the last stop
  /// cost_fixed + cost_per_distance * distance + cost_per_time * duration + cost_per_driving *
  /// driving + cost_per_service * the stops' service and setup + cost_per_time_over * what the
  /// duration exceeds fair_duration by + the stops' lateness at their prices + not_preferred_cost
  /// of the orders that prefer other types.
  double cost = 0;
  std::int64_t distance = 0;  ///< over all legs
  std::int64_t duration = 0;  ///< from the start's departure to the end's
  std::int64_t driving = 0;   ///< travel time over all legs
};

/// The constraint that keeps an order out.
enum class Reason : std::uint8_t {
  impossible,   ///< the order's own `impossible` text
  unreachable,  ///< no way from or to a depot for any vehicle that could carry it
  capacity,     ///< larger than any suitable vehicle
  skills,       ///< no vehicle offers what it needs
  window,       ///< cannot be reached within its windows, or from its pickup to its delivery
  shift,        ///< no shift is long enough
  limits,       ///< a vehicle's driving time, distance or number of stops
  fleet,        ///< it fits an empty vehicle, but all vehicles are in use and none has room left
  price,        ///< optional, and serving it would cost more than leaving it out
  group,        ///< another order of its group is served
  ride,         ///< its load cannot arrive within its longest riding time
  locked,       ///< the vehicle that it is locked to, or that it may be on, cannot take it
};

struct Unserved {
  std::int32_t order = 0;
  Reason reason = Reason::fleet;
  std::string detail;  ///< one sentence for people, with the figures
  /// The vehicle type that comes closest to serving it, -1 for none, and by how much its constraint
  /// is missed: time units, distance, load or stops; 0 where it is not a matter of degree.
  std::int32_t vehicle_type = -1;
  std::int64_t missing = 0;
};

/// How a plan was made: enough to make it again.
struct PlanRecord {
  std::uint64_t seed = 0;
  std::int64_t iterations = 0;  ///< done, whatever ended the search
  std::string scorer;
  /// The search's rounds, to be handed to SolveOptions::schedule: a plan made under a time limit is
  /// made again from it. Blank-separated `cooling:iterations`, a round each, with `-` in front
  /// where it looked for fewer vehicles (cooling in thousandths).
  std::string schedule;
};

struct Plan {
  std::vector<Route> routes;       ///< by vehicle type, then vehicle
  std::vector<Unserved> unserved;  ///< by order
  /// Of the routes, and the prizes of optional orders left out; other unserved orders cost nothing
  /// here.
  double cost = 0;
  std::int64_t distance = 0, duration = 0;
  PlanRecord record;
};

}  // namespace roadgnn::decode
