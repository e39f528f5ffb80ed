// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <roadgnn/graph/road_graph.h>

namespace roadgnn::graph {

/// Verifies everything that readers of a graph rely on: sizes of arrays, ranges of indices and
/// enumerations, ascending rows, weights that are not negative, both CSRs and the turns consistent
/// with each other. After it no member of the library reads out of bounds on the graph. Throws
/// InputError naming the array. Linear, on all threads.
void check_graph(const RoadGraph& graph);

}  // namespace roadgnn::graph
