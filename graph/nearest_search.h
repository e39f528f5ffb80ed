// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <roadgnn/graph/oracle_labels.h>
#include <roadgnn/graph/router_metric.h>

namespace roadgnn::graph::detail {

/// A stop and the weight of a way to it (or from it).
struct NearStop {
  Weight weight = kNoWay;
  std::int32_t stop = -1;

  friend auto operator<=>(const NearStop&, const NearStop&) = default;
};

/// The edges that a day's stops lie on, each with its stops. Everything is seen from one direction:
/// `forward` looks for the stops that can be reached from an edge, else for those it can be reached
/// from.
///
/// A stop at a share of its edge adds `added(share)` to ways between edge-nodes; `own_weight` takes
/// that of the asking side away again. Sums wrap around and are right in the end.
struct StopEdges {
  StopEdges(const PreparedMetric& metric, const HubLabels& labels,
            std::span<const QuerySides> stops, bool forward);

  struct Edge {
    std::int32_t near_slot = 0;  ///< where ways from (to) this edge's stops to (from) others begin
    std::int32_t far_slot = 0;   ///< where ways of others to (from) its stops end
    std::int32_t first = 0, last = 0;  ///< its stops, a range of `stops`
  };
  std::vector<Edge> edges;      ///< ascending by slots, so that neighbours follow each other
  std::vector<NearStop> stops;  ///< by edge, ascending by weight, what the stop adds
  std::vector<std::int32_t>
      edge_at;  ///< [num_vertices] whose far slot is there, -1 where there is none
  std::vector<std::int32_t> edge_of_side[2];  ///< [num_stops] of each side, -1 where there is none
  Weight bias = 0;
  bool forward = true;

  Weight start(const QuerySide& side) const { return make_weight(side.share_ms, side.offset_cm); }
  Weight added(const QuerySide& side) const { return forward ? start(side) : bias - start(side); }
  Weight own_weight(const QuerySide& side) const {
    return forward ? -start(side) : start(side) - bias;
  }
};

/// Marks stops as seen in the current query.
class SeenStops {
 public:
  explicit SeenStops(std::int32_t num_stops) : round_(static_cast<std::size_t>(num_stops), 0) {}
  void start() { ++now_; }
  /// False where the stop was seen before.
  bool insert(std::int32_t stop) {
    return std::exchange(round_[static_cast<std::size_t>(stop)], now_) != now_;
  }

 private:
  std::vector<std::uint32_t> round_;
  std::uint32_t now_ = 0;
};

/// For every edge the stops that are nearest to it: at least `count` different ones where there are
/// as many, each once by its fastest way, ascending, and all that are as fast as the last in time.
/// Stops of the edge itself stand by their way around.
///
/// By a search on the turn-expanded graph from every edge that ends with the last of its stops
/// (Dijkstra): for stops that lie close together.
std::vector<std::vector<NearStop>> nearest_by_search(const PreparedMetric& metric,
                                                     const HubLabels& labels,
                                                     const StopEdges& edges, std::int32_t num_stops,
                                                     std::int32_t count, int threads);

/// The same by buckets at the labels' hubs (Geisberger, 2011; Delling and Werneck, 2015): each hub
/// keeps its nearest stops, an edge merges the buckets of its own hubs.
std::vector<std::vector<NearStop>> nearest_by_buckets(const HubLabels& labels,
                                                      const StopEdges& edges,
                                                      std::int32_t num_stops, std::int32_t count,
                                                      int threads);

}  // namespace roadgnn::graph::detail
