// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <roadgnn/gnn/decode/problem.h>
#include <roadgnn/graph/coordinate_travel_times.h>

namespace roadgnn::gnn::train {

/// What plane problems are like: of all kinds; with capacities alone, as Uchoa et al. (2017) drew
/// their set X; or with windows, up to wide ones, and routes of 30 to 120 stops.
enum class PlaneStyle : std::uint8_t { mixed, uchoa, long_routes };

struct PlaneOptions {
  std::int32_t least_stops = 100, most_stops = 500;
  PlaneStyle style = PlaneStyle::mixed;
};

/// A made-up problem in the plane: units are metres and decimetres of a second at ten metres a
/// second, so that travel times and lengths are the same whole numbers.
struct PlaneProblem {
  decode::Problem problem;
  std::vector<graph::Coordinate> points;  ///< [num_locations]
};

/// Draws a problem to learn from. Mixed ones: with capacities alone, with time windows, or with
/// pickups and deliveries; stops spread evenly, in clusters, or both; one to three depots and
/// vehicle types; routes of 5 to 80 stops; windows of 1 to 40 % of the day, drawn at random or
/// around the times of a rough plan, as in Solomon's (1987) and Li and Lim's (2003) sets; costs by
/// distance, time and vehicle. Every order can be served. The same options and seed give the same
/// problem.
PlaneProblem make_plane_problem(const PlaneOptions& options, std::uint64_t seed);

}  // namespace roadgnn::gnn::train
