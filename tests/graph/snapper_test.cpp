// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/snapper.h>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include <roadgnn/graph/edge_shape.h>
#include <roadgnn/graph/ground.h>

#include "network_maker.h"

namespace roadgnn::graph {
namespace {

using testing::find_edge;
using testing::NetworkMaker;

Snapper snapper_of(const NetworkMaker& maker, int profile = 0) {
  return {std::make_shared<const RoadGraph>(maker.build()), profile};
}

// The maker's steps in degrees.
constexpr double kStep = 0.0009;

TEST(Snapper, GivesBothSidesOfATwoWayStreetAtTheSamePlace) {
  NetworkMaker maker;
  maker.node(0, 0);
  maker.node(1, 0);
  maker.street(0, 1);
  const auto graph = std::make_shared<const RoadGraph>(maker.build());

  const Snap snap = Snapper(graph, 0).snap(0.2 * kStep, 0.25 * kStep);

  ASSERT_EQ(snap.position.num_sides, 2);
  EXPECT_EQ(snap.position.sides[0], (EdgePosition{find_edge(*graph, 0, 1), 2500}));
  EXPECT_EQ(snap.position.sides[1], (EdgePosition{find_edge(*graph, 1, 0), 7500}));
  EXPECT_NEAR(snap.distance_m, 0.2 * kStep * 1e7 * kMetresPerE7, 0.01);
  EXPECT_EQ(snap.lat_e7, 0);
  EXPECT_EQ(snap.lon_e7, 2250);
}

TEST(Snapper, LeavesOutStreetsThatAreClosedOrNoPlaceToStart) {
  NetworkMaker maker;
  for (int y = 0; y < 3; ++y) {
    maker.node(0, y);
    maker.node(1, y);
    maker.street(2 * y, 2 * y + 1);
  }
  maker.set_access(NetworkMaker::Street{0}, Access::closed);
  maker.network().segments[1].flags[0] = maker.network().segments[1].flags[1] = edge_flag::ferry;

  const Snap snap = snapper_of(maker).snap(0, 0.5 * kStep);

  ASSERT_TRUE(snap.position.valid());
  EXPECT_EQ(snap.lat_e7, 18000);
}

TEST(Snapper, FindsNothingBeyondTheReach) {
  NetworkMaker maker;
  maker.node(0, 0);
  maker.node(1, 0);
  maker.street(0, 1);
  const Snapper snapper = snapper_of(maker);

  EXPECT_FALSE(snapper.snap(kStep, 0, 90).position.valid());
  EXPECT_TRUE(snapper.snap(kStep, 0, 110).position.valid());
  EXPECT_FALSE(snapper.snap(std::numeric_limits<double>::quiet_NaN(), 0).position.valid());
  EXPECT_FALSE(snapper.snap(91, 0).position.valid());
}

TEST(Snapper, SeesAcross180Degrees) {
  NetworkMaker maker;
  maker.node(0, 0);
  maker.node(0, 0);
  maker.street(0, 1);
  maker.network().nodes[0].lon_e7 = 1'799'990'000;
  maker.network().nodes[1].lon_e7 = -1'799'990'000;
  const Snapper snapper = snapper_of(maker);

  for (const double lon : {179.99, 179.9995, -180.0, 180.0, -179.9995, -179.99}) {
    const Snap snap = snapper.snap(0.001, lon);
    ASSERT_TRUE(snap.position.valid()) << lon;
    EXPECT_NEAR(snap.distance_m, std::abs(lon) < 179.9989 ? 1008 : 111.2, 2) << lon;
  }
  EXPECT_EQ(snapper.snap(0, 180).position.sides[0].offset_cm, 5000);
}

TEST(Snapper, PrefersStreetsThatAreNotCutOff) {
  // A grid of 23 x 23 nodes, 2,024 edges, and a lone street nearer to the asked place.
  NetworkMaker maker;
  for (int y = 0; y < 23; ++y) {
    for (int x = 0; x < 23; ++x) maker.node(x, y);
  }
  for (int y = 0; y < 23; ++y) {
    for (int x = 0; x < 23; ++x) {
      if (x > 0) maker.street(23 * y + x - 1, 23 * y + x);
      if (y > 0) maker.street(23 * y + x - 23, 23 * y + x);
    }
  }
  const auto a = maker.node(0, -2), b = maker.node(1, -2);
  maker.street(a, b);
  const Snapper snapper = snapper_of(maker);

  EXPECT_EQ(snapper.snap(-1.9 * kStep, 0.5 * kStep).lat_e7, 0);
  EXPECT_EQ(snapper.snap(-1.9 * kStep, 0.5 * kStep, 100).lat_e7, -18000);
}

TEST(Snapper, FindsTheNearestOfAllStreetsOnRandomNetworks) {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> place(0, 30);
  for (int round = 0; round < 20; ++round) {
    NetworkMaker maker;
    for (int v = 0; v < 60; ++v) maker.node(place(random), place(random));
    for (int s = 0; s < 40; ++s)
      maker.street(static_cast<int>(random() % 60), static_cast<int>(random() % 60));
    const RoadGraph graph = maker.build();
    const Snapper snapper = snapper_of(maker);
    for (int query = 0; query < 50; ++query) {
      const double lat = place(random) * kStep, lon = place(random) * kStep;
      const LocalPlane plane({static_cast<std::int32_t>(std::llround(lat * 1e7)),
                              static_cast<std::int32_t>(std::llround(lon * 1e7))});
      double nearest = 1e9;
      for (std::int32_t e = 0; e < graph.num_edges(); ++e) {
        const EdgeShape shape(graph, e);
        for (int i = 0; i <= 1000; ++i) {
          const double x = plane.x(shape[0]) + (plane.x(shape[1]) - plane.x(shape[0])) * i / 1000;
          const double y = plane.y(shape[0]) + (plane.y(shape[1]) - plane.y(shape[0])) * i / 1000;
          nearest = std::min(nearest, std::hypot(x, y));
        }
      }

      const Snap snap = snapper.snap(lat, lon);

      ASSERT_LE(snap.distance_m, nearest + 1e-6);
      ASSERT_NEAR(snap.distance_m, nearest, 3);
    }
  }
}

}  // namespace
}  // namespace roadgnn::graph
