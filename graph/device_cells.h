// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <roadgnn/graph/device_sweep.h>
#include <roadgnn/graph/device_walk.h>

namespace roadgnn::graph::detail {

/// A cell as one number that compares by time, then metres. No way, and a stop itself, come last.
inline constexpr std::uint64_t kNoKey = ~std::uint64_t{0};

ROADGNN_HOST_DEVICE inline bool is_way(const Travel& travel) {
  return travel.time_ms < kClosed;
}
ROADGNN_HOST_DEVICE inline std::uint64_t key_of(const Travel& travel) {
  if (!is_way(travel)) return kNoKey;
  return static_cast<std::uint64_t>(travel.time_ms) << 31 |
         static_cast<std::uint64_t>(travel.length_m);
}
ROADGNN_HOST_DEVICE inline Travel travel_of_key(std::uint64_t key) {
  return {static_cast<std::int32_t>(key >> 31), static_cast<std::int32_t>(key & 0x7fffffffU)};
}

/// Where the cells of a block of rows go; what is null is not asked for.
struct CellOutput {
  std::int32_t* time_ms = nullptr;     ///< [rows][columns], -1 where there is no way
  std::int32_t* length_m = nullptr;    ///< the same
  std::uint64_t* by_row = nullptr;     ///< keys, [rows][columns]
  std::uint64_t* by_column = nullptr;  ///< keys, [columns][all_rows]
  std::int64_t num_columns = 0;
  std::int64_t first_row = 0, all_rows = 0;  ///< of the block, and of by_column
  std::int64_t first_column = 0;  ///< where both lists are parts of the same stops: a stop's own
                                  ///< cell has no key

  ROADGNN_HOST_DEVICE void write(std::int64_t row, std::int64_t column,
                                 const Travel& travel) const {
    const std::int64_t at = row * num_columns + column;
    if (time_ms != nullptr) time_ms[at] = is_way(travel) ? travel.time_ms : -1;
    if (length_m != nullptr) length_m[at] = is_way(travel) ? travel.length_m : -1;
    if (by_row == nullptr && by_column == nullptr) return;
    const bool itself = first_row + row == first_column + column;
    const std::uint64_t key = itself ? kNoKey : key_of(travel);
    if (by_row != nullptr) by_row[at] = key;
    if (by_column != nullptr) by_column[column * all_rows + first_row + row] = key;
  }
};

/// A cell from what a sweep left: the least over the target's sides. Neighbouring threads take
/// neighbouring columns or, with `lanes_first`, lanes; a square of both shares the memory's lines.
template <class Lane>
struct CellStep {
  const QuerySides *sources, *targets;
  const std::int32_t* source_of;  // [lanes]
  const std::int32_t* place;      // of the selection
  const SweepPlace* places;
  const Lane* outputs;  // [num_outputs][num_lanes]
  std::int64_t num_lanes;
  bool lanes_first;
  CellOutput output;

  static constexpr std::int32_t kColumns = 32, kLanes = 8;  // of a square of threads

  /// Threads for all cells, some of them beyond the table.
  std::int64_t num_threads() const {
    return (output.num_columns + kColumns - 1) / kColumns * kColumns * num_lanes;
  }

  ROADGNN_HOST_DEVICE void operator()(std::int64_t thread) const {
    std::int64_t lane, column;
    if (lanes_first) {
      lane = thread % num_lanes;
      column = thread / num_lanes;
    } else {
      const std::int64_t square = thread / (kColumns * kLanes);
      const std::int64_t within = thread % (kColumns * kLanes);
      const std::int64_t squares_up = num_lanes / kLanes;  // lanes come in batches of 32
      lane = square % squares_up * kLanes + within / kColumns;
      column = square / squares_up * kColumns + within % kColumns;
    }
    if (column >= output.num_columns || source_of[lane] < 0) return;
    const QuerySides& target = targets[column];
    Weight found = 2 * kNoWay;
    for (int i = 0; i < target.count; ++i) {
      const std::int64_t slot = places[place[target.side[i].arriving]].output;
      found = least(
          found, to_weight<Lane>(outputs[slot * num_lanes + lane]) + side_weight(target.side[i]));
    }
    const std::int32_t row = source_of[lane];
    output.write(row, column, travel_of(found, departing_bias(sources[row])));
  }
};

/// A source and a target that have an edge in common, or a closed place: there a target may be
/// ahead or behind, which a sweep cannot tell.
struct CellPair {
  std::int32_t row = 0, column = 0;
  std::int32_t same = 0;  ///< the very same position
};

/// Computes a pair's cell side by side, one group a pair. Cells of a source that departs where a
/// target behind it arrives need a way around: by a loop below, or over a vertex above.
struct PairStep {
  HierarchyView h;
  const ArcWeights* arcs;
  const Weight* loops;
  const QuerySides *sources, *targets;
  const CellPair* pairs;
  CellOutput output;

  static std::int64_t memory_bytes(std::int32_t height) {
    return static_cast<std::int64_t>(sizeof(Weight)) + walk_bytes(2, height);
  }

  template <class Group>
  ROADGNN_HOST_DEVICE void operator()(Group& group, std::int64_t i, void* memory) const {
    const CellPair pair = pairs[i];
    Cost best;
    if (pair.same != 0) best = {0, 0};
    const QuerySides &from = sources[pair.row], &to = targets[pair.column];
    for (int a = 0; a < from.count && pair.same == 0; ++a) {
      for (int b = 0; b < to.count; ++b) {
        const QuerySide &start = from.side[a], &end = to.side[b];
        const bool ahead = start.edge == end.edge && start.offset_cm <= end.offset_cm;
        const Weight way = ahead ? 0 : between(group, start.departing, end.arriving, memory);
        if (way >= kNoWay) continue;
        const Cost cost{time_ms(way) - start.share_ms + end.share_ms,
                        length_cm(way) - start.offset_cm + end.offset_cm};
        if (cost.time_ms < best.time_ms ||
            (cost.time_ms == best.time_ms && cost.length_cm < best.length_cm)) {
          best = cost;
        }
      }
    }
    group.one([&] { output.write(pair.row, pair.column, to_travel(best)); });
  }

 private:
  // The fastest way from one vertex to another, or around where they are one.
  template <class Group>
  ROADGNN_HOST_DEVICE Weight between(Group& group, std::int32_t from, std::int32_t to,
                                     void* memory) const {
    auto* found = static_cast<Weight*>(memory);
    DeviceWalk up = walk_at(found + 1, 2, 0, h.height), down = walk_at(found + 1, 2, 1, h.height);
    walk_up(group, h, arcs, true, from, 0, up);
    walk_up(group, h, arcs, false, to, 0, down);
    std::int32_t common = common_vertices(up, down);
    if (from == to) --common;
    group.one([&] { *found = from == to ? loops[from] : kNoWay; });
    group.each(0, common,
               [&](std::int32_t d) { atomic_lower(found, up.weight[d] + down.weight[d]); });
    return *found;
  }
};

}  // namespace roadgnn::graph::detail
