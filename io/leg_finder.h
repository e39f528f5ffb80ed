// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include <roadgnn/graph/metric.h>
#include <roadgnn/graph/position.h>
#include <roadgnn/graph/road_graph.h>
#include <roadgnn/graph/router.h>

namespace roadgnn::io {

/// The fastest way between two positions under one of a day's profiles. `thread` names scratch
/// memory: no two calls with the same one overlap.
using LegFinder = std::function<graph::Path(
    int thread, std::int32_t profile, const graph::Position& from, const graph::Position& to)>;

/// Legs by the road router, one metric per profile of the day. Refers to the router and shares the
/// metrics.
LegFinder legs_by_router(const graph::Router& router,
                         std::vector<std::shared_ptr<const graph::PreparedMetric>> metrics);

/// Legs by plain Dijkstra, for checking and for where no hierarchy is at hand: a hundred times
/// slower. Shares the graph; the metrics must outlive it. `threads` is the most threads that will
/// call it.
LegFinder legs_by_dijkstra(std::shared_ptr<const graph::RoadGraph> graph,
                           std::span<const graph::Metric> metrics, int threads);

}  // namespace roadgnn::io
