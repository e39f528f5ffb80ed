// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/train/data_set.h>

#include <algorithm>
#include <atomic>
#include <cinttypes>
#include <cmath>
#include <cstdio>
#include <mutex>

#include <ATen/ATen.h>
#include <roadgnn/gnn/decode/solve.h>
#include <roadgnn/gnn/train/checked_safetensors.h>
#include <roadgnn/graph/error.h>
#include <roadgnn/graph/parallel.h>
#include <roadgnn/io/file.h>
#include <nlohmann/json.hpp>

namespace roadgnn::gnn::train {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kKind = "roadgnn labels 1";

template <typename Value>
at::Tensor tensor_of(const std::vector<Value>& values, at::ScalarType type) {
  const at::Tensor tensor = at::empty({static_cast<std::int64_t>(values.size())}, type);
  if (!values.empty()) std::memcpy(tensor.data_ptr(), values.data(), values.size() * sizeof(Value));
  return tensor;
}

template <typename Value>
std::vector<Value> values_of(const std::string& file, const Safetensors& shard,
                             const std::string& name, at::ScalarType type) {
  const auto found = shard.tensors.find(name);
  if (found == shard.tensors.end() || found->second.scalar_type() != type)
    throw InputError(file + ": tensor " + name + ": expected numbers of its type, found none");
  const auto* data = static_cast<const Value*>(found->second.data_ptr());
  return {data, data + found->second.numel()};
}

std::string hex(std::uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof text, "%016" PRIx64, value);
  return text;
}

LabelledProblem read_problem(const std::string& file, const Safetensors& shard, const json& about) {
  LabelledProblem problem;
  problem.index = about.at("index").get<std::int64_t>();
  problem.name = about.at("name").get<std::string>();
  problem.digest = std::stoull(about.at("digest").get<std::string>(), nullptr, 16);
  problem.costs = about.at("costs").get<std::vector<double>>();
  Labels& labels = problem.labels;
  labels.num_types = about.at("types").get<std::int32_t>();
  const std::string prefix = std::to_string(problem.index) + ".";
  labels.from = values_of<std::int32_t>(file, shard, prefix + "from", at::kInt);
  labels.to = values_of<std::int32_t>(file, shard, prefix + "to", at::kInt);
  labels.share = values_of<float>(file, shard, prefix + "share", at::kFloat);
  labels.best = values_of<std::uint8_t>(file, shard, prefix + "best", at::kByte);
  labels.first = values_of<float>(file, shard, prefix + "first", at::kFloat);
  labels.last = values_of<float>(file, shard, prefix + "last", at::kFloat);
  labels.type = values_of<float>(file, shard, prefix + "type", at::kFloat);
  const auto locations = static_cast<std::int32_t>(labels.first.size());
  const auto outside = [&](std::int32_t i) { return i < 0 || i >= locations; };
  if (labels.to.size() != labels.from.size() || labels.share.size() != labels.from.size() ||
      labels.best.size() != labels.from.size() || labels.last.size() != labels.first.size() ||
      labels.type.size() !=
          labels.first.size() * static_cast<std::size_t>(std::max(0, labels.num_types)) ||
      std::any_of(labels.from.begin(), labels.from.end(), outside) ||
      std::any_of(labels.to.begin(), labels.to.end(), outside)) {
    throw InputError(file + ": " + problem.name +
                     ": expected labels that fit each other, found "
                     "others");
  }
  return problem;
}

std::string shard_name(std::int64_t number) {
  char text[40];
  std::snprintf(text, sizeof text, "shard-%05" PRId64 ".safetensors", number);
  return text;
}

// Plans of one problem, or the published one, as labels.
LabelledProblem label_problem(const ProblemList& problems, const Recipe& recipe,
                              std::int64_t index) {
  const TrainingProblem problem = problems.make(index);
  LabelledProblem result;
  result.index = index;
  result.name = problem.name;
  result.digest = digest(problem);
  std::vector<decode::Plan> plans;
  if (problem.known) {
    plans.push_back(*problem.known);
  } else {
    const auto scorer = decode::make_proximity_scorer();
    decode::SolveOptions options;
    options.threads = 1;
    options.iterations = std::llround(recipe.iterations_per_stop * problem.problem.num_locations);
    for (std::int32_t p = 0; p < recipe.plans_per_problem; ++p) {
      options.seed = static_cast<std::uint64_t>(p) + 1;
      plans.push_back(decode::solve(problem.problem, *problem.travel_times, *scorer, options));
    }
  }
  for (const decode::Plan& plan : plans) result.costs.push_back(plan.cost);
  result.labels = label_by(problem.problem, plans);
  return result;
}

bool is_whole(const fs::path& path, std::int64_t first, std::int64_t count) {
  std::error_code error;
  if (!fs::exists(path, error)) return false;
  try {
    const auto problems = read_shard(path);
    return static_cast<std::int64_t>(problems.size()) == count && problems.front().index == first;
  } catch (const InputError&) {
    return false;
  }
}

