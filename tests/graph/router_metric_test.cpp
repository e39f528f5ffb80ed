// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/router_metric.h>

#include <gtest/gtest.h>

#include <roadgnn/graph/router.h>
#include <roadgnn/tests/graph/network_maker.h>

namespace roadgnn::graph {
namespace {

using testing::find_edge;
using testing::NetworkMaker;

// From 0 to 8 four ways lead: 10 s under a low bridge, 20 s over a weak one, 30 s with a toll, 40 s
// by ferry; and a plain one of 50 s.
struct Ways {
  std::shared_ptr<const RoadGraph> graph;
  Position from, to;
};

Ways five_ways() {
  NetworkMaker maker;
  for (int x = 0; x < 2; ++x) maker.node(x, 0);
  NetworkMaker::Street way[5];
  for (int i = 0; i < 5; ++i) {
    const std::int32_t middle = maker.node(2, i);
    way[i] = maker.one_way(1, middle, 5'000 * (i + 1));
    maker.one_way(middle, 7, 5'000 * (i + 1));
  }
  maker.node(3, 0);
  maker.node(4, 0);
  maker.one_way(0, 1);
  maker.one_way(7, 8);
  RoadNetwork& network = maker.network();
  network.limits = {{way[0].along(), LimitKind::max_height_cm, 380},
                    {way[1].along(), LimitKind::max_weight_kg, 3'500}};
  network.segments[static_cast<std::size_t>(way[2].segment)].flags[0] |= edge_flag::toll;
  network.segments[static_cast<std::size_t>(way[3].segment)].flags[0] |= edge_flag::ferry;
  Ways made{std::make_shared<const RoadGraph>(maker.build()), {}, {}};
  made.from.num_sides = made.to.num_sides = 1;
  made.from.sides[0] = {find_edge(*made.graph, 0, 1), 10'000};
  made.to.sides[0] = {find_edge(*made.graph, 7, 8), 0};
  return made;
}

TEST(Router, AVehiclesOwnSizeAndWishesAreOneMetricOnTheSharedTopology) {
  const Ways ways = five_ways();
  const Router router(ways.graph);
  VehicleLimits limits;
  std::vector<std::shared_ptr<const PreparedMetric>> metrics;
  const auto prepare = [&] {
    metrics.push_back(router.prepare(make_metric(*ways.graph, 0, {}, limits)));
  };

  prepare();
  limits.height_cm = 381;
  prepare();
  limits.weight_kg = 3'501;
  prepare();
  limits.avoid_tolls = true;
  prepare();
  limits.avoid_ferries = true;
  prepare();

  for (int i = 0; i < 5; ++i) {
    const auto& metric = *metrics[static_cast<std::size_t>(i)];
    EXPECT_EQ(router.travel(metric, ways.from, ways.to).time_ms, 10'000 * (i + 1)) << i;
  }
}

// A street from west to east with a turning place at its eastern end only.
struct TwoWayStreet {
  std::shared_ptr<const RoadGraph> graph;
  std::int32_t out = -1, back = -1;

  Position both_sides(std::int32_t offset_cm) const {
    Position position;
    position.num_sides = 2;
    position.sides = {{{out, offset_cm}, {back, 10'000 - offset_cm}}};
    return position;
  }
};

TwoWayStreet two_way_street() {
  NetworkMaker maker;
  for (int x = 0; x < 2; ++x) maker.node(x, 0);
  const std::int32_t turning = maker.node(2, 1);
  maker.street(0, 1);
  maker.one_way(1, turning);
  maker.one_way(turning, 1);
  TwoWayStreet made;
  made.graph = std::make_shared<const RoadGraph>(maker.build());
  made.out = find_edge(*made.graph, 0, 1);
  made.back = find_edge(*made.graph, 1, 0);
  return made;
}

TEST(Router, ATripLeavesAndArrivesOnTheBetterSideOfTheStreet) {
  const TwoWayStreet street = two_way_street();
  const Router router(street.graph);
  const auto metric = router.prepare(make_metric(*street.graph, 0));
  const Position west = street.both_sides(2'000), east = street.both_sides(7'000);

  const Path there = router.path(*metric, west, east), back = router.path(*metric, east, west);

  EXPECT_EQ(there.travel, (Travel{5'000, 50}));
  EXPECT_EQ(there.from.edge, street.out);
  EXPECT_EQ(back.travel, (Travel{5'000, 50}));
  EXPECT_EQ(back.from.edge, street.back);
}

TEST(Router, AStopWithOneSideIsReachedOnThatSideAlone) {
  const TwoWayStreet street = two_way_street();
  const Router router(street.graph);
  const auto metric = router.prepare(make_metric(*street.graph, 0));
  const Position west = street.both_sides(2'000);
  Position far_side = street.both_sides(7'000);
  far_side.sides[0] = far_side.sides[1];
  far_side.num_sides = 1;

  const Path path = router.path(*metric, west, far_side);

  EXPECT_GT(path.travel.time_ms, 5'000);
  EXPECT_EQ(path.edges.front(), street.out);
  EXPECT_EQ(path.edges.back(), street.back);
}

}  // namespace
}  // namespace roadgnn::graph
