// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include <roadgnn/graph/device_group.h>
#include <roadgnn/graph/device_hierarchy.h>
#include <roadgnn/graph/router_weight.h>

namespace roadgnn::graph::detail {

/// The weights of a metric in device memory: PreparedMetric's arcs and loops.
struct DeviceWeights {
  DeviceArray<ArcWeights> arcs;  ///< [num_arcs]
  DeviceArray<Weight> loops;     ///< [num_vertices]
};

template <class T>
struct FillStep {
  T* values;
  T value;

  ROADGNN_HOST_DEVICE void operator()(std::int64_t i) const { values[i] = value; }
};

/// Lowers the arc (or loop) of a turn to the turn's weight.
struct TurnStep {
  const std::int32_t *arc_time_ms, *turn_arc, *turn_length_cm;
  ArcWeights* arcs;
  Weight* loops;

  ROADGNN_HOST_DEVICE void operator()(std::int64_t turn) const {
    const std::int32_t time = arc_time_ms[turn], arc = turn_arc[turn];
    if (time >= kClosed) return;
    const Weight weight = make_weight(time, turn_length_cm[turn]);
    if (arc < 0) {
      atomic_lower(&loops[-1 - arc], weight);
    } else if (arc % 2 == 0) {
      atomic_lower(&arcs[arc / 2].up, weight);
    } else {
      atomic_lower(&arcs[arc / 2].down, weight);
    }
  }
};

/// Relaxes the triangles whose lowest vertex is x and whose lower side is the arc from x to y, one
/// team of threads an arc. The arcs of x are final, as every arc below it has been here before.
struct TriangleStep {
  HierarchyView h;
  const std::int32_t* level_arc;
  std::int64_t first_arc;
  std::int32_t team;
  ArcWeights* arcs;
  Weight* loops;

  ROADGNN_HOST_DEVICE void operator()(std::int64_t thread) const {
    const std::int32_t arc = level_arc[first_arc + thread / team];
    const auto member = static_cast<std::int32_t>(thread % team);
    const std::int32_t x = h.up_tail[arc], y = h.up_head[arc];
    const ArcWeights side = arcs[arc];
    if (member == 0) atomic_lower(&loops[y], side.up + side.down);
    if (side.up >= kNoWay && side.down >= kNoWay) return;
    const std::int32_t first = h.first_up[y], last = h.first_up[y + 1], end = h.first_up[x + 1];
    const bool one_to_one = end - (arc + 1) == last - first;
    for (std::int32_t k = arc + 1 + member; k < end; k += team) {
      const std::int32_t upper =
          one_to_one ? first + (k - (arc + 1)) : find(first, last, h.up_head[k]);
      atomic_lower(&arcs[upper].up, side.down + arcs[k].up);
      atomic_lower(&arcs[upper].down, arcs[k].down + side.up);
    }
  }

 private:
  // The arc in [first, last) that leads to z; there is one.
  ROADGNN_HOST_DEVICE std::int32_t find(std::int32_t first, std::int32_t last,
                                        std::int32_t z) const {
    while (last - first > 1) {
      const std::int32_t middle = first + (last - first) / 2;
      if (h.up_head[middle] <= z) {
        first = middle;
      } else {
        last = middle;
      }
    }
    return first;
  }
};

/// Customisation as PreparedMetric does it, level by level from the bottom: every triangle is
/// pushed to the arc it may shorten as soon as its two lower arcs are final. Weights only fall and
/// the least counts, so the result does not depend on who comes first.
template <class Launcher>
DeviceWeights customise(Launcher& launcher, const DeviceHierarchy& hierarchy,
                        std::vector<std::int32_t> arc_time_ms) {
  const HierarchyView h = hierarchy.view();
  DeviceWeights weights;
  weights.arcs = launcher.template array<ArcWeights>(h.num_arcs);
  weights.loops = launcher.template array<Weight>(h.num_vertices);
  ArcWeights* arcs = weights.arcs.data.get();
  Weight* loops = weights.loops.data.get();
  launcher.each(h.num_arcs, FillStep<ArcWeights>{arcs, {}});
  launcher.each(h.num_vertices, FillStep<Weight>{loops, kNoWay});

  const auto num_turns = static_cast<std::int64_t>(arc_time_ms.size());
  const auto time_ms = launcher.upload(std::move(arc_time_ms));
  launcher.each(num_turns, TurnStep{time_ms.data.get(), hierarchy.turn_arc.data.get(),
                                    hierarchy.turn_length_cm.data.get(), arcs, loops});
  for (const HierarchyLevel& level : hierarchy.levels) {
    launcher.each(
        (level.last_arc - level.first_arc) * level.team,
        TriangleStep{h, hierarchy.level_arc.data.get(), level.first_arc, level.team, arcs, loops});
  }
  return weights;
}

}  // namespace roadgnn::graph::detail
