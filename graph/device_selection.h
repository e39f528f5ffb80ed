// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include <roadgnn/graph/device_customise.h>
#include <roadgnn/graph/device_group.h>
#include <roadgnn/graph/device_hierarchy.h>
#include <roadgnn/graph/router_metric.h>

namespace roadgnn::graph::detail {

/// A lane of a sweep holds milliseconds (std::uint32_t), or both milliseconds and centimetres
/// (Weight).
template <class Lane>
ROADGNN_HOST_DEVICE constexpr Lane to_lane(Weight weight) {
  if constexpr (std::is_same_v<Lane, Weight>) {
    return weight;
  } else {
    return static_cast<Lane>(time_ms(weight));
  }
}
template <class Lane>
ROADGNN_HOST_DEVICE constexpr Weight to_weight(Lane lane) {
  if constexpr (std::is_same_v<Lane, Weight>) {
    return lane;
  } else {
    return make_weight(lane, 0);
  }
}

/// A selected vertex in the order of a sweep.
struct alignas(16) SweepPlace {
  std::int32_t vertex, depth;
  std::int32_t output;      ///< where a target's lanes go, -1 for others
  std::int32_t first_four;  ///< of its arcs, which end where the next place's begin
};

/// An arc down to a place, from a vertex above it that its depth names.
template <class Lane>
struct alignas(2 * sizeof(Lane)) SweepArc {
  Lane weight;
  std::int32_t from_depth;
};

/// Arcs that a sweep reads together: each place has a whole number of fours, the last filled up
/// with closed arcs from depth 0.
template <class Lane>
struct alignas(16) SweepArcs {
  SweepArc<Lane> arc[4];
};

/// Fours after the last place's that a sweep may read, though not use.
inline constexpr std::int32_t kFoursAhead = 2;

/// What lies above the targets, uppermost first: places 0 .. counts[0]-1, then one without a vertex
/// that ends the arcs. A place's ancestors come before it, its subtree follows it.
template <class Lane>
struct DeviceSelection {
  DeviceArray<std::int32_t> place;     ///< [num_vertices], -1 where not selected
  DeviceArray<std::int32_t> counts;    ///< [1], known on the device alone
  DeviceArray<SweepPlace> places;      ///< [num_vertices + 1]
  DeviceArray<SweepArcs<Lane>> fours;  ///< as many as there may be
  std::int64_t num_outputs = 0;        ///< different vertices of the targets
};

/// Marks a target's vertex and all above it. The arrays count vertices from the last one down.
struct MarkStep {
  HierarchyView h;
  const std::int32_t* target;
  std::int32_t *selected, *is_target;

  ROADGNN_HOST_DEVICE void operator()(std::int64_t i) const {
    const std::int32_t last = h.num_vertices - 1;
    is_target[last - target[i]] = 1;
    for (std::int32_t v = target[i]; v >= 0; v = h.parent[v]) {
      if (atomic_mark(&selected[last - v])) return;
    }
  }
};

/// Marks the arcs of selected vertices that lead down to them. Counted from the last arc down.
struct MarkArcStep {
  HierarchyView h;
  const ArcWeights* arcs;
  const std::int32_t* selected;
  std::int32_t* kept;

  ROADGNN_HOST_DEVICE void operator()(std::int64_t i) const {
    const auto arc = static_cast<std::int32_t>(h.num_arcs - 1 - i);
    if (arc < 0) {  // after the last one, so that the sums end with the total
      kept[i] = 0;
      return;
    }
    const bool is_selected = selected[h.num_vertices - 1 - h.up_tail[arc]] != 0;
    kept[i] = is_selected && arcs[arc].down < kNoWay ? 1 : 0;
  }
};

/// Counts the fours of each vertex, from the last one down.
struct CountFoursStep {
  HierarchyView h;
  const std::int32_t* arc_sum;
  std::int32_t* fours;

  ROADGNN_HOST_DEVICE void operator()(std::int64_t i) const {
    const auto v = static_cast<std::int32_t>(h.num_vertices - 1 - i);
    fours[i] = v < 0 ? 0 : (num_kept(v) + 3) / 4;
  }

  /// Arcs of v that are kept; zero where v is not selected.
  ROADGNN_HOST_DEVICE std::int32_t num_kept(std::int32_t v) const {
    return arc_sum[h.num_arcs - h.first_up[v]] - arc_sum[h.num_arcs - h.first_up[v + 1]];
  }
};

/// Writes the places, from sums over the marks.
struct PlaceStep {
  HierarchyView h;
  const std::int32_t *selected, *is_target;
  const std::int32_t *place_sum, *output_sum, *four_sum;
  std::int32_t *place, *counts;
  SweepPlace* places;

