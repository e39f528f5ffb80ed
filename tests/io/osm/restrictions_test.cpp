// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// How restriction relations become edge sequences.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test_map.h"

namespace roadgnn::io {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

//         4
//         |
// 1 ----- 2 ----- 3
//         |
//         5
TestMap crossing() {
  return TestMap()
      .node(1, 0, 0)
      .node(2, 0, 1)
      .node(3, 0, 2)
      .node(4, 1, 1)
      .node(5, -1, 1)
      .way(12, {1, 2})
      .way(23, {2, 3})
      .way(24, {2, 4})
      .way(25, {2, 5});
}

std::vector<std::string> of(TestMap map, const char* value,
                            std::initializer_list<TestMap::Member> members) {
  return restrictions(import(map.restriction(1, value, members)));
}

TEST(Restrictions, ForbidATurnThroughANode) {
  EXPECT_THAT(
      of(crossing(), "no_left_turn", {{"from", "way", 12}, {"via", "node", 2}, {"to", "way", 24}}),
      ElementsAre("no 1>2>4"));
}

TEST(Restrictions, DemandATurn) {
  EXPECT_THAT(of(crossing(), "only_straight_on",
                 {{"from", "way", 12}, {"via", "node", 2}, {"to", "way", 23}}),
              ElementsAre("only 1>2>3"));
}

TEST(Restrictions, ForbidTurningBackOnOneWay) {
  EXPECT_THAT(
      of(crossing(), "no_u_turn", {{"from", "way", 12}, {"via", "node", 2}, {"to", "way", 12}}),
      ElementsAre("no 1>2>1"));
}

TEST(Restrictions, NoEntryHasSeveralFromMembers) {
  EXPECT_THAT(of(crossing(), "no_entry",
                 {{"from", "way", 12}, {"from", "way", 25}, {"via", "node", 2}, {"to", "way", 24}}),
              UnorderedElementsAre("no 1>2>4", "no 5>2>4"));
}

TEST(Restrictions, NoExitHasSeveralToMembers) {
  EXPECT_THAT(of(crossing(), "no_exit",
                 {{"from", "way", 12}, {"via", "node", 2}, {"to", "way", 24}, {"to", "way", 23}}),
              UnorderedElementsAre("no 1>2>4", "no 1>2>3"));
}

TEST(Restrictions, TakeThePartOfASplitWayThatTouchesTheVia) {
  // The from way 6 - 1 - 2 is cut at 1, where way 17 meets it.
  auto map = crossing().node(6, 0, -1).node(7, 1, 0).way(16, {6, 1, 2}).way(17, {1, 7});

  EXPECT_THAT(of(map, "no_left_turn", {{"from", "way", 16}, {"via", "node", 2}, {"to", "way", 24}}),
              ElementsAre("no 1>2>4"));
}

TEST(Restrictions, ApplyToAOneWayAgainstItsDirection) {
  auto map = TestMap()
                 .node(1, 0, 0)
                 .node(2, 0, 1)
                 .node(3, 0, 2)
                 .node(4, 1, 1)
                 .way(12, {2, 1}, {{"highway", "primary"}, {"oneway", "-1"}})
                 .way(23, {2, 3})
                 .way(24, {2, 4});

  EXPECT_THAT(of(map, "no_left_turn", {{"from", "way", 12}, {"via", "node", 2}, {"to", "way", 24}}),
              ElementsAre("no 1>2>4"));
}

TEST(Restrictions, ChooseByTheTurnsNameWhereAWayGoesOnBeyondTheVia) {
  auto map = TestMap()
                 .node(1, 0, 0)
                 .node(2, 0, 1)
                 .node(3, 0, 2)
                 .node(4, 1, 1)
                 .way(13, {1, 2, 3})
                 .way(24, {2, 4});

  EXPECT_THAT(of(map, "no_left_turn", {{"from", "way", 13}, {"via", "node", 2}, {"to", "way", 24}}),
              ElementsAre("no 1>2>4"));
  EXPECT_THAT(
      of(map, "no_right_turn", {{"from", "way", 13}, {"via", "node", 2}, {"to", "way", 24}}),
      ElementsAre("no 3>2>4"));
}

TEST(Restrictions, AreDroppedWhereTheyCouldMeanSeveralTurns) {
  ImportReport report;
  auto map =
      TestMap()
          .node(1, 0, 0)
          .node(2, 0, 1)
          .node(3, 0, 2)
          .node(4, 1, 1)
          .way(13, {1, 2, 3})
          .way(24, {2, 4})
          .restriction(1, "no_entry", {{"from", "way", 13}, {"via", "node", 2}, {"to", "way", 24}});

  const auto network = import(map, car_options(), &report);

  EXPECT_THAT(network.restrictions, IsEmpty());
  EXPECT_EQ(count(report, "restriction relations dropped: way not split at the via node"), 1);
}

// 1 - 2 - 3      one way
//         |      via way, two segments: 3 - 4 - 5
//         4 - 7
//         |
// 6 ----- 5
TestMap hook() {
  return TestMap()
      .node(1, 2, 0)
      .node(2, 2, 1)
      .node(3, 2, 2)
      .node(4, 1, 2)
      .node(5, 0, 2)
      .node(6, 0, 0)
      .node(7, 1, 3)
      .way(13, {1, 2, 3})
      .way(35, {3, 4, 5})
      .way(56, {5, 6})
      .way(47, {4, 7});
}

TEST(Restrictions, ForbidAPathThroughAWayOverAllItsSegments) {
  EXPECT_THAT(of(hook(), "no_u_turn", {{"from", "way", 13}, {"via", "way", 35}, {"to", "way", 56}}),
              ElementsAre("no 1>3>4>5>6"));
}

TEST(Restrictions, FollowAViaWayAgainstItsDirection) {
  EXPECT_THAT(of(hook(), "no_u_turn", {{"from", "way", 56}, {"via", "way", 35}, {"to", "way", 13}}),
              ElementsAre("no 6>5>4>3>1"));
}

TEST(Restrictions, UseThePartOfAViaWayBetweenFromAndTo) {
  EXPECT_THAT(
      of(hook(), "no_left_turn", {{"from", "way", 13}, {"via", "way", 35}, {"to", "way", 47}}),
      ElementsAre("no 1>3>4>7"));
}

TEST(Restrictions, GoThroughSeveralWays) {
  auto map = TestMap()
                 .node(1, 0, 0)
                 .node(2, 0, 1)
                 .node(3, 0, 2)
                 .node(4, 1, 2)
                 .node(5, 1, 3)
                 .node(6, 2, 2)
                 .way(12, {1, 2})
                 .way(23, {2, 3})
                 .way(34, {4, 3})
                 .way(45, {4, 5})
                 .way(46, {4, 6});

  EXPECT_THAT(of(map, "only_right_turn",
                 {{"from", "way", 12}, {"via", "way", 23}, {"via", "way", 34}, {"to", "way", 45}}),
              ElementsAre("only 1>2>3>4>5"));
}

TEST(Restrictions, AreDroppedAndCountedWithTheirReason) {
  ImportReport report;
  auto map =
      crossing()
          .node(8, 5, 5)
          .node(9, 5, 6)
          .way(89, {8, 9})
          .restriction(1, "no_left_turn", {{"from", "way", 12}, {"to", "way", 24}})
          .restriction(2, "no_left_turn",
                       {{"from", "way", 12}, {"via", "node", 2}, {"to", "way", 99}})
          .restriction(3, "no_left_turn",
                       {{"from", "way", 12}, {"via", "node", 77}, {"to", "way", 24}})
          .restriction(4, "no_left_turn",
                       {{"from", "way", 12}, {"via", "node", 2}, {"to", "way", 89}})
          .restriction(
              5, "no_left_turn",
              {{"from", "way", 12}, {"via", "node", 2}, {"to", "way", 24}, {"to", "way", 23}})
          .restriction(6, "no_left_turn",
                       {{"from", "relation", 6}, {"via", "node", 2}, {"to", "way", 24}});

  const auto network = import(map, car_options(), &report);

  EXPECT_THAT(network.restrictions, IsEmpty());
  EXPECT_EQ(count(report, "restriction relations read"), 6);
  EXPECT_EQ(count(report, "restriction relations kept"), 0);
  EXPECT_EQ(count(report, "restriction relations dropped: no via member"), 1);
  EXPECT_EQ(count(report, "restriction relations dropped: way not in the file or no road"), 1);
  EXPECT_EQ(count(report, "restriction relations dropped: via node not on a road"), 1);
  EXPECT_EQ(
      count(report, "restriction relations dropped: ways do not meet or cannot be driven that way"),
      1);
  EXPECT_EQ(count(report, "restriction relations dropped: several from or to members"), 1);
  EXPECT_EQ(count(report, "restriction relations dropped: no from member"), 1);
}

TEST(Restrictions, OnATurnThatAOneWayForbidsAnywayAreDropped) {
  auto map = TestMap()
                 .node(1, 0, 0)
                 .node(2, 0, 1)
                 .node(4, 1, 1)
                 .node(3, 0, 2)
                 .way(12, {1, 2})
                 .way(23, {2, 3})
                 .way(24, {4, 2}, {{"highway", "primary"}, {"oneway", "yes"}});

  EXPECT_THAT(
      of(map, "only_left_turn", {{"from", "way", 12}, {"via", "node", 2}, {"to", "way", 24}}),
      IsEmpty());
}

}  // namespace
}  // namespace roadgnn::io
