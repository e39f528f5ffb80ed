// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "random_problem.h"

namespace roadgnn::decode::testing {

using MakeProblem = RandomProblem (*)(std::uint64_t seed, std::int32_t max_orders);

/// Solves the problems of so many seeds from the first on. Failures of the calling test tell of
/// plans that break a rule or are below the optimum, and of a share of at least 99.9 % equal to it
/// that was missed; the others are printed.
void compare_with_brute_force(MakeProblem make, std::int32_t max_orders, std::uint64_t first_seed,
                              int problems, std::int64_t iterations);

}  // namespace roadgnn::decode::testing
