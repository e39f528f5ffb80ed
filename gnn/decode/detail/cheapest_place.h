// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <roadgnn/gnn/decode/detail/route_blocks.h>
#include <roadgnn/gnn/decode/detail/route_state.h>

namespace roadgnn::decode::detail {

/// Finds the cheapest place of an order in all of a plan's routes. Every place has a bound, the
/// constant-time figures of RouteState with TravelTimes::at_least in place of the ways themselves,
/// and so has every run of places (RouteBlocks); runs are opened and places tried by ascending
/// bounds until these exceed the best found: of pairs, those in the most promising routes first,
/// since a good place found early leaves few runs to be opened. Exact but for routes of Timeline's,
/// whose bound is compared with their constant-time figures, and for pairs whose delivery has to be
/// waited for so long that the way to their pickup takes no time of its own: it is counted. One per
/// thread.
class CheapestPlace {
 public:
  CheapestPlace(const Model& model, TravelCache& travel) : model_(&model), travel_(&travel) {}

  /// Has to be told of every route before `find`, and of each that changes.
  void note(std::int32_t slot, const RouteState& route);
  void note(std::span<const RouteState> routes);

  /// Looks for places of `order` that add less than `limit` to the cost. Afterwards, the best.
  void find(std::span<const RouteState> routes, std::int32_t order, double limit);

  bool found() const { return route_ >= 0; }
  double cost() const { return cost_; }
  /// The route, and what becomes of it; the latter may be moved from.
  std::int32_t route() const { return route_; }
  RouteState& changed() { return changed_; }

 private:
  enum class Kind : std::uint8_t {
    route,   ///< anywhere in a route
    block,   ///< in a block of a route, number `first`
    pickup,  ///< a pair, with its pickup after node `first`; `second` is where in deliveries_
             ///< the route's begin
    place,   ///< after node `first`; a pair's delivery after node `second`
  };

  // Places, with the least that they cost.
  struct Candidate {
    double bound = 0;
    std::int32_t route = -1;
    Kind kind = Kind::place;
    std::int32_t first = 0, second = -1;

    bool is_later_than(const Candidate& other) const { return bound > other.bound; }
  };

  // Of the order's visits under a profile: where they are, and from one to the other.
  struct Ends {
    bool known = false;
    graph::Region region[2];
    graph::Travel between{0, 0};
  };

  bool may_take(const RouteState& route) const;
  const Ends& ends(std::int32_t profile);
  double bound(const RouteState& route, std::size_t position, std::span<const std::int32_t> visits,
               bool exact_ways = false) const;
  void collect_blocks(std::int32_t slot, const RouteState& route);
  void bound_blocks_of_pair(std::int32_t slot, const RouteState& route);
  double least_of_pair(std::int32_t slot, const RouteState& route);
  void open(const RouteState& route, const Candidate& candidate);
  void open_block(const RouteState& route, const Candidate& candidate);
  void open_route(const RouteState& route, std::int32_t slot);
  void open_pickup(const RouteState& route, const Candidate& candidate);
  void search(std::span<const RouteState> routes);
  void push(const Candidate& candidate);
  double least_by_ways(const RouteState& route, const Candidate& candidate) const;
  void evaluate(const RouteState& route, const Candidate& candidate);

  const Model* model_;
  TravelCache* travel_;
  std::vector<RouteBlocks> blocks_;  // by slot
  std::int32_t order_ = -1, visits_[2] = {-1, -1};
  std::size_t num_visits_ = 0;
  Stay stays_[3];  // of its visits, and of both together
  // Bounds for a pair in each block of the route at hand: for its pickup alone, for its delivery
  // alone, for both in one place; and the least of them up to a block or from it on.
  struct PairBounds {
    double pickup = 0, delivery = 0, both = 0;
    double pickup_so_far = 0, delivery_from_here = 0;
  };
  std::vector<PairBounds> of_blocks_;
  std::vector<Ends> ends_;             // by profile
  std::vector<Candidate> candidates_;  // a heap from some moment on
  std::vector<Candidate> later_;
  bool is_heap_ = false;
  std::vector<double> deliveries_;  // bounds for a delivery alone, [places] of each opened route
  double cost_ = kInfeasible;
  std::int32_t route_ = -1;
  RouteState trial_, changed_;
};

}  // namespace roadgnn::decode::detail
