// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/simplify_line.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace roadgnn::io {
namespace {

// Metres per 1e-7 degrees at the equator, where the random lines lie.
constexpr double kUnit = 0.0111195;

double distance_to_line(PointE7 p, const std::vector<PointE7>& line) {
  double least = 1e9;
  for (std::size_t i = 1; i < line.size(); ++i) {
    const double ax = line[i - 1].lon, ay = line[i - 1].lat, dx = line[i].lon - ax,
                 dy = line[i].lat - ay;
    const double square = dx * dx + dy * dy;
    const double share =
        square > 0 ? std::clamp(((p.lon - ax) * dx + (p.lat - ay) * dy) / square, 0.0, 1.0) : 0;
    least = std::min(least, kUnit * std::hypot(ax + share * dx - p.lon, ay + share * dy - p.lat));
  }
  return least;
}

RouteLine random_line(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_int_distribution<std::int32_t> step(-400, 400), forward(0, 2000);
  RouteLine line;
  PointE7 at{0, 0};
  for (int i = 0; i < 200; ++i) {
    line.points.push_back(at);
    if (random() % 10 == 0 || i == 0 || i == 199) line.first_point.push_back(i);
    at.lat += step(random) / 8;
    at.lon += forward(random);
  }
  return line;
}

TEST(Simplify, MovesNoPlaceFartherThanToleratedAndNoStepAtAll) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const RouteLine line = random_line(seed);

    const RouteLine simple = simplify(line, 1.0);

    ASSERT_LT(simple.points.size(), line.points.size());
    ASSERT_EQ(simple.first_point.size(), line.first_point.size());
    for (std::size_t s = 0; s < line.first_point.size(); ++s) {
      ASSERT_EQ(simple.points[static_cast<std::size_t>(simple.first_point[s])],
                line.points[static_cast<std::size_t>(line.first_point[s])]);
    }
    for (const PointE7 point : line.points) ASSERT_LT(distance_to_line(point, simple.points), 1.01);
  }
}

TEST(Simplify, LeavesOutThePointsOfAStraightStreet) {
  const RouteLine line{{{0, 0}, {0, 1000}, {0, 2500}, {0, 9000}}, {0, 3}};

  EXPECT_EQ(simplify(line, 0.1).points, (std::vector<PointE7>{{0, 0}, {0, 9000}}));
}

TEST(Simplify, KeepsAWayThereAndBack) {
  const RouteLine line{{{0, 0}, {0, 9000}, {0, 0}}, {0, 2}};

  EXPECT_EQ(simplify(line, 1.0).points, line.points);
}

TEST(Simplify, KeepsStepsWhereTheVehicleStays) {
  const RouteLine line{{{5, 5}}, {0, 0, 0}};

  EXPECT_EQ(simplify(line, 1.0).first_point, (std::vector<std::int32_t>{0, 0, 0}));
}

}  // namespace
}  // namespace roadgnn::io
