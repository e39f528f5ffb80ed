// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <roadgnn/gnn/decode/detail/group.h>
#include <roadgnn/gnn/decode/detail/rng.h>

namespace roadgnn::decode::detail {

/// Splits a group into neighbourhoods of about `target` visits each, grown route by route along the
/// neighbour lists from random routes, so that another round cuts elsewhere. Spare vehicles are
/// dealt out in turn, an absent order goes where its nearest neighbour is. Leaves `whole` without
/// routes; Placement::group is up to date afterwards.
std::vector<Group> split(const Model& model, Group& whole, Placement& placement,
                         std::int32_t target, Rng& rng);

/// Puts the parts together again. Empty slots are dropped.
Group join(const Model& model, std::vector<Group>& parts);

}  // namespace roadgnn::decode::detail
