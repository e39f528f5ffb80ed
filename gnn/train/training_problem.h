// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <roadgnn/gnn/decode/plan.h>
#include <roadgnn/gnn/decode/problem.h>
#include <roadgnn/gnn/train/recipe.h>
#include <roadgnn/graph/position.h>
#include <roadgnn/graph/road_graph.h>
#include <roadgnn/graph/travel_times.h>

namespace roadgnn::gnn::train {

/// A problem to learn from.
struct TrainingProblem {
  std::string name;  ///< for people: where it comes from
  decode::Problem problem;
  std::shared_ptr<const graph::TravelTimes> travel_times;
  std::shared_ptr<const graph::RoadGraph> roads;        ///< null: no roads
  std::vector<int> road_profiles;                       ///< [profiles] index into roads->profiles
  std::vector<std::vector<graph::Position>> positions;  ///< [profiles][num_locations], with roads
  std::shared_ptr<const decode::Plan> known;            ///< a published plan; null: none
};

/// Tells problems apart: a hash of stops, windows, loads, vehicles and travel times.
std::uint64_t digest(const TrainingProblem& problem);

/// Whether any plan is as good driven backwards: no windows, pairs, breaks or trips, loads all
/// delivered or all collected, and ways as long there as back.
bool runs_backwards(const TrainingProblem& problem);

/// The problems of a recipe, numbered through its sources. Making one needs nothing but its number:
/// the same recipe and files give the same problems on any machine. Thread-safe.
class ProblemList {
 public:
  /// Opens cities and lists instances. Throws InputError for files that are missing.
  explicit ProblemList(const Recipe& recipe);
  ~ProblemList();

  std::int64_t size() const;

  /// Road edges of the smallest city; INT64_MAX without cities.
  std::int64_t smallest_city() const;

  /// Throws Error where a problem cannot be made.
  TrainingProblem make(std::int64_t index) const;

 private:
  class Part;
  class PlanePart;
  class CityPart;
  class InstancePart;

  std::uint64_t seed_;
  std::vector<std::unique_ptr<Part>> parts_;
};

}  // namespace roadgnn::gnn::train
