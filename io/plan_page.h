// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ostream>
#include <span>
#include <string>
#include <vector>

#include <roadgnn/gnn/decode/plan.h>
#include <roadgnn/gnn/decode/problem.h>
#include <roadgnn/graph/road_graph.h>
#include <roadgnn/io/coordinates.h>
#include <roadgnn/io/leg_reasons.h>
#include <roadgnn/io/route_geometry.h>

namespace roadgnn::io {

struct PlanPageOptions {
  std::string title = "Plan";  ///< what the page calls the day, such as "Coquimbo"
  std::string scorer = {};     ///< whose scores `reasons` tells
  /// [routes][steps] of explain_legs, shown with each leg; empty: nothing is.
  std::span<const std::vector<LegReason>> reasons = {};
};

/// Writes plan.html: one file that shows a plan in a browser without a network. The map with the
/// city's roads, the routes and their stops, a search for orders, the list of vehicles, their
/// timeline, unserved orders and totals. What was looked at is kept in the address:
/// plan.html#vehicle=van-12, #order=ID, #tab=vehicles|unserved|timeline, #at=LAT,LON,ZOOM.
///
/// A city day: milliseconds and metres. `lines` are the routes as trace_routes draws them, `places`
/// [num_locations] the coordinates asked for. Identifiers may hold anything; bytes that are no
/// UTF-8 are replaced.
void write_plan_page(std::ostream& out, const graph::RoadGraph& graph,
                     const decode::Problem& problem, const decode::Plan& plan,
                     std::span<const RouteLine> lines, std::span<const Coordinate> places,
                     const PlanPageOptions& options = {});

}  // namespace roadgnn::io
