// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "compare_with_brute_force.h"

namespace roadgnn::decode {
namespace {

TEST(BruteForce, NearlyAllPlansOfThousandsOfTinyProblemsAreEqualToTheOptimum) {
  testing::compare_with_brute_force(testing::random_problem, 4, 10'000'000, 20'000, 1000);
}

TEST(BruteForce, SoAreThoseOfThousandsWithEveryFeature) {
  testing::compare_with_brute_force(testing::random_rich_problem, 3, 20'000'000, 20'000, 300);
}

TEST(BruteForce, SoAreThoseOfThousandsWhoseVehiclesDifferInHowLongTheyServe) {
  testing::compare_with_brute_force(testing::random_typed_problem, 3, 40'000'000, 20'000, 300);
}

TEST(BruteForce, SoAreThoseOfThousandsWhoseTravelTimesChangeByTheHour) {
  testing::compare_with_brute_force(testing::random_hourly_problem, 3, 30'000'000, 20'000, 300);
}

}  // namespace
}  // namespace roadgnn::decode
