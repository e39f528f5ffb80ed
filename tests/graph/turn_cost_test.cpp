// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/turn_cost.h>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "network_maker.h"

namespace roadgnn::graph {
namespace {

using testing::find_edge;
using testing::NetworkMaker;

TurnSituation junction(double angle_deg) {
  TurnSituation situation;
  situation.angle_deg = angle_deg;
  situation.junction = true;
  return situation;
}

constexpr TurnCostParameters kCar = {7.5, 1.075, 20, 2, 1, 0.5, 0.25};

TEST(TurnCost, FollowsTheSigmoidOfOsrmsCarProfile) {
  // 7.5 / (1 + exp(-(13 / 1.075 * 0.5 - 6.5 * 1.075))) s to the right, with 1 / 1.075 to the left.
  EXPECT_EQ(turn_cost_ms(kCar, junction(90)), 2105);
  EXPECT_EQ(turn_cost_ms(kCar, junction(-90)), 5395);
  EXPECT_EQ(turn_cost_ms(kCar, junction(0)), 7);
  EXPECT_EQ(turn_cost_ms(kCar, junction(180)), 7455);
}

TEST(TurnCost, IsMirroredInLeftHandTraffic) {
  TurnSituation left = junction(-60), right = junction(60);
  left.left_hand_traffic = true;

  EXPECT_EQ(turn_cost_ms(kCar, left), turn_cost_ms(kCar, right));
}

TEST(TurnCost, IsNothingWhereTheRoadJustBends) {
  TurnSituation bend = junction(120);
  bend.junction = false;

  EXPECT_EQ(turn_cost_ms(kCar, bend), 0);
}

TEST(TurnCost, AddsSignalsSignsCrossingsAndUTurns) {
  TurnSituation situation;
  situation.signals = situation.stop = situation.give_way = situation.crossing = true;

  EXPECT_EQ(turn_cost_ms(kCar, situation), 3750);
  situation.u_turn = true;
  situation.angle_deg = 180;
  EXPECT_EQ(turn_cost_ms(kCar, situation), 3750 + 20'000 + 7455);
}

TEST(TurnAngle, IsTheDeviationFromStraightOnRightPositive) {
  EXPECT_EQ(turn_angle_deg(0, 90), 90);
  EXPECT_EQ(turn_angle_deg(170, -170), 20);
  EXPECT_EQ(turn_angle_deg(-170, 170), -20);
  EXPECT_EQ(turn_angle_deg(90, -90), 180);
  EXPECT_EQ(turn_angle_deg(std::numeric_limits<double>::quiet_NaN(), 5), 0);
}

TEST(Bearings, AreTakenOverTheFirstAndLastMetresOfTheShape) {
  // A kerb of 1 m to the north, then 100 m to the east, and a corner to the south just before the
  // end.
  NetworkMaker maker;
  maker.node(0, 0);
  maker.node(1, 0);
  maker.street(0, 1);
  maker.network().shape_lat_e7 = {90, 90};
  maker.network().shape_lon_e7 = {0, 9000};
  maker.network().segments[0].num_shapes = 2;
  const RoadGraph graph = maker.build();
  const std::int32_t along = find_edge(graph, 0, 1), against = find_edge(graph, 1, 0);

  EXPECT_NEAR(bearing_at_tail(graph, along), 90, 6);
  EXPECT_NEAR(bearing_at_head(graph, along), 90, 6);
  EXPECT_NEAR(bearing_at_tail(graph, against), -90, 6);
  EXPECT_NEAR(bearing_at_head(graph, against), -90, 6);
}

TEST(Bearings, AreUnknownForEdgesWithoutExtent) {
  NetworkMaker maker;
  maker.node(0, 0);
  maker.node(0, 0);
  maker.street(0, 1);
  const RoadGraph graph = maker.build();

  EXPECT_TRUE(std::isnan(bearing_at_tail(graph, 0)));
  EXPECT_TRUE(std::isnan(bearing_at_head(graph, 0)));
}

}  // namespace
}  // namespace roadgnn::graph
