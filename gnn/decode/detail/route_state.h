// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <roadgnn/gnn/decode/detail/model.h>
#include <roadgnn/gnn/decode/detail/travel_cache.h>

namespace roadgnn::decode::detail {

inline constexpr double kInfeasible = std::numeric_limits<double>::infinity();

/// A place in a route and what is known of the route before and after it.
///
/// With one window per stop, leaving the start at x gives a departure here of max(depart, x + pure)
/// as long as x is at most latest_start; arriving here at y gives an end of max(tail_end, y +
/// tail_pure) as long as y is at most `latest`. Both are closed under concatenation, which makes an
/// insertion a handful of additions. With several windows at some stop, `depart` and `latest` stay
/// exact (so feasibility does), and the duration is found by going through the route.
struct Node {
  std::int32_t visit = -1;  ///< -1 at both ends
  std::int32_t location = -1;
  graph::Travel in{0, 0};         ///< from the node before
  std::int64_t depart = 0;        ///< earliest departure
  std::int64_t pure = 0;          ///< travel and service from leaving the start to departing here
  std::int64_t latest_start = 0;  ///< latest start that keeps the windows up to here
  std::int64_t latest = 0;        ///< latest arrival that keeps the windows from here on
  std::int64_t tail_end = 0;      ///< earliest end of the route, whatever comes before
  std::int64_t tail_pure = 0;     ///< travel and service from arriving here to the end
  std::int64_t distance = 0;      ///< since the start
  std::int64_t driving = 0;       ///< since the start
};

/// What a route amounts to.
struct RouteFigures {
  bool feasible = false;
  std::int64_t distance = 0, driving = 0;
  std::int64_t start = 0,
               end = 0;  ///< departure from the start, as late as the end allows, and the end
  double cost = 0;       ///< 0 for an empty route
  double apart = 0;      ///< of the cost, what lateness and preferences make up

  std::int64_t duration() const { return end - start; }
};

/// One vehicle's route, kept feasible. nodes.front() is the start and nodes.back() the end, also
/// for open routes.
class RouteState {
 public:
  /// An empty route of a type.
  void reset(const Model& model, std::int32_t type, TravelCache& travel);

  /// Takes over a sequence of visits; says whether it is feasible (all but figures().feasible is
  /// undefined if not).
  bool assign(const Model& model, std::int32_t type, std::span<const std::int32_t> visits,
              TravelCache& travel);

  /// Inserts a visit after node `position`. Does not update.
  void insert(const Model& model, std::size_t position, std::int32_t visit, TravelCache& travel);

  /// Brings everything but the sequence and Node::in up to date. False if the route is infeasible.
  bool update(const Model& model, TravelCache& travel);

  std::int32_t type() const { return type_; }
  bool empty() const { return nodes_.size() <= 2; }
  std::size_t num_visits() const { return nodes_.size() - 2; }
  const std::vector<Node>& nodes() const { return nodes_; }
  const RouteFigures& figures() const { return figures_; }

  /// All stops have one window: durations of insertions are found in constant time.
  bool single_windows() const { return single_windows_; }

  /// Timeline evaluates it: `figures` are exact, nodes say what holds without breaks, reloads and
  /// whatever else they do not know, which bounds an insertion's cost from below.
  bool timeline() const { return timeline_; }

  /// The largest load over nodes 0 .. i, over nodes i .. end, and on leaving node i;
  /// [num_dimensions] each.
  const std::int64_t* max_before(std::size_t i) const {
    return loads_.data() + 3 * i * dimensions_;
  }
  const std::int64_t* max_after(std::size_t i) const { return max_before(i) + dimensions_; }
  const std::int64_t* load(std::size_t i) const { return max_before(i) + 2 * dimensions_; }

  friend void swap(RouteState& a, RouteState& b) noexcept {
    std::swap(a.type_, b.type_);
    std::swap(a.single_windows_, b.single_windows_);
    std::swap(a.timeline_, b.timeline_);
    std::swap(a.dimensions_, b.dimensions_);
    std::swap(a.nodes_, b.nodes_);
    std::swap(a.loads_, b.loads_);
    std::swap(a.figures_, b.figures_);
  }

 private:
  template <bool kByType>
  bool update_forward(const Model& model, const TypeView& type);
  template <bool kByType>
  void update_backward(const Model& model, const TypeView& type);
  template <bool kByType>
  bool update_times(const Model& model, const TypeView& type);
  bool update_loads(const Model& model);
  template <std::size_t kDimensions>
  bool update_loads(const Model& model);
  void update_figures(const Model& model, TravelCache& travel);

  std::int32_t type_ = 0;
  bool single_windows_ = true;
  bool timeline_ = false;
  std::size_t dimensions_ = 0;
  std::vector<Node> nodes_;
  std::vector<std::int64_t> loads_;
  RouteFigures figures_;
};

/// The latest departure from the start that still ends at `end`, for a route known to be able to.
/// Goes through the sequence from the back, so it is right with any number of windows. `nodes` need
/// visits and Node::in only.
std::int64_t latest_departure(const Model& model, const TypeView& type, std::span<const Node> nodes,
                              std::int64_t end);

}  // namespace roadgnn::decode::detail
