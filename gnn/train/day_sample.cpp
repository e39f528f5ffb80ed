// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/train/day_sample.h>

#include <algorithm>
#include <set>
#include <utility>

#include <ATen/ATen.h>
#include <roadgnn/gnn/decode/scorer.h>

namespace roadgnn::gnn::train {
namespace {

at::Tensor floats(const std::vector<float>& values) {
  return at::tensor(values, at::kFloat);
}

// A label's place among the labels, or none.
std::ptrdiff_t find_label(const Labels& labels, std::int32_t from, std::int32_t to) {
  const auto row = std::equal_range(labels.from.begin(), labels.from.end(), from);
  const auto begin = labels.to.begin() + (row.first - labels.from.begin());
  const auto end = labels.to.begin() + (row.second - labels.from.begin());
  const auto found = std::lower_bound(begin, end, to);
  return found != end && *found == to ? found - labels.to.begin() : -1;
}

void align(const Labels& labels, const graph::CandidateGraph& candidates,
           const std::vector<bool>& depot, DaySample& sample) {
  const std::size_t m = candidates.head.size();
  std::vector<float> share(m, 0), best(m, 0);
  for (std::int32_t from = 0; from < candidates.num_stops(); ++from) {
    for (auto e = candidates.first_out[static_cast<std::size_t>(from)];
         e < candidates.first_out[static_cast<std::size_t>(from) + 1]; ++e) {
      const auto edge = static_cast<std::size_t>(e);
      const std::int32_t to = candidates.head[edge];
      const std::ptrdiff_t label = find_label(labels, from, to);
      if (label < 0) continue;
      share[edge] = labels.share[static_cast<std::size_t>(label)];
      if (!depot[static_cast<std::size_t>(from)] && !depot[static_cast<std::size_t>(to)])
        best[edge] = labels.best[static_cast<std::size_t>(label)];
    }
  }
  sample.share = floats(share);
  sample.best = floats(best).to(at::kBool);
}

std::int64_t count_best(const Labels& labels, const std::vector<bool>& depot) {
  std::int64_t count = 0;
  for (std::size_t i = 0; i < labels.from.size(); ++i) {
    count += labels.best[i] && !depot[static_cast<std::size_t>(labels.from[i])] &&
             !depot[static_cast<std::size_t>(labels.to[i])];
  }
  return count;
}

}  // namespace

std::int64_t DaySample::bytes() const {
  std::int64_t sum = static_cast<std::int64_t>(proximity.size() * sizeof(float));
  for (const at::Tensor* tensor :
       {&day.stop, &day.edge, &day.type, &day.tail, &day.fits, &day.key, &day.candidates.head,
        &day.candidates.first_out, &day.candidates.t_head, &day.candidates.t_edge, &share, &best,
        &first, &last, &type}) {
    if (tensor->defined()) sum += static_cast<std::int64_t>(tensor->nbytes());
  }
  return sum;
}

std::vector<DaySample> make_day_samples(const TrainingProblem& problem, const Labels& given,
                                        std::int32_t candidates_per_stop, bool with_roads,
                                        int threads) {
  const Labels labels = runs_backwards(problem) ? both_ways(given) : given;
  std::set<std::int32_t> profiles;
  for (const decode::VehicleType& type : problem.problem.vehicle_types)
    profiles.insert(type.profile);
  std::vector<bool> depot(static_cast<std::size_t>(problem.problem.num_locations), false);
  for (const decode::Depot& one : problem.problem.depots)
    depot[static_cast<std::size_t>(one.location)] = true;

  std::vector<DaySample> samples;
  for (const std::int32_t profile : profiles) {
    const graph::CandidateGraph candidates =
        problem.travel_times->candidates(profile, candidates_per_stop, threads);
    DaySample& sample = samples.emplace_back();
    std::optional<models::DayRoads> roads;
    if (with_roads && problem.roads) {
      const auto p = static_cast<std::size_t>(profile);
      sample.roads = problem.roads;
      sample.road_profile = problem.road_profiles[p];
      roads.emplace(*problem.roads, problem.positions[p]);
    }
    sample.day = models::make_day_tensors(problem.problem, *problem.travel_times, profile,
                                          candidates, roads, {threads, /*transpose=*/true});
    align(labels, candidates, depot, sample);
    sample.num_best = count_best(labels, depot);
    std::vector<float> depots(depot.begin(), depot.end());
    sample.depot = floats(depots).to(at::kBool);
    sample.first = floats(labels.first);
    sample.last = floats(labels.last);
    sample.type = floats(labels.type).view({-1, labels.num_types});
    sample.proximity.resize(candidates.head.size());
    decode::make_proximity_scorer()->score(problem.problem, profile, candidates, sample.proximity);
  }
  return samples;
}

}  // namespace roadgnn::gnn::train
