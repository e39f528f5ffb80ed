// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include <ATen/core/Tensor.h>
#include <roadgnn/gnn/decode/problem.h>
#include <roadgnn/gnn/models/features.h>
#include <roadgnn/gnn/ops/ops.h>
#include <roadgnn/graph/candidate_graph.h>
#include <roadgnn/graph/position.h>
#include <roadgnn/graph/road_graph.h>
#include <roadgnn/graph/travel_times.h>

namespace roadgnn::gnn::models {

/// Where stops lie on the road graph, up to two sides of a street each. Undefined tensors: the
/// problem has no roads.
struct RoadPositions {
  at::Tensor edge;      ///< [n, 2] int64 road edge, -1 for none
  at::Tensor fraction;  ///< [n, 2] float32 share of the edge before the stop

  bool defined() const { return edge.defined(); }
};

/// A day under one profile as the route model reads it; see features.h for the columns. Nodes are
/// the problem's locations, depots among them.
struct DayTensors {
  ops::Adjacency candidates;  ///< rows are tails; first_out int64 [n + 1], head int32 [m]
  at::Tensor tail;            ///< [m] int32
  at::Tensor stop;            ///< [n, kStopFeatures] float32
  at::Tensor edge;            ///< [m, kEdgeFeatures] float32
  at::Tensor type;            ///< [types, kTypeFeatures] float32
  at::Tensor fits;            ///< [n, types] bool: the type can serve what is there
  at::Tensor key;             ///< [n] int64 of what a stop is, whatever its place in the input
  RoadPositions position;

  std::int64_t num_stops() const { return stop.size(0); }
  std::int64_t num_edges() const { return edge.size(0); }
  /// On another device; on its own itself, without a copy.
  DayTensors to(at::Device device) const;
};

/// Where the stops of a city day lie.
struct DayRoads {
  const graph::RoadGraph& graph;
  std::span<const graph::Position> positions;  ///< [num_locations] under the profile
};

struct DayTensorsOptions {
  int threads = 1;
  bool transpose = false;  ///< of `candidates`, which only a backward pass needs
};

/// `candidates` are `travel_times.candidates(profile, k)` and may be dropped afterwards. Asks
/// `travel_times` for the ways from and to depots and pairs' partners. The same tensors for any
/// number of threads. Throws InputError where sizes do not match.
DayTensors make_day_tensors(const decode::Problem& problem, const graph::TravelTimes& travel_times,
                            std::int32_t profile, const graph::CandidateGraph& candidates,
                            const std::optional<DayRoads>& roads = {},
                            const DayTensorsOptions& options = {});

}  // namespace roadgnn::gnn::models
