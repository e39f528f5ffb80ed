// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <roadgnn/gnn/decode/plan.h>
#include <roadgnn/gnn/decode/problem.h>
#include <roadgnn/graph/coordinate_travel_times.h>
#include <roadgnn/graph/travel_times.h>
#include <roadgnn/io/instances/objective.h>

namespace roadgnn::io {

enum class InstanceFormat : std::uint8_t { vrplib, solomon, li_lim, sartori_buriol };

/// "VRPLIB", "Solomon", "Li & Lim", "Sartori-Buriol".
std::string_view name_of(InstanceFormat format);

/// A benchmark instance as a problem of whole numbers. One unit of the file (of length and of time)
/// is `scale` units of the problem; costs are in the file's units.
struct Instance {
  InstanceFormat format = InstanceFormat::vrplib;
  std::string name;  ///< as the file says; may be empty
  Objective objective = Objective::rounded;
  decode::Problem problem;
  std::shared_ptr<const graph::TravelTimes> travel_times;
  double scale = 1;
  /// What solution files call each location: [num_locations]. VRPLIB counts from 0 there, the
  /// depots first.
  std::vector<std::int64_t> numbers;
  /// [num_vehicle_types][count] positions in the file's list of vehicles, for files that list them;
  /// empty where all are alike.
  std::vector<std::vector<std::int32_t>> vehicles;
  /// Where distances are exact lines in the plane, the points: [num_locations]; else empty.
  std::vector<graph::Coordinate> points;
};

/// Reads an instance; the format is told by the text itself. Lenient about blanks and separators;
/// throws InputError "ORIGIN:LINE: FIELD: expected ..., found ..." for the first thing that is
/// wrong, missing, or not supported. Without `objective` the set's own convention applies.
Instance read_instance(std::string_view text, const std::string& origin,
                       std::optional<Objective> objective = {});

/// A plan in the instance's own figures.
struct Figures {
  double cost = 0;  ///< as published for the set: lines in double precision
  std::int64_t vehicles = 0;
  std::int64_t unserved = 0;
};

Figures evaluate(const Instance& instance, const decode::Plan& plan);

/// A cost in the set's own number of decimals, such as 27591 or 42444.8.
std::string format_cost(const Instance& instance, double cost);

}  // namespace roadgnn::io
