// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/route_geometry.h>

#include <gtest/gtest.h>

#include <algorithm>

#include <roadgnn/graph/error.h>

#include "grid_day.h"

namespace roadgnn::io {
namespace {

double length_of(std::span<const PointE7> line) {
  double metres = 0;
  for (std::size_t i = 1; i < line.size(); ++i) metres += distance_m(line[i - 1], line[i]);
  return metres;
}

TEST(EdgeLine, OfTheOppositeEdgeIsTheSameLineBackwards) {
  const GridDay day = make_grid_day();

  for (std::int32_t edge = 0; edge < day.graph.num_edges(); ++edge) {
    std::vector<PointE7> back =
        edge_line(day.graph, day.graph.opposite[static_cast<std::size_t>(edge)]);
    std::reverse(back.begin(), back.end());

    ASSERT_EQ(edge_line(day.graph, edge), back);
  }
}

TEST(PointAt, IsTheSamePlaceFromBothSidesOfAStreet) {
  const GridDay day = make_grid_day();

  for (const graph::Position& position : day.positions[0]) {
    const PointE7 one = point_at(day.graph, position.sides[0]);
    const PointE7 other = point_at(day.graph, position.sides[1]);

    ASSERT_LT(distance_m(one, other), 0.03);
  }
}

TEST(PathLine, OnOneEdgeIsThePieceBetweenTheOffsets) {
  const GridDay day = make_grid_day();
  const std::int32_t length = day.graph.length_cm[7];
  const graph::Path path{
      .travel = {}, .edges = {7}, .from = {7, length / 4}, .to = {7, length / 4 * 3}};

  const std::vector<PointE7> line = path_line(day.graph, path);

  EXPECT_EQ(line.size(), 3U);  // the shape point lies in the middle
  EXPECT_EQ(line.front(), point_at(day.graph, path.from));
  EXPECT_EQ(line.back(), point_at(day.graph, path.to));
  EXPECT_NEAR(length_of(line), length / 200.0, 0.1);
}

TEST(PathLine, OfNoWayIsEmpty) {
  EXPECT_TRUE(path_line(make_grid_day().graph, {}).empty());
}

TEST(TraceRoutes, DrawsEveryLegFromStopToStopAtItsLength) {
  const GridDay day = make_grid_day({.orders = 400, .vehicles = 9});

  const auto lines = trace_routes(day.graph, day.problem, day.plan, day.positions, day.legs(), 2);

  ASSERT_EQ(lines.size(), day.plan.routes.size());
  for (std::size_t r = 0; r < lines.size(); ++r) {
    const auto& steps = day.plan.routes[r].steps;
    ASSERT_EQ(lines[r].first_point.size(), steps.size());
    for (std::size_t s = 0; s < steps.size(); ++s) {
      const auto& position = day.positions[0][static_cast<std::size_t>(steps[s].location)];
      const auto at = static_cast<std::size_t>(lines[r].first_point[s]);
      ASSERT_LT(distance_m(lines[r].points[at], point_at(day.graph, position.sides[0])), 0.03);
      if (s == 0) continue;
      const auto before = static_cast<std::size_t>(lines[r].first_point[s - 1]);
      const std::span<const PointE7> leg(lines[r].points.data() + before, at - before + 1);
      ASSERT_NEAR(length_of(leg), static_cast<double>(steps[s].distance - steps[s - 1].distance),
                  1.0);
    }
  }
}

TEST(TraceRoutes, IsTheSameForAnyNumberOfThreads) {
  const GridDay day = make_grid_day({.orders = 200, .vehicles = 8});

  const auto one = trace_routes(day.graph, day.problem, day.plan, day.positions, day.legs(), 1);
  const auto three = trace_routes(day.graph, day.problem, day.plan, day.positions, day.legs(), 3);

  for (std::size_t r = 0; r < one.size(); ++r) EXPECT_EQ(one[r].points, three[r].points);
}

TEST(TraceRoutes, NamesTheVehicleWhoseLegHasNoWay) {
  const GridDay day = make_grid_day();
  const LegFinder no_way = [](int, std::int32_t, const graph::Position&, const graph::Position&) {
    return graph::Path{};
  };

  try {
    trace_routes(day.graph, day.problem, day.plan, day.positions, no_way, 1);
    FAIL() << "expected a RoutingError";
  } catch (const RoutingError& error) {
    EXPECT_STREQ(error.what(), "route of van-1: no way to step 1");
  }
}

TEST(DistanceM, TakesTheShortWayAcrossTheAntimeridian) {
  EXPECT_NEAR(distance_m(PointE7{0, 1'799'990'000}, PointE7{0, -1'799'990'000}), 222.39, 0.01);
}

}  // namespace
}  // namespace roadgnn::io
