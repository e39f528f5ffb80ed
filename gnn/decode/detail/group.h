// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <roadgnn/gnn/decode/detail/route_state.h>

namespace roadgnn::decode::detail {

/// Where a visit is: its group, its route's slot in the group (-1: in none) and its node there.
/// Some figures of that place are kept here, too: they tell off most insertions after it at one
/// look.
struct Place {
  std::int32_t group = 0, route = -1, position = -1;
  std::int32_t before = -1;  ///< the visit before it, -1 for the route's first
  std::int32_t inward = 0;   ///< metres from the node before it
  std::int32_t onward = 0;   ///< metres to the node behind it
  std::int64_t depart = 0;   ///< Node::depart
  std::int64_t latest = 0;   ///< Node::latest of the node behind it
};

/// Where every visit is. Threads that work on different groups read Place::group of any visit, and
/// read and write the rest of their own visits only.
class Placement {
 public:
  explicit Placement(std::int32_t num_visits) : places_(static_cast<std::size_t>(num_visits)) {}

  Place& operator[](std::int32_t visit) { return places_[static_cast<std::size_t>(visit)]; }
  const Place& operator[](std::int32_t visit) const {
    return places_[static_cast<std::size_t>(visit)];
  }

  /// Every visit in group 0 and in no route.
  void clear() { places_.assign(places_.size(), {}); }

 private:
  std::vector<Place> places_;
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

/// What an order costs alone in a vehicle of each type, infinite where that is infeasible; writes
/// costs[num_types].
void find_alone_costs(const Model& model, std::int32_t order, TravelCache& travel,
                      std::span<double> costs);

/// The same for each order: [num_orders, num_types].
class AloneCosts {
 public:
  AloneCosts(const Model& model, int threads);

  std::span<const double> of(std::int32_t order) const {
    return {costs_.data() + static_cast<std::size_t>(order) * num_types_, num_types_};
  }

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
