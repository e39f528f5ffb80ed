// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include <roadgnn/graph/metric.h>
#include <roadgnn/graph/position.h>
#include <roadgnn/graph/road_graph.h>
#include <roadgnn/io/vroom/vroom_problem.h>

namespace roadgnn::io {

/// A VROOM problem's places on a city's streets, by its profiles: what travel times are made from.
struct VroomCity {
  std::vector<graph::Metric> metrics;                   ///< [profiles in use]
  std::vector<std::vector<graph::Position>> positions;  ///< [profiles in use][num_locations]
};

/// Throws InputError for a profile that the city lacks, RoutingError for a place that is farther
/// than `max_snap_m` from every street that its profile may use.
VroomCity place_on_city(const VroomProblem& vroom,
                        const std::shared_ptr<const graph::RoadGraph>& graph, double max_snap_m);

}  // namespace roadgnn::io
