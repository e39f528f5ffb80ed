// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <roadgnn/gnn/decode/detail/search.h>

namespace roadgnn::decode::detail {

/// A route of an earlier plan, and the number that its vehicle had there.
struct StartedRoute {
  RouteState route;
  std::int32_t vehicle = -1;
};

/// The routes of an earlier plan as far as they are feasible for the problem at hand, without what
/// the vehicles' states have done. An order that makes its route infeasible is left out of it.
std::vector<StartedRoute> take_over_routes(const Model& model, const Plan& plan,
                                           TravelCache& travel);

/// The routes of an earlier plan as far as they are feasible for the problem at hand, without what
/// the vehicles' states have done; `orders` (heads) that it lacks are inserted where there is room.
/// An order that makes its route infeasible is left out of it first.
Group start_from(const Model& model, const AloneCosts& alone, Placement& placement,
                 const std::vector<std::int32_t>& orders, const Plan& plan, TravelCache& travel);

}  // namespace roadgnn::decode::detail
