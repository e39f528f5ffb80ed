// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/train/sample_store.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/hash.h>
#include <nlohmann/json.hpp>

namespace roadgnn::gnn::train {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

void shuffle(std::vector<std::size_t>& list, std::uint64_t seed) {
  std::mt19937_64 engine(seed);
  for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[engine() % i]);
}

}  // namespace

SampleStore::SampleStore(const TrainOptions& options) : options_(options) {
  learned_ = add(options.data);
  replayed_ = add(options.replay);
}

ProblemSplit SampleStore::add(const std::vector<fs::path>& folders) {
  const std::size_t first = places_.size();
  for (const fs::path& folder : folders) {
    folders_.push_back(folder);
    sets_.push_back(std::make_unique<DataSet>(folder));
    for (std::int64_t i = 0; i < sets_.back()->size(); ++i)
      places_.emplace_back(sets_.size() - 1, i);
  }
  if (folders.empty()) return {};
  // By what the problems are, so that more data leave most of them where they are.
  std::vector<std::size_t> order(places_.size() - first);
  std::iota(order.begin(), order.end(), first);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return labelled(a).digest < labelled(b).digest;
  });
  const auto count = static_cast<std::ptrdiff_t>(
      std::ceil(options_.validation_share * static_cast<double>(order.size())));
  ProblemSplit split;
  split.validation.assign(order.begin(), order.begin() + count);
  split.training.assign(order.begin() + count, order.end());
  std::sort(split.training.begin(), split.training.end());
  if (split.training.empty() || split.validation.empty()) {
    throw InputError("training: " + folders.front().string() +
                     ": expected problems to train on and to validate with, found " +
                     std::to_string(split.training.size()) + " and " +
                     std::to_string(split.validation.size()));
  }
  return split;
}

std::int64_t SampleStore::replayed_an_epoch() const {
  if (replayed_.training.empty()) return 0;
  const double share = options_.replay_share;
  return std::llround(static_cast<double>(learned_.training.size()) * share / (1 - share));
}

std::int64_t SampleStore::epoch_size() const {
  return static_cast<std::int64_t>(learned_.training.size()) + replayed_an_epoch();
}

std::vector<std::size_t> SampleStore::epoch(std::int64_t number) const {
  std::vector<std::size_t> list = learned_.training;
  // Rounds over all that is replayed, each in another order, run on from epoch to epoch.
  const auto all = static_cast<std::int64_t>(replayed_.training.size());
  const std::int64_t count = replayed_an_epoch();
  std::vector<std::size_t> round;
  for (std::int64_t i = number * count; i < (number + 1) * count; ++i) {
    if (round.empty() || i % all == 0) {
      round = replayed_.training;
      shuffle(round, options_.seed * 998'244'353 + static_cast<std::uint64_t>(i / all));
    }
    list.push_back(round[static_cast<std::size_t>(i % all)]);
  }
  shuffle(list, options_.seed * 1'000'003 + static_cast<std::uint64_t>(number));
  return list;
}

const std::vector<DaySample>& SampleStore::get(std::size_t i) {
  if (const auto kept = kept_.find(i); kept != kept_.end()) return kept->second;
  const auto& [set, index] = places_[i];
  const TrainingProblem problem = sets_[set]->problem(index);
  const bool with_roads = problem.roads && static_cast<std::int64_t>(problem.roads->head.size()) <=
                                               options_.most_road_edges;
  std::vector<DaySample> samples = make_day_samples(
      problem, labelled(i).labels, options_.candidates_per_stop, with_roads, options_.threads);
  std::int64_t bytes = 0;
  for (const DaySample& sample : samples) bytes += sample.bytes();
  if (kept_bytes_ + bytes > options_.cache_mb * 1'000'000) {
    passing_ = std::move(samples);
    return passing_;
  }
  kept_bytes_ += bytes;
  return kept_[i] = std::move(samples);
}

std::string SampleStore::name(std::size_t i) const {
  return folders_[places_[i].first].string() + ", problem " + std::to_string(labelled(i).index) +
         " (" + labelled(i).name + "),";
}

bool SampleStore::have_roads() const {
  return std::any_of(sets_.begin(), sets_.end(), [&](const auto& set) {
    return set->has_cities_of_at_most(options_.most_road_edges);
  });
}

ordered_json SampleStore::describe(std::size_t first, std::size_t end) const {
  ordered_json list = ordered_json::array();
  for (std::size_t s = first; s < end; ++s) {
    std::string digests;
    for (std::int64_t i = 0; i < sets_[s]->size(); ++i)
      digests += std::to_string(sets_[s]->labelled(i).digest) + " ";
    list.push_back({{"folder", folders_[s].string()},
                    {"problems", sets_[s]->size()},
                    {"hash", std::to_string(io::xxh3(digests))}});
  }
  return list;
}

ordered_json SampleStore::json() const {
  return describe(0, options_.data.size());
}

ordered_json SampleStore::replay_json() const {
  return describe(options_.data.size(), sets_.size());
}

}  // namespace roadgnn::gnn::train
