// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include <roadgnn/gnn/train/labels.h>
#include <roadgnn/gnn/train/recipe.h>
#include <roadgnn/gnn/train/training_problem.h>

namespace roadgnn::gnn::train {

/// A problem's labels and how they came about.
struct LabelledProblem {
  std::int64_t index = 0;  ///< in the recipe's ProblemList
  std::string name;
  std::uint64_t digest = 0;   ///< of the problem that was labelled
  std::vector<double> costs;  ///< of its plans
  Labels labels;
};

/// One shard's file: problems first .. first + size, as safetensors with a checksum.
void write_shard(const std::filesystem::path& path, const std::vector<LabelledProblem>& problems);

/// Throws InputError for a file that is no shard, or whose bytes changed since it was written.
std::vector<LabelledProblem> read_shard(const std::filesystem::path& path);

struct LabellingProgress {
  std::int64_t done = 0, total = 0;
};

struct LabellingOptions {
  int threads = 1;
  std::stop_token stop = {};  ///< leaves after the problems at hand; their shard is not written
  std::function<void(const LabellingProgress&)> on_progress = {};
};

/// Makes the data set of a recipe in a folder: `recipe.json` (the text as it is) and
/// `shard-00000.safetensors`, ... with problems_per_shard problems each. Plans are made on one
/// thread each, with as many iterations as the recipe says, so the same recipe gives the same
/// bytes. Shards that are there and whole are kept: what was interrupted goes on. Throws InputError
/// for a folder that holds another recipe's data.
void make_data_set(const std::filesystem::path& folder, const std::string& recipe_text,
                   const std::string& origin, const LabellingOptions& options);

/// A data set as its folder holds it: the problems are made again when they are asked for.
class DataSet {
 public:
  /// Reads all labels. Throws InputError for a folder without recipe or shards, and for a damaged
  /// shard.
  explicit DataSet(const std::filesystem::path& folder);

  std::int64_t size() const { return static_cast<std::int64_t>(labelled_.size()); }
  const LabelledProblem& labelled(std::int64_t i) const {
    return labelled_[static_cast<std::size_t>(i)];
  }
  /// Throws InputError where the problem is no longer the one that was labelled.
  TrainingProblem problem(std::int64_t i) const;

  /// Whether there are days of cities with at most so many road edges.
  bool has_cities_of_at_most(std::int64_t road_edges) const {
    return problems_->smallest_city() <= road_edges;
  }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<ProblemList> problems_;
  std::vector<LabelledProblem> labelled_;
};

}  // namespace roadgnn::gnn::train
