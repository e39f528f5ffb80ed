// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include <ATen/core/Tensor.h>
#include <roadgnn/gnn/ops/ops.h>
#include <roadgnn/graph/road_graph.h>

namespace roadgnn::gnn::models {

/// A city's roads under one profile as the road encoder reads them. Nodes are the edge-nodes of the
/// turn graph: edges are first-class, turns join them.
///
/// Lengths, speeds and angles between consecutive edges; no coordinates, no bearings. Left and
/// right are towards the near side and across oncoming traffic, whatever side of the road a country
/// drives on.
struct RoadTensors {
  /// Each edge-node reads those that may follow it, those that may come before it, and itself.
  ops::Adjacency graph;
  at::Tensor turn;  ///< [entries of graph, kTurnFeatures] float32
  at::Tensor edge;  ///< [edge-nodes, kRoadFeatures] float32
  at::Tensor
      departing;        ///< [road edges] int64 edge-node from which a trip that begins there leaves
  at::Tensor arriving;  ///< [road edges] int64 edge-node at which a trip that ends there arrives

  std::int64_t num_edge_nodes() const { return edge.size(0); }
  std::int64_t num_road_edges() const { return departing.numel(); }
  RoadTensors to(at::Device device) const;
};

/// 22 road classes, 3 kinds of surface, 12 marks of the edge, 4 + 2 of its nodes, and 14 numbers.
inline constexpr std::int64_t kRoadFeatures = 22 + 3 + 12 + 6 + 14;
inline constexpr std::int64_t kTurnFeatures = 9;

struct RoadTensorsOptions {
  std::optional<double> hour;  ///< 0 .. 24; without it the features are those of any time
  int threads = 1;
  bool transpose = false;  ///< of `graph`, which only a backward pass needs
};

/// `profile` is an index into the graph's profiles. Throws InputError for an unknown one and for an
/// hour outside the day.
RoadTensors make_road_tensors(const graph::RoadGraph& graph, int profile,
                              const RoadTensorsOptions& options = {});

}  // namespace roadgnn::gnn::models
