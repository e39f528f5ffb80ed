// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <roadgnn/gnn/decode/detail/route_state.h>

namespace roadgnn::decode::detail {

/// Finds the cheapest place of an order in all of a plan's routes. Every place has a bound, the
/// constant-time figures of RouteState with TravelTimes::at_least in place of the ways themselves;
/// places are tried by ascending bounds until these exceed the best found. Exact but for routes of
/// Timeline's, whose bound is compared with their constant-time figures. One per thread.
class CheapestPlace {
 public:
  CheapestPlace(const Model& model, TravelCache& travel) : model_(&model), travel_(&travel) {}

  /// Looks for places of `order` that add less than `limit` to the cost. Afterwards, the best.
  void find(std::span<const RouteState> routes, std::int32_t order, double limit);

  bool found() const { return route_ >= 0; }
  double cost() const { return cost_; }
  /// The route, and what becomes of it; the latter may be moved from.
  std::int32_t route() const { return route_; }
  RouteState& changed() { return changed_; }

 private:
  // A place or, for a pair, what its pickup's place allows, with the least that it costs.
  struct Candidate {
    double bound = 0;
    std::int32_t route = -1;
    std::int32_t first = 0;
    std::int32_t second = -1;  // of a pair: -1 where it is still open
  };

  bool may_take(const RouteState& route) const;
  double bound(const RouteState& route, std::size_t position, std::span<const std::int32_t> visits,
               bool exact_ways = false) const;
  void collect_singles(std::int32_t slot, const RouteState& route);
  void collect_pairs(std::int32_t slot, const RouteState& route);
  void try_best_delivery(const RouteState& route, Candidate candidate);
  void open_pair(const RouteState& route, const Candidate& candidate);
  void push(const Candidate& candidate);
  void evaluate(const RouteState& route, const Candidate& candidate);

  const Model* model_;
  TravelCache* travel_;
  std::int32_t order_ = -1, visits_[2] = {-1, -1};
  std::size_t num_visits_ = 0;
  std::vector<Candidate> candidates_;  // a heap from some moment on
  bool is_heap_ = false;
  double lowest_ = kInfeasible;                 // of the bounds so far
  std::vector<double> pickups_, least_behind_;  // of the route at hand
  double cost_ = kInfeasible;
  std::int32_t route_ = -1;
  RouteState trial_, changed_;
};

}  // namespace roadgnn::decode::detail
