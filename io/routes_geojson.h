// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ostream>
#include <span>
#include <string>

#include <roadgnn/gnn/decode/plan.h>
#include <roadgnn/gnn/decode/problem.h>
#include <roadgnn/io/route_geometry.h>

namespace roadgnn::io {

/// How far a route's line may lie beside the road at most. OpenStreetMap is off by more; a day's
/// file has two fifths of the points, its lines are 0.01 % shorter.
inline constexpr double kGeojsonToleranceM = 1.0;

/// The geometry of a line as GeoJSON (RFC 7946): longitude first, six decimals. A LineString, or a
/// MultiLineString where it crosses the antimeridian and is cut there (section 3.1.9). A line of
/// one point repeats it.
std::string geojson_geometry(std::span<const PointE7> line);

/// Writes a plan's routes as GeoJSON (RFC 7946): a FeatureCollection with one feature a route, in
/// the plan's order, whose geometry is the road driven, within kGeojsonToleranceM, through all its
/// stops. The properties are `vehicle`, `type`, `cost`, `distance_m`, `duration_s` and `stops`.
///
/// `lines` are the routes as trace_routes draws them, one a route.
void write_routes_geojson(std::ostream& out, const decode::Problem& problem,
                          const decode::Plan& plan, std::span<const RouteLine> lines);

}  // namespace roadgnn::io
