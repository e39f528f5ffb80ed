// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <c10/core/Device.h>
#include <roadgnn/gnn/decode/scorer.h>
#include <roadgnn/gnn/models/route_model.h>
#include <roadgnn/graph/position.h>
#include <roadgnn/graph/road_graph.h>
#include <roadgnn/graph/travel_times.h>

namespace roadgnn::gnn::models {

/// The roads of a city day, in the shape that io::CityDay keeps them.
struct ScorerRoads {
  std::shared_ptr<const graph::RoadGraph> graph;
  std::vector<int> profiles;                            ///< [profiles in use] index of the graph's
  std::vector<std::vector<graph::Position>> positions;  ///< [profiles in use][num_locations]
};

struct ModelScorerOptions {
  std::optional<ScorerRoads> roads = {};
  c10::Device device = c10::kCPU;
  int threads = 1;  ///< for the features
};

/// The route model as the decoder's scorer; its name is "model". `travel_times` are those that the
/// candidates come from (for the ways from and to depots) and have to outlive the scorer. The road
/// embedding of a profile is computed at its first use and kept. The model's weights must not
/// change meanwhile; it is moved to the device.
std::unique_ptr<decode::Scorer> make_model_scorer(RouteModel model,
                                                  const graph::TravelTimes& travel_times,
                                                  ModelScorerOptions options = {});

}  // namespace roadgnn::gnn::models
