// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include "tag_judge.h"

#include <gtest/gtest.h>

namespace roadgnn::io {
namespace {

TEST(BarrierTags, StopCarsUnlessTheyOpen) {
  const TagJudge car("car");

  EXPECT_FALSE(car.node({}).blocked);
  EXPECT_TRUE(car.node({{"barrier", "bollard"}}).blocked);
  EXPECT_FALSE(car.node({{"barrier", "bollard"}, {"bollard", "rising"}}).blocked);
  EXPECT_FALSE(car.node({{"barrier", "no"}}).blocked);
  EXPECT_FALSE(car.node({{"barrier", "toll_booth"}}).blocked);
  EXPECT_FALSE(car.node({{"barrier", "gate"}}).blocked);
  EXPECT_DOUBLE_EQ(car.node({{"barrier", "gate"}}).penalty_s, 60);
  EXPECT_TRUE(car.node({{"barrier", "gate"}, {"locked", "yes"}}).blocked);
  EXPECT_FALSE(car.node({{"barrier", "kerb"}, {"kerb", "lowered"}}).blocked);
}

TEST(BarrierTags, YieldToAccessTags) {
  const TagJudge car("car");

  EXPECT_FALSE(car.node({{"barrier", "wall"}, {"access", "yes"}}).blocked);
  EXPECT_FALSE(car.node({{"barrier", "wall"}, {"access", "private"}}).blocked);
  EXPECT_TRUE(car.node({{"barrier", "gate"}, {"access", "no"}}).blocked);
  EXPECT_DOUBLE_EQ(car.node({{"barrier", "gate"}, {"access", "yes"}}).penalty_s, 0);
  EXPECT_TRUE(car.node({{"access", "agricultural;forestry"}}).blocked);
  EXPECT_FALSE(car.node({{"access", "no"}, {"motorcar", "yes"}}).blocked);
}

TEST(BarrierTags, LookAtTheVehiclesSize) {
  const TagJudge car("car"), truck("cold_truck"), trike("cargo_trike");

  EXPECT_FALSE(car.node({{"barrier", "height_restrictor"}, {"maxheight", "2.2"}}).blocked);
  EXPECT_TRUE(truck.node({{"barrier", "height_restrictor"}, {"maxheight", "2.2"}}).blocked);
  EXPECT_FALSE(trike.node({{"barrier", "bollard"}}).blocked);
  EXPECT_TRUE(trike.node({{"barrier", "bollard"}, {"maxwidth:physical", "0.8"}}).blocked);
  EXPECT_TRUE(trike.node({{"barrier", "cycle_barrier"}}).blocked);
  EXPECT_FALSE(trike.node({{"barrier", "cycle_barrier"}, {"maxwidth:physical", "1.3"}}).blocked);
}

TEST(SignTags, FaceOneDirectionOrBoth) {
  const TagJudge car("car");

  const NodeVerdict signals = car.node({{"highway", "traffic_signals"},
                                        {"direction", "forward"},
                                        {"traffic_signals:direction", "backward"}});
  const NodeVerdict stop = car.node({{"highway", "stop"}, {"direction", "forward"}});

  EXPECT_EQ(signals.flags, graph::node_flag::traffic_signals);
  EXPECT_EQ(signals.facing, 2);
  EXPECT_EQ(stop.flags, graph::node_flag::stop);
  EXPECT_EQ(stop.facing, 1);
  EXPECT_EQ(car.node({{"highway", "give_way"}, {"direction", "both"}}).facing, 3);
  EXPECT_EQ(car.node({{"highway", "give_way"}}).facing, 3 | facing_flag::unsaid);
  EXPECT_EQ(car.node({{"highway", "stop"}, {"stop", "minor"}}).facing,
            3 | facing_flag::unsaid | facing_flag::minor_roads);
}

TEST(RestrictionTags, ConcernTheVehiclesTheyName) {
  using Kind = RestrictionVerdict::Kind;
  const TagJudge car("car"), truck("cold_truck"), trike("cargo_trike");

  EXPECT_EQ(car.restriction({{"restriction", "no_left_turn"}}).kind, Kind::no);
  EXPECT_EQ(car.restriction({{"restriction", "only_straight_on"}}).kind, Kind::only);
  EXPECT_EQ(car.restriction({{"restriction", "no_entry"}}).kind, Kind::no_entry);
  EXPECT_EQ(car.restriction({{"restriction", "no_exit"}}).kind, Kind::no_exit);
  EXPECT_EQ(car.restriction({{"restriction", "no_right_turn_on_red"}}).kind, Kind::none);
  EXPECT_EQ(car.restriction({{"restriction:hgv", "no_left_turn"}}).kind, Kind::none);
  EXPECT_EQ(truck.restriction({{"restriction:hgv", "no_left_turn"}}).kind, Kind::no);
  EXPECT_EQ(car.restriction({{"restriction", "no_left_turn"}, {"except", "bus;motorcar"}}).kind,
            Kind::none);
  EXPECT_EQ(trike.restriction({{"restriction", "no_left_turn"}, {"except", "psv; bicycle"}}).kind,
            Kind::none);
}

TEST(RestrictionTags, KeepTheHoursOfAConditionAndDropWhatNobodyUnderstands) {
  using Kind = RestrictionVerdict::Kind;
  const TagJudge car("car"), truck("cold_truck");

  const RestrictionVerdict verdict =
      car.restriction({{"restriction:conditional",
                        "no_left_turn @ (Mo-Fr 07:00-09:00); no_left_turn @ (Mo-Fr 16:00-18:00)"}});
  const RestrictionVerdict heavy =
      truck.restriction({{"restriction:conditional", "no_u_turn @ (weight>7.5)"}});

  EXPECT_EQ(verdict.kind, Kind::no);
  EXPECT_EQ(verdict.condition, "Mo-Fr 07:00-09:00, Mo-Fr 16:00-18:00");
  EXPECT_EQ(heavy.kind, Kind::no);
  EXPECT_EQ(heavy.condition, "");
  EXPECT_EQ(car.restriction({{"restriction:conditional", "no_u_turn @ (weight>7.5)"}}).kind,
            Kind::none);
  EXPECT_EQ(
      car.restriction({{"restriction:conditional", "no_left_turn @ (has_pygmies > 10)"}}).kind,
      Kind::none);
}

}  // namespace
}  // namespace roadgnn::io
