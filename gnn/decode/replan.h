// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <roadgnn/gnn/decode/plan.h>
#include <roadgnn/gnn/decode/problem.h>

namespace roadgnn::decode {

/// What the vehicles of a plan that is kept to have done at a time, for Problem::vehicle_states:
/// the steps begun, and the one that a vehicle drives to, which stays its next; what is loaded for
/// later stops of the trip stays on board. Vehicles that have not left have no state.
std::vector<VehicleState> states_at(const Problem& problem, const Plan& plan, std::int64_t now);

}  // namespace roadgnn::decode
