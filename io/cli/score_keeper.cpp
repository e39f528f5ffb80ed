// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/cli/score_keeper.h>

#include <utility>

namespace roadgnn::cli {

void ScoreKeeper::score(const decode::Problem& problem, std::int32_t profile,
                        const graph::CandidateGraph& candidates, std::span<float> scores) const {
  scorer_->score(problem, profile, candidates, scores);
  const std::scoped_lock lock(mutex_);
  const auto place = static_cast<std::size_t>(profile);
  if (kept_.size() <= place) kept_.resize(place + 1);
  kept_[place] = {candidates, {scores.begin(), scores.end()}};
}

std::vector<io::ScoredCandidates> ScoreKeeper::take() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(kept_, {});
}

}  // namespace roadgnn::cli
