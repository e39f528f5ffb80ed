// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/cli/scorers.h>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/cli/learned_module.h>
#include <roadgnn/io/file.h>
#include <roadgnn/io/hash.h>
#include <roadgnn/io/shared_files.h>

namespace roadgnn::cli {
namespace {

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

void add_scorer_options(CLI::App& command, ScorerChoice& choice) {
  command
      .add_option("--candidates", choice.name,
                  "What proposes the next stop: nearest (by travel time), proximity (by travel "
                  "time, waiting and lateness) or model (learned)")
      ->check(CLI::IsMember({"nearest", "proximity", "model"}))
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
  } else if (name_ != "nearest" && name_ != "proximity") {
    throw InputError("--candidates: expected nearest, proximity or model, found '" + name_ + "'");
  } else if (!choice.weights.empty()) {
    throw InputError("--model: expected --candidates model beside it, found --candidates " + name_);
  }
}

std::unique_ptr<decode::Scorer> ScorerSource::make(const graph::TravelTimes& travel_times,
                                                   const io::CityDay* day,
                                                   graph::DeviceChoice device, int threads) const {
  if (name_ == "nearest") return decode::make_nearest_scorer();
  if (name_ == "proximity") return decode::make_proximity_scorer();
  return learned_module().model_scorer(
      {weights_->file, seed_, &travel_times, day, graph::use_device(device), threads});
}

}  // namespace roadgnn::cli
