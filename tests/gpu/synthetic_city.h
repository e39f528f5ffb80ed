// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <roadgnn/graph/position.h>
#include <roadgnn/graph/road_graph.h>

namespace roadgnn::graph::testing {

/// A made-up city for machines without a map: square districts of irregular
/// streets, some one-way, joined by a few arterials. Turn-expanded, with a hierarchy. 16 districts
/// a side make a city of Porto's size.
std::shared_ptr<const RoadGraph> synthetic_city(std::int32_t districts_a_side, unsigned seed);

/// Random places on streets that profile 0 may use, both sides of two-way ones.
std::vector<Position> random_stops(const RoadGraph& graph, std::size_t count, unsigned seed);

}  // namespace roadgnn::graph::testing
