// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// How ways become nodes and segments.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <roadgnn/graph/error.h>

#include "test_map.h"

namespace roadgnn::io {
namespace {

using graph::RoadNetwork;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Import, SplitsWaysWhereTheyMeetAndKeepsBendsAsShape) {
  //   1 - 2 - 3 - 4
  //           |
  //           5
  const auto network = import(TestMap()
                                  .node(1, 0, 0)
                                  .node(2, 0, 1)
                                  .node(3, 0, 2)
                                  .node(4, 0, 3)
                                  .node(5, -1, 2)
                                  .way(10, {1, 2, 3, 4})
                                  .way(11, {3, 5}));

  EXPECT_THAT(segments(network), ElementsAre("1-3", "3-4", "3-5"));
  EXPECT_EQ(network.segments[0].num_shapes, 1);
  EXPECT_EQ(network.shape_lon_e7, std::vector<std::int32_t>{130010000});
  EXPECT_EQ(network.ways.size(), 2U);
  EXPECT_EQ(network.ways[1].osm_id, 11);
}

TEST(Import, ReadsAFileWhoseObjectsComeInAnyOrder) {
  const auto sorted =
      import(TestMap().node(1, 0, 0).node(2, 0, 1).node(3, 0, 2).way(10, {1, 2}).way(11, {2, 3}));

  const auto unsorted =
      import(TestMap().way(11, {2, 3}).node(3, 0, 2).node(1, 0, 0).way(10, {1, 2}).node(2, 0, 1));

  EXPECT_EQ(segments(unsorted), segments(sorted));
  EXPECT_THAT(segments(unsorted), ElementsAre("1-2", "2-3"));
}

TEST(Import, TakesIdsOf64BitsAndNegativeOnes) {
  const auto network =
      import(TestMap()
                 .node(-5, 0, 0)
                 .node(9'000'000'000'000'000'000, 0, 1)
                 .node(4'294'967'297, 0, 2)
                 .way(-1, {-5, 9'000'000'000'000'000'000})
                 .way(8'000'000'000'000'000'000, {9'000'000'000'000'000'000, 4'294'967'297}));

  EXPECT_THAT(segments(network),
              ElementsAre("-5-9000000000000000000", "9000000000000000000-4294967297"));
}

TEST(Import, CutsAWayWhereItsNodesAreNotInTheFile) {
  ImportReport report;

  const auto network = import(
      TestMap().node(1, 0, 0).node(2, 0, 1).node(4, 0, 3).node(5, 0, 4).way(10, {1, 2, 3, 4, 5}),
      car_options(), &report);

  EXPECT_THAT(segments(network), ElementsAre("1-2", "4-5"));
  EXPECT_EQ(count(report, "references to nodes not in the map"), 1);
  EXPECT_EQ(count(report, "ways cut at such references"), 1);
}

TEST(Import, DropsRepeatedReferencesAndKeepsSegmentsOfNoLength) {
  // 2 and 3 lie on the same spot: dropping the segment between them would cut the street.
  ImportReport report;

  const auto network = import(TestMap()
                                  .node(1, 0, 0)
                                  .node(2, 0, 1)
                                  .node(3, 0, 1)
                                  .node(4, 0, 2)
                                  .node(5, 1, 1)
                                  .way(10, {1, 2, 2, 3, 4})
                                  .way(11, {2, 5})
                                  .way(12, {3, 5}),
                              car_options(), &report);

  EXPECT_THAT(segments(network), ElementsAre("1-2", "2-3", "3-4", "2-5", "3-5"));
  EXPECT_EQ(network.segments[1].length_cm, 0);
  EXPECT_EQ(network.profiles[0].edge_time_ms[RoadNetwork::directed(1, 0)], 1);
  EXPECT_EQ(count(report, "repeated references dropped"), 1);
  EXPECT_EQ(count(report, "segments of no length"), 1);
}

TEST(Import, SplitsAWayThatCrossesItself) {
  //     3 - 4
  //     |   |
  // 1 - 2 - 5 (2 is visited twice)
  const auto network =
      import(TestMap().node(1, 0, 0).node(2, 0, 1).node(3, 1, 1).node(4, 1, 2).node(5, 0, 2).way(
          10, {1, 2, 3, 4, 5, 2}));

  EXPECT_THAT(segments(network), ElementsAre("1-2", "2-2"));
}

TEST(Import, KeepsAClosedWayOfItsOwnAsALoop) {
  const auto network =
      import(TestMap().node(1, 0, 0).node(2, 0, 1).node(3, 1, 1).way(10, {1, 2, 3, 1}));

  EXPECT_THAT(segments(network), ElementsAre("1-1"));
  EXPECT_EQ(network.segments[0].num_shapes, 2);
}

TEST(Import, KeepsParallelStreets) {
  const auto network = import(
      TestMap().node(1, 0, 0).node(2, 0, 1).node(3, 1, 0.5).way(10, {1, 2}).way(11, {1, 3, 2}));

  EXPECT_THAT(segments(network), ElementsAre("1-2", "1-2"));
  EXPECT_LT(network.segments[0].length_cm, network.segments[1].length_cm);
}

TEST(Import, DoesNotSplitStreetsWhereOnlyClosedWaysMeetThem) {
  const auto network = import(TestMap()
                                  .node(1, 0, 0)
                                  .node(2, 0, 1)
                                  .node(3, 0, 2)
                                  .node(4, 1, 1)
                                  .way(10, {1, 2, 3})
                                  .way(11, {2, 4}, {{"highway", "footway"}}));

  EXPECT_THAT(segments(network), ElementsAre("1-3"));
}

TEST(Import, KeepsPlacesWithAHouseNumberOnce) {
  const auto map = TestMap()
                       .node(1, 0, 0)
                       .node(2, 0, 1)
                       .way(10, {1, 2})
                       .node(3, 2, 1, {{"addr:housenumber", "7"}, {"addr:street", "Street"}})
                       .node(4, 1, 3, {{"addr:street", "Street"}})
                       .node(5, 1, 2)
                       .node(6, 1, 4)
                       .way(11, {5, 4, 6, 5}, {{"building", "yes"}, {"addr:housenumber", "9 a"}})
                       .way(12, {5, 6}, {{"building", "yes"}, {"addr:housenumber", "9 b"}})
                       .way(13, {99, 6}, {{"building", "yes"}, {"addr:housenumber", "11"}});

  const auto network = import(map);

  EXPECT_THAT(network.address_lat_e7, ElementsAre(520'010'000, 520'020'000));
  EXPECT_THAT(network.address_lon_e7, ElementsAre(130'020'000, 130'010'000));
}

TEST(Import, KeepsAddressesOfTheBoxAlone) {
  const auto map = TestMap()
                       .node(1, 0, 0, {{"addr:housenumber", "1"}})
                       .node(2, 0, 1)
                       .way(10, {1, 2})
                       .node(3, 20, 20, {{"addr:housenumber", "3"}})
                       .node(4, 20, 21)
                       .way(11, {4, 3}, {{"building", "yes"}, {"addr:housenumber", "5"}});
  ImportOptions options = car_options();
  options.bbox = BoundingBox{12.99, 51.99, 13.01, 52.01};

  EXPECT_THAT(import(map, options).address_lon_e7, ElementsAre(130'000'000));
}

TEST(Import, MeasuresOnTheEllipsoid) {
  // At 52 degrees a thousandth of a degree of latitude is 111.27 m.
  const auto network = import(TestMap().node(1, 0, 0).node(2, 1, 0).way(10, {1, 2}));

  EXPECT_EQ(network.segments[0].length_cm, 11127);
}

TEST(Import, MeasuresAcross180Degrees) {
  const auto network = import(TestMap()
                                  .node_at(1, "-17", "179.999")
                                  .node_at(2, "-17", "180")
                                  .node_at(3, "-17", "-179.999")
                                  .way(10, {1, 2, 3}));

  EXPECT_NEAR(network.segments[0].length_cm, 2 * 106.487 * 100, 10);
  EXPECT_EQ(network.nodes[1].lon_e7, -1799990000);
}

TEST(Import, KeepsAFerryOf300KilometresAndSpreadsItsDuration) {
  const auto network = import(TestMap()
                                  .node_at(1, "52", "13")
                                  .node_at(2, "53", "13")
                                  .node_at(3, "54.7", "13")
                                  .node_at(4, "53", "14")
                                  .way(10, {1, 2, 3}, {{"route", "ferry"}, {"duration", "27:00"}})
                                  .way(11, {2, 4}, {{"highway", "primary"}}));

  ASSERT_THAT(segments(network), ElementsAre("1-2", "2-3", "2-4"));
  EXPECT_NEAR(network.segments[0].length_cm + network.segments[1].length_cm, 300e5, 1e5);
  const auto& time = network.profiles[0].edge_time_ms;
  EXPECT_NEAR(time[0], 10 * 3600e3, 10e3);
  EXPECT_NEAR(time[2], 17 * 3600e3, 10e3);
}

TEST(Import, GivesOneWaysOneDirection) {
  const auto network = import(TestMap()
                                  .node(1, 0, 0)
                                  .node(2, 0, 1)
                                  .node(3, 0, 2)
                                  .way(10, {1, 2}, {{"highway", "primary"}, {"oneway", "yes"}})
                                  .way(11, {2, 3}, {{"highway", "primary"}, {"oneway", "-1"}}));

  EXPECT_THAT(open_edges(network), ElementsAre("1>2", "3>2"));
}

TEST(Import, KeepsNamesOncePerText) {
  const auto network = import(TestMap()
                                  .node(1, 0, 0)
                                  .node(2, 0, 1)
                                  .node(3, 0, 2)
                                  .node(4, 0, 3)
                                  .way(10, {1, 2}, {{"highway", "primary"}, {"name", "Ring"}})
                                  .way(11, {2, 3}, {{"highway", "primary"}})
                                  .way(12, {3, 4}, {{"highway", "primary"}, {"name", "Ring"}}));

  EXPECT_THAT(network.names, ElementsAre("", "Ring"));
  EXPECT_EQ(network.ways[0].name, 1);
  EXPECT_EQ(network.ways[1].name, 0);
  EXPECT_EQ(network.ways[2].name, 1);
}

TEST(Import, TakesTheLastOfSeveralObjectsWithOneId) {
  ImportReport report;

  const auto network = import(TestMap()
                                  .node(1, 0, 0)
                                  .node(2, 0, 1)
                                  .node(2, 0, 2)
                                  .node(3, 0, 3)
                                  .way(10, {1, 3})
                                  .way(10, {1, 2}),
                              car_options(), &report);

  EXPECT_THAT(segments(network), ElementsAre("1-2"));
  EXPECT_EQ(network.nodes[1].lon_e7, 130020000);
  EXPECT_EQ(count(report, "ways dropped: given again later"), 1);
  EXPECT_EQ(count(report, "nodes replaced: given again later"), 1);
}

TEST(Import, TellsTheSideOfTheRoadFromTheMapsPlace) {
  const auto london =
      TestMap().node_at(1, "51.5", "-0.1").node_at(2, "51.501", "-0.1").way(10, {1, 2});
  const auto berlin = TestMap().node(1, 0, 0).node(2, 1, 0).way(10, {1, 2});
  ImportOptions options = car_options();
  options.left_hand_traffic = true;

  EXPECT_TRUE(import(london).left_hand_traffic);
  EXPECT_FALSE(import(berlin).left_hand_traffic);
  EXPECT_TRUE(import(berlin, options).left_hand_traffic);
}

TEST(Import, TellsTheSideOfTheRoadFromTagsWhereMostWaysHaveThem) {
  const TagList left = {{"highway", "primary"}, {"driving_side", "left"}};

  const auto network = import(TestMap()
                                  .node(1, 0, 0)
                                  .node(2, 1, 0)
                                  .node(3, 2, 0)
                                  .way(10, {1, 2}, left)
                                  .way(11, {2, 3}, left));

  EXPECT_TRUE(network.left_hand_traffic);
}

TEST(Import, CutsWaysAtTheBoundingBox) {
  const auto map = TestMap()
                       .node(1, 0, 0)
                       .node(2, 0, 1)
                       .node(3, 0, 2)
                       .node(4, 0, 3)
                       .node(5, 0, 9)
                       .node(6, 1, 9)
                       .way(10, {1, 2, 3, 4})
                       .way(11, {5, 6});
  ImportOptions options = car_options();
  options.bbox = BoundingBox{13.0005, 51.9, 13.0025, 52.1};
  ImportReport report;

  const auto network = import(map, options, &report);

  EXPECT_THAT(segments(network), ElementsAre("2-3"));
  EXPECT_EQ(count(report, "ways dropped: outside the box"), 1);
}

TEST(Import, KeepsRestrictionsInsideTheBoundingBox) {
  const auto map = TestMap()
                       .node(1, 0, 0)
                       .node(2, 0, 1)
                       .node(3, 0, 2)
                       .node(4, 1, 1)
                       .way(10, {1, 2})
                       .way(11, {2, 3})
                       .way(12, {2, 4})
                       .restriction(1, "no_left_turn",
                                    {{"from", "way", 10}, {"via", "node", 2}, {"to", "way", 12}});
  ImportOptions options = car_options();
  options.bbox = BoundingBox{12.9, 51.9, 13.1, 52.1};

  EXPECT_THAT(restrictions(import(map, options)), ElementsAre("no 1>2>4"));
}

TEST(Import, SaysWhereTheRoadsComeFromWithoutTimeOrPlace) {
  const auto map = TestMap().node(1, 0, 0).node(2, 0, 1).way(10, {1, 2});

  const std::string provenance = import(map).provenance;

  EXPECT_THAT(provenance, HasSubstr(R"("source":"test.osm")"));
  EXPECT_THAT(provenance, HasSubstr(R"("source_bytes":)" + std::to_string(map.xml().size())));
  EXPECT_THAT(provenance, HasSubstr(R"("country":"DE")"));
  EXPECT_EQ(provenance, import(map).provenance);
}

TEST(Import, RefusesAMapWithoutRoads) {
  try {
    import(TestMap().node(1, 0, 0).node(2, 0, 1).way(10, {1, 2}, {{ "building", "yes" }}));
    FAIL() << "expected an InputError";
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(), "test.osm: holds no roads");
  }
}

// Barriers, signals and signs.

TEST(Import, TearsStreetsApartAtABarrierThatStopsEveryVehicle) {
  ImportReport report;

  const auto network = import(TestMap()
                                  .node(1, 0, 0)
                                  .node(2, 0, 1, {{"barrier", "bollard"}})
                                  .node(3, 0, 2)
                                  .way(10, {1, 2, 3}),
                              car_options(), &report);

  ASSERT_THAT(segments(network), ElementsAre("1-2", "2-3"));
  EXPECT_NE(network.segments[0].to, network.segments[1].from);
  EXPECT_THAT(network.restrictions, IsEmpty());
  EXPECT_EQ(count(report, "barriers closed to all"), 1);
}

TEST(Import, ForbidsABarrierToTheProfilesThatItStopsOnly) {
  ImportOptions options = car_options();
  options.profiles = {shipped_profile("car"), shipped_profile("cargo_trike")};

  const auto network =
      import(TestMap()
                 .node(1, 0, 0)
                 .node(2, 0, 1, {{"barrier", "bollard"}, {"bicycle", "yes"}, {"maxwidth", "1.8"}})
                 .node(3, 0, 2)
                 .way(10, {1, 2, 3}),
             options);

  ASSERT_THAT(segments(network), ElementsAre("1-2", "2-3"));
  EXPECT_EQ(network.segments[0].to, network.segments[1].from);
  EXPECT_THAT(restrictions(network), testing::UnorderedElementsAre("no 1>2>3", "no 3>2>1"));
  EXPECT_EQ(network.restrictions[0].profile_mask, 1U);
}

TEST(Import, MakesASignalBetweenJunctionsANode) {
  using graph::edge_flag::signals_at_head;
  const auto network = import(
      TestMap()
          .node(1, 0, 0)
          .node(2, 0, 1, {{"highway", "traffic_signals"}, {"traffic_signals:direction", "forward"}})
          .node(3, 0, 2)
          .way(10, {1, 2, 3}));

  ASSERT_THAT(segments(network), ElementsAre("1-2", "2-3"));
  EXPECT_TRUE((network.segments[0].flags[0] & signals_at_head) != 0);
  EXPECT_TRUE((network.segments[1].flags[1] & signals_at_head) == 0);
  EXPECT_EQ(network.profiles[0].edge_time_ms[0], network.profiles[0].edge_time_ms[1]);
}

TEST(Import, AddsTheStopAtASignBetweenJunctionsToTheDirectionItFaces) {
  const auto time = [](TagList tags) {
    return import(TestMap().node(1, 0, 0).node(2, 0, 1, tags).node(3, 0, 2).way(10, {1, 2, 3}))
        .profiles[0]
        .edge_time_ms;
  };
  const auto free = time({}), both = time({{"highway", "stop"}}),
             forward = time({{"highway", "stop"}, {"direction", "forward"}});
  const auto wait = static_cast<std::int32_t>(1000 * shipped_profile("car").turn_costs().stop_s);

  ASSERT_GT(wait, 0);
  EXPECT_THAT(both, ElementsAre(free[0] + wait, free[1] + wait));
  EXPECT_THAT(forward, ElementsAre(free[0] + wait, free[1]));
}

TEST(Import, TakesAStopSignNearAJunctionForThoseWhoArriveThere) {
  const auto network = import(TestMap()
                                  .node(1, 0, 0)
                                  .node(2, 0, 1.9, {{"highway", "stop"}})
                                  .node(3, 0, 2)
                                  .way(10, {1, 2, 3}));

  const auto& time = network.profiles[0].edge_time_ms;
  EXPECT_EQ(time[0] - time[1], 1000 * shipped_profile("car").turn_costs().stop_s);
}

TEST(Import, KeepsAStopForMinorRoadsFromTheBestRoadOfAJunction) {
  using graph::edge_flag::stop_at_head;
  const auto network = import(TestMap()
                                  .node(1, 0, 0)
                                  .node(2, 0, 1, {{"highway", "stop"}, {"stop", "minor"}})
                                  .node(3, 0, 2)
                                  .node(4, 1, 1)
                                  .way(10, {1, 2, 3}, {{"highway", "primary"}})
                                  .way(11, {2, 4}, {{"highway", "secondary"}}));

  ASSERT_THAT(segments(network), ElementsAre("1-2", "2-3", "2-4"));
  EXPECT_EQ(network.segments[0].flags[0] & stop_at_head, 0);
  EXPECT_EQ(network.segments[1].flags[1] & stop_at_head, 0);
  EXPECT_NE(network.segments[2].flags[1] & stop_at_head, 0);
}

TEST(Import, MakesThePocketBehindAPrivateDriveServeTheEndsOfTrips) {
  const auto network = import(TestMap()
                                  .node(1, 0, 0)
                                  .node(2, 0, 3)
                                  .node(3, 1, 3)
                                  .node(4, 2, 3)
                                  .way(10, {1, 2}, {{"highway", "primary"}})
                                  .way(11, {2, 3}, {{"highway", "service"}, {"access", "private"}})
                                  .way(12, {3, 4}, {{"highway", "residential"}}));

  ASSERT_THAT(segments(network), ElementsAre("1-2", "2-3", "3-4"));
  using graph::Access;
  EXPECT_THAT(network.profiles[0].edge_access,
              ElementsAre(Access::open, Access::open, Access::ends_only, Access::ends_only,
                          Access::ends_only, Access::ends_only));
}

TEST(Import, LeavesASignalAtAJunctionToTheTurns) {
  using graph::edge_flag::signals_at_head;
  const auto network = import(TestMap()
                                  .node(1, 0, 0)
                                  .node(2, 0, 1, {{"highway", "traffic_signals"}})
                                  .node(3, 0, 2)
                                  .node(4, 1, 1)
                                  .way(10, {1, 2, 3})
                                  .way(11, {2, 4}));

  ASSERT_THAT(segments(network), ElementsAre("1-2", "2-3", "2-4"));
  EXPECT_EQ(network.profiles[0].edge_time_ms[0], network.profiles[0].edge_time_ms[1]);
  EXPECT_EQ(network.nodes[1].flags & graph::node_flag::traffic_signals,
            graph::node_flag::traffic_signals);
  EXPECT_TRUE((network.segments[0].flags[0] & signals_at_head) != 0);
  EXPECT_TRUE((network.segments[0].flags[1] & signals_at_head) == 0);
  EXPECT_TRUE((network.segments[1].flags[1] & signals_at_head) != 0);
}

TEST(Import, KeepsTheConditionsOfAWayWithItsUnconditionalValueFirst) {
  const auto network = import(TestMap().node(1, 0, 0).node(2, 0, 1).way(
      10, {1, 2},
      {{"highway", "residential"}, {"motor_vehicle:conditional", "no @ (Mo-Fr 07:00-09:00)"}}));

  const auto& conditional = network.profiles[0].conditional_edges;
  ASSERT_EQ(conditional.size(), 4U);
  EXPECT_EQ(conditional[0].edge, 0);
  EXPECT_EQ(conditional[0].condition, 0);
  EXPECT_EQ(conditional[0].access, graph::Access::open);
  EXPECT_EQ(conditional[1].access, graph::Access::closed);
  EXPECT_THAT(network.conditions, ElementsAre("always", "Mo-Fr 07:00-09:00"));
}

}  // namespace
}  // namespace roadgnn::io
