// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <roadgnn/gnn/decode/detail/group.h>

namespace roadgnn::decode::detail {

/// Whether build_by_savings can: constraints that hold for a part of a route where they hold for
/// the whole, and one type of vehicle, or one among several of which there is a vehicle for every
/// order.
bool savings_apply(const Model& model, const AloneCosts& alone, std::int32_t type,
                   const std::vector<std::int32_t>& orders);

/// Builds feasible routes of `type` for `orders`: each has one of its own at first; two become one,
/// end to start, where that saves most (Clarke and Wright, "Scheduling of Vehicles from a Central
/// Depot to a Number of Delivery Points", Operations Research 12(4), 1964). Only neighbours are
/// looked at, so time is linear in them but for sorting. Routes are turned round where that helps.
/// What the fleet is too small for is Group::absent.
Group build_by_savings(const Model& model, std::int32_t type,
                       const std::vector<std::int32_t>& orders, TravelCache& travel);

}  // namespace roadgnn::decode::detail
