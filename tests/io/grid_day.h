// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <roadgnn/gnn/decode/plan.h>
#include <roadgnn/gnn/decode/problem.h>
#include <roadgnn/graph/road_graph.h>
#include <roadgnn/io/coordinates.h>
#include <roadgnn/io/leg_finder.h>
#include <roadgnn/io/route_geometry.h>

namespace roadgnn::io {

struct GridDayOptions {
  std::int32_t width = 12, height = 10;  ///< nodes of the grid
  std::int32_t orders = 40, vehicles = 4, unserved = 3;
  double lat = -29.95, lon = -71.30;  ///< of the south-western corner
  std::uint64_t seed = 1;
};

/// A made-up city of two-way streets on a bent grid, and a made-up plan on it whose figures are
/// consistent with its routes: what drawing needs, without an importer, a router or a solver.
struct GridDay {
  graph::RoadGraph graph;
  decode::Problem problem;
  decode::Plan plan;
  std::vector<std::vector<graph::Position>> positions;  ///< one profile
  std::vector<Coordinate> places;  ///< [num_locations] as a user would give them

  /// Follows the streets east or west first, then north or south.
  graph::Path walk(const graph::Position& from, const graph::Position& to) const;
  LegFinder legs() const;
  std::int32_t width = 0;
};

GridDay make_grid_day(const GridDayOptions& options = {});

}  // namespace roadgnn::io
