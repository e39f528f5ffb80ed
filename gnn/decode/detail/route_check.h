// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <roadgnn/gnn/decode/plan.h>
#include <roadgnn/gnn/decode/problem.h>
#include <roadgnn/graph/travel_times.h>

namespace roadgnn::decode::detail {

/// Appends to `violations` what is wrong with one route on its own, recomputed step by step in the
/// order of travel: places, loads, times, breaks, limits, cost. Shares nothing with the search.
void check_route(const Problem& problem, const graph::TravelTimes& travel_times, const Route& route,
                 std::vector<std::string>& violations);

}  // namespace roadgnn::decode::detail
