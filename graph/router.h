// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include <roadgnn/graph/growing_travel_times.h>
#include <roadgnn/graph/metric.h>
#include <roadgnn/graph/position.h>
#include <roadgnn/graph/road_graph.h>
#include <roadgnn/graph/travel_times.h>

namespace roadgnn::graph {

/// A metric made ready for queries on one hierarchy. Immutable; any number of threads may query it.
class PreparedMetric;

/// How much a metric is worked on before it is queried; the answers are the same.
enum class Customisation {
  basic,  ///< the least: for a metric that is soon replaced
  /// Leaves out the arcs that no fastest way needs, seven of ten above a vertex: pairs take half
  /// the time and large tables three quarters, for three times the work (Porto: 0.09 s more). Pays
  /// from 10,000 pairs or 5,000 rows of a table on, such as for a metric that is held for a day.
  perfect,
};

/// The fastest way between two positions.
struct Path {
  Travel travel;
  std::vector<std::int32_t>
      edges;  ///< from the edge left first to the edge arrived on; empty where there is no way
  EdgePosition from, to;  ///< the sides chosen
};

/// Some rows of a table. Cells are row-major, one per target; -1 where there is no way.
struct TableBlock {
  std::int64_t first_row = 0, num_rows = 0;
  std::span<const std::int32_t> time_ms;
  std::span<const std::int32_t> length_m;  ///< empty where lengths were not asked for
};

/// Finds the candidates of a day's stops in place of an oracle, such as on a GPU; arguments as
/// TravelTimes::candidates.
using NearestStops =
    std::function<CandidateGraph(std::int32_t profile, std::int32_t k, int threads)>;

/// Travel times and paths on a road graph. One topology serves many metrics; `prepare` is cheap and
/// may be called while others query. Thread-safe.
class Router {
 public:
  /// Uses the graph's hierarchy, or makes one where it has none (seconds for a city).
  explicit Router(std::shared_ptr<const RoadGraph> graph);
  ~Router();

  const RoadGraph& graph() const;

  /// Throws InputError where the metric does not fit the graph, a weight is negative or an arc
  /// weighs less than the edge that it leaves. Ways are exact as long as they are shorter than 2^31
  /// cm.
  std::shared_ptr<const PreparedMetric> prepare(
      Metric metric, int threads = 1, Customisation customisation = Customisation::basic) const;

  Travel travel(const PreparedMetric& metric, const Position& from, const Position& to) const;
  Path path(const PreparedMetric& metric, const Position& from, const Position& to) const;

  /// Row-major [sources x targets]; rows are independent of each other and of the other columns.
  std::vector<Travel> table(const PreparedMetric& metric, std::span<const Position> sources,
                            std::span<const Position> targets, int threads = 1) const;

  /// The same in blocks of rows, handed to `sink` in order from the calling thread, so that tables
  /// larger than the memory can be written out. Times alone take half the time.
  void stream_table(const PreparedMetric& metric, std::span<const Position> sources,
                    std::span<const Position> targets, bool with_lengths, int threads,
                    const std::function<void(const TableBlock&)>& sink) const;

  /// Any-pair travel between a day's stops, one row of positions per profile: positions[p][s] is
  /// stop s as profile p reaches it (invalid: unreachable from everywhere). Keeps the graph and the
  /// metrics alive. `nearest`, where it is given, answers for candidates().
  std::unique_ptr<TravelTimes> oracle(std::vector<std::shared_ptr<const PreparedMetric>> metrics,
                                      std::vector<std::vector<Position>> positions, int threads = 1,
                                      NearestStops nearest = {}) const;

  /// The same for stops that others join during the day. It takes a quarter of a second longer per
  /// profile and 50,000 stops: it answers `at_least`, too.
  std::unique_ptr<GrowingTravelTimes> growing_oracle(
      std::vector<std::shared_ptr<const PreparedMetric>> metrics,
      std::vector<std::vector<Position>> positions, int threads = 1) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace roadgnn::graph
