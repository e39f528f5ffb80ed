// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <roadgnn/graph/types.h>

namespace roadgnn::graph {

/// The candidate edges of a day in CSR form: for each stop the stops worth visiting right after it,
/// by ascending travel time (ties by metres, then by index). Holds the k nearest successors of
/// every stop and every stop to which it is one of the k nearest predecessors, once each.
struct CandidateGraph {
  std::vector<std::int64_t> first_out;  ///< [num_stops + 1]
  std::vector<std::int32_t> head;       ///< [num_candidates]
  std::vector<Travel> travel;           ///< [num_candidates]

  std::int32_t num_stops() const { return static_cast<std::int32_t>(first_out.size()) - 1; }
  std::int64_t num_candidates() const { return static_cast<std::int64_t>(head.size()); }
};

}  // namespace roadgnn::graph
