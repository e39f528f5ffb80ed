// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <roadgnn/graph/metric.h>
#include <roadgnn/graph/position.h>
#include <roadgnn/graph/road_graph.h>
#include <roadgnn/graph/travel_times.h>

namespace roadgnn::graph {

/// A metric made ready for queries on one hierarchy. Immutable; any number of threads may query it.
class PreparedMetric;

/// The fastest way between two positions.
struct Path {
  Travel travel;
  std::vector<std::int32_t> edges;   ///< from the edge left first to the edge arrived on; empty where there is no way
  EdgePosition from, to;             ///< the sides chosen
};

/// Travel times and paths on a road graph. One topology serves many metrics; `prepare` is cheap and may be called while
/// others query. Thread-safe.
class Router {
 public:
  explicit Router(std::shared_ptr<const RoadGraph> graph);
  ~Router();

  const RoadGraph& graph() const;

  std::shared_ptr<const PreparedMetric> prepare(Metric metric, int threads = 1) const;

  Travel travel(const PreparedMetric& metric, const Position& from, const Position& to) const;
  Path path(const PreparedMetric& metric, const Position& from, const Position& to) const;

  /// Row-major [sources x targets]; rows are independent of each other and of the other columns.
  std::vector<Travel> table(const PreparedMetric& metric, std::span<const Position> sources,
                            std::span<const Position> targets, int threads = 1) const;

  /// Any-pair travel between a day's stops, one row of positions per profile: positions[p][s] is stop s as profile p
  /// reaches it (invalid: unreachable from everywhere). Keeps the graph and the metrics alive.
  std::unique_ptr<TravelTimes> oracle(std::vector<std::shared_ptr<const PreparedMetric>> metrics,
                                      std::vector<std::vector<Position>> positions, int threads = 1) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace roadgnn::graph
