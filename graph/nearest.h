// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include <roadgnn/graph/candidate_graph.h>
#include <roadgnn/graph/oracle_labels.h>
#include <roadgnn/graph/router_metric.h>

namespace roadgnn::graph::detail {

/// How the stops nearest to an edge are found; the answers are the same.
enum class NearestMethod { search, buckets };

/// The faster one. What a search takes depends on the edges alone: on sparse stops there are few
/// searches of many edges each, on dense ones many of few. Buckets take the longer the more stops
/// there are. They draw at 0.47 (Porto) to 0.75 (Coquimbo) sides of stops an open edge, and are a
/// fifth apart at half and twice that; at 3 sides an edge the search takes half the time. Tables
/// whose rows are sorted save a few milliseconds below a thousand stops, and nothing above, so they
/// are no third method (bench/RESULTS.md).
NearestMethod nearest_method(const Metric& metric, std::span<const QuerySides> stops);

/// The k nearest successors and predecessors of every stop, exactly, as CandidateGraph says. The
/// sides of `stops` name slots of `labels` in place of vertices. The result does not depend on the
/// number of threads.
CandidateGraph nearest_candidates(const PreparedMetric& metric, const HubLabels& labels,
                                  std::span<const QuerySides> stops, std::int32_t k,
                                  NearestMethod method, int threads);

}  // namespace roadgnn::graph::detail
