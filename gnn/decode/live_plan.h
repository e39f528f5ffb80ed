// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include <roadgnn/gnn/decode/plan.h>
#include <roadgnn/gnn/decode/problem.h>
#include <roadgnn/graph/travel_times.h>

namespace roadgnn::decode {

/// What became of an order that came in.
struct LiveInsertion {
  std::int32_t order = -1;  ///< its index in LivePlan::problem().orders
  bool served = false;
  double cost = 0;  ///< that the plan costs more; a prize that is forgone included
  std::int32_t vehicle_type = -1, vehicle = -1;  ///< whose route it has joined
  Unserved unserved;                             ///< why it is left out, where it is
};

/// A day's plan that orders join and leave while it is driven: made once, then each change takes
/// milliseconds, however large the plan. Orders go where they cost least; what is in a route keeps
/// its vehicle and its place among the others, and what Problem::vehicle_states say of a vehicle
/// stays as it is. `solve` with SolveOptions::initial improves such a plan when there is time for
/// it.
///
/// The place found is the cheapest of all in all routes and unused vehicles, with two exceptions.
/// In vehicles with breaks, reloads, soft windows, rides or releases to heed, places are tried in
/// the order of what they cost without those, until this alone is more than the best found. And of
/// a pair whose delivery has to be waited for, the way to the pickup counts though the waiting may
/// swallow it: at most the price of that time is given away. Wherever there is a place at all, one
/// is found.
///
/// For orders at new places give it graph::GrowingTravelTimes and add their stops there first.
/// Const members may be called from several threads, the others by one at a time.
class LivePlan {
 public:
  /// Takes over the routes of `plan` as far as they are feasible for the problem, their vehicles'
  /// numbers included; orders that it lacks are inserted, those of higher priority first. Throws
  /// InputError where `validate` does, and for travel times that do not fit the problem.
  LivePlan(Problem problem, std::shared_ptr<const graph::TravelTimes> travel_times,
           const Plan& plan);
  ~LivePlan();
  LivePlan(LivePlan&&) noexcept;
  LivePlan& operator=(LivePlan&&) noexcept;

  /// Adds an order to the problem and inserts it. Throws InputError, and changes nothing, where
  /// `validate` would.
  LiveInsertion insert(Order order);

  /// Takes an order out: it stays in the problem as one that is impossible, since it was withdrawn.
  /// Says false, and changes nothing, where a vehicle has its load on board or has served it. Where
  /// a stop after it is reached too late without it (ways need not satisfy the triangle
  /// inequality), it is inserted anew.
  bool remove(std::int32_t order);

  /// Lets the day go on until `now`, in the problem's time unit: what vehicles have done by then,
  /// and the stop that each is driving to, is fixed as by `states_at`, and nothing else begins
  /// earlier. Takes a time in proportion to the plan. Throws InputError for a time before
  /// Problem::now.
  void advance(std::int64_t now);

  /// The problem as it is now: orders that came in stand at the end.
  const Problem& problem() const;

  /// Whether an order is in a route, or has been served.
  bool serves(std::int32_t order) const;

  /// The route of a vehicle; without steps where it has none.
  Route route(std::int32_t vehicle_type, std::int32_t vehicle) const;

  /// All of it. Orders left out have the reason that `insert` gave, or would give now.
  Plan plan(int threads = 1) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace roadgnn::decode
