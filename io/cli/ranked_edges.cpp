// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/cli/ranked_edges.h>

#include <algorithm>
#include <set>

namespace roadgnn::cli {
namespace {

struct Scored {
  graph::CandidateGraph graph;
  std::vector<float> scores;
};

}  // namespace

RankedEdges rank_edges(const decode::Problem& problem, const graph::TravelTimes& travel_times,
                       const decode::Scorer& scorer, std::int32_t candidates_per_stop,
                       int threads) {
  std::set<std::int32_t> profiles;
  for (const decode::VehicleType& type : problem.vehicle_types) profiles.insert(type.profile);
  std::vector<Scored> all;
  for (const std::int32_t profile : profiles) {
    Scored& one = all.emplace_back();
    one.graph = travel_times.candidates(profile, candidates_per_stop, threads);
    one.scores.resize(one.graph.head.size());
    scorer.score(problem, profile, one.graph, one.scores);
  }

  RankedEdges ranked;
  ranked.num_stops = travel_times.num_stops();
  std::vector<std::pair<float, std::int32_t>> row;  // score, head
  std::vector<std::int32_t> last_row(static_cast<std::size_t>(ranked.num_stops), -1);
  for (std::int32_t from = 0; from < ranked.num_stops; ++from) {
    row.clear();
    for (const Scored& one : all) {
      for (auto e = one.graph.first_out[static_cast<std::size_t>(from)];
           e < one.graph.first_out[static_cast<std::size_t>(from) + 1]; ++e) {
        const auto edge = static_cast<std::size_t>(e);
        row.emplace_back(one.scores[edge], one.graph.head[edge]);
      }
    }
    std::stable_sort(row.begin(), row.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    for (const auto& [score, to] : row) {
      if (last_row[static_cast<std::size_t>(to)] == from) continue;
      last_row[static_cast<std::size_t>(to)] = from;
      ranked.from.push_back(from);
      ranked.to.push_back(to);
      ranked.score.push_back(score);
    }
  }
  return ranked;
}

}  // namespace roadgnn::cli
