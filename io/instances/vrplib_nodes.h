// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <roadgnn/gnn/decode/problem.h>
#include <roadgnn/io/instances/vrplib_file.h>

namespace roadgnn::io {

/// What a VRPLIB file says about its nodes, in the problem's whole numbers.
struct VrplibNodes {
  std::vector<decode::Depot> depots;
  std::vector<decode::Order> orders;
  std::vector<std::string> groups;
  /// The order of each node, -1 for depots: [dimension]. A pair's nodes have the same one.
  std::vector<std::int32_t> order_of;
  std::size_t num_dimensions = 0;
  std::vector<double> load_scales;  ///< [num_dimensions]
};

/// Nodes of DEPOT_SECTION, from 0; the first node where there is none.
std::vector<std::int32_t> read_vrplib_depots(const VrplibFile& file, std::int32_t dimension);

/// Reads demands, windows, services, releases, prizes, pairs and groups. `capacities` are the
/// vehicles' loads, which loads are scaled with to whole numbers.
VrplibNodes read_vrplib_nodes(const VrplibFile& file, std::int32_t dimension,
                              const std::vector<std::int32_t>& depots, double scale,
                              const std::vector<std::vector<double>>& capacities);

/// Whether node b may follow node a where deliveries go before collections (TYPE VRPB): [dimension]
/// of what a node is to that rule.
enum class BackhaulRole : std::uint8_t { depot, linehaul, backhaul };
std::vector<BackhaulRole> backhaul_roles(const VrplibNodes& nodes, std::int32_t dimension);

}  // namespace roadgnn::io
