// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A small route model, and a small day on a small town's streets.
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <roadgnn/gnn/models/route_model.h>

#include "../../graph/network_maker.h"
#include "days.h"

namespace roadgnn::gnn::models {

inline RouteModelOptions small_options() {
  RouteModelOptions options;
  options.stops.width = 16;
  options.stops.heads = 2;
  options.stops.layers = 2;
  options.stops.feed_forward = 32;
  options.roads.width = 8;
  options.roads.heads = 2;
  options.roads.layers = 2;
  options.roads.feed_forward = 16;
  options.decoder_hidden = 12;
  return options;
}

/// A grid of streets, some of them one-way, with a signal; turned by quarters and moved.
inline graph::RoadGraph make_grid(int quarters, double dx, double dy) {
  constexpr int kSide = 5;
  graph::testing::NetworkMaker maker;
  std::vector<std::int32_t> nodes;
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      double u = x, v = y * 1.25;
      for (int q = 0; q < quarters; ++q) {
        const double was = u;
        u = -v;
        v = was;
      }
      nodes.push_back(
          maker.node(u + dx, v + dy, x == 2 && y == 2 ? graph::node_flag::traffic_signals : 0));
    }
  }
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      const auto at = [&](int i, int j) { return nodes[static_cast<std::size_t>(j * kSide + i)]; };
      if (x + 1 < kSide) {
        if (y == 1) {
          maker.one_way(at(x, y), at(x + 1, y), 8'000);
        } else {
          maker.street(at(x, y), at(x + 1, y), 10'000 + 100 * (x + 3 * y));
        }
      }
      if (y + 1 < kSide) maker.street(at(x, y), at(x, y + 1), 12'000 + 70 * (y + 2 * x));
    }
  }
  return maker.build();
}

/// A position in the middle of the street between two of the grid's nodes.
inline graph::Position between(const graph::RoadGraph& graph, std::int32_t from, std::int32_t to) {
  graph::Position position;
  for (const auto& [a, b] : {std::pair{from, to}, std::pair{to, from}}) {
    const std::int32_t edge = graph::testing::find_edge(graph, a, b);
    if (edge < 0) continue;
    const std::int32_t offset = a == from ? 3'000 : 7'000;
    position.sides[static_cast<std::size_t>(position.num_sides++)] = {edge, offset};
  }
  return position;
}

inline std::vector<graph::Position> positions_on(const graph::RoadGraph& graph) {
  return {between(graph, 0, 1), between(graph, 6, 7), between(graph, 12, 17), graph::Position{},
          between(graph, 23, 24)};
}

/// Four orders and a depot.
inline testing::Day small_day() {
  testing::Day day = testing::city(2, 4);
  for (decode::Order& order : day.problem.orders) order.pickup.reset();
  std::int32_t location = 1;
  for (decode::Order& order : day.problem.orders) {
    order.delivery = decode::Stop{};
    order.delivery->location = location++;
  }
  day.problem.num_locations = 5;
  std::vector<std::int32_t> same(5);
  std::vector<graph::Coordinate> points;
  for (int i = 0; i < 5; ++i) points.push_back({100.0 * i * i, 70.0 * i});
  day.travel_times = std::make_shared<graph::CoordinateTravelTimes>(
      points, 1, std::vector<double>{1, 1, 1}, graph::Rounding::nearest);
  return day;
}

}  // namespace roadgnn::gnn::models
