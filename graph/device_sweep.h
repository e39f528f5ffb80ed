// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <roadgnn/graph/device_selection.h>
#include <roadgnn/graph/device_walk.h>

namespace roadgnn::graph::detail {

/// Sources that are swept together, one a thread: neighbours in memory.
inline constexpr std::int32_t kSweepLanes = 32;

/// What sources reach by themselves: for each lane a list of places with their weights, ascending,
/// ended by kNoPlace. Entry i of lane l of batch b is at [b][i][l].
template <class Lane>
struct StartLists {
  std::int32_t* place = nullptr;
  Lane* weight = nullptr;
  std::int32_t capacity = 0;  ///< entries of a list, its end among them

  static constexpr std::int32_t kNoPlace = INT32_MAX;

  ROADGNN_HOST_DEVICE std::int64_t at(std::int64_t lane, std::int32_t i) const {
    return ((lane / kSweepLanes) * capacity + i) * kSweepLanes + lane % kSweepLanes;
  }
};

/// Fills the list of one lane: walks up from both sides of its source. What both reach comes first,
/// then the two branches below, the one with the later vertices first: its places are the earlier
/// ones.
template <class Lane>
struct StartStep {
  HierarchyView h;
  const ArcWeights* arcs;
  const std::int32_t* place;      // of the selection
  const QuerySides* sources;      // of the block
  const std::int32_t* source_of;  // [lanes], -1 where a lane has no source
  StartLists<Lane> lists;

  template <class Group>
  ROADGNN_HOST_DEVICE void operator()(Group& group, std::int64_t lane, void* memory) const {
    const std::int32_t source = source_of[lane];
    DeviceWalk walk[2];
    std::int32_t selected[2] = {0, 0};
    const std::int32_t count = source < 0 ? 0 : sources[source].count;
    for (int i = 0; i < count; ++i) {
      const QuerySide& side = sources[source].side[i];
      walk[i] = walk_at(memory, 2, i, h.height);
      walk_up(group, h, arcs, true, side.departing,
              departing_bias(sources[source]) - side_weight(side), walk[i]);
      selected[i] = num_selected(walk[i]);
    }
    const std::int32_t parting = count == 2 ? common_vertices(walk[0], walk[1]) : 0;
    const std::int32_t shared = least(parting, selected[0]);
    int first = 0;
    if (count == 2 && parting < walk[0].size && parting < walk[1].size &&
        walk[1].vertex[parting] > walk[0].vertex[parting]) {
      first = 1;
    }
    const std::int32_t first_end = shared + tail(selected[first], shared);
    const std::int32_t end = first_end + tail(selected[1 - first], shared);
    group.each(0, end + 1, [&](std::int32_t i) {
      const std::int64_t at = lists.at(lane, i);
      if (i == end) {
        lists.place[at] = StartLists<Lane>::kNoPlace;
        return;
      }
      const DeviceWalk& from = walk[i < first_end ? first : 1 - first];
      const std::int32_t d = i < first_end ? i : shared + i - first_end;
      Weight weight = from.weight[d];
      if (i < shared) weight = least(weight, walk[1 - first].weight[d]);
      lists.place[at] = place[from.vertex[d]];
      lists.weight[at] = to_lane<Lane>(weight);
    });
  }

 private:
  ROADGNN_HOST_DEVICE static std::int32_t tail(std::int32_t selected, std::int32_t shared) {
    return selected > shared ? selected - shared : 0;
  }

  // Selected are all vertices of a walk above some depth.
  ROADGNN_HOST_DEVICE std::int32_t num_selected(const DeviceWalk& walk) const {
    std::int32_t first = 0, last = walk.size;
    while (first < last) {
      const std::int32_t middle = first + (last - first) / 2;
      if (place[walk.vertex[middle]] >= 0) {
        first = middle + 1;
      } else {
        last = middle;
      }
    }
    return first;
  }
};

/// The selection's places cut into runs with about as much work each, which may be swept at the
/// same time. A run needs the places above its first one too.
struct SweepRuns {
  std::int32_t* first = nullptr;  ///< [num_runs + 1]
  std::int32_t* above = nullptr;  ///< [num_runs * height] places above the first, by depth
  std::int32_t num_runs = 1;
};

struct RunStep {
  HierarchyView h;
  const std::int32_t *place, *counts;
  const SweepPlace* places;
  SweepRuns runs;

