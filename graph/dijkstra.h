// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <roadgnn/graph/metric.h>
#include <roadgnn/graph/position.h>
#include <roadgnn/graph/router.h>

namespace roadgnn::graph {

/// Bounded Dijkstra on the turn-expanded graph, the plain way: the oracle that faster queries are
/// tested against and that the plan checker uses. Ties in time are broken by length. Keeps its
/// scratch memory; one object per thread.
class Dijkstra {
 public:
  Dijkstra(const RoadGraph& graph, const Metric& metric);
  ~Dijkstra();

  /// Fastest way from one position to another, the cheapest pair of sides.
  Path run(const Position& from, const Position& to);

  /// Travel from one position to each of several, stopping when all are settled or `max_time_ms` is
  /// passed.
  std::vector<Travel> run(const Position& from, std::span<const Position> to,
                          std::int32_t max_time_ms = kClosed);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace roadgnn::graph
