// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include <roadgnn/gnn/decode/scorer.h>
#include <roadgnn/io/leg_reasons.h>

namespace roadgnn::cli {

/// A scorer that remembers what it said, so that a plan can be explained without asking again.
class ScoreKeeper final : public decode::Scorer {
 public:
  explicit ScoreKeeper(std::unique_ptr<decode::Scorer> scorer) : scorer_(std::move(scorer)) {}

  void score(const decode::Problem& problem, std::int32_t profile,
             const graph::CandidateGraph& candidates, std::span<float> scores) const override;
  std::string_view name() const override { return scorer_->name(); }

  /// [profiles], those that were not scored empty.
  std::vector<io::ScoredCandidates> take();

 private:
  std::unique_ptr<decode::Scorer> scorer_;
  mutable std::mutex mutex_;
  mutable std::vector<io::ScoredCandidates> kept_;
};

}  // namespace roadgnn::cli
