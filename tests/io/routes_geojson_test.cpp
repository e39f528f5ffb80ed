// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/routes_geojson.h>

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "grid_day.h"

namespace roadgnn::io {
namespace {

using nlohmann::json;

json written(const GridDay& day) {
  const auto lines = trace_routes(day.graph, day.problem, day.plan, day.positions, day.legs(), 1);
  std::ostringstream out;
  write_routes_geojson(out, day.problem, day.plan, lines);
  return json::parse(out.str());
}

json geometry_of(const std::vector<PointE7>& points) {
  return json::parse(geojson_geometry(points));
}

void expect_position(const json& position, PointE7 point) {
  ASSERT_EQ(position.size(), 2U);
  EXPECT_NEAR(position[0].get<double>(), point.lon / 1e7, 5.1e-7);
  EXPECT_NEAR(position[1].get<double>(), point.lat / 1e7, 5.1e-7);
}

TEST(RoutesGeojson, HasAFeatureARouteFromItsFirstToItsLastStop) {
  const GridDay day = make_grid_day();

  const json collection = written(day);

  ASSERT_EQ(collection["type"], "FeatureCollection");
  ASSERT_EQ(collection["features"].size(), day.plan.routes.size());
  for (std::size_t r = 0; r < day.plan.routes.size(); ++r) {
    const json& feature = collection["features"][r];
    const decode::Route& route = day.plan.routes[r];
    ASSERT_EQ(feature["type"], "Feature");
    ASSERT_EQ(feature["geometry"]["type"], "LineString");
    const json& line = feature["geometry"]["coordinates"];
    const auto place = [&](const decode::Step& step) {
      return point_at(day.graph,
                      day.positions[0][static_cast<std::size_t>(step.location)].sides[0]);
    };
    expect_position(line.front(), place(route.steps.front()));
    expect_position(line.back(), place(route.steps.back()));
  }
}

TEST(RoutesGeojson, SaysWhatARouteCosts) {
  const GridDay day = make_grid_day();

  const json properties = written(day)["features"][1]["properties"];

  EXPECT_EQ(properties["vehicle"], "van-2");
  EXPECT_EQ(properties["type"], "van");
  EXPECT_EQ(properties["distance_m"], day.plan.routes[1].distance);
  EXPECT_NEAR(properties["duration_s"].get<double>(),
              static_cast<double>(day.plan.routes[1].duration) / 1000, 0.5);
  EXPECT_DOUBLE_EQ(properties["cost"].get<double>(), day.plan.routes[1].cost);
  EXPECT_EQ(properties["stops"], day.plan.routes[1].steps.size() - 2);
}

TEST(RoutesGeojson, DrawsARouteAsLongAsItIs) {
  const GridDay day = make_grid_day();

  const json collection = written(day);

  for (std::size_t r = 0; r < day.plan.routes.size(); ++r) {
    const json& line = collection["features"][r]["geometry"]["coordinates"];
    double metres = 0;
    for (std::size_t i = 1; i < line.size(); ++i) {
      const auto point = [&](std::size_t at) {
        return PointE7{static_cast<std::int32_t>(std::lround(line[at][1].get<double>() * 1e7)),
                       static_cast<std::int32_t>(std::lround(line[at][0].get<double>() * 1e7))};
      };
      metres += distance_m(point(i - 1), point(i));
    }
    EXPECT_NEAR(metres, static_cast<double>(day.plan.routes[r].distance), 0.002 * metres);
  }
}

TEST(RoutesGeojson, LeavesOutPointsWithinAMetreOfTheLineButNoStop) {
  decode::Problem problem;
  problem.vehicle_types.resize(1);
  decode::Plan plan;
  plan.routes.resize(1);
  // Every 20 m to the north; 0.5 m, then 5 m beside the straight line, and a stop upon it.
  const std::vector<RouteLine> lines{
      {{{0, 0}, {1800, 45}, {3600, 0}, {5400, 450}, {7200, 0}, {9000, 0}}, {0, 2, 4, 5}}};

  std::ostringstream out;
  write_routes_geojson(out, problem, plan, lines);

  EXPECT_EQ(json::parse(out.str())["features"][0]["geometry"]["coordinates"].dump(),
            "[[0,0],[0,0.00036],[4.5e-05,0.00054],[0,0.00072],[0,0.0009]]");
}

TEST(RoutesGeojson, WritesSixDecimalsAtMost) {
  EXPECT_EQ(
      geometry_of({{-299'500'004, -713'000'006}, {5, -5}, {12'000'000, 0}})["coordinates"].dump(),
      "[[-71.300001,-29.95],[-1e-06,1e-06],[0,1.2]]");
}

TEST(RoutesGeojson, CutsALineAtTheAntimeridian) {
  const json geometry = geometry_of(
      {{100'000'000, 1'799'000'000}, {100'400'000, -1'797'000'000}, {100'500'000, -1'796'000'000}});

  EXPECT_EQ(geometry["type"], "MultiLineString");
  EXPECT_EQ(geometry["coordinates"].dump(),
            "[[[179.9,10],[180,10.01]],[[-180,10.01],[-179.7,10.04],[-179.6,10.05]]]");
}

TEST(RoutesGeojson, DoesNotCutALineThatOnlyTouchesTheAntimeridian) {
  EXPECT_EQ(geometry_of({{0, 1'799'000'000}, {0, -1'800'000'000}})["coordinates"].dump(),
            "[[179.9,0],[180,0]]");
  EXPECT_EQ(geometry_of({{0, 1'800'000'000}, {0, -1'800'000'000}})["coordinates"].size(), 2U);
}

TEST(RoutesGeojson, RepeatsThePointOfARouteThatNeverMoves) {
  const json geometry = geometry_of({{10'000'000, 20'000'000}});

  EXPECT_EQ(geometry["type"], "LineString");
  EXPECT_EQ(geometry["coordinates"].dump(), "[[2,1],[2,1]]");
}

TEST(RoutesGeojson, EscapesNamesAndReplacesBrokenUtf8) {
  GridDay day = make_grid_day();
  day.problem.vehicle_types[0].id = "va\"n\n\xff";

  const json collection = written(day);

  EXPECT_EQ(collection["features"][0]["properties"]["type"], "va\"n\n\xEF\xBF\xBD");
}

}  // namespace
}  // namespace roadgnn::io
