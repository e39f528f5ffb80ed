// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace roadgnn::decode {

enum class StepKind : std::uint8_t { start, pickup, delivery, end };

/// One step of a route. Times follow one convention, which `check` verifies: `arrival` is the
/// previous step's departure plus the travel time; service begins at the first moment from
/// `arrival` on that lies in a window; `departure` is `begin` plus the service. The vehicle leaves
/// its start as late as it can without ending later than if it left at once (so the duration has no
/// waiting that a later start would save). At `start` the three times are equal; at `end`, `begin`
/// waits for the depot to open, `departure` equals `begin` and is the route's end; the end of an
/// open route is where and when its last stop is left.
struct Step {
  StepKind kind = StepKind::start;
  std::int32_t order = -1;     ///< index into Problem::orders; -1 at the depots
  std::int32_t location = -1;  ///< index in TravelTimes
  std::int64_t arrival = 0, begin = 0, departure = 0;
  std::vector<std::int64_t>
      load;                   ///< on board when leaving, by dimension; at the end: what comes back
  std::int64_t distance = 0;  ///< since the start
};

struct Route {
  std::int32_t vehicle_type = 0;
  std::int32_t vehicle = 0;  ///< 0 .. count-1 within the type
  std::vector<Step>
      steps;        ///< start first; end last, at the depot or (open routes) at the last stop
  double cost = 0;  ///< cost_fixed + cost_per_distance * distance + cost_per_time * duration
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
};

struct Unserved {
  std::int32_t order = 0;
  Reason reason = Reason::fleet;
  std::string detail;  ///< one sentence for people, with the figures
};

/// How a plan was made: enough to make it again.
struct PlanRecord {
  std::uint64_t seed = 0;
  std::int64_t iterations = 0;  ///< done, whatever ended the search
  std::string scorer;
  /// The search's rounds, to be handed to SolveOptions::schedule: a plan made under a time limit is
  /// made again from it. Blank-separated `progress:iterations`, a round each (progress in
  /// thousandths of the budget).
  std::string schedule;
};

struct Plan {
  std::vector<Route> routes;       ///< by vehicle type, then vehicle
  std::vector<Unserved> unserved;  ///< by order
  double cost = 0;                 ///< of the routes; unserved orders cost nothing here
  std::int64_t distance = 0, duration = 0;
  PlanRecord record;
};

}  // namespace roadgnn::decode
