// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <roadgnn/graph/road_graph.h>
#include <roadgnn/io/fleet_json.h>
#include <roadgnn/io/orders_csv.h>

namespace roadgnn::io {

/// A part of a city with the people who live there, as a circle.
struct PopulationZone {
  Coordinate centre;
  std::int64_t population = 0, radius_m = 0;
};

/// Reads zones from a CSV with the columns lat, lon, population and radius_m (others, such as id
/// and name, are carried along). Throws InputError that names line and column.
std::vector<PopulationZone> read_zones_csv(std::string_view text, const std::string& origin);

struct GenerateOptions {
  std::int32_t count = 1000;
  std::uint64_t seed = 1;
};

/// A made-up but plausible day: parcels, groceries, chilled goods and bulky goods for people where
/// they live, 30 % with a two-hour window, 10 % carried from a shop to a customer, 2 % returns to
/// the depot. Places lie in a zone drawn by population, or without zones anywhere: at an address as
/// far as the map has them, else along a street drawn by length, residential ones first. Integer
/// arithmetic throughout: the same city, zones, count and seed give the same day on any machine.
///
/// Throws InputError where the city has no street for an order.
std::vector<OrderRow> generate_orders(const graph::RoadGraph& graph,
                                      const std::vector<PopulationZone>& zones,
                                      const GenerateOptions& options);

/// A mixed fleet that can serve `orders` with a little slack: cargo trikes, vans and chilled trucks
/// at depots amid the demand, as far as the city has their profiles.
Fleet generate_fleet(const graph::RoadGraph& graph, const std::vector<OrderRow>& orders);

}  // namespace roadgnn::io
