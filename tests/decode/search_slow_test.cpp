// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "random_problem.h"
#include "search_books.h"

namespace roadgnn::decode::detail {
namespace {

TEST(Search, KeepsItsBooksRightOverAMillionIterations) {
  const auto [problem, travel_times] = decode::testing::city_day(3, 300);
  testing::search_and_verify(problem, travel_times, 1'000'000, 1'000);
}

}  // namespace
}  // namespace roadgnn::decode::detail
