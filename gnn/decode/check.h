// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <roadgnn/gnn/decode/plan.h>
#include <roadgnn/gnn/decode/problem.h>
#include <roadgnn/graph/travel_times.h>

namespace roadgnn::decode {

/// What a plan gets wrong, a sentence each; empty for a plan that is right.
using Violations = std::vector<std::string>;

/// Checks a plan against the problem: every order once or unserved, pickups before deliveries on
/// one vehicle, loads, windows, shifts, limits, skills, vehicle counts, the times and distances of
/// every leg, the costs and totals. Shares no code with the search; for city days give it travel
/// times by plain Dijkstra.
Violations check(const Problem& problem, const graph::TravelTimes& travel_times, const Plan& plan,
                 int threads = 1);

}  // namespace roadgnn::decode
