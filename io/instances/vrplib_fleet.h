// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <roadgnn/gnn/decode/problem.h>
#include <roadgnn/io/instances/vrplib_file.h>
#include <roadgnn/io/instances/vrplib_nodes.h>

namespace roadgnn::io {

/// A VRPLIB file's vehicles.
struct VrplibFleet {
  std::vector<decode::VehicleType> types;  ///< vehicles that are alike, as they first appear
  /// [type][vehicle] positions in the file's list; empty where no section lists vehicles.
  std::vector<std::vector<std::int32_t>> vehicles;
};

/// CAPACITY or CAPACITY_SECTION as in the file: a row for all vehicles or one each; none where
/// loads are not limited.
std::vector<std::vector<double>> read_vrplib_capacities(const VrplibFile& file);

/// Reads the fleet and, where a section says which vehicles may visit which node, sets the orders'
/// allowed_types.
VrplibFleet read_vrplib_fleet(const VrplibFile& file, const std::vector<std::int32_t>& depots,
                              const std::vector<std::vector<double>>& capacities, double scale,
                              VrplibNodes& nodes);

}  // namespace roadgnn::io
