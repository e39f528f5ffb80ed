// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/cli/scorers.h>

#include <utility>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/cli/learned_module.h>
#include <roadgnn/io/file.h>
#include <roadgnn/io/hash.h>
#include <roadgnn/io/instances/solution_file.h>
#include <roadgnn/io/shared_files.h>

namespace roadgnn::cli {
namespace {

constexpr std::string_view kOracle = "oracle:";

constexpr const char* kDefaultWeights = "route_model.safetensors";

io::InputFile weights_of(const std::string& given, std::uint64_t seed) {
  if (given == kUntrained) return {given, io::xxh3(given + " " + std::to_string(seed))};
  std::string file = given;
  if (file.empty()) {
    file = io::find_shared_file(kDefaultWeights).string();
    if (file.empty()) {
      throw InputError(std::string("--model: no ") + kDefaultWeights +
                       " comes with this program; expected weights of 'roadgnn train', or '" +
                       kUntrained + "'");
    }
  }
  return {file, io::xxh3(io::read_file(file))};
}

}  // namespace

ReadSolution solution_reader(const io::Instance& instance) {
  return [&instance](const std::string& text, const std::string& file) {
    const io::SolutionFile solution = io::read_solution(text, file);
    if (solution.routes.empty()) {
      throw InputError(file + ":1: expected a line 'Route #1: ...', found none in the file");
    }
    return io::plan_of_solution(instance, solution, file);
  };
}

void add_scorer_options(CLI::App& command, ScorerChoice& choice) {
  command
      .add_option("--candidates", choice.name,
                  "What proposes the next stop: nearest (by travel time), proximity (by travel "
                  "time, waiting and lateness), model (learned) or, for studies, oracle:FILE: "
                  "first the edges of a solution, a .sol file or a day's plan.json")
      ->check([](const std::string& name) {
        if (name.starts_with(kOracle)) return std::string();
        return CLI::IsMember({"nearest", "proximity", "model"})(name);
      })
      ->capture_default_str();
  command.add_option("--model", choice.weights,
                     "Weights for --candidates model, made by 'roadgnn train' (default: those that "
                     "come with roadgnn); 'untrained' for random ones");
}

ScorerSource::ScorerSource(const ScorerChoice& choice, std::uint64_t seed)
    : name_(choice.name), seed_(seed) {
  if (name_ == "model") {
    weights_ = weights_of(choice.weights, seed);
    learned_module();
  } else if (name_.starts_with(kOracle)) {
    oracle_ = name_.substr(kOracle.size());
  } else if (name_ != "nearest" && name_ != "proximity") {
    throw InputError("--candidates: expected nearest, proximity, model or oracle:FILE, found '" +
                     name_ + "'");
  }
  if (name_ != "model" && !choice.weights.empty()) {
    throw InputError("--model: expected --candidates model beside it, found --candidates " + name_);
  }
}

std::unique_ptr<decode::Scorer> ScorerSource::make(const graph::TravelTimes& travel_times,
                                                   const io::CityDay* day,
                                                   graph::DeviceChoice device, int threads,
                                                   const ReadSolution& read_solution) const {
  if (name_ == "nearest") return decode::make_nearest_scorer();
  if (name_ == "proximity") return decode::make_proximity_scorer();
  if (name_ != "model") return decode::make_oracle_scorer(oracle_plan(day, read_solution));
  return learned_module().model_scorer(
      {weights_->file, seed_, &travel_times, day, graph::use_device(device), threads});
}

decode::Plan ScorerSource::oracle_plan(const io::CityDay* day,
                                       const ReadSolution& read_solution) const {
  if (day == nullptr && !read_solution) {
    throw InputError("--candidates oracle: expected a benchmark instance or a city's day");
  }
  const std::string text = io::read_file(oracle_);
  if (day == nullptr) return read_solution(text, oracle_);
  io::PlanReading reading = io::read_plan_json(text, oracle_, *day);
  if (!reading.mismatches.empty()) throw InputError(oracle_ + ": " + reading.mismatches.front());
  return std::move(reading.plan);
}

}  // namespace roadgnn::cli
