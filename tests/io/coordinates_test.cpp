// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/coordinates.h>

#include <gtest/gtest.h>

#include <random>

namespace roadgnn::io {
namespace {

TEST(Coordinates, ChineseSystemsTurnBackToTheSamePlace) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 2000; ++i) {
    const Coordinate place{18 + static_cast<double>(random() % 30'000) / 1000,
                           76 + static_cast<double>(random() % 55'000) / 1000};
    for (const auto system : {CoordinateSystem::gcj02, CoordinateSystem::bd09}) {
      const Coordinate back = to_wgs84(from_wgs84(place, system), system);

      EXPECT_LT(distance_m(place, back), 0.01);
      EXPECT_GT(distance_m(place, from_wgs84(place, system)), 20);
    }
  }
}

TEST(Coordinates, OutsideChinaNothingIsShifted) {
  const Coordinate coquimbo{-29.95, -71.33};

  EXPECT_EQ(to_wgs84(coquimbo, CoordinateSystem::bd09), coquimbo);
}

TEST(BoundingBox, SpansTheNodesAlsoAcross180Degrees) {
  graph::RoadGraph graph;
  graph.lat_e7 = std::vector<std::int32_t>{-180'000'000, -160'000'000, -170'000'000};
  graph.lon_e7 = std::vector<std::int32_t>{1'790'000'000, -1'785'000'000, -1'790'000'000};

  const BoundingBox box = bounding_box(graph);

  EXPECT_DOUBLE_EQ(box.west, 179);
  EXPECT_DOUBLE_EQ(box.east, -178.5);
  EXPECT_DOUBLE_EQ(box.south, -18);
  EXPECT_TRUE(contains(box, {-17, 179.9}));
  EXPECT_TRUE(contains(box, {-17, -179.9}));
  EXPECT_FALSE(contains(box, {-17, 0}));
  EXPECT_FALSE(contains(box, {-19, 180}));
}

TEST(Distance, OfADegreeOfLatitudeIs111Kilometres) {
  EXPECT_NEAR(distance_m({0, 10}, {1, 10}), 111'195, 1);
}

}  // namespace
}  // namespace roadgnn::io
