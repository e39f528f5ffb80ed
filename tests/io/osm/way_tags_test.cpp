// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include "tag_judge.h"

#include <gtest/gtest.h>

namespace roadgnn::io {
namespace {

TEST(CarTags, OpensRoadsByTheMostSpecificAccessTag) {
  const TagJudge car("car");

  EXPECT_EQ(car.directions({{"highway", "primary"}}), "both");
  EXPECT_EQ(car.directions({{"highway", "primary"}, {"access", "no"}}), "none");
  EXPECT_EQ(car.directions({{"highway", "primary"}, {"access", "no"}, {"motor_vehicle", "yes"}}),
            "both");
  EXPECT_EQ(car.directions({{"highway", "primary"}, {"motor_vehicle", "yes"}, {"motorcar", "no"}}),
            "none");
  EXPECT_EQ(car.directions({{"highway", "primary"}, {"bicycle", "no"}, {"foot", "no"}}), "both");
  EXPECT_EQ(car.directions({{"highway", "footway"}}), "none");
  EXPECT_EQ(car.directions({{"highway", "footway"}, {"motorcar", "yes"}}), "both");
  EXPECT_EQ(car.directions({{"highway", "steps"}, {"access", "yes"}}), "none");
}

TEST(CarTags, TellsTheDirectionsOfAccessApart) {
  const TagJudge car("car");

  EXPECT_EQ(car.directions({{"highway", "primary"}, {"access:forward", "no"}}), "backward");
  EXPECT_EQ(car.directions({{"highway", "primary"}, {"access", "no"}, {"access:backward", "yes"}}),
            "backward");
  EXPECT_EQ(car.directions({{"highway", "primary"}, {"access:forward", "no"}, {"motorcar", "yes"}}),
            "both");
  EXPECT_EQ(car.directions({{"highway", "pedestrian"}, {"vehicle:forward", "yes"}}), "forward");
}

TEST(CarTags, KeepsDestinationTrafficToTheEndsOfATrip) {
  const TagJudge car("car");

  for (const char* value : {"destination", "delivery", "private", "customers"}) {
    EXPECT_EQ(car.directions({{"highway", "residential"}, {"access", value}}), "both*") << value;
    EXPECT_EQ(car.directions({{"highway", "track"}, {"access", value}}), "none") << value;
  }
}

TEST(CarTags, TakesTheBestPartOfAnAccessList) {
  const TagJudge car("car");

  EXPECT_EQ(car.directions({{"highway", "primary"}, {"access", "agricultural;forestry"}}), "none");
  EXPECT_EQ(car.directions({{"highway", "primary"}, {"access", "agricultural; destination"}}),
            "both*");
  EXPECT_EQ(car.directions({{"highway", "primary"}, {"access", "no;yes"}}), "both");
}

TEST(CarTags, FollowsOnewaysFromTheMostSpecificKey) {
  const TagJudge car("car");

  EXPECT_EQ(car.directions({{"highway", "primary"}, {"oneway", "yes"}}), "forward");
  EXPECT_EQ(car.directions({{"highway", "primary"}, {"oneway", "-1"}}), "backward");
  EXPECT_EQ(car.directions({{"highway", "primary"}, {"oneway", "reverse"}}), "backward");
  EXPECT_EQ(car.directions({{"highway", "primary"}, {"oneway", "yes"}, {"oneway:vehicle", "no"}}),
            "both");
  EXPECT_EQ(car.directions(
                {{"highway", "primary"}, {"oneway:motorcar", "yes"}, {"oneway:vehicle", "no"}}),
            "forward");
  EXPECT_EQ(car.directions({{"highway", "primary"}, {"oneway", "reversible"}}), "none");
  EXPECT_EQ(car.directions({{"highway", "primary"}, {"oneway", "alternating"}}), "both");
  EXPECT_EQ(car.directions({{"highway", "primary"}, {"oneway", "yes"}, {"cycleway", "opposite"}}),
            "forward");
}

TEST(CarTags, ImpliesOnewaysOnMotorwaysAndRoundabouts) {
  const TagJudge car("car");

  EXPECT_EQ(car.directions({{"highway", "motorway"}}), "forward");
  EXPECT_EQ(car.directions({{"highway", "motorway"}, {"oneway", "no"}}), "both");
  EXPECT_EQ(car.directions({{"highway", "motorway"}, {"oneway", "-1"}}), "backward");
  EXPECT_EQ(car.directions({{"highway", "motorway_link"}}), "both");
  EXPECT_EQ(car.directions({{"highway", "primary"}, {"junction", "roundabout"}}), "forward");
  EXPECT_EQ(car.directions({{"highway", "primary"}, {"junction", "circular"}}), "forward");
}

TEST(CarTags, ClosesWhatIsNoRoadYetOrNeverWasOne) {
  const TagJudge car("car");

  EXPECT_EQ(car.directions({{"highway", "construction"}, {"access", "yes"}}), "none");
  EXPECT_EQ(car.directions({{"highway", "primary"}, {"construction", "yes"}}), "none");
  EXPECT_EQ(car.directions({{"highway", "primary"}, {"construction", "minor"}}), "both");
  EXPECT_EQ(car.directions({{"highway", "tertiary"}, {"proposed", "secondary"}}), "both");
  EXPECT_EQ(car.directions({{"highway", "service"}, {"area", "yes"}}), "none");
  EXPECT_EQ(car.directions({{"highway", "service"}, {"service", "emergency_access"}}), "none");
  EXPECT_EQ(car.directions({{"building", "yes"}}), "none");
}

TEST(VehicleTags, RespectSizeAndWeight) {
  const TagJudge car("car"), truck("cold_truck"), trike("cargo_trike");

  EXPECT_EQ(car.directions({{"highway", "primary"}, {"maxheight", "3"}}), "both");
  EXPECT_EQ(truck.directions({{"highway", "primary"}, {"maxheight", "3"}}), "none");
  EXPECT_EQ(truck.directions({{"highway", "primary"}, {"maxheight", "11'6\""}}), "none");
  EXPECT_EQ(truck.directions({{"highway", "primary"}, {"maxheight", "12'6\""}}), "both");
  EXPECT_EQ(truck.directions({{"highway", "primary"}, {"maxweight", "7.5 t"}}), "none");
  EXPECT_EQ(truck.directions({{"highway", "primary"}, {"maxaxleload", "7.5"}}), "none");
  EXPECT_EQ(truck.directions({{"highway", "primary"}, {"maxlength:forward", "8"}}), "backward");
  EXPECT_EQ(truck.directions({{"highway", "primary"}, {"narrow", "yes"}}), "none");
  EXPECT_EQ(trike.directions({{"highway", "cycleway"}, {"maxwidth", "0.9"}}), "none");
  EXPECT_EQ(trike.directions({{"highway", "cycleway"}, {"maxwidth", "1.2"}}), "both");
}

TEST(TruckTags, ReadTheTrucksOwnKeys) {
  const TagJudge truck("cold_truck"), van("van");

  EXPECT_EQ(truck.directions({{"highway", "residential"}, {"hgv", "no"}}), "none");
  EXPECT_EQ(truck.directions({{"highway", "residential"}, {"hgv", "delivery"}}), "both*");
  EXPECT_EQ(van.directions({{"highway", "residential"}, {"hgv", "no"}}), "both");
  EXPECT_EQ(van.directions({{"highway", "residential"}, {"motor_vehicle", "no"}, {"goods", "yes"}}),
            "both");
  EXPECT_EQ(truck.directions({{"highway", "residential"}, {"maxweightrating:hgv", "7.5"}}), "none");
}

TEST(TrikeTags, ReadTheBicyclesKeys) {
  const TagJudge trike("cargo_trike");

  EXPECT_EQ(trike.directions({{"highway", "cycleway"}}), "both");
  EXPECT_EQ(trike.directions({{"highway", "motorway"}, {"bicycle", "yes"}}), "none");
  EXPECT_EQ(trike.directions({{"highway", "trunk"}}), "none");
  EXPECT_EQ(trike.directions({{"highway", "footway"}}), "none");
  EXPECT_EQ(trike.directions({{"highway", "footway"}, {"bicycle", "designated"}}), "both");
  EXPECT_EQ(trike.directions({{"highway", "pedestrian"}, {"bicycle", "dismount"}}), "none");
  EXPECT_EQ(trike.directions({{"highway", "residential"}, {"motor_vehicle", "no"}}), "both");
  EXPECT_LE(trike.forward_kmh({{"highway", "primary"}, {"maxspeed", "100"}}), 25);
}

TEST(TrikeTags, GoAgainstAOnewayWhereBicyclesMay) {
  const TagJudge trike("cargo_trike");

  EXPECT_EQ(trike.directions({{"highway", "residential"}, {"oneway", "yes"}}), "forward");
  EXPECT_EQ(
      trike.directions({{"highway", "residential"}, {"oneway", "yes"}, {"oneway:bicycle", "no"}}),
      "both");
  EXPECT_EQ(trike.directions(
                {{"highway", "residential"}, {"oneway", "yes"}, {"cycleway", "opposite_lane"}}),
            "both");
  EXPECT_EQ(trike.directions(
                {{"highway", "residential"}, {"oneway", "yes"}, {"cycleway:left", "opposite"}}),
            "both");
  EXPECT_EQ(trike.directions({{"highway", "residential"},
                              {"oneway", "yes"},
                              {"cycleway:left", "lane"},
                              {"cycleway:left:oneway", "-1"}}),
            "both");
  EXPECT_EQ(trike.directions(
                {{"highway", "residential"}, {"oneway", "yes"}, {"bicycle:backward", "yes"}}),
            "both");
}

TEST(FerryTags, TakeTheirTimeAndAreNoPlaceToStart) {
  const TagJudge car("car");

  const WayVerdict ferry = car.way({{"route", "ferry"}, {"duration", "00:20"}});
  const WayVerdict train = car.way({{"route", "shuttle_train"}, {"railway", "rail"}});

  EXPECT_EQ(ferry.forward.access, graph::Access::open);
  EXPECT_EQ(ferry.duration_s, 1200);
  EXPECT_FALSE(ferry.startpoint);
  EXPECT_EQ(train.forward.speed_kmh, 10);
  EXPECT_EQ(car.directions({{"route", "ferry"}, {"motor_vehicle", "no"}}), "none");
  EXPECT_EQ(car.directions({{"route", "bus"}}), "none");
}

TEST(SpeedTags, ScalePostedLimitsAndCapBySurface) {
  const TagJudge car("car");

  EXPECT_DOUBLE_EQ(car.forward_kmh({{"highway", "primary"}}), 65);
  EXPECT_DOUBLE_EQ(car.forward_kmh({{"highway", "primary"}, {"maxspeed", "60"}}), 48);
  EXPECT_DOUBLE_EQ(car.forward_kmh({{"highway", "primary"}, {"maxspeed", "FR:urban"}}), 40);
  EXPECT_DOUBLE_EQ(car.forward_kmh({{"highway", "primary"}, {"source:maxspeed", "CH:rural"}}), 64);
  EXPECT_DOUBLE_EQ(
      car.forward_kmh({{"highway", "primary"}, {"maxspeed", "60"}, {"maxspeed:advisory", "45"}}),
      36);
  EXPECT_DOUBLE_EQ(
      car.forward_kmh({{"highway", "primary"}, {"maxspeed", "15"}, {"maxspeed:forward", "30"}}),
      24);
  EXPECT_DOUBLE_EQ(
      car.forward_kmh({{"highway", "primary"}, {"surface", "gravel"}, {"tracktype", "grade5"}}),
      20);
  EXPECT_DOUBLE_EQ(car.forward_kmh({{"highway", "primary"}, {"smoothness", "impassable"}}), 0);
}

TEST(ConditionalTags, CloseConservativelyAndListWhatHoldsWhen) {
  const TagJudge van("van");

  const WayVerdict verdict = van.way(
      {{"highway", "residential"}, {"motor_vehicle:conditional", "no @ (Mo-Fr 07:00-09:00)"}});

  EXPECT_EQ(verdict.forward.access, graph::Access::closed);
  ASSERT_EQ(verdict.forward_when.size(), 2U);
  EXPECT_EQ(verdict.forward_when[0].condition, "always");
  EXPECT_EQ(verdict.forward_when[0].passage.access, graph::Access::open);
  EXPECT_EQ(verdict.forward_when[1].condition, "Mo-Fr 07:00-09:00");
  EXPECT_EQ(verdict.forward_when[1].passage.access, graph::Access::closed);
}

TEST(ConditionalTags, LookAtTheVehicleAtOnce) {
  const TagJudge truck("cold_truck"), van("van");

  EXPECT_EQ(truck.directions({{"highway", "primary"}, {"access:conditional", "no @ (weight>7.5)"}}),
            "none");
  EXPECT_EQ(van.directions({{"highway", "primary"}, {"access:conditional", "no @ (weight>7.5)"}}),
            "both");
  EXPECT_EQ(truck.directions({{"highway", "primary"},
                              {"maxweight", "7.5"},
                              {"maxweight:conditional", "none @ delivery"}}),
            "both*");
  const WayVerdict verdict = truck.way(
      {{"highway", "primary"}, {"hgv:conditional", "no @ (weight>=3.5 AND Mo-Su 22:00-06:00)"}});
  ASSERT_EQ(verdict.forward_when.size(), 2U);
  EXPECT_EQ(verdict.forward_when[1].condition, "Mo-Su 22:00-06:00");
}

TEST(ConditionalTags, OpenOnewaysAndChangeSpeeds) {
  const TagJudge car("car");

  const WayVerdict oneway = car.way(
      {{"highway", "primary"}, {"oneway", "yes"}, {"oneway:conditional", "no @ (Su); no @ (Sa)"}});
  const WayVerdict speed = car.way(
      {{"highway", "primary"}, {"maxspeed", "50"}, {"maxspeed:conditional", "30 @ (22:00-06:00)"}});

  EXPECT_EQ(oneway.backward.access, graph::Access::closed);
  EXPECT_EQ(oneway.backward_when.size(), 3U);
  EXPECT_TRUE(oneway.forward_when.empty());
  EXPECT_DOUBLE_EQ(speed.forward.speed_kmh, 24);
  EXPECT_DOUBLE_EQ(speed.forward_when[0].passage.speed_kmh, 40);
}

}  // namespace
}  // namespace roadgnn::io
