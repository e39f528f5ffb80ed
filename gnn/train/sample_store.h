// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <roadgnn/gnn/train/data_set.h>
#include <roadgnn/gnn/train/day_sample.h>
#include <roadgnn/gnn/train/train_options.h>
#include <nlohmann/json_fwd.hpp>

namespace roadgnn::gnn::train {

/// Problems to train on and others to judge by, as places in a SampleStore.
struct ProblemSplit {
  std::vector<std::size_t> training, validation;
};

/// The problems of a run's data sets under one numbering, those to learn and those to replay, and
/// their samples as long as memory allows. Not thread-safe.
class SampleStore {
 public:
  /// Reads all labels. `options` have to outlive it. Throws InputError as DataSet does, and where
  /// there is nothing to train on or to judge by.
  explicit SampleStore(const TrainOptions& options);

  /// What is learned, and what is replayed (empty where nothing is). Those to judge by are told by
  /// what the problems are: with the same data and share they are the same in every run.
  const ProblemSplit& learned() const { return learned_; }
  const ProblemSplit& replayed() const { return replayed_; }

  /// The problems of an epoch in the order of their training, told by the seed and the epoch's
  /// number alone: each that is learned once, and as many replayed ones as make up their share, in
  /// turn over the epochs.
  std::vector<std::size_t> epoch(std::int64_t number) const;
  std::int64_t epoch_size() const;

  /// Of a problem; valid until the next call.
  const std::vector<DaySample>& get(std::size_t problem);

  /// Of a problem, for people: its data set and what it is there.
  std::string name(std::size_t problem) const;

  /// Whether there are days of cities that are trained with their roads.
  bool have_roads() const;

  /// What the data are, for a run's configuration.
  nlohmann::ordered_json json() const;
  nlohmann::ordered_json replay_json() const;

 private:
  ProblemSplit add(const std::vector<std::filesystem::path>& folders);
  nlohmann::ordered_json describe(std::size_t first_set, std::size_t end_set) const;
  std::int64_t replayed_an_epoch() const;
  const LabelledProblem& labelled(std::size_t i) const {
    return sets_[places_[i].first]->labelled(places_[i].second);
  }

  const TrainOptions& options_;
  std::vector<std::filesystem::path> folders_;
  std::vector<std::unique_ptr<DataSet>> sets_;
  std::vector<std::pair<std::size_t, std::int64_t>> places_;  ///< set, number in it
  ProblemSplit learned_, replayed_;
  std::map<std::size_t, std::vector<DaySample>> kept_;
  std::vector<DaySample> passing_;
  std::int64_t kept_bytes_ = 0;
};

}  // namespace roadgnn::gnn::train
