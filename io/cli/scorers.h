// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <roadgnn/gnn/decode/scorer.h>
#include <roadgnn/graph/device_choice.h>
#include <roadgnn/graph/travel_times.h>
#include <roadgnn/io/city_day.h>
#include <roadgnn/io/cli/command.h>
#include <roadgnn/io/instances/instance.h>
#include <roadgnn/io/plan_json.h>

namespace roadgnn::cli {

/// What `--candidates` and `--model` say.
struct ScorerChoice {
  std::string name = "proximity";  ///< nearest, proximity, model or oracle:FILE
  std::string weights;             ///< of the model: a file, "untrained", or empty: those that come
                                   ///< with roadgnn
};

/// Makes a plan of a solution file's text; `file` is its name for messages.
using ReadSolution = std::function<decode::Plan(const std::string& text, const std::string& file)>;

/// For an instance's .sol files. `instance` has to outlive it.
ReadSolution solution_reader(const io::Instance& instance);

void add_scorer_options(CLI::App& command, ScorerChoice& choice);

/// The scorer of a run: chosen before anything is read, made once the travel times are known.
class ScorerSource {
 public:
  /// `seed` is that of untrained weights. Throws InputError for unknown names and for weights that
  /// cannot be read, Error where the model needs a module that is not there.
  ScorerSource(const ScorerChoice& choice, std::uint64_t seed);

  /// The model's weights and their hash; nothing for the other scorers.
  const std::optional<io::InputFile>& weights() const { return weights_; }

  /// `day` where the stops lie on roads, else null. Both have to outlive the scorer. The oracle
  /// reads a day's plan.json itself, other solutions by `read_solution`.
  std::unique_ptr<decode::Scorer> make(const graph::TravelTimes& travel_times,
                                       const io::CityDay* day, graph::DeviceChoice device,
                                       int threads, const ReadSolution& read_solution = {}) const;

 private:
  decode::Plan oracle_plan(const io::CityDay* day, const ReadSolution& read_solution) const;

  std::string name_;
  std::string oracle_;  ///< the file whose edges come first, or empty
  std::uint64_t seed_;
  std::optional<io::InputFile> weights_;
};

}  // namespace roadgnn::cli
