// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <roadgnn/gnn/train/sample_store.h>

#include <map>
#include <string>

#include <nlohmann/json.hpp>

namespace roadgnn::gnn::train {
namespace {

namespace fs = std::filesystem;
using ::testing::Not;

class SampleStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("roadgnn_samples_" + std::to_string(::getpid()));
    fs::remove_all(folder_);
    make("new", 1, 10);
    make("old", 2, 7);
    options_.data = {folder_ / "new"};
    options_.replay = {folder_ / "old"};
    options_.validation_share = 0.2;
  }
  void TearDown() override { fs::remove_all(folder_); }

  void make(const char* name, int seed, int count) const {
    make_data_set(folder_ / name,
                  "{\"seed\": " + std::to_string(seed) +
                      ", \"plans_per_problem\": 1, \"iterations_per_stop\": 1, \"sources\": "
                      "[{\"kind\": \"plane\", \"count\": " +
                      std::to_string(count) + ", \"least_stops\": 10, \"most_stops\": 12}]}",
                  "recipe.json", {});
  }

  fs::path folder_;
  TrainOptions options_;
};

TEST_F(SampleStoreTest, AnEpochHasEachNewProblemOnceAndReplaysItsShareInTurn) {
  options_.replay_share = 0.2;  // 2 of 5 old ones beside 8 new ones
  const SampleStore store(options_);
  ASSERT_EQ(store.learned().training.size(), 8U);
  ASSERT_EQ(store.replayed().training.size(), 5U);

  std::map<std::size_t, int> times;
  for (std::int64_t epoch = 0; epoch < 5; ++epoch) {
    const std::vector<std::size_t> list = store.epoch(epoch);
    EXPECT_EQ(static_cast<std::int64_t>(list.size()), store.epoch_size());
    for (const std::size_t problem : list) ++times[problem];
    EXPECT_THAT(list, Not(store.epoch(epoch + 1)));
    EXPECT_EQ(list, SampleStore(options_).epoch(epoch));
  }

  for (const std::size_t problem : store.learned().training) EXPECT_EQ(times[problem], 5);
  for (const std::size_t problem : store.replayed().training) EXPECT_EQ(times[problem], 2);
  for (const ProblemSplit* split : {&store.learned(), &store.replayed()})
    for (const std::size_t problem : split->validation) EXPECT_EQ(times.count(problem), 0U);
}

TEST_F(SampleStoreTest, WhatJudgesStaysTheSameWhereDataAreReplayed) {
  TrainOptions before = options_;
  before.data = {folder_ / "old"};
  before.replay = {};

  const SampleStore first(before), later(options_);

  std::vector<std::string> names, later_names;
  for (const std::size_t i : first.learned().validation) names.push_back(first.name(i));
  for (const std::size_t i : later.replayed().validation) later_names.push_back(later.name(i));
  EXPECT_EQ(names, later_names);
}

}  // namespace
}  // namespace roadgnn::gnn::train
