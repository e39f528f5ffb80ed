// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <roadgnn/gnn/decode/problem.h>

namespace roadgnn::decode::detail {

/// Vehicles that are alike for the search, with their shift and their depots' windows put together:
/// a vehicle type's vehicles without a state, or a single vehicle that has a state or that orders
/// are locked to. `start_location` is -1 where the route starts at its first stop, `end_location`
/// where it ends at its last.
struct TypeView {
  std::int32_t profile = 0;  ///< with slices: a bound on all of them
  /// Where travel times change while it is out: what each hour takes, the first from the beginning
  /// of time on; else empty.
  std::vector<ProfileSlice> slices{};
  std::int32_t start_location = -1, end_location = -1;
  TimeWindow start, end;  ///< when it may leave and when it may be back
  double cost_fixed = 0, cost_per_distance = 0, cost_per_time = 0;
  std::int64_t max_driving = kNoLimit, max_distance = kNoLimit;
  std::int32_t max_stops = INT32_MAX;
  std::int32_t count = 0;
  bool usable = true;  ///< its windows leave a moment to drive

  bool timeline = false;      ///< breaks, reloads or slices: Timeline evaluates its routes
  bool reloads = false;       ///< loads are a matter of the timeline, too
  bool time_matters = false;  ///< the duration is paid for or limited
  double cost_per_driving = 0, cost_per_time_over = 0;
  std::int64_t max_duration = kNoLimit, fair_duration = kNoLimit;

  const VehicleType* source = nullptr;
  std::int32_t source_type = 0;
  std::int32_t vehicle = -1;              ///< its number in the type where it is a single one
  const VehicleState* state = nullptr;    ///< what it has done; limits above are what is left
  bool away = false;                      ///< not at its depot: it has no more than it has on board
  std::int32_t trips = 1;                 ///< left, the one under way included
  std::size_t first_rest = 0;             ///< breaks taken
  bool moved = false;                     ///< since the last stop, so that set-up time is due
  std::int64_t driven = 0;                ///< since the last break
  std::vector<std::int64_t> base_load{};  ///< on board at the start, [num_dimensions] or empty
  std::vector<std::int32_t> on_board{};   ///< orders among it that are still to be delivered
  std::int64_t distance_before = 0, driving_before = 0, duration_before = 0;
};

/// The types of a problem in their order, then its single vehicles.
std::vector<TypeView> make_type_views(const Problem& problem);

/// Cost of a route that is used, without lateness and preferences.
inline double route_cost(const TypeView& type, std::int64_t distance, std::int64_t driving,
                         std::int64_t duration) {
  double cost = type.cost_fixed + type.cost_per_distance * static_cast<double>(distance) +
                type.cost_per_time * static_cast<double>(duration) +
                type.cost_per_driving * static_cast<double>(driving);
  if (duration > type.fair_duration) {
    cost += type.cost_per_time_over * static_cast<double>(duration - type.fair_duration);
  }
  return cost;
}

}  // namespace roadgnn::decode::detail
