// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <roadgnn/gnn/decode/plan.h>
#include <roadgnn/gnn/decode/problem.h>
#include <roadgnn/graph/position.h>
#include <roadgnn/graph/road_graph.h>
#include <roadgnn/graph/router.h>
#include <roadgnn/io/leg_finder.h>

namespace roadgnn::io {

/// A coordinate in units of 1e-7 degrees.
struct PointE7 {
  std::int32_t lat = 0, lon = 0;

  friend bool operator==(const PointE7&, const PointE7&) = default;
};

/// Great-circle metres between two points on a sphere of 6,371,008.8 m.
double distance_m(PointE7 a, PointE7 b);

/// The place on the street that a position on an edge stands for.
PointE7 point_at(const graph::RoadGraph& graph, const graph::EdgePosition& position);

/// The line of an edge from its tail to its head, shape points included.
std::vector<PointE7> edge_line(const graph::RoadGraph& graph, std::int32_t edge);

/// The line of a path along the streets, from the place left to the place arrived at; empty where
/// there is no way. Points that repeat their predecessor are left out.
std::vector<PointE7> path_line(const graph::RoadGraph& graph, const graph::Path& path);

/// The roads one vehicle drives. Point first_point[s] is where step s takes place, so that the leg
/// to step s + 1 is points first_point[s] .. first_point[s + 1], both included; equal where the
/// vehicle stays.
struct RouteLine {
  std::vector<PointE7> points;            ///< at least one
  std::vector<std::int32_t> first_point;  ///< [num_steps]
};

/// Positions of a day's locations: positions[p][l] is location l as profile p reaches it.
using LocationPositions = std::span<const std::vector<graph::Position>>;

/// The roads of every route of a plan, in the plan's order, on up to `threads` threads (0: all this
/// process may use). Throws RoutingError where a location has no position or a leg no way.
std::vector<RouteLine> trace_routes(const graph::RoadGraph& graph, const decode::Problem& problem,
                                    const decode::Plan& plan, LocationPositions positions,
                                    const LegFinder& find_leg, int threads = 0);

/// What people and outputs call a route's vehicle: its type and its number from 1, such as
/// "van-12".
std::string vehicle_name(const decode::Problem& problem, const decode::Route& route);

}  // namespace roadgnn::io
