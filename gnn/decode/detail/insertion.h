// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include <roadgnn/gnn/decode/detail/group.h>
#include <roadgnn/gnn/decode/detail/rng.h>
#include <roadgnn/gnn/decode/detail/timeline.h>

namespace roadgnn::decode::detail {

/// A way to insert an order. `route` is a slot of the group, or -1 for an unused vehicle of `type`.
/// A visit goes right after the node with that number in the route as it is now; with `second`
/// equal to `first` the delivery follows its pickup at once.
struct Insertion {
  double cost = kInfeasible;  ///< added to the plan's cost; infinite: there is none
  std::int32_t route = -1;
  std::int32_t type = -1;
  std::int32_t first = 0;
  std::int32_t second = -1;  ///< -1: the order has one visit

  bool found() const { return type >= 0; }
};

/// How far the search for an insertion looks.
enum class Reach : std::uint8_t {
  near,    ///< next to the order's neighbours and at the ends of their routes
  routes,  ///< everywhere in its neighbours' routes
  group,   ///< everywhere in the group
};

/// What makes an insertion good.
struct InsertionRule {
  /// Waiting costs nothing: construction fills gaps rather than starting another vehicle for every
  /// hour of the day.
  bool free_waiting = false;
  /// Cost per order that stands for a type when a vehicle is started, [num_types]; a vehicle is
  /// then started only for what fits no route. Empty: an unused vehicle competes with what the
  /// order costs alone in it.
  std::vector<double> type_cost;
};

/// Finds the cheapest feasible insertion of an order. Each evaluation takes constant time (see
/// Node), exact for windows, loads and limits. Where a route is Timeline's, the constant-time
/// figure is a bound, and Timeline is asked only for what could be the cheapest. One per thread.
class Inserter {
 public:
  Inserter(const Model& model, const AloneCosts& alone, const Placement& placement,
           TravelCache& travel);

  /// Positions are passed over with probability `blink_rate` each (Christiaens and Vanden Berghe,
  /// 2020), and those that do not cost less than `limit` are not looked at closely.
  Insertion find(const Group& group, std::int32_t order, Reach reach, double blink_rate, Rng& rng,
                 double limit = kInfeasible);

  /// Whether the last `find` passed over places that might be feasible, as too dear.
  bool too_dear() const { return too_dear_; }

  /// Cost of inserting `visit`, the only one of its order, after node `position`; infinite where
  /// infeasible.
  double cost_of(const RouteState& route, std::size_t position, std::int32_t visit);

  /// Cost of inserting a pair, the pickup after node `first` and the delivery after node `second`
  /// >= first.
  double cost_of(const RouteState& route, std::size_t first, std::size_t second,
                 std::int32_t pickup);

  void set_rule(InsertionRule rule) { rule_ = std::move(rule); }

  TravelCache& travel() { return *travel_; }

 private:
  // The state on leaving a place, from which the rest of a route is evaluated.
  struct Head {
    std::int32_t location;
    std::int64_t depart, pure, latest_start, distance, driving;
  };

  struct Pair {
    std::int32_t visit = -1;  // a pickup already put after node `position`
    std::size_t position = 0;
  };

  bool by_timeline(const RouteState& route, std::int32_t order) const;
  bool loads_fit(const RouteState& route, std::size_t position, const Visit& inserted) const;
  double bound_of(const RouteState& route, std::size_t position, std::int32_t visit, double limit);
  double timeline_cost(const RouteState& route, std::size_t first, std::size_t second,
                       std::int32_t visit, double bound);
  static Head head_of(const Node& node) {
    return {node.location, node.depart, node.pure, node.latest_start, node.distance, node.driving};
  }
  bool advance(const TypeView& type, Head& head, const Visit& visit, graph::Travel travel) const;
  double close(const RouteState& route, const Head& head, std::int32_t visit, std::size_t next,
               const Pair& pair);
  double close(const RouteState& route, const Head& head, std::int32_t visit, std::size_t next,
               const Pair& pair, graph::Travel in, graph::Travel out);
  std::int64_t exact_duration(const RouteState& route, std::int32_t visit, std::size_t next,
                              const Pair& pair);

  void begin_marks(std::size_t slots);
  bool may_take(const RouteState& route, std::int32_t visit) const;
  void search_near(const Group& group, std::int32_t visit, double blink_rate, Rng& rng,
                   Insertion& best);
  void collect_routes(const Group& group, std::int32_t order, Reach reach);
  void try_single(const Group& group, std::int32_t slot, std::size_t position, std::int32_t visit,
                  double blink_rate, Rng& rng, Insertion& best);
  static double detour(const TypeView& type, const Node& before, const Node& after,
                       const Visit& visit, TravelCache::Rows& travel);
  void try_pair(const Group& group, std::int32_t slot, std::int32_t pickup, double blink_rate,
                Rng& rng, Insertion& best);
  void walk_pair(const RouteState& route, std::int32_t slot, std::size_t first, std::int32_t pickup,
                 double bound, double blink_rate, Rng& rng, Insertion& best);
  void try_empty(const Group& group, std::int32_t order, double blink_rate, Rng& rng,
                 Insertion& best) const;

  const Model* model_;
  const AloneCosts* alone_;
  const Placement* placement_;
  TravelCache* travel_;
  InsertionRule rule_;
  bool too_dear_ = false;
  double least_per_metre_ = 0;  // over the types
  std::uint32_t stamp_ = 0;
  std::vector<std::uint32_t> after_visit_;  // [num_visits]
  std::vector<std::uint32_t> route_seen_;   // [slots]
  std::vector<std::uint8_t> route_fits_;    // [slots]
  std::vector<std::int32_t> slots_;         // routes to try
  std::vector<double> delivery_detour_;     // [nodes - 1] of the delivery alone
  std::vector<double> least_from_;          // [nodes] least of delivery_detour_ from here on
  std::vector<Node> sequence_;
  std::vector<std::int32_t> visits_;
  Timeline timeline_;
};

}  // namespace roadgnn::decode::detail
