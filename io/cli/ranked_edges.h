// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <roadgnn/gnn/decode/problem.h>
#include <roadgnn/gnn/decode/scorer.h>
#include <roadgnn/graph/travel_times.h>

namespace roadgnn::cli {

/// Candidate edges, best score first for each location that they leave from.
struct RankedEdges {
  std::int32_t num_stops = 0;
  std::vector<std::int32_t> from, to;  ///< [num_candidates] locations, `from` ascending
  std::vector<float> score;            ///< [num_candidates]
};

/// Scores the candidates of every profile that the fleet drives. An edge that several profiles
/// propose comes once, with its best score, as the planner merges them. Ties stay by travel time.
RankedEdges rank_edges(const decode::Problem& problem, const graph::TravelTimes& travel_times,
                       const decode::Scorer& scorer, std::int32_t candidates_per_stop, int threads);

}  // namespace roadgnn::cli
