// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ostream>
#include <span>

#include <roadgnn/gnn/decode/plan.h>
#include <roadgnn/gnn/decode/problem.h>
#include <roadgnn/io/route_geometry.h>

namespace roadgnn::io {

/// Writes a plan's routes as GeoJSON (RFC 7946): a FeatureCollection with one feature a route, in
/// the plan's order, whose geometry is the road driven, longitude first, six decimals. A
/// LineString, or a MultiLineString where the route crosses the antimeridian and is cut there
/// (section 3.1.9). A route that never moves repeats its one point. The properties are `vehicle`,
/// `type`, `cost`, `distance_m`, `duration_s` and `stops`.
///
/// `lines` are the routes as trace_routes draws them, one a route.
void write_routes_geojson(std::ostream& out, const decode::Problem& problem,
                          const decode::Plan& plan, std::span<const RouteLine> lines);

}  // namespace roadgnn::io
