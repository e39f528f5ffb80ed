// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <roadgnn/gnn/decode/detail/group.h>
#include <roadgnn/gnn/decode/detail/segment.h>

namespace roadgnn::decode::detail {

/// A run of nodes of a group's route, in its order or from the last to the first. Node 0 is the
/// route's start, the last node its end. Empty where `last` is below `first`.
struct Piece {
  std::int32_t slot = -1;
  std::int32_t first = 0, last = -1;
  bool reversed = false;

  bool empty() const { return last < first; }
};

/// Evaluates routes that are put together from pieces of a group's routes, from what the routes
/// know of their beginnings and ends (Vidal et al., "A unified solution framework for
/// multi-attribute vehicle routing problems", EJOR 234(3), 2014): pieces that begin at a route's
/// start, reach its end, or have a stop or two take constant time, others are walked. One per
/// thread; `prepare` a route before it is used and after each change.
class PieceEvaluator {
 public:
  PieceEvaluator(const Model& model, const Group& group, TravelCache& travel)
      : model_(&model), group_(&group), travel_(&travel) {}

  /// False where a route cannot be taken apart: it is Timeline's, has stops with several windows,
  /// is under way, or is empty.
  bool prepare(std::int32_t slot);

  /// Whether pieces of the one make routes of the other: the roads are the same to both, and so are
  /// the times of service.
  bool alike(std::int32_t a, std::int32_t b) const;

  /// Whether, moreover, the end of the one may be the other's.
  bool same_end(std::int32_t a, std::int32_t b) const;

  /// Whether a pickup is on board on leaving a node, its delivery farther on.
  bool pair_open(std::int32_t slot, std::int32_t node) const {
    return open_pairs(slot)[static_cast<std::size_t>(node)] > 0;
  }

  /// Metres of the route backwards, from node `to` to node `from` before it.
  std::int64_t distance_back(std::int32_t slot, std::int32_t from, std::int32_t to) const {
    const auto& back = routes_[static_cast<std::size_t>(slot)].distance_back;
    return back[static_cast<std::size_t>(to)] - back[static_cast<std::size_t>(from)];
  }

  /// Cost of a route of the type that the first piece's slot has; the first piece begins at that
  /// slot's start, the last one reaches an end. Infinite where it is infeasible, and where it is
  /// plain at once that it costs `limit` or more. Does not look at skills, pairs and preferences.
  double cost(std::span<const Piece> pieces, double limit = kInfeasible) const;

  /// What such a route costs at least, were there no windows; 0 without visits.
  double least_cost(std::span<const Piece> pieces) const;

  /// Writes down the visits of a route of pieces.
  void visits(std::span<const Piece> pieces, std::vector<std::int32_t>& visits) const;

  /// Preferences, and infinite where a skill, a list or a lock forbids a visit, or where a pair is
  /// torn apart or turned round.
  double apart(std::int32_t type, std::span<const std::int32_t> visits);

 private:
  struct Prepared {
    std::vector<Segment> back_to_first;   // [nodes] from a node back to node 1
    std::vector<Segment> back_from_last;  // [nodes] from the last visit back to a node
    // [nodes, dimensions] of the parts up to a node and from it on, and of those above
    std::vector<LoadSegment> before, after, back_before, back_after;
    std::vector<std::int64_t> distance_back;  // [nodes]
    std::vector<std::int32_t> open_pairs;     // [nodes]
  };

  const std::vector<std::int32_t>& open_pairs(std::int32_t slot) const {
    return routes_[static_cast<std::size_t>(slot)].open_pairs;
  }
  const RouteState& route(std::int32_t slot) const {
    return group_->routes[static_cast<std::size_t>(slot)];
  }

  void prepare_loads(const RouteState& route, Prepared& prepared) const;
  void prepare_back(const RouteState& route, Prepared& prepared) const;
  Segment segment(const Piece& piece) const;
  Segment prefix(const Piece& piece) const;
  Segment suffix(const Piece& piece) const;
  Segment walked(const Piece& piece) const;
  bool loads_fit(std::span<const Piece> pieces) const;
  LoadSegment load(const Piece& piece, std::size_t d) const;
  std::int32_t location_at_start(const Piece& piece) const;
  std::int32_t location_at_end(const Piece& piece) const;

  const Model* model_;
  const Group* group_;
  TravelCache* travel_;
  std::vector<Prepared> routes_;        // by slot
  std::vector<std::int32_t> on_board_;  // orders
};

}  // namespace roadgnn::decode::detail
