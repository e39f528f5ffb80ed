// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <roadgnn/gnn/decode/detail/model.h>
#include <roadgnn/gnn/decode/detail/search.h>
#include <roadgnn/gnn/decode/plan.h>

namespace roadgnn::decode::detail {

/// The plan of feasible sequences: every step's times, loads and distances, and the totals; routes
/// by vehicle type, then in the order given. Leaves Plan::unserved and Plan::record empty.
Plan build_plan(const Model& model, std::vector<RouteSequence> routes, int threads);

/// One route; its vehicle's number is that of a single vehicle or -1.
Route build_route(const Model& model, const RouteSequence& route, TravelCache& travel);

}  // namespace roadgnn::decode::detail
