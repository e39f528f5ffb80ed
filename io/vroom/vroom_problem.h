// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <roadgnn/gnn/decode/plan.h>
#include <roadgnn/gnn/decode/problem.h>
#include <roadgnn/graph/travel_times.h>
#include <roadgnn/io/vroom/vroom_input.h>

namespace roadgnn::io {

/// VROOM's input as a problem. Orders are the jobs, then the shipments, in the file's order;
/// vehicles that are alike are one type. Costs are VROOM's.
struct VroomProblem {
  VroomInput input;
  decode::Problem problem;
  /// Problem units of time in a second: 1 where all times stay whole seconds, else 1000.
  std::int64_t time_scale = 1;
  std::vector<std::string> profiles;  ///< [profiles in use] their names
  /// Places to be found on a city's streets, [num_locations]; empty with custom matrices.
  std::vector<Coordinate> places;
  std::vector<std::vector<std::int32_t>> vehicles;  ///< [type][vehicle] index in input.vehicles
  /// The routes that the vehicles' `steps` describe; null where there are none.
  std::shared_ptr<const decode::Plan> initial;

  const VroomVehicle& vehicle_of(const decode::Route& route) const {
    return input.vehicles[static_cast<std::size_t>(vehicles[static_cast<std::size_t>(
        route.vehicle_type)][static_cast<std::size_t>(route.vehicle)])];
  }
};

/// Throws InputError for what the input says and cannot mean: profiles without a matrix, costs by
/// hour or kilometre beside a matrix of costs, distances that are needed and missing, steps with
/// unknown ids; and for what is not supported: a longest distance beside a matrix of costs.
VroomProblem make_vroom_problem(VroomInput input, const std::string& origin);

/// The custom matrices as travel times: a profile each of `profiles`. Lengths are the costs where
/// there is a matrix of costs, else metres, 0 where nothing says them. What is too large to count
/// is no way at all.
std::shared_ptr<const graph::TravelTimes> vroom_travel_times(const VroomProblem& vroom);

}  // namespace roadgnn::io
