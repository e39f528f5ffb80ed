// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <roadgnn/gnn/decode/plan.h>
#include <roadgnn/gnn/decode/problem.h>
#include <roadgnn/graph/travel_times.h>

namespace roadgnn::decode::detail {

/// Why an order that the search left out is left out, found by trying it alone in an empty vehicle
/// of each type: the constraint on which the type that gets furthest fails, or `fleet` where a
/// vehicle could serve it alone.
Unserved explain(const Problem& problem, const graph::TravelTimes& travel_times,
                 std::int32_t order);

}  // namespace roadgnn::decode::detail
