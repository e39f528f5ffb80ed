// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <roadgnn/gnn/decode/problem.h>
#include <roadgnn/graph/travel_times.h>

namespace roadgnn::decode::detail {

/// Throws InputError where `validate` does, where a valid problem asks for what the search cannot
/// do, so that nothing is left aside unsaid, and for travel times without its locations or
/// profiles.
void check_fit(const Problem& problem, const graph::TravelTimes& travel_times);

}  // namespace roadgnn::decode::detail
