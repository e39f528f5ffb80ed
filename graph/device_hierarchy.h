// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

#include <roadgnn/graph/device.h>
#include <roadgnn/graph/hierarchy.h>
#include <roadgnn/graph/road_graph.h>

namespace roadgnn::graph::detail {

/// A hierarchy as steps read it; names and shapes are Hierarchy's.
struct HierarchyView {
  const std::int32_t* parent = nullptr;  ///< [num_vertices], -1 at roots
  const std::int32_t* depth = nullptr;
  const std::int32_t* first_up = nullptr;
  const std::int32_t* up_head = nullptr;
  const std::int32_t* up_tail = nullptr;
  const std::int32_t* up_depth = nullptr;
  std::int32_t num_vertices = 0, num_arcs = 0, height = 0;
};

/// Arcs whose lower vertices have equally many levels below them: customised at once. Threads come
/// in teams, one an arc.
struct HierarchyLevel {
  std::int64_t first_arc = 0, last_arc = 0;  ///< range of DeviceHierarchy::level_arc
  std::int32_t team = 1;                     ///< threads of a team
};

/// What every metric shares, in device memory.
struct DeviceHierarchy {
  DeviceArray<std::int32_t> parent, depth, first_up, up_head, up_tail, up_depth;
  DeviceArray<std::int32_t> level_arc;       ///< [num_arcs] ascending by level
  DeviceArray<std::int32_t> turn_arc;        ///< [num_turns] Hierarchy's, or -1 - vertex for a loop
  DeviceArray<std::int32_t> turn_length_cm;  ///< [num_turns]
  std::vector<HierarchyLevel> levels;
  std::int32_t height = 0;

  HierarchyView view() const {
    return {parent.data.get(),
            depth.data.get(),
            first_up.data.get(),
            up_head.data.get(),
            up_tail.data.get(),
            up_depth.data.get(),
            static_cast<std::int32_t>(depth.size),
            static_cast<std::int32_t>(up_head.size),
            height};
  }
};

/// Sorts the arcs by the level of their lower vertex: one more than that of the highest child.
/// Returns the arcs; fills `levels`.
inline std::vector<std::int32_t> arcs_by_level(const Hierarchy& hierarchy,
                                               std::vector<HierarchyLevel>& levels) {
  const std::int32_t n = hierarchy.num_vertices();
  std::vector<std::int32_t> level(static_cast<std::size_t>(n), 0);
  std::int32_t num_levels = 0;
  for (std::int32_t v = 0; v < n; ++v) {  // children first
    const std::int32_t parent = hierarchy.parent(v);
    if (parent >= 0) level[parent] = std::max(level[parent], level[v] + 1);
    num_levels = std::max(num_levels, level[v] + 1);
  }
  std::vector<std::int64_t> first(static_cast<std::size_t>(num_levels) + 1, 0);
  std::vector<std::int32_t> num_vertices(static_cast<std::size_t>(num_levels), 0);
  for (std::int32_t v = 0; v < n; ++v) {
    first[level[v] + 1] += hierarchy.first_up[v + 1] - hierarchy.first_up[v];
    ++num_vertices[level[v]];
  }
  for (std::int32_t l = 0; l < num_levels; ++l) {
    first[l + 1] += first[l];
    if (first[l] == first[l + 1]) continue;
    const auto mean = static_cast<std::uint32_t>((first[l + 1] - first[l]) / num_vertices[l]);
    levels.push_back({first[l], first[l + 1],
                      static_cast<std::int32_t>(std::clamp(std::bit_ceil(mean), 4U, 128U))});
  }
  std::vector<std::int32_t> arcs(hierarchy.up_head.size());
  for (std::int32_t v = 0; v < n; ++v) {
    for (std::int32_t arc = hierarchy.first_up[v]; arc < hierarchy.first_up[v + 1]; ++arc) {
      arcs[first[level[v]]++] = arc;
    }
  }
  return arcs;
}

template <class Launcher>
DeviceHierarchy upload_hierarchy(Launcher& launcher, const RoadGraph& graph,
                                 const Hierarchy& hierarchy) {
  const auto copy = [&](const SharedArray<std::int32_t>& array) {
    return launcher.upload(std::vector<std::int32_t>(array.begin(), array.end()));
  };
  DeviceHierarchy device;
  std::vector<std::int32_t> parent;
  parent.reserve(hierarchy.edge_node.size());
  for (std::int32_t v = 0; v < hierarchy.num_vertices(); ++v) parent.push_back(hierarchy.parent(v));
  device.parent = launcher.upload(std::move(parent));
  device.depth = copy(hierarchy.depth);
  device.first_up = copy(hierarchy.first_up);
  device.up_head = copy(hierarchy.up_head);
  device.up_tail = copy(hierarchy.up_tail);
  device.up_depth = copy(hierarchy.up_depth);
  device.level_arc = launcher.upload(arcs_by_level(hierarchy, device.levels));
  device.height = hierarchy.height();

  std::vector<std::int32_t> turn_arc, turn_length;
  for (std::size_t turn = 0; turn < graph.turns.turn_head.size(); ++turn) {
    const std::int32_t tail = graph.turns.turn_tail[turn], arc = hierarchy.turn_arc[turn];
    turn_arc.push_back(arc >= 0 ? arc : -1 - hierarchy.vertex[tail]);
    turn_length.push_back(graph.length_cm[graph.turns.edge[tail]]);
  }
  device.turn_arc = launcher.upload(std::move(turn_arc));
  device.turn_length_cm = launcher.upload(std::move(turn_length));
  return device;
}

}  // namespace roadgnn::graph::detail
