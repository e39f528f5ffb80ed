// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include <roadgnn/gnn/decode/plan.h>
#include <roadgnn/gnn/decode/problem.h>
#include <roadgnn/io/coordinates.h>
#include <roadgnn/io/leg_reasons.h>
#include <roadgnn/io/route_geometry.h>

namespace roadgnn::io::page {

/// The plan's names, totals and unserved orders, as the page's app.js reads them.
nlohmann::ordered_json describe_plan(const decode::Problem& problem, const decode::Plan& plan,
                                     std::span<const Coordinate> places);

/// How far a place of a route may be moved to draw it with fewer points: a pixel at the largest
/// zoom.
inline constexpr double kToleranceM = 0.5;

/// The plan's routes, simplified, as decode.js reads them: the numbers of routes, steps and points,
/// then for each route its type, vehicle, cost in hundredths, metres, seconds and seconds driving,
/// the number of its steps, and for each step
///  - its kind and order + 1,
///  - arrival, begin and departure in seconds, each as its difference from the moment before it,
///  - its load in each dimension and its metres since the start, as differences from the step
///  before,
///  - its windows: their number, then opening and length in seconds; the length is 0 where the
///  window has no end,
///  - the points of the leg that leads to it: their number, then the points.
std::string encode_routes(const decode::Problem& problem, const decode::Plan& plan,
                          std::span<const RouteLine> lines);

/// What a scorer thought of each leg, as decode.js reads it: for each step the number of its
/// leg's candidates and, unless that is 0,
///  - the leg's rank among them, 0 where it is none, and if it has one its score in hundredths,
///  - the best other's order + 1 and, unless that is 0, its score in hundredths and the seconds to
///  it.
/// No reasons: no bytes.
std::string encode_reasons(std::span<const std::vector<LegReason>> reasons);

}  // namespace roadgnn::io::page
