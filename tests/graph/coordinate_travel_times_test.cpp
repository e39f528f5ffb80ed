// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/coordinate_travel_times.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include <roadgnn/graph/error.h>
#include <roadgnn/graph/matrix_travel_times.h>

namespace roadgnn::graph {
namespace {

TEST(CoordinateTravelTimes, RoundsAsItIsTold) {
  const std::vector<Coordinate> points{{0, 0}, {1, 1}};  // 1.414

  EXPECT_EQ(CoordinateTravelTimes(points, 1, {10}, Rounding::down).at(0, 0, 1), (Travel{14, 1}));
  EXPECT_EQ(CoordinateTravelTimes(points, 1, {10}, Rounding::nearest).at(0, 1, 0), (Travel{14, 1}));
  EXPECT_EQ(CoordinateTravelTimes(points, 1, {10}, Rounding::up).at(0, 0, 1), (Travel{15, 2}));
  EXPECT_EQ(CoordinateTravelTimes(points, 1, {10}, Rounding::up).at(0, 1, 1), (Travel{0, 0}));
}

TEST(CoordinateTravelTimes, RoundsTimesByARuleOfTheirOwn) {
  const CoordinateTravelTimes travel_times({{0, 0}, {1, 1}, {3, 4}}, 10, {10}, Rounding::nearest,
                                           Rounding::up);

  EXPECT_EQ(travel_times.at(0, 0, 1), (Travel{15, 14}));
  EXPECT_EQ(travel_times.at(0, 0, 2), (Travel{50, 50}));
}

TEST(CoordinateTravelTimes, FindsTheSameCandidatesAsAskingForEveryPair) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    std::mt19937 random(seed);
    const int n = std::uniform_int_distribution<int>(0, 150)(random);
    // Coarse grids make many equal distances and equal places.
    const int side = std::uniform_int_distribution<int>(1, 40)(random);
    std::uniform_int_distribution<int> place(0, side);
    std::vector<Coordinate> points;
    for (int i = 0; i < n; ++i) points.push_back({place(random) * 0.7, place(random) * 1.1});
    const CoordinateTravelTimes travel_times(points, 1, {0.4, 3}, Rounding::nearest,
                                             seed % 2 == 0 ? Rounding::nearest : Rounding::up);
    for (const std::int32_t profile : {0, 1}) {
      for (const std::int32_t k : {0, 1, 7}) {
        const CandidateGraph fast = travel_times.candidates(profile, k, 2);
        const CandidateGraph plain = travel_times.TravelTimes::candidates(profile, k, 1);

        ASSERT_EQ(fast.first_out, plain.first_out) << "seed " << seed << " k " << k;
        ASSERT_EQ(fast.head, plain.head) << "seed " << seed << " k " << k;
        ASSERT_EQ(fast.travel, plain.travel) << "seed " << seed << " k " << k;
      }
    }
  }
}

TEST(CoordinateTravelTimes, RefusesWhatItCannotCount) {
  const double infinity = std::numeric_limits<double>::infinity();

  EXPECT_THROW(CoordinateTravelTimes({{0, infinity}}, 1, {1}, Rounding::down), InputError);
  EXPECT_THROW(CoordinateTravelTimes({{0, 0}}, 0, {1}, Rounding::down), InputError);
  EXPECT_THROW(CoordinateTravelTimes({{0, 0}}, 1, {-1}, Rounding::down), InputError);
  EXPECT_THROW(CoordinateTravelTimes({{0, 0}, {1e9, 1e9}}, 1, {1000}, Rounding::down), InputError);
}

TEST(CoordinateTravelTimes, NoLineBetweenTwoRegionsIsShorterThanTheirBound) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> place(0, 100);
  std::vector<Coordinate> points(60);
  for (Coordinate& point : points) point = {place(random), place(random)};
  for (const Rounding rule : {Rounding::nearest, Rounding::down, Rounding::up}) {
    const CoordinateTravelTimes travel_times(points, 10, {7}, rule);

    for (std::int32_t a = 0; a + 3 < 60; ++a) {
      for (std::int32_t b = 0; b + 1 < 60; ++b) {
        Region three = travel_times.region(0, a);
        for (const std::int32_t i : {a + 1, a + 2}) three.merge(travel_times.region(0, i));
        const Travel least = travel_times.least_between(0, three, travel_times.region(0, b));
        for (std::int32_t i = a; i < a + 3; ++i) {
          ASSERT_LE(least.time_ms, travel_times.at(0, i, b).time_ms);
          ASSERT_LE(least.length_m, travel_times.at(0, i, b).length_m);
        }
        ASSERT_EQ(
            travel_times.least_between(0, travel_times.region(0, a), travel_times.region(0, b)),
            travel_times.at(0, a, b));
      }
    }
  }
}

TEST(MatrixTravelTimes, GivesItsCellsAndRefusesOthers) {
  const MatrixTravelTimes matrix(2, {{{0, 0}, {3, 4}, {5, 6}, {0, 0}}});

  EXPECT_EQ(matrix.num_profiles(), 1);
  EXPECT_EQ(matrix.at(0, 0, 1), (Travel{3, 4}));
  EXPECT_EQ(matrix.at(0, 1, 0), (Travel{5, 6}));
  EXPECT_THROW(MatrixTravelTimes(2, {{{0, 0}, {3, 4}, {5, 6}}}), InputError);
  EXPECT_THROW(MatrixTravelTimes(2, {{{0, 0}, {3, -4}, {5, 6}, {0, 0}}}), InputError);
  EXPECT_THROW(MatrixTravelTimes(2, {{{0, 1}, {3, 4}, {5, 6}, {0, 0}}}), InputError);
}

}  // namespace
}  // namespace roadgnn::graph
