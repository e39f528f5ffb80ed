// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <roadgnn/gnn/train/trainer.h>

#include <cmath>
#include <fstream>
#include <map>

#include <ATen/ATen.h>
#include <roadgnn/gnn/models/route_model.h>
#include <roadgnn/gnn/train/data_set.h>
#include <roadgnn/gnn/train/route_loss.h>
#include <roadgnn/gnn/train/safetensors.h>
#include <roadgnn/graph/error.h>
#include <roadgnn/io/file.h>

#include "trainer_fixture.h"

namespace roadgnn::gnn::train {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST_F(TrainerTest, LowersTheLossAndKeepsWeightsThatLoad) {
  const TrainingResult result = train_route_model(options("run"));

  const std::vector<double> losses = logged("run", 3);
  EXPECT_TRUE(result.finished);
  EXPECT_EQ(losses.size(), 6U);
  EXPECT_LT(losses.back(), 0.9 * losses.front());
  EXPECT_EQ(result.problems + result.validation_problems, 16);
  EXPECT_EQ(models::load_model(result.weights)->options.stops.width, 16);
}

TEST_F(TrainerTest, WeightsTellWhetherTheyHaveLearnedRoads) {
  TrainOptions first = options("first");
  first.epochs = 1;

  const TrainingResult without = train_route_model(first);
  TrainOptions second = options("second");
  second.epochs = 1;
  second.from = folder_ / "knows.safetensors";
  models::save_model(second.from, models::load_model(without.weights),
                     {{"trained_with_roads", "yes"}});
  const TrainingResult after = train_route_model(second);

  EXPECT_FALSE(trained_with_roads(without.weights));
  EXPECT_TRUE(trained_with_roads(after.weights));
}

TEST_F(TrainerTest, GoesOnAsIfItHadNeverStopped) {
  train_route_model(options("whole"));
  TrainOptions broken = options("broken");
  for (const int steps : {3, 4, 9}) {
    std::stop_source source;
    broken.stop = source.get_token();
    broken.on_progress = [&](const TrainingReport& report) {
      if (report.step >= steps) source.request_stop();
    };
    EXPECT_FALSE(train_route_model(broken).finished);
  }
  broken.stop = {};
  broken.on_progress = {};

  EXPECT_TRUE(train_route_model(broken).finished);

  EXPECT_EQ(bytes("broken", "log.csv"), bytes("whole", "log.csv"));
  EXPECT_EQ(bytes("broken", "last.safetensors"), bytes("whole", "last.safetensors"));
  EXPECT_EQ(bytes("broken", "weights.safetensors"), bytes("whole", "weights.safetensors"));
}

TEST_F(TrainerTest, ThreeProcessesLearnWhatOneLearns) {
  if (!ROADGNN_HAS_GLOO) GTEST_SKIP() << "built without Gloo (libgloo-dev)";
  // 12 problems in batches of 5: some batches leave a process without any.
  TrainOptions together = options("together"), alone = options("alone");
  together.batch = alone.batch = 5;
  together.epochs = alone.epochs = 2;

  train_in_processes(3, [&](int) { return together; });
  train_in_processes(1, [&](int) { return alone; });

  const Safetensors a = read_safetensors(folder_ / "together" / "last.safetensors");
  const Safetensors b = read_safetensors(folder_ / "alone" / "last.safetensors");
  ASSERT_EQ(a.tensors.size(), b.tensors.size());
  for (const auto& [name, tensor] : a.tensors) {
    if (!tensor.is_floating_point() || name.starts_with("optimizer")) continue;
    // AdamW makes steps of full length of the rounding in gradients that are zero, such as those of
    // a bias before a softmax; all others agree closely.
    const double difference = (tensor - b.tensors.at(name)).abs().max().item<double>();
    EXPECT_LT(difference, name.find(".linear") == std::string::npos ? 1e-2 : 1e-3) << name;
  }
  EXPECT_NEAR(logged("together", 3).back(), logged("alone", 3).back(), 1e-3);
}

TEST_F(TrainerTest, ProcessesThatWereStoppedGoOnTogether) {
  if (!ROADGNN_HAS_GLOO) GTEST_SKIP() << "built without Gloo (libgloo-dev)";
  TrainOptions whole = options("whole"), broken = options("broken");
  whole.epochs = broken.epochs = 2;
  train_in_processes(2, [&](int) { return whole; });

  // Only one of them is asked to stop.
  train_in_processes(2, [&](int rank) {
    static std::stop_source source;
    TrainOptions options = broken;
    if (rank != 0) return options;
    options.stop = source.get_token();
    options.on_progress = [](const TrainingReport& report) {
      if (report.step >= 4) source.request_stop();
    };
    return options;
  });
  ASSERT_EQ(logged("broken", 3).size(), 1U);
  train_in_processes(2, [&](int) { return broken; });

  EXPECT_EQ(bytes("broken", "weights.safetensors"), bytes("whole", "weights.safetensors"));
}

/// A data set whose plans lead anywhere: what is learned of it spoils what good ones taught.
void make_misleading_data(const std::filesystem::path& folder) {
  make_data_set(folder,
                R"({"seed": 9, "plans_per_problem": 1, "iterations_per_stop": 5, "sources":
                    [{"kind": "plane", "count": 16, "least_stops": 20, "most_stops": 40}]})",
                "recipe.json", {});
  const auto shard = folder / "shard-00000.safetensors";
  std::vector<LabelledProblem> problems = read_shard(shard);
  for (LabelledProblem& problem : problems) {
    Labels& labels = problem.labels;
    // One edge a stop, to the one eleven places on: `from` stays ascending.
    const auto n = static_cast<std::int32_t>(labels.first.size());
    labels.from.clear();
    labels.to.clear();
    for (std::int32_t stop = 0; stop < n; ++stop) {
      labels.from.push_back(stop);
      labels.to.push_back((stop + 11) % n);
    }
    labels.share.assign(static_cast<std::size_t>(n), 1);
    labels.best.assign(static_cast<std::size_t>(n), 1);
  }
  write_shard(shard, problems);
}

