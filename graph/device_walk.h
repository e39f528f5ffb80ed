// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <roadgnn/graph/device_group.h>
#include <roadgnn/graph/device_hierarchy.h>
#include <roadgnn/graph/router_metric.h>
#include <roadgnn/graph/router_weight.h>

namespace roadgnn::graph::detail {

/// The ways between one vertex and those above it, by their depth.
struct DeviceWalk {
  Weight* weight = nullptr;        ///< [height]
  std::int32_t* vertex = nullptr;  ///< [height], from the root down to the start
  std::int32_t size = 0;           ///< vertices on the way to the root
};

/// Memory of `count` walks.
constexpr std::int64_t walk_bytes(int count, std::int32_t height) {
  return static_cast<std::int64_t>(count) * height *
         static_cast<std::int64_t>(sizeof(Weight) + sizeof(std::int32_t));
}

/// Walk `i` of `count` in a group's memory.
ROADGNN_HOST_DEVICE inline DeviceWalk walk_at(void* memory, int count, int i, std::int32_t height) {
  auto* weights = static_cast<Weight*>(memory);
  auto* vertices =
      reinterpret_cast<std::int32_t*>(weights + static_cast<std::int64_t>(count) * height);
  return {weights + static_cast<std::int64_t>(i) * height,
          vertices + static_cast<std::int64_t>(i) * height, 0};
}

/// Walks up the elimination tree from `start`, whose own weight is `weight`: over the arcs' upward
/// weights where `forward`, else over their downward ones, towards the start. The vertices above
/// one are all on its way to the root, so each step writes above itself alone.
template <class Group>
ROADGNN_HOST_DEVICE void walk_up(Group& group, const HierarchyView& h, const ArcWeights* arcs,
                                 bool forward, std::int32_t start, Weight weight,
                                 DeviceWalk& walk) {
  const std::int32_t depth = h.depth[start];
  walk.size = depth + 1;
  Weight* weights = walk.weight;
  group.each(0, depth + 1, [&](std::int32_t d) { weights[d] = d == depth ? weight : kNoWay; });
  std::int32_t v = start;
  for (std::int32_t d = depth; d >= 0; --d) {
    const Weight here = weights[d];
    const std::int32_t first = h.first_up[v], last = h.first_up[v + 1];
    // The arcs, and one more item that keeps the vertex.
    group.each(here < kNoWay ? first : last, last + 1, [&](std::int32_t arc) {
      if (arc == last) {
        walk.vertex[d] = v;
        return;
      }
      const Weight through = here + (forward ? arcs[arc].up : arcs[arc].down);
      Weight& there = weights[h.up_depth[arc]];
      there = least(there, through);
    });
    v = h.parent[v];
  }
}

/// How many vertices two walks share, from the root down.
ROADGNN_HOST_DEVICE inline std::int32_t common_vertices(const DeviceWalk& a, const DeviceWalk& b) {
  std::int32_t common = 0, end = least(a.size, b.size);
  while (common < end) {
    const std::int32_t middle = common + (end - common) / 2;
    if (a.vertex[middle] == b.vertex[middle]) {
      common = middle + 1;
    } else {
      end = middle;
    }
  }
  return common;
}

/// What a weight from `departing_bias` on has more than the way has.
ROADGNN_HOST_DEVICE inline Weight departing_bias(const QuerySides& from) {
  std::int32_t time = 0, length = 0;
  for (int i = 0; i < from.count; ++i) {
    if (from.side[i].share_ms > time) time = from.side[i].share_ms;
    if (from.side[i].offset_cm > length) length = from.side[i].offset_cm;
  }
  return make_weight(time, length);
}

ROADGNN_HOST_DEVICE inline Weight side_weight(const QuerySide& side) {
  return make_weight(side.share_ms, side.offset_cm);
}

/// The travel that a table's cell shows for the least sum `weight` of a departing and an arriving
/// part.
ROADGNN_HOST_DEVICE inline Travel travel_of(Weight weight, Weight bias) {
  return to_travel({time_ms(weight) - time_ms(bias), length_cm(weight) - length_cm(bias)});
}

}  // namespace roadgnn::graph::detail
