// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <roadgnn/gnn/train/plane_problem.h>
#include <roadgnn/io/instances/objective.h>

namespace roadgnn::gnn::train {

/// Made-up problems in the plane.
struct PlaneSource {
  std::int32_t count = 0;
  PlaneOptions options;
};

/// Made-up days of a city, all over it or within a circle.
struct CitySource {
  std::int32_t count = 0;
  std::string city;  ///< a city file of `roadgnn import`
  std::int32_t least_orders = 100, most_orders = 500;
};

/// Instances of benchmark sets. With published solutions these are the labels; a solution belongs
/// to the instance whose name its own begins with, up to a dot. Without, the planner makes them.
struct InstanceSource {
  std::string instances, solutions;        ///< folders; no solutions: empty
  std::optional<io::Objective> objective;  ///< none: the set's own
  std::string prefix;                      ///< of the instances' names
  std::int32_t most_stops = 1000;          ///< larger instances are left out
};

using Source = std::variant<PlaneSource, CitySource, InstanceSource>;

/// What a data set is made of.
struct Recipe {
  std::uint64_t seed = 1;
  std::int32_t plans_per_problem = 3;  ///< each from a seed of its own
  double iterations_per_stop = 400;    ///< of each plan's improvement
  std::int32_t problems_per_shard = 16;
  std::vector<Source> sources;
};

/// Reads a recipe:
///
///     {"seed": 1, "plans_per_problem": 3, "iterations_per_stop": 400, "problems_per_shard": 16,
///      "sources": [{"kind": "plane", "count": 200, "least_stops": 100, "most_stops": 500},
///                  {"kind": "city", "city": "CITY.rgraph", "count": 50, "least_orders": 100,
///                  "most_orders": 500},
///                  {"kind": "instances", "instances": "FOLDER", "solutions": "FOLDER",
///                  "most_stops": 1000}]}
///
/// Only `sources`, `kind`, `count` and paths are required. Throws InputError naming the place.
Recipe read_recipe(std::string_view text, const std::string& origin);

}  // namespace roadgnn::gnn::train
