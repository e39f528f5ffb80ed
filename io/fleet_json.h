// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <roadgnn/gnn/decode/problem.h>
#include <roadgnn/io/coordinates.h>

namespace roadgnn::io {

struct FleetDepot {
  std::string id;
  Coordinate place;
  decode::TimeWindow window;  ///< milliseconds after midnight
};

struct FleetVehicleType {
  std::string id, profile;
  std::int32_t count = 1;                       ///< decode::kUnlimitedCount for "min"
  std::int32_t start_depot = 0, end_depot = 0;  ///< index into Fleet::depots; end -1: an open route
  std::int64_t volume_ml = decode::kNoLimit, weight_g = decode::kNoLimit;
  std::vector<std::string> offers;
  double cost_fixed = 0, cost_per_km = 1, cost_per_hour = 0;
  decode::TimeWindow shift;  ///< milliseconds after midnight
  std::int64_t max_driving_ms = decode::kNoLimit;
  std::int64_t max_distance_m = decode::kNoLimit;
  std::int32_t max_stops = INT32_MAX;
  std::vector<decode::Break> breaks = {};  ///< a window each
  std::int32_t trips = 1;                  ///< from the depot; more than one: it may reload there
};

/// Depots and vehicle types as their file says them.
struct Fleet {
  std::vector<FleetDepot> depots;
  std::vector<FleetVehicleType> vehicle_types;
};

/// Reads a fleet JSON. `origin` names the file in errors. What may be left out: a depot's `open`
/// and `close` (any time); a type's `depot` where there is only one, `end` (back to its depot),
/// parts of `capacity` (no limit), `offers`, `cost` (1 a kilometre), `shift` (any time), `max_km`,
/// `max_stops`. A shift or an opening that ends before it begins runs past midnight.
///
/// Throws InputError that names the place ("fleet.json: vehicle_types[2].capacity.volume_l:
/// expected ..., found ..."), for broken JSON the line and column. `break` is {earliest, latest,
/// minutes}, an array of such, or null. A `count` of "min": as few as serve all, whatever else they
/// cost (decode::Problem::fewest_vehicles); for one type of a fleet it holds for the whole fleet.
Fleet read_fleet_json(std::string_view text, const std::string& origin);

/// Writes a fleet so that read_fleet_json gives the same one again.
void write_fleet_json(std::ostream& out, const Fleet& fleet);

}  // namespace roadgnn::io
