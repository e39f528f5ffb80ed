// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <roadgnn/gnn/decode/detail/group.h>

namespace roadgnn::decode::detail {

/// Builds feasible routes for `orders`, by savings where they apply, otherwise (or where that is
/// better, as windows may make it) by insertion: the day is cut into neighbourhoods along the
/// model's spatial numbering, each gets its share of the fleet and is filled on its own, order by
/// order, where each costs least next to its neighbours (state aware: windows, loads and limits of
/// the route as it is decide, a new vehicle competes with its full cost); then what found no place
/// is tried in the whole plan. The result does not depend on the number of threads (`travel` has a
/// cache for each). What stays out is Group::absent.
Group construct(const Model& model, const AloneCosts& alone, Placement& placement,
                const std::vector<std::int32_t>& orders,
                const std::vector<std::unique_ptr<TravelCache>>& travel);

}  // namespace roadgnn::decode::detail
