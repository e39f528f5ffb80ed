// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include <roadgnn/gnn/decode/problem.h>
#include <roadgnn/graph/metric.h>
#include <roadgnn/graph/position.h>
#include <roadgnn/graph/road_graph.h>
#include <roadgnn/io/coordinates.h>
#include <roadgnn/io/fleet_json.h>
#include <roadgnn/io/orders_csv.h>

namespace roadgnn::io {

/// A day of orders on a city's roads: the routing problem and where its stops lie.
///
/// Times are milliseconds after midnight, distances metres. Loads are millilitres and grams, so
/// that the files' litres and kilograms keep three decimals. Locations: 0 ..
/// depots-1 are the depots, then for each order in turn its pickup, if it has one, and its
/// delivery, if it has one.
struct CityDay {
  std::shared_ptr<const graph::RoadGraph> graph;
  decode::Problem problem;
  std::vector<Coordinate> places;  ///< [num_locations] as asked for
  /// [profiles in use] index into graph->profiles. On a date, a profile comes once for each of its
  /// hours that differ.
  std::vector<int> profiles;
  std::vector<graph::Metric> metrics;                   ///< [profiles in use]
  std::vector<std::vector<graph::Position>> positions;  ///< [profiles in use][num_locations]
};

struct CityDayOptions {
  double max_snap_m = 1000;  ///< a stop farther from every usable street cannot be served
  int threads = 1;
  /// The day it is: vehicle types get slices where streets change by the hour. Without it what is
  /// closed at any time counts as closed.
  std::optional<std::chrono::year_month_day> date{};
};

/// Puts a day together. Only the profiles that the fleet uses are prepared. An order with a stop
/// out of reach of every profile in use becomes `impossible`, with the distance to the nearest
/// street in its reason. Throws InputError for a profile that the city lacks and a depot that its
/// vehicles cannot reach.
CityDay assemble_city_day(std::shared_ptr<const graph::RoadGraph> graph,
                          const std::vector<OrderRow>& orders, const Fleet& fleet,
                          const CityDayOptions& options = {});

}  // namespace roadgnn::io
