// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/scorer.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace roadgnn::decode {
namespace {

class NearestScorer final : public Scorer {
 public:
  void score(const Problem&, std::int32_t, const graph::CandidateGraph& candidates,
             std::span<float> scores) const override {
    for (std::size_t edge = 0; edge < candidates.head.size(); ++edge) {
      scores[edge] = -static_cast<float>(candidates.travel[edge].time_ms);
    }
  }

  std::string_view name() const override { return "nearest"; }
};

// When service may begin at a location. A location with several stops has all their windows.
struct Opening {
  TimeWindow window;
  std::int64_t service = 0;
};

std::vector<std::vector<Opening>> openings_of_locations(const Problem& problem) {
  std::vector<std::vector<Opening>> openings(static_cast<std::size_t>(problem.num_locations));
  const auto add = [&](std::int32_t location, const TimeWindow& window, std::int64_t service) {
    if (location >= 0) openings[static_cast<std::size_t>(location)].push_back({window, service});
  };
  for (const Depot& depot : problem.depots) add(depot.location, depot.window, 0);
  for (const Order& order : problem.orders) {
    for (const auto* stop : {&order.pickup, &order.delivery}) {
      if (!*stop) continue;
      if ((*stop)->windows.empty()) {
        add((*stop)->location, {-kNoLimit, kNoLimit}, (*stop)->service);
      }
      for (const TimeWindow& window : (*stop)->windows) {
        add((*stop)->location, window, (*stop)->service);
      }
    }
  }
  return openings;
}

class ProximityScorer final : public Scorer {
 public:
  void score(const Problem& problem, std::int32_t, const graph::CandidateGraph& candidates,
             std::span<float> scores) const override {
    const auto openings = openings_of_locations(problem);
    for (std::int32_t tail = 0; tail < candidates.num_stops(); ++tail) {
      const auto first = candidates.first_out[static_cast<std::size_t>(tail)];
      const auto last = candidates.first_out[static_cast<std::size_t>(tail) + 1];
      for (std::int64_t e = first; e < last; ++e) {
        const auto edge = static_cast<std::size_t>(e);
        const double travel = candidates.travel[edge].time_ms;
        const auto& from = openings[static_cast<std::size_t>(tail)];
        const auto& to = openings[static_cast<std::size_t>(candidates.head[edge])];
        scores[edge] = -static_cast<float>(travel + least_penalty(from, to, travel));
      }
    }
  }

  std::string_view name() const override { return "proximity"; }

 private:
  static double least_penalty(const std::vector<Opening>& from, const std::vector<Opening>& to,
                              double travel) {
    if (from.empty() || to.empty()) return 0;
    double least = std::numeric_limits<double>::infinity();
    for (const Opening& tail : from) {
      const double spent = static_cast<double>(tail.service) + travel;
      for (const Opening& head : to) {
        const double waiting =
            static_cast<double>(head.window.open) - spent - static_cast<double>(tail.window.close);
        const double lateness =
            static_cast<double>(tail.window.open) + spent - static_cast<double>(head.window.close);
        least = std::min(least, 0.2 * std::max(waiting, 0.0) + std::max(lateness, 0.0));
      }
    }
    return least;
  }
};

class OracleScorer final : public Scorer {
 public:
  explicit OracleScorer(const Plan& plan) {
    for (const Route& route : plan.routes) {
      std::int32_t before = -1;
      for (const Step& step : route.steps) {
        if (step.location < 0) continue;  // a break on the way
        if (before >= 0) edges_.emplace_back(before, step.location);
        before = step.location;
      }
    }
    std::sort(edges_.begin(), edges_.end());
  }

  void score(const Problem& problem, std::int32_t profile, const graph::CandidateGraph& candidates,
             std::span<float> scores) const override {
    proximity_.score(problem, profile, candidates, scores);
    float widest = 0;
    for (const float score : scores) widest = std::max(widest, std::abs(score));
    for (std::int32_t tail = 0; tail < candidates.num_stops(); ++tail) {
      const auto first =
          static_cast<std::size_t>(candidates.first_out[static_cast<std::size_t>(tail)]);
      const auto last =
          static_cast<std::size_t>(candidates.first_out[static_cast<std::size_t>(tail) + 1]);
      for (std::size_t edge = first; edge < last; ++edge) {
        const std::pair driven(tail, candidates.head[edge]);
        if (std::binary_search(edges_.begin(), edges_.end(), driven))
          scores[edge] += 2 * widest + 1;
      }
    }
  }

  std::string_view name() const override { return "oracle"; }

 private:
  ProximityScorer proximity_;
  std::vector<std::pair<std::int32_t, std::int32_t>> edges_;  // ascending
};

}  // namespace

std::unique_ptr<Scorer> make_nearest_scorer() {
  return std::make_unique<NearestScorer>();
}

std::unique_ptr<Scorer> make_proximity_scorer() {
  return std::make_unique<ProximityScorer>();
}

std::unique_ptr<Scorer> make_oracle_scorer(const Plan& plan) {
  return std::make_unique<OracleScorer>(plan);
}

}  // namespace roadgnn::decode
