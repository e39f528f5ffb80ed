// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <roadgnn/gnn/decode/problem.h>
#include <roadgnn/graph/travel_times.h>

namespace roadgnn::decode::detail::testing {

struct Evaluations {
  std::int64_t all = 0, feasible = 0, moves = 0, improving = 0;
};

/// Puts routes of a constructed plan together from random pieces, `tries` times, and compares the
/// constant-time cost of each with that of the whole sequence; then does the same with the gains of
/// all moves that local search finds. A fatal failure of the calling test tells the first
/// difference.
void compare_evaluations(const Problem& problem, const graph::TravelTimes& travel_times,
                         std::uint64_t seed, int tries, Evaluations& evaluations);

}  // namespace roadgnn::decode::detail::testing
