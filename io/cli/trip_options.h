// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include <roadgnn/graph/metric.h>
#include <roadgnn/graph/road_graph.h>

namespace roadgnn::cli {

/// What travels, and when: the options of every command that asks for single trips.
struct TripOptions {
  std::string profile, depart;
  double max_snap_m = 5000;
  double height_m = 0, width_m = 0, length_m = 0;  ///< 0: as the profile says
  double weight_kg = 0, axle_load_kg = 0;
  bool hazmat = false;
  std::vector<std::string> avoid;
};

void add_trip_options(CLI::App& command, TripOptions& options);

/// The metric of the vehicle at its departure. Throws InputError for an unknown profile or a
/// departure that is no time of day.
graph::Metric make_metric(const graph::RoadGraph& city, const TripOptions& options);

/// "5 km", "250 m".
std::string describe_distance(double metres);

}  // namespace roadgnn::cli
