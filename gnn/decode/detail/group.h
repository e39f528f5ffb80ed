// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <roadgnn/gnn/decode/detail/route_state.h>

namespace roadgnn::decode::detail {

/// Where every visit is: its group, its route's slot in the group (-1: in none) and its node there.
/// Threads that work on different groups read `group` of any visit, and read and write the others
/// of their own visits only.
struct Placement {
  explicit Placement(std::int32_t num_visits)
      : group(static_cast<std::size_t>(num_visits), 0),
        route(static_cast<std::size_t>(num_visits), -1),
        position(static_cast<std::size_t>(num_visits), -1) {}

  std::vector<std::int32_t> group, route, position;
};

/// A part of the plan that is worked on alone: some routes, the orders that are absent from them,
/// and spare vehicles.
struct Group {
  std::int32_t id = 0;
  std::vector<RouteState> routes;  ///< slots; empty ones are in `free_slots`
  std::vector<std::int32_t> free_slots;
  std::vector<std::int32_t> free_vehicles;  ///< [num_types]
  std::vector<std::int32_t> absent;         ///< orders
  std::vector<std::int32_t> visits;         ///< all of the group's, in routes or not
};

/// What each order costs alone in a vehicle of each type: [num_orders, num_types], infinite where
/// that is infeasible.
class AloneCosts {
 public:
  AloneCosts(const Model& model, int threads);

  double at(std::int32_t order, std::int32_t type) const {
    return costs_[static_cast<std::size_t>(order) * num_types_ + static_cast<std::size_t>(type)];
  }

  /// Least over the types; infinite where none can.
  double least(std::int32_t order) const;

 private:
  std::size_t num_types_;
  std::vector<double> costs_;
};

}  // namespace roadgnn::decode::detail
