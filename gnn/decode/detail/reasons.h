// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include <roadgnn/gnn/decode/detail/group.h>
#include <roadgnn/gnn/decode/plan.h>

namespace roadgnn::decode::detail {

/// Why an order that the search left out is left out. Where no empty vehicle could serve it alone:
/// the constraint that the type with fewest obstacles misses, and by how much. A figure is
/// verified: relaxing that constraint by just so much lets an empty vehicle of this type serve it,
/// by less it does not, unless the text names further obstacles ("; and ..."). Else the fleet or,
/// where `has_place` says that an optional order could be served, its price. `alone`: what it costs
/// alone, [num_types].
Unserved explain(const Model& model, std::span<const double> alone, std::int32_t order,
                 bool has_place);

}  // namespace roadgnn::decode::detail
