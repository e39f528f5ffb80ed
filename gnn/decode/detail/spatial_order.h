// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <roadgnn/graph/candidate_graph.h>

namespace roadgnn::decode::detail {

/// All locations in an order in which neighbours in space are neighbours in the list: compact
/// clusters of about `cluster` locations, each grown next to those before it. Needs no coordinates,
/// only who is near to whom.
std::vector<std::int32_t> spatial_order(const graph::CandidateGraph& candidates,
                                        std::int32_t cluster);

}  // namespace roadgnn::decode::detail
