// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <roadgnn/gnn/decode/plan.h>
#include <roadgnn/gnn/decode/problem.h>
#include <roadgnn/graph/candidate_graph.h>

namespace roadgnn::io {

/// The candidates of a profile and what a scorer said of them.
struct ScoredCandidates {
  graph::CandidateGraph graph;  ///< over the problem's locations; empty: the profile was not scored
  std::vector<float> scores;    ///< [num_candidates]
};

/// What a scorer thought of a leg: its place among the stops that could have come next.
struct LegReason {
  std::int32_t candidates = 0;  ///< stops to come next, the leg's own among them; 0: not known
  std::int32_t rank = 0;        ///< 1 is the best; 0: the leg's end was no candidate
  float score = 0;              ///< of the leg, where it has a rank
  std::int32_t other = -1;      ///< an order at the best other stop; -1: there is none
  float other_score = 0;
  std::int64_t other_duration = 0;  ///< of the way to it
};

/// [routes][steps]: the reason of the leg that leads to a step; the start, breaks on the way and
/// legs within a place have none. `scored` [profiles]. Where scores are equal, candidates stay in
/// their order, by travel time. Depots are no stops to come next.
std::vector<std::vector<LegReason>> explain_legs(const decode::Problem& problem,
                                                 const decode::Plan& plan,
                                                 std::span<const ScoredCandidates> scored);

}  // namespace roadgnn::io
