// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <utility>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/instances/backhaul_travel_times.h>
#include <roadgnn/io/instances/readers.h>
#include <roadgnn/io/instances/vrplib_file.h>
#include <roadgnn/io/instances/vrplib_fleet.h>
#include <roadgnn/io/instances/vrplib_nodes.h>
#include <roadgnn/io/instances/vrplib_weights.h>

namespace roadgnn::io {
namespace {

// What the set that such a file comes from is published by.
Objective convention(const VrplibFile& file) {
  if (const auto objective = objective_of_weights(file)) return *objective;
  if (file.has("EDGE_WEIGHT")) return Objective::rounded;
  if (file.has("VEHICLES_FIXED_COST") || file.has("VEHICLES_UNIT_DISTANCE_COST") ||
      file.specification("DISTANCE") != nullptr) {
    return Objective::exact;
  }
  const bool timed =
      file.has("TIME_WINDOW") || file.has("PICKUP_AND_DELIVERY") || file.has("RELEASE_TIME");
  return timed ? Objective::dimacs : Objective::rounded;
}

}  // namespace

Instance read_vrplib(std::string_view text, const std::string& origin,
                     std::optional<Objective> objective) {
  const VrplibFile file(text, origin);
  // A node takes two bytes of the file at least: nothing is allocated for a short one.
  const auto most = std::clamp<std::size_t>(text.size() / 2, 1, 10'000'000);
  const auto size = file.number("DIMENSION", 1, static_cast<double>(most));
  if (!size) throw InputError(origin + ": DIMENSION: expected one, found none");
  const auto dimension = static_cast<std::int32_t>(*size);
  const std::vector<std::int32_t> depots = read_vrplib_depots(file, dimension);

  Instance instance;
  instance.format = InstanceFormat::vrplib;
  if (const auto* name = file.specification("NAME")) instance.name = name->value;
  instance.objective = objective.value_or(convention(file));
  EdgeWeights weights = read_vrplib_weights(file, dimension, instance.objective);
  instance.travel_times = std::move(weights.travel_times);
  instance.scale = weights.scale;
  instance.points = std::move(weights.points);

  const auto capacities = read_vrplib_capacities(file);
  VrplibNodes nodes = read_vrplib_nodes(file, dimension, depots, instance.scale, capacities);
  VrplibFleet fleet = read_vrplib_fleet(file, depots, capacities, instance.scale, nodes);
  if (file.word("TYPE") == "VRPB") {
    instance.travel_times = std::make_shared<BackhaulTravelTimes>(std::move(instance.travel_times),
                                                                  backhaul_roles(nodes, dimension));
  }
  decode::Problem& problem = instance.problem;
  for (std::size_t d = 1; d <= nodes.num_dimensions; ++d) {
    problem.dimensions.push_back(nodes.num_dimensions == 1 ? "demand"
                                                           : "demand " + std::to_string(d));
  }
  problem.depots = std::move(nodes.depots);
  problem.orders = std::move(nodes.orders);
  problem.groups = std::move(nodes.groups);
  problem.vehicle_types = std::move(fleet.types);
  problem.num_locations = dimension;
  problem.units = decode::Units::plain;
  problem.shown_unit = instance.scale;
  problem.shown_load_units = nodes.load_scales;
  instance.vehicles = std::move(fleet.vehicles);
  for (std::int32_t i = 0; i < dimension; ++i) instance.numbers.push_back(i);
  problem.fewest_vehicles = instance.objective == Objective::vehicles;
  return instance;
}

}  // namespace roadgnn::io
