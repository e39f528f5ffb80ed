// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <roadgnn/gnn/train/training_problem.h>

#include <map>

#include <roadgnn/gnn/decode/solve.h>
#include <roadgnn/gnn/train/day_sample.h>

namespace roadgnn::gnn::train {
namespace {

TrainingProblem make(const std::string& style, std::int64_t index = 0) {
  const std::string recipe = R"({"seed": 5, "sources": [{"kind": "plane", "style": ")" + style +
                             R"(", "count": 8, "least_stops": 20, "most_stops": 30}]})";
  return ProblemList(read_recipe(recipe, "recipe.json")).make(index);
}

// Ways there that take a moment longer than back.
class OneWay final : public graph::TravelTimes {
 public:
  explicit OneWay(std::shared_ptr<const graph::TravelTimes> times) : times_(std::move(times)) {}

  std::int32_t num_stops() const override { return times_->num_stops(); }
  std::int32_t num_profiles() const override { return times_->num_profiles(); }
  graph::Travel at(std::int32_t profile, std::int32_t from, std::int32_t to) const override {
    graph::Travel travel = times_->at(profile, from, to);
    travel.time_ms += from < to ? 1 : 0;
    return travel;
  }

 private:
  std::shared_ptr<const graph::TravelTimes> times_;
};

TEST(TrainingProblem, RunsBackwardsWithCapacitiesAlone) {
  for (std::int64_t i = 0; i < 8; ++i) {
    EXPECT_TRUE(runs_backwards(make("uchoa", i)));
    EXPECT_FALSE(runs_backwards(make("long_routes", i)));
  }
}

TEST(TrainingProblem, DoesNotRunBackwardsWhereAnythingTellsThereFromBack) {
  const TrainingProblem plain = make("uchoa");
  TrainingProblem windows = plain, pairs = plain, mixed = plain, trips = plain, one_way = plain;
  windows.problem.orders[3].delivery->windows = {{0, 10}};
  pairs.problem.orders[3].pickup = pairs.problem.orders[4].delivery;
  mixed.problem.orders[3].pickup.swap(mixed.problem.orders[3].delivery);
  trips.problem.vehicle_types[0].max_trips = 2;
  one_way.travel_times = std::make_shared<OneWay>(plain.travel_times);

  for (const TrainingProblem* problem : {&windows, &pairs, &mixed, &trips, &one_way})
    EXPECT_FALSE(runs_backwards(*problem));
}

TEST(TrainingProblem, ThatRunsBackwardsIsLearnedBothWays) {
  const TrainingProblem problem = make("uchoa");
  decode::SolveOptions options;
  options.iterations = 500;
  const decode::Plan plan = decode::solve(problem.problem, *problem.travel_times,
                                          *decode::make_proximity_scorer(), options);
  const Labels labels = label_by(problem.problem, std::vector{plan});

  const std::vector<DaySample> samples = make_day_samples(problem, labels, 30, false, 1);

  ASSERT_EQ(samples.size(), 1U);
  const DaySample& sample = samples[0];
  std::map<std::pair<std::int32_t, std::int32_t>, float> shares;
  const auto& candidates = sample.day.candidates;
  const at::Tensor head = candidates.head.to(at::kLong), tail = sample.day.tail.to(at::kLong);
  for (std::int64_t e = 0; e < head.numel(); ++e) {
    const float share = sample.share[e].item<float>();
    if (share > 0) shares[{tail[e].item<std::int32_t>(), head[e].item<std::int32_t>()}] = share;
  }
  EXPECT_FALSE(shares.empty());
  for (const auto& [edge, share] : shares) EXPECT_EQ((shares[{edge.second, edge.first}]), share);
}

}  // namespace
}  // namespace roadgnn::gnn::train
