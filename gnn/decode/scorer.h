// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include <roadgnn/gnn/decode/plan.h>
#include <roadgnn/gnn/decode/problem.h>
#include <roadgnn/graph/candidate_graph.h>

namespace roadgnn::decode {

/// Scores candidate edges: the higher, the likelier "head right after tail" is part of a good plan.
/// Scores order the decoder's search and bias it; they never decide feasibility.
class Scorer {
 public:
  virtual ~Scorer() = default;

  /// Writes scores[e] for every candidate edge e of `candidates` (over the problem's locations)
  /// under the travel times of `profile`. Deterministic; may be called from several threads for
  /// different profiles.
  virtual void score(const Problem& problem, std::int32_t profile,
                     const graph::CandidateGraph& candidates, std::span<float> scores) const = 0;

  virtual std::string_view name() const = 0;
};

/// Minus the travel time.
std::unique_ptr<Scorer> make_nearest_scorer();

/// Minus (travel time + weighted waiting + weighted lateness), the proximity of Vidal et al.
/// (2013), section 4.2, with weights 0.2 for the least waiting and 1 for the least lateness between
/// the two stops' windows.
std::unique_ptr<Scorer> make_proximity_scorer();

/// For studies: the edges that a plan drives from one place to the next come first, all others by
/// proximity. With the best plan known, this shows what scores could bring at most,
/// as far as its edges are among the candidates. Keeps nothing of `plan` but its edges.
std::unique_ptr<Scorer> make_oracle_scorer(const Plan& plan);

}  // namespace roadgnn::decode
