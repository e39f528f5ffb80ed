// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <roadgnn/graph/router.h>
#include <roadgnn/graph/router_metric.h>

namespace roadgnn::graph::detail {

/// One point-to-point query by walks up the elimination tree (Dibbelt, Strasser and Wagner, 2016).
/// Everything is kept by depth; the walks of a position's two sides run as one from where they
/// meet.
class PointQuery {
 public:
  explicit PointQuery(const PreparedMetric& metric) : metric_(metric) {}

  Travel travel(const Position& from, const Position& to);
  Path path(const Position& from, const Position& to);

  /// Calls visit(vertex, weight) for the vertices above the sides, the weight being that of the
  /// least way there by upward arcs; returns what to subtract from the weights.
  template <class Visit>
  Weight for_each_departing(const QuerySides& from, Visit&& visit) {
    if (from.count == 0) return 0;
    walk_up<true, false>(from, forward_);
    for (int i = 0; i < from.count; ++i) {
      for (std::size_t d = 0; d < forward_[i].vertex.size(); ++d) {
        if (forward_[i].weight[d] < kNoWay) visit(forward_[i].vertex[d], forward_[i].weight[d]);
      }
    }
    return start_bias(from);
  }

 private:
  static Weight start_bias(const QuerySides& from);

  // The ways from one side to the vertices above it, by their depth.
  struct Walk {
    std::int32_t start = -1;
    std::vector<std::int32_t> vertex;  // the vertices from the root down to start
    std::vector<Weight> weight;
    std::vector<std::int32_t> arc;  // the last arc, -1 at the start; filled for paths alone
  };
  // How the best way found so far goes.
  struct Best {
    Cost cost;
    int from = -1, to = -1;   // sides
    bool direct = false;      // along one edge
    bool loop = false;        // around through lower vertices only
    bool one_by_one = false;  // found by walks of single sides
    std::int32_t meet = -1;   // depth of the uppermost vertex
  };

  Best search(const QuerySides& from, const QuerySides& to, bool with_arcs);
  void try_direct(const QuerySides& from, const QuerySides& to, Best& best) const;
  template <bool forward, bool with_arcs>
  void walk_up(const QuerySides& sides, Walk* walks) const;
  template <bool forward, bool with_arcs>
  void relax(std::int32_t vertex, Walk& walk) const;
  void meet(const QuerySides& from, const QuerySides& to, Best& best) const;
  void go(const QuerySides& from, const QuerySides& to, bool with_arcs);

  std::vector<std::int32_t> loop_around(std::int32_t vertex) const;
  int append_walk(const Walk* walks, const QuerySides& sides, int side, std::int32_t depth,
                  bool forward, std::vector<std::int32_t>& vertices) const;
  void unpack(std::int32_t arc, bool up, std::vector<std::int32_t>& vertices) const;
  bool is_turn(std::int32_t from, std::int32_t to, Weight weight) const;

  const PreparedMetric& metric_;
  Walk forward_[2], backward_[2];
};

}  // namespace roadgnn::graph::detail