  ROADGNN_HOST_DEVICE void operator()(std::int64_t i) const {
    if (i == h.num_vertices) {
      places[place_sum[i]] = {-1, 0, -1, four_sum[i]};
      counts[0] = place_sum[i];
      return;
    }
    const auto v = static_cast<std::int32_t>(h.num_vertices - 1 - i);
    place[v] = selected[i] != 0 ? place_sum[i] : -1;
    if (selected[i] == 0) return;
    places[place_sum[i]] = {v, h.depth[v], is_target[i] != 0 ? output_sum[i] : -1, four_sum[i]};
  }
};

/// Writes a selected arc to its vertex's fours.
template <class Lane>
struct SelectArcStep {
  HierarchyView h;
  const ArcWeights* weights;
  const std::int32_t *kept, *arc_sum, *four_sum;
  SweepArcs<Lane>* fours;

  ROADGNN_HOST_DEVICE void operator()(std::int64_t i) const {
    if (kept[i] == 0) return;
    const auto arc = static_cast<std::int32_t>(h.num_arcs - 1 - i);
    const std::int32_t v = h.up_tail[arc];
    const std::int32_t rank = arc_sum[i] - arc_sum[h.num_arcs - h.first_up[v + 1]];
    fours[four_sum[h.num_vertices - 1 - v] + rank / 4].arc[rank % 4] = {
        to_lane<Lane>(weights[arc].down), h.up_depth[arc]};
  }
};

/// Fills up a vertex's last four, and the ones after all.
template <class Lane>
struct FillFoursStep {
  CountFoursStep count;
  const std::int32_t* four_sum;
  SweepArcs<Lane>* fours;

  ROADGNN_HOST_DEVICE void operator()(std::int64_t i) const {
    const auto v = static_cast<std::int32_t>(count.h.num_vertices - 1 - i);
    const std::int32_t first = v < 0 ? 0 : count.num_kept(v);
    const std::int32_t end = v < 0 ? 4 * kFoursAhead : (first + 3) / 4 * 4;
    for (std::int32_t rank = first; rank < end; ++rank) {
      fours[four_sum[i] + rank / 4].arc[rank % 4] = {to_lane<Lane>(kNoWay), 0};
    }
  }
};

/// Selects what lies above the targets.
template <class Lane, class Launcher>
DeviceSelection<Lane> select_targets(Launcher& launcher, const DeviceHierarchy& hierarchy,
                                     const DeviceWeights& weights,
                                     std::span<const QuerySides> targets) {
  const HierarchyView h = hierarchy.view();
  std::vector<std::int32_t> vertices;
  for (const QuerySides& target : targets) {
    for (int i = 0; i < target.count; ++i) vertices.push_back(target.side[i].arriving);
  }
  std::sort(vertices.begin(), vertices.end());
  vertices.erase(std::unique(vertices.begin(), vertices.end()), vertices.end());

  const auto ints = [&](std::int64_t size) { return launcher.template array<std::int32_t>(size); };
  const std::int64_t num_places = h.num_vertices + std::int64_t{1};
  const std::int64_t num_arcs = h.num_arcs + std::int64_t{1};
  DeviceSelection<Lane> selection;
  selection.num_outputs = static_cast<std::int64_t>(vertices.size());
  selection.place = ints(h.num_vertices);
  selection.counts = ints(1);
  selection.places = launcher.template array<SweepPlace>(num_places);
  // A vertex with a arcs has at most (a + 3) / 4 fours.
  selection.fours = launcher.template array<SweepArcs<Lane>>(
      (h.num_arcs + 3 * std::int64_t{h.num_vertices}) / 4 + kFoursAhead);

  const auto selected = ints(num_places), is_target = ints(num_places), kept = ints(num_arcs);
  launcher.each(num_places, FillStep<std::int32_t>{selected.data.get(), 0});
  launcher.each(num_places, FillStep<std::int32_t>{is_target.data.get(), 0});
  const auto num_targets = static_cast<std::int64_t>(vertices.size());
  const auto target = launcher.upload(std::move(vertices));
  launcher.each(num_targets,
                MarkStep{h, target.data.get(), selected.data.get(), is_target.data.get()});
  launcher.each(num_arcs,
                MarkArcStep{h, weights.arcs.data.get(), selected.data.get(), kept.data.get()});

  const auto place_sum = ints(num_places), output_sum = ints(num_places), arc_sum = ints(num_arcs);
  const auto num_fours = ints(num_places), four_sum = ints(num_places);
  launcher.scan(selected, place_sum);
  launcher.scan(is_target, output_sum);
  launcher.scan(kept, arc_sum);
  const CountFoursStep count{h, arc_sum.data.get(), num_fours.data.get()};
  launcher.each(num_places, count);
  launcher.scan(num_fours, four_sum);
  launcher.each(num_places,
                PlaceStep{h, selected.data.get(), is_target.data.get(), place_sum.data.get(),
                          output_sum.data.get(), four_sum.data.get(), selection.place.data.get(),
                          selection.counts.data.get(), selection.places.data.get()});
  launcher.each(h.num_arcs,
                SelectArcStep<Lane>{h, weights.arcs.data.get(), kept.data.get(), arc_sum.data.get(),
                                    four_sum.data.get(), selection.fours.data.get()});
  launcher.each(num_places,
                FillFoursStep<Lane>{count, four_sum.data.get(), selection.fours.data.get()});
  return selection;
}

}  // namespace roadgnn::graph::detail
