// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <roadgnn/gnn/decode/detail/search.h>

namespace roadgnn::decode::detail::testing {

/// One group with every order absent and all vehicles spare.
Group all_absent(const Model& model);

/// Everything a search keeps, recomputed: places, figures, objective, vehicles, and each order
/// once.
void expect_consistent(const Model& model, const Placement& placement, const Search& search,
                       const Group& group);

/// Constructs and improves, and every so many iterations recomputes all that the search keeps
/// (places, figures, objective, spare vehicles, each order once). A fatal failure of the calling
/// test tells the first difference.
void search_and_verify(const Problem& problem, const graph::TravelTimes& travel_times,
                       std::int64_t iterations, std::int64_t every);

}  // namespace roadgnn::decode::detail::testing