TEST_F(TrainerTest, ReplayKeepsWhatEarlierDataTaught) {
  train_route_model(options("old"));
  make_misleading_data(folder_ / "new");
  TrainOptions next = options("forgets");
  next.from = folder_ / "old";
  next.data = {folder_ / "new"};
  next.replay = {folder_ / "data"};
  next.epochs = next.patience = 8;
  next.learning_rate = 1e-2;
  next.replay_share = 0.01;  // of twelve problems: none
  train_route_model(next);

  next.out = folder_ / "keeps";
  next.replay_share = 0.5;
  train_route_model(next);

  constexpr int kReplayedLoss = 12;
  const double before = logged("old", 4).back();
  const double forgot = logged("forgets", kReplayedLoss).back();
  const double kept = logged("keeps", kReplayedLoss).back();
  EXPECT_GT(forgot, 1.2 * before);
  EXPECT_LT(kept, before + 0.3 * (forgot - before));
}

/// Stops a run twice; it has to end as one that was never stopped.
void expect_the_same_when_stopped(TrainOptions options, const std::string& whole,
                                  const std::string& broken) {
  options.out = whole;
  train_route_model(options);
  options.out = broken;
  for (const int steps : {2, 5}) {
    std::stop_source source;
    options.stop = source.get_token();
    options.on_progress = [&](const TrainingReport& report) {
      if (report.step >= steps) source.request_stop();
    };
    EXPECT_FALSE(train_route_model(options).finished);
  }
  options.stop = {};
  options.on_progress = {};
  EXPECT_TRUE(train_route_model(options).finished);

  for (const char* file : {"/log.csv", "/weights.safetensors", "/last.safetensors"})
    EXPECT_EQ(io::read_file(whole + file), io::read_file(broken + file)) << file;
}

TEST_F(TrainerTest, ReplayGoesOnAsIfItHadNeverStopped) {
  make_misleading_data(folder_ / "new");
  TrainOptions run = options("run");
  run.data = {folder_ / "new"};
  run.replay = {folder_ / "data"};
  run.epochs = 3;

  expect_the_same_when_stopped(run, folder_ / "whole", folder_ / "broken");
}

TEST_F(TrainerTest, NarrowTypesLearnAndGoOnAsIfTheyHadNeverStopped) {
  for (const Precision precision : {Precision::bfloat16, Precision::float16}) {
    SCOPED_TRACE(static_cast<int>(precision));
    TrainOptions run = options("run");
    run.precision = precision;
    const std::string name = "narrow" + std::to_string(static_cast<int>(precision));

    expect_the_same_when_stopped(run, folder_ / name, folder_ / (name + "-broken"));

    const std::vector<double> losses = logged(name.c_str(), 3);
    EXPECT_LT(losses.back(), 0.9 * losses.front());
  }
}

TEST_F(TrainerTest, RefusesADamagedCheckpointAndAnotherRunsFolder) {
  TrainOptions run = options("run");
  run.epochs = 1;
  train_route_model(run);

  run.epochs = 2;
  EXPECT_THAT([&] { train_route_model(run); },
              ThrowsMessage<InputError>(HasSubstr("expected a run with the settings")));

  run.epochs = 1;
  std::string damaged = bytes("run", "last.safetensors");
  damaged[damaged.size() / 2] ^= 1;
  std::ofstream(folder_ / "run" / "last.safetensors") << damaged;
  EXPECT_THAT([&] { train_route_model(run); },
              ThrowsMessage<InputError>(HasSubstr("expected the checksum")));
}

