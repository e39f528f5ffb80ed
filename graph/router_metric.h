// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <roadgnn/graph/hierarchy.h>
#include <roadgnn/graph/metric.h>
#include <roadgnn/graph/position.h>
#include <roadgnn/graph/road_graph.h>
#include <roadgnn/graph/router.h>
#include <roadgnn/graph/router_arcs.h>
#include <roadgnn/graph/router_weight.h>

namespace roadgnn::graph {

/// A metric made ready for queries on one hierarchy: the weight of every arc is that of the fastest
/// way between its ends through lower vertices (customisation by lower triangles). Immutable; any
/// number of threads may query it.
class PreparedMetric {
 public:
  /// Customises. Throws InputError where the metric does not fit the graph, a weight is negative or
  /// an arc weighs less than the edge it leaves.
  PreparedMetric(std::shared_ptr<const RoadGraph> graph, std::shared_ptr<const Hierarchy> hierarchy,
                 Metric metric, int threads, Customisation customisation = Customisation::basic);
  PreparedMetric(const PreparedMetric&) = delete;
  PreparedMetric& operator=(const PreparedMetric&) = delete;

  const RoadGraph& graph() const { return *graph_; }
  const std::shared_ptr<const RoadGraph>& shared_graph() const { return graph_; }
  const Hierarchy& hierarchy() const { return *hierarchy_; }
  const Metric& metric() const { return metric_; }

  /// [num_arcs] from the arcs' lower to their upper vertices, and back. Apart, since most arcs of a
  /// city lead one way.
  std::span<const detail::Weight> up() const { return up_; }
  std::span<const detail::Weight> down() const { return down_; }
  /// What searches go by, upwards from a trip's start and backwards from its end.
  const detail::SearchArcs& search_up() const { return search_up_; }
  const detail::SearchArcs& search_down() const { return search_down_; }
  const std::vector<detail::Weight>& loops() const {
    return loops_;
  }  ///< [num_vertices] fastest way from a
     ///< vertex to itself through lower ones
 private:
  void set_turns();
  void customise(int threads);
  struct Scratch;
  void customise_vertex(std::int32_t vertex, Scratch& scratch);

  std::shared_ptr<const RoadGraph> graph_;
  std::shared_ptr<const Hierarchy> hierarchy_;
  Metric metric_;
  std::vector<detail::Weight> weights_;  // of both directions, one after the other
  std::span<detail::Weight> up_, down_;
  std::vector<detail::Weight> loops_;
  detail::BothNeededArcs needed_;  // empty where all arcs are searched
  detail::SearchArcs search_up_, search_down_;
};

namespace detail {

/// One side of a position as a query sees it.
struct QuerySide {
  std::int32_t edge = -1;
  std::int32_t departing = -1, arriving = -1;  ///< vertices
  std::int32_t share_ms = 0;  ///< of the edge's time, from its tail to the position
  std::int32_t offset_cm = 0;
};

/// The sides of a position that the metric leaves open.
struct QuerySides {
  QuerySide side[2];
  int count = 0;
  std::int32_t closed_place = -1;  ///< the oracle's name of a place whose sides are all closed
};

/// Throws InputError for an edge or offset out of range.
QuerySides query_sides(const RoadGraph& graph, const Hierarchy& hierarchy, const Metric& metric,
                       const Position& position);
inline QuerySides query_sides(const PreparedMetric& metric, const Position& position) {
  return query_sides(metric.graph(), metric.hierarchy(), metric.metric(), position);
}

/// Throws InputError where a metric cannot be customised: see PreparedMetric.
void check_metric(const RoadGraph& graph, const Metric& metric);

}  // namespace detail
}  // namespace roadgnn::graph
