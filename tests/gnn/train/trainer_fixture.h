// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <roadgnn/gnn/train/train_options.h>

namespace roadgnn::gnn::train {

/// A folder with a small data set and runs that learn from it in a second or two.
class TrainerTest : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  TrainOptions options(const char* run) const;
  std::string bytes(const char* run, const char* name) const;
  /// A column of a run's log.csv, a number an epoch.
  std::vector<double> logged(const char* run, int column) const;

  std::filesystem::path folder_;
};

/// Starts a training in a process of its own. What it throws is in the file OUT.errorRANK.
pid_t start_training(const TrainOptions& options);

/// Trains in as many processes as there are ranks, with the options that `of` gives each.
void train_in_processes(int world_size, const std::function<TrainOptions(int)>& of);

}  // namespace roadgnn::gnn::train
