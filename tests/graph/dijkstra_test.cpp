// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/dijkstra.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "network_maker.h"

namespace roadgnn::graph {
namespace {

using ::testing::ElementsAre;
using testing::find_edge;
using testing::NetworkMaker;

Position at(std::int32_t edge, std::int32_t offset_cm) {
  Position position;
  position.sides[0] = {edge, offset_cm};
  position.num_sides = 1;
  return position;
}
Position both_sides(const RoadGraph& graph, std::int32_t edge, std::int32_t offset_cm) {
  Position position = at(edge, offset_cm);
  const auto e = static_cast<std::size_t>(edge);
  position.sides[1] = {graph.opposite[e], graph.length_cm[e] - offset_cm};
  position.num_sides = 2;
  return position;
}

// A street of 100 m and 10 s between dead ends, 0 - 1.
class OnOneStreet : public ::testing::Test {
 protected:
  OnOneStreet() {
    maker_.node(0, 0);
    maker_.node(1, 0);
    maker_.street(0, 1);
    graph_ = maker_.build();
    metric_ = make_metric(graph_, 0);
    east_ = find_edge(graph_, 0, 1);
    west_ = find_edge(graph_, 1, 0);
  }
  Path run(const Position& from, const Position& to) {
    return Dijkstra(graph_, metric_).run(from, to);
  }

  NetworkMaker maker_;
  RoadGraph graph_;
  Metric metric_;
  std::int32_t east_, west_;
};

TEST_F(OnOneStreet, ATargetAheadTakesItsShareOfTheEdge) {
  const Path path = run(at(east_, 2500), at(east_, 7500));

  EXPECT_EQ(path.travel, (Travel{5000, 50}));
  EXPECT_THAT(path.edges, ElementsAre(east_));
}

TEST_F(OnOneStreet, ATargetBehindNeedsAWayRound) {
  const Path path = run(at(east_, 7500), at(east_, 2500));

  EXPECT_EQ(path.travel, (Travel{2500 + 10'000 + 2500, 150}));
  EXPECT_THAT(path.edges, ElementsAre(east_, west_, east_));
}

TEST_F(OnOneStreet, ATargetBehindOnATwoWayStreetIsReachedOnTheOtherSide) {
  const Path path = run(both_sides(graph_, east_, 7500), both_sides(graph_, east_, 2500));

  EXPECT_EQ(path.travel, (Travel{5000, 50}));
  EXPECT_EQ(path.from, (EdgePosition{west_, 2500}));
  EXPECT_EQ(path.to, (EdgePosition{west_, 7500}));
}

TEST_F(OnOneStreet, TheSamePlaceIsNoTravel) {
  EXPECT_EQ(run(at(east_, 7500), at(east_, 7500)).travel, (Travel{0, 0}));
  EXPECT_EQ(run(both_sides(graph_, east_, 0), both_sides(graph_, east_, 0)).travel, (Travel{0, 0}));
}

TEST_F(OnOneStreet, NowhereIsNotReached) {
  const Path path = run(at(east_, 0), Position{});

  EXPECT_FALSE(path.travel.reachable());
  EXPECT_TRUE(path.edges.empty());
  EXPECT_FALSE(run(Position{}, at(east_, 0)).travel.reachable());
}

TEST(Dijkstra, PartsOfAnEdgeAddUpToTheWhole) {
  for (const std::int32_t offset : {0, 1, 3333, 9999, 10'000}) {
    const std::int32_t time = 12'347;
    const std::int32_t share = share_of_edge(time, offset, 10'000);
    EXPECT_LE(share, time);
    EXPECT_EQ(share + (time - share), time);
  }
}

TEST(Dijkstra, TellsEqualTimesApartByMetres) {
  NetworkMaker maker;
  maker.node(0, 0);
  maker.node(1, 0);
  maker.node(2, 1);
  maker.node(2, -1);
  maker.node(3, 0);
  maker.node(4, 0);
  for (const auto& [from, to] : {std::pair{0, 1}, {1, 2}, {2, 4}, {1, 3}, {3, 4}, {4, 5}})
    maker.one_way(from, to);
  maker.network().segments[1].length_cm = 20'000;
  const RoadGraph graph = maker.build();
  const Metric metric = make_metric(graph, 0);

  const Path path =
      Dijkstra(graph, metric).run(at(find_edge(graph, 0, 1), 0), at(find_edge(graph, 4, 5), 0));

  EXPECT_EQ(path.travel, (Travel{30'000, 300}));
  EXPECT_EQ(path.edges[1], find_edge(graph, 1, 3));
}

TEST(Dijkstra, RoundsTheWholeWayToMetresOnce) {
  NetworkMaker maker;
  for (int x = 0; x < 4; ++x) maker.node(x, 0);
  for (int x = 0; x < 3; ++x) maker.one_way(x, x + 1);
  for (auto& segment : maker.network().segments) segment.length_cm = 40;
  const RoadGraph graph = maker.build();
  const Metric metric = make_metric(graph, 0);

  const Path path =
      Dijkstra(graph, metric).run(at(find_edge(graph, 0, 1), 0), at(find_edge(graph, 2, 3), 40));

  EXPECT_EQ(path.travel.length_m, 1);  // 120 cm
}

TEST(Dijkstra, StopsAtTheGreatestTime) {
  NetworkMaker maker;
  for (int x = 0; x < 4; ++x) maker.node(x, 0);
  for (int x = 0; x < 3; ++x) maker.street(x, x + 1);
  const RoadGraph graph = maker.build();
  const Metric metric = make_metric(graph, 0);
  const Position from = at(find_edge(graph, 0, 1), 0);
  const std::vector<Position> to = {at(find_edge(graph, 1, 2), 0), at(find_edge(graph, 2, 3), 0),
                                    from};

  const auto travel = Dijkstra(graph, metric).run(from, to, 15'000);

  EXPECT_EQ(travel[0], (Travel{10'000, 100}));
  EXPECT_FALSE(travel[1].reachable());
  EXPECT_EQ(travel[2], (Travel{0, 0}));
}

}  // namespace
}  // namespace roadgnn::graph
