// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include <roadgnn/gnn/decode/detail/insertion.h>
#include <roadgnn/gnn/decode/detail/local_search.h>

namespace roadgnn::decode::detail {

/// A route as the search stores it.
struct RouteSequence {
  std::int32_t type = -1;
  std::vector<std::int32_t> visits;
};

/// What a plan costs: fewer (weighted) unserved orders first, then less money.
struct Objective {
  double unserved = 0;  ///< sum of Model::weight, exact
  double cost = 0;

  friend bool operator<(const Objective& a, const Objective& b) {
    return a.unserved != b.unserved ? a.unserved < b.unserved : a.cost < b.cost;
  }
};

/// Improves one group by slack induction by string removals (Christiaens and Vanden Berghe, "Slack
/// Induction by String Removals for Vehicle Routing Problems", Transportation Science 54(2), 2020):
/// remove strings of visits from neighbouring routes, insert the orders again greedily with blinks,
/// accept by simulated annealing. Only the touched routes are copied, changed and, if need be, put
/// back: an iteration's cost does not depend on the size of the group.
class Search {
 public:
  /// Works on `group` and the places of its visits until it is destroyed.
  Search(const Model& model, const AloneCosts& alone, Placement& placement, Group& group,
         TravelCache& travel);

  /// What insert_absent and the iterations go by; by default the plan's cost.
  void set_rule(InsertionRule rule) { inserter_.set_rule(std::move(rule)); }

  /// Inserts absent orders one after another as Group::absent lists them, as cheaply as can be,
  /// looking from `first` up to `last` until a place is found; what fits nowhere stays absent.
  void insert_absent(Reach first, Reach last);

  /// Takes the moves of local search next to all visits of routes that have changed since the last
  /// call, or of all routes at the first, until none saves anything.
  void descend();

  /// Gives vehicles of a cheaper type to routes that fit them, as far as there are any.
  void change_types();

  /// Does `iterations` at one temperature. Returns early, false, when `interrupted` (asked now and
  /// then) says so.
  bool run(std::int64_t iterations, double temperature, Rng& rng,
           const std::function<bool()>& interrupted);

  /// From now on what is hard to place counts more where orders compete for the last places (the
  /// paper's absence counters): `absences` [num_orders] says how often each was left without one,
  /// and is counted on, from round to round.
  void count_absences(std::span<std::int64_t> absences) { absences_ = absences; }

  /// Does `iterations` in search of a solution with fewer vehicles: dissolves a route, puts its
  /// vehicle aside and goes on with some orders absent, until all have a place again. What counts
  /// meanwhile is how often the absent orders have been without a place before. Ends with the best
  /// solution. Expects no absent orders. Once the loads forbid fewer routes it does as `run`.
  bool shrink(std::int64_t iterations, double temperature, Rng& rng,
              const std::function<bool()>& interrupted);

  const Objective& current() const { return current_; }
  const Objective& best() const { return best_; }

  /// Goes back to the best solution seen since construction of this object.
  void restore_best();

  /// The best solution's routes, by slot (those without visits are unused), and its absent orders.
  const std::vector<RouteSequence>& best_routes() const { return best_routes_; }
  const std::vector<std::int32_t>& best_absent() const { return best_absent_; }

 private:
  struct Saved {
    std::int32_t slot = -1;
    RouteState route;
  };

  void place(std::int32_t slot);
  bool carry_out(const Move& move);
  void enqueue(std::int32_t visit);
  void save(std::int32_t slot);
  void undo();
  void remember();
  bool iterate(double temperature, Rng& rng);
  bool ruin(Rng& rng);
  void choose_strings(std::int32_t seed, Rng& rng);
  void choose_related(std::int32_t seed, Rng& rng);
  void choose_string(std::int32_t slot, std::size_t position, std::size_t length, bool split,
                     Rng& rng);
  void choose_order(std::int32_t order);
  bool remove_chosen();
  void choose_absent(Rng& rng);
  bool accept(double allowed);
  double budget(double worse) const;
  std::size_t num_routes() const { return group_->routes.size() - group_->free_slots.size(); }
  std::size_t fewest_routes() const;
  void dissolve_route(std::vector<std::int32_t>& aside);
  void mark_changed(std::int32_t slot);
  void sort_chosen(Rng& rng);
  bool recreate(Reach first, Reach last, double blink_rate, double budget, Rng& rng);
  bool worth_it(std::int32_t head, const Insertion& insertion, double blink_rate, Rng& rng);
  bool apply(std::int32_t order, const Insertion& insertion);
  void take_out(std::int32_t slot, std::int32_t order);
  std::int32_t open_route(std::int32_t type);
  void release_if_empty(std::int32_t slot);

  const Model* model_;
  const AloneCosts* alone_;
  Placement* placement_;
  Group* group_;
  Inserter inserter_;
  LocalSearch local_;
  Objective current_, best_;

  std::span<std::int64_t> absences_;
  bool shrinking_ = false;

  // The iteration under way.
  std::vector<std::int32_t> chosen_;     ///< orders to insert: removed ones, then absent ones
  std::vector<std::int32_t> failed_;     ///< those that found no place
  std::vector<std::size_t> retried_;     ///< indices into Group::absent
  std::vector<std::uint8_t> is_chosen_;  ///< [num_orders]
  std::vector<std::int32_t> ruined_;     ///< slots that a string was taken from
  std::vector<Saved> saved_;
  std::size_t num_saved_ = 0;
  std::vector<std::uint8_t> is_saved_;  ///< [slots]
  std::vector<std::int32_t> sequence_;
  std::vector<std::pair<double, std::int32_t>> keys_;

  // Local search: where it has not been since the last change.
  std::vector<std::int32_t> stale_;
  std::vector<std::uint8_t> is_stale_;   ///< [slots]
  std::vector<std::int32_t> queue_;      ///< visits
  std::vector<std::uint8_t> is_queued_;  ///< [num_visits]
  RouteState spare_[2];

  // The best solution: routes changed since then are listed and copied when a new best is found.
  std::vector<RouteSequence> best_routes_;  ///< [slots]
  std::vector<std::int32_t> changed_;
  std::vector<std::uint8_t> is_changed_;  ///< [slots]
  std::vector<std::int32_t> best_absent_;
  bool absent_changed_ = true;
};

}  // namespace roadgnn::decode::detail