  ROADGNN_HOST_DEVICE void operator()(std::int64_t run) const {
    const std::int32_t n = counts[0];
    // Places count too: one without arcs costs as much as a few of them.
    const std::int64_t wanted = run * (std::int64_t{places[n].first_four} + n) / runs.num_runs;
    std::int32_t first = 0, last = n;
    while (first < last) {
      const std::int32_t middle = first + (last - first) / 2;
      if (places[middle].first_four + std::int64_t{middle} < wanted) {
        first = middle + 1;
      } else {
        last = middle;
      }
    }
    runs.first[run] = run == runs.num_runs ? n : first;
    if (run == runs.num_runs || first == n) return;
    std::int32_t v = h.parent[places[first].vertex];
    for (std::int32_t d = places[first].depth - 1; d >= 0; --d, v = h.parent[v]) {
      runs.above[run * h.height + d] = place[v];
    }
  }
};

/// Sweeps one run for one batch of lanes. A lane's weights on the way to the root, by depth, stay
/// in a column of the group's memory that no other lane touches.
template <class Lane>
struct SweepStep {
  const SweepPlace* places;
  const SweepArcs<Lane>* fours;
  SweepRuns runs;
  StartLists<Lane> lists;
  Lane* outputs;  // [num_outputs][num_lanes]
  std::int64_t num_batches;
  std::int32_t height;

  template <class Group>
  ROADGNN_HOST_DEVICE void operator()(Group& group, std::int64_t task, void* memory) const {
    const std::int64_t run = task / num_batches, batch = task % num_batches;
    group.each(0, kSweepLanes, [&](std::int32_t lane) {
      sweep(run, batch * kSweepLanes + lane, static_cast<Lane*>(memory) + lane);
    });
  }

 private:
  // Where a lane is in its list.
  struct Cursor {
    std::int32_t i, place;
  };

  ROADGNN_HOST_DEVICE void sweep(std::int64_t run, std::int64_t lane, Lane* path) const {
    const std::int32_t first = runs.first[run], last = runs.first[run + 1];
    if (first == last) return;
    Cursor cursor{0, lists.place[lists.at(lane, 0)]};
    SweepPlace here = places[first];
    for (std::int32_t d = 0; d < here.depth; ++d) {
      const std::int32_t above = runs.above[run * height + d];
      Lane weight = own_weight(above, lane, cursor);
      const std::int32_t end = places[above + 1].first_four;
      for (std::int32_t k = places[above].first_four; k < end; ++k) lower(weight, fours[k], path);
      path[d * kSweepLanes] = weight;
    }
    // The arcs of places that follow each other do so too: they are read two steps ahead.
    SweepArcs<Lane> now = fours[here.first_four], next = fours[here.first_four + 1];
    for (std::int32_t p = first; p < last; ++p) {
      const SweepPlace following = places[p + 1];
      Lane weight = own_weight(p, lane, cursor);
      for (std::int32_t k = here.first_four; k < following.first_four; ++k) {
        const SweepArcs<Lane> ahead = fours[k + kFoursAhead];
        lower(weight, now, path);
        now = next;
        next = ahead;
      }
      path[here.depth * kSweepLanes] = weight;
      if (here.output >= 0) outputs[here.output * num_batches * kSweepLanes + lane] = weight;
      here = following;
    }
  }

  // What the source reaches by itself.
  ROADGNN_HOST_DEVICE Lane own_weight(std::int32_t p, std::int64_t lane, Cursor& cursor) const {
    while (cursor.place < p) cursor.place = lists.place[lists.at(lane, ++cursor.i)];
    return cursor.place == p ? lists.weight[lists.at(lane, cursor.i)] : to_lane<Lane>(kNoWay);
  }

  // Lowers a place's weight to what comes down some arcs.
  ROADGNN_HOST_DEVICE static void lower(Lane& weight, const SweepArcs<Lane>& down,
                                        const Lane* path) {
    for (const SweepArc<Lane>& arc : down.arc) {
      weight = least(weight, path[arc.from_depth * kSweepLanes] + arc.weight);
    }
  }
};

}  // namespace roadgnn::graph::detail
