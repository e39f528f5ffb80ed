// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include <roadgnn/gnn/decode/detail/group.h>
#include <roadgnn/gnn/decode/plan.h>

namespace roadgnn::decode::detail {

/// Why an order that the search left out is left out. Where no empty vehicle could serve it alone:
/// the constraint that the type with fewest obstacles misses, and by how much; relaxing it by just
/// that much lets this type serve it, unless the text names further obstacles ("; and ..."). Else
/// the fleet, or the price of an optional order. `alone`: what it costs alone, [num_types].
Unserved explain(const Model& model, std::span<const double> alone, std::int32_t order);

}  // namespace roadgnn::decode::detail