// A sample of four locations, the first a depot, with every edge a candidate.
DaySample small_sample() {
  DaySample sample;
  std::vector<std::int64_t> first_out{0};
  std::vector<std::int32_t> tail, head;
  std::vector<float> share;
  std::vector<float> best;
  const std::map<std::pair<int, int>, float> used = {
      {{0, 1}, 1}, {{0, 3}, 1}, {{1, 2}, 0.75F}, {{1, 3}, 0.25F}, {{3, 2}, 0.5F}};
  for (int from = 0; from < 4; ++from) {
    for (int to = 0; to < 4; ++to) {
      if (from == to) continue;
      tail.push_back(from);
      head.push_back(to);
      const auto found = used.find({from, to});
      share.push_back(found == used.end() ? 0 : found->second);
      best.push_back(from == 1 && to == 2 ? 1 : 0);
    }
    first_out.push_back(static_cast<std::int64_t>(head.size()));
  }
  sample.day.candidates.first_out = at::tensor(first_out, at::kLong);
  sample.day.candidates.head = at::tensor(head, at::kInt);
  sample.day.tail = at::tensor(tail, at::kInt);
  sample.day.stop = at::zeros({4, 1});
  sample.share = at::tensor(share);
  sample.best = at::tensor(best).to(at::kBool);
  sample.depot = at::tensor(std::vector<float>{1, 0, 0, 0}).to(at::kBool);
  sample.first = at::tensor(std::vector<float>{0, 1, 0, 1});
  sample.last = at::tensor(std::vector<float>{0, 0, 1, 0});
  sample.type = at::tensor(std::vector<float>{0, 0, 1, 0, 0.5F, 0.5F, 0, 1}).view({4, 2});
  sample.num_best = 2;
  return sample;
}

double cross_entropy(const DaySample& sample, const at::Tensor& logits, const at::Tensor& groups) {
  double sum = 0, weights = 0;
  for (std::int64_t e = 0; e < 12; ++e) {
    double mass = 0, exponentials = 0;
    for (std::int64_t other = 0; other < 12; ++other) {
      if (groups[other].item<int>() != groups[e].item<int>()) continue;
      mass += sample.share[other].item<double>();
      exponentials += std::exp(logits[other].item<double>());
    }
    const double weight = sample.share[e].item<double>() / std::max(1.0, mass);
    sum -= weight * (logits[e].item<double>() - std::log(exponentials));
    weights += weight;
  }
  return sum / weights;
}

TEST(RouteLoss, IsTheMeanCrossEntropyOfRowsAndColumnsWithATenthOfEndsAndTypes) {
  const DaySample sample = small_sample();
  at::manual_seed(1);
  const models::RouteScores scores{at::randn({12}), at::randn({4}), at::randn({4}),
                                   at::randn({4, 2})};

  const double loss = route_loss(scores, sample).item<double>();

  double expected = 0.5 * (cross_entropy(sample, scores.edge, sample.day.tail) +
                           cross_entropy(sample, scores.edge, sample.day.candidates.head));
  for (const auto& [logits, shares] :
       {std::pair{scores.first, sample.first}, std::pair{scores.last, sample.last}}) {
    for (int stop = 1; stop < 4; ++stop) {
      const double p = 1 / (1 + std::exp(-logits[stop].item<double>()));
      const double share = shares[stop].item<double>();
      expected -= 0.1 / 3 * (share * std::log(p) + (1 - share) * std::log(1 - p));
    }
  }
  for (int stop = 0; stop < 4; ++stop) {
    for (int type = 0; type < 2; ++type) {
      const double total = std::exp(scores.type[stop][0].item<double>()) +
                           std::exp(scores.type[stop][1].item<double>());
      expected -= 0.1 / 3 * sample.type[stop][type].item<double>() *
                  (scores.type[stop][type].item<double>() - std::log(total));
    }
  }
  EXPECT_NEAR(loss, expected, 1e-5);
}

TEST(Recall, CountsTheBestPlansEdgesAmongTheFirstCustomersOfEachTail) {
  const DaySample sample = small_sample();
  // Of stop 1: the depot first, then 3, then 2.
  const std::vector<float> scores = {0, 0, 0, 9, 1, 2, 0, 0, 0, 0, 0, 0};
  Recall recall;

  recall.add(sample, scores.data());

  EXPECT_EQ(recall.total, 2);
  EXPECT_DOUBLE_EQ(recall.at(0), 0);
  EXPECT_DOUBLE_EQ(recall.at(1), 0.5);
}

}  // namespace
}  // namespace roadgnn::gnn::train
