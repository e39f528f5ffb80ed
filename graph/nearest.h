// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include <roadgnn/graph/candidate_graph.h>
#include <roadgnn/graph/oracle_labels.h>
#include <roadgnn/graph/router_metric.h>

namespace roadgnn::graph::detail {

/// The k nearest successors and predecessors of every stop, exactly, as CandidateGraph says. The
/// sides of `stops` name slots of `labels` in place of vertices. The result does not depend on the
/// number of threads.
CandidateGraph nearest_candidates(const PreparedMetric& metric, const HubLabels& labels,
                                  std::span<const QuerySides> stops, std::int32_t k, int threads);

}  // namespace roadgnn::graph::detail
