// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <roadgnn/graph/ground.h>
#include <roadgnn/graph/road_graph.h>

namespace roadgnn::graph {

/// The polyline of an edge from its tail to its head, ends included. A view: the graph must outlive
/// it.
class EdgeShape {
 public:
  EdgeShape(const RoadGraph& graph, std::int32_t edge) : graph_(graph) {
    const auto e = static_cast<std::size_t>(edge);
    const auto segment = static_cast<std::size_t>(graph.segment[e]);
    first_ = graph.first_shape[segment];
    inner_ = graph.first_shape[segment + 1] - first_;
    reversed_ = (graph.edge_flags[e] & edge_flag::against_way) != 0;
    tail_ = graph.tail[e];
    head_ = graph.head[e];
  }

  /// At least 2.
  std::int32_t num_points() const { return inner_ + 2; }

  Coordinate operator[](std::int32_t i) const {
    if (i == 0) return node(tail_);
    if (i == inner_ + 1) return node(head_);
    const auto at = static_cast<std::size_t>(reversed_ ? first_ + inner_ - i : first_ + i - 1);
    return {graph_.shape_lat_e7[at], graph_.shape_lon_e7[at]};
  }

 private:
  Coordinate node(std::int32_t v) const {
    return {graph_.lat_e7[static_cast<std::size_t>(v)], graph_.lon_e7[static_cast<std::size_t>(v)]};
  }

  const RoadGraph& graph_;
  std::int32_t first_, inner_, tail_, head_;
  bool reversed_;
};

}  // namespace roadgnn::graph
