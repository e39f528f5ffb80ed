// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <roadgnn/graph/road_network.h>

namespace roadgnn::graph {

/// Throws InputError naming the item and field where the network is inconsistent: indices out of
/// range, negative lengths or times, restrictions whose edges do not follow each other, too many
/// profiles or roads.
void check_network(const RoadNetwork& network);

}  // namespace roadgnn::graph