void keep_recipe(const fs::path& folder, const std::string& text) {
  const fs::path path = folder / "recipe.json";
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw Error(folder.string() + ": cannot be made: " + error.message());
  if (!fs::exists(path, error)) {
    io::write_atomically(path, [&](std::ostream& out) { out << text; });
  } else if (io::read_file(path) != text) {
    throw InputError(folder.string() +
                     ": expected an empty folder or this recipe's data, found another recipe.json");
  }
}

}  // namespace

void write_shard(const fs::path& path, const std::vector<LabelledProblem>& problems) {
  Safetensors shard;
  json about = json::array();
  for (const LabelledProblem& problem : problems) {
    const std::string prefix = std::to_string(problem.index) + ".";
    const Labels& labels = problem.labels;
    shard.tensors[prefix + "from"] = tensor_of(labels.from, at::kInt);
    shard.tensors[prefix + "to"] = tensor_of(labels.to, at::kInt);
    shard.tensors[prefix + "share"] = tensor_of(labels.share, at::kFloat);
    shard.tensors[prefix + "best"] = tensor_of(labels.best, at::kByte);
    shard.tensors[prefix + "first"] = tensor_of(labels.first, at::kFloat);
    shard.tensors[prefix + "last"] = tensor_of(labels.last, at::kFloat);
    shard.tensors[prefix + "type"] = tensor_of(labels.type, at::kFloat);
    about.push_back({{"index", problem.index},
                     {"name", problem.name},
                     {"digest", hex(problem.digest)},
                     {"costs", problem.costs},
                     {"types", labels.num_types}});
  }
  shard.metadata["problems"] = about.dump();
  write_checked_safetensors(path, kKind, std::move(shard));
}

std::vector<LabelledProblem> read_shard(const fs::path& path) {
  const Safetensors shard = read_checked_safetensors(path, kKind);
  const std::string file = path.string();
  std::vector<LabelledProblem> problems;
  try {
    for (const json& about : json::parse(shard.metadata.at("problems")))
      problems.push_back(read_problem(file, shard, about));
  } catch (const InputError&) {
    throw;
  } catch (const std::exception& error) {
    throw InputError(file + ": expected a list of labelled problems, found " + error.what());
  }
  if (problems.empty()) throw InputError(file + ": expected labelled problems, found none");
  return problems;
}

void make_data_set(const fs::path& folder, const std::string& recipe_text,
                   const std::string& origin, const LabellingOptions& options) {
  const Recipe recipe = read_recipe(recipe_text, origin);
  const ProblemList problems(recipe);
  keep_recipe(folder, recipe_text);
  const std::int64_t total = problems.size(), per_shard = recipe.problems_per_shard;
  std::atomic<std::int64_t> done{0};
  std::mutex reporting;
  for (std::int64_t first = 0; first < total; first += per_shard) {
    const std::int64_t count = std::min(per_shard, total - first);
    const fs::path path = folder / shard_name(first / per_shard);
    if (is_whole(path, first, count)) {
      done += count;
      continue;
    }
    std::vector<LabelledProblem> shard(static_cast<std::size_t>(count));
    graph::parallel_for(count, 1, options.threads, [&](std::int64_t begin, std::int64_t end, int) {
      for (std::int64_t i = begin; i < end; ++i) {
        if (options.stop.stop_requested()) return;
        shard[static_cast<std::size_t>(i)] = label_problem(problems, recipe, first + i);
        const std::scoped_lock lock(reporting);
        if (options.on_progress) options.on_progress({++done, total});
      }
    });
    if (options.stop.stop_requested()) {
      throw Error(folder.string() +
                  ": stopped; what is written stays, and the same command goes "
                  "on from there");
    }
    write_shard(path, shard);
  }
}

DataSet::DataSet(const fs::path& folder) : folder_(folder) {
  const fs::path recipe = folder / "recipe.json";
  const Recipe parsed = read_recipe(io::read_file(recipe), recipe.string());
  problems_ = std::make_unique<ProblemList>(parsed);
  const std::int64_t total = problems_->size(), per_shard = parsed.problems_per_shard;
  for (std::int64_t first = 0; first < total; first += per_shard) {
    const fs::path path = folder / shard_name(first / per_shard);
    if (!fs::exists(path)) {
      throw InputError(path.string() +
                       ": expected a shard, found none (roadgnn label goes on with what it began)");
    }
    for (LabelledProblem& problem : read_shard(path)) labelled_.push_back(std::move(problem));
  }
}

TrainingProblem DataSet::problem(std::int64_t i) const {
  const LabelledProblem& wanted = labelled(i);
  TrainingProblem problem = problems_->make(wanted.index);
  const std::uint64_t found = digest(problem);
  if (found != wanted.digest ||
      wanted.labels.first.size() != static_cast<std::size_t>(problem.problem.num_locations)) {
    throw InputError(folder_.string() + ": " + wanted.name + ": expected the problem with hash " +
                     hex(wanted.digest) + ", found " + hex(found) +
                     ": a city, an instance or this program changed since it was labelled");
  }
  return problem;
}

}  // namespace roadgnn::gnn::train
