// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include <roadgnn/graph/candidate_graph.h>
#include <roadgnn/graph/device_select.h>
#include <roadgnn/graph/device_tables.h>
#include <roadgnn/graph/parallel.h>

namespace roadgnn::graph::detail {

/// Threads of a group that selects.
inline constexpr int kSelectThreads = 256;

/// For each of the stops, as they lie in memory, k others by ascending key but in any order.
struct NearestLists {
  std::vector<std::uint64_t> key;   ///< [num_stops * k]
  std::vector<std::int32_t> item;   ///< [num_stops * k]
  std::vector<std::int32_t> count;  ///< [num_stops]
};

/// The k nearest of every stop from the cells of all pairs, by blocks that fit into the device's
/// memory: successors from the rows, predecessors from the columns. Where all columns fit at once,
/// one sweep serves both.
template <class Launcher>
class DeviceNearest {
 public:
  /// `ids` tell equally near stops apart, the least first.
  DeviceNearest(Launcher& launcher, const DeviceHierarchy& hierarchy, const DeviceWeights& weights,
                std::span<const Position> positions, std::span<const QuerySides> stops,
                std::vector<std::int32_t> ids, std::int32_t k, std::int64_t memory_bytes)
      : launcher_(launcher),
        hierarchy_(hierarchy),
        weights_(weights),
        positions_(positions),
        stops_(stops),
        k_(k),
        memory_bytes_(memory_bytes),
        ids_(launcher.upload(std::move(ids))),
        successors_(make_lists()),
        predecessors_(make_lists()) {
    const auto n = static_cast<std::int64_t>(stops.size());
    const std::int64_t column_bytes = n * kKeyBytes;
    const std::int64_t columns = rows_that_fit(n, column_bytes, memory_bytes / 2);
    if (columns == n) {
      pass(0, n, true, true);
    } else {
      pass(0, n, true, false);
      for (std::int64_t first = 0; first < n; first += columns) {
        pass(first, std::min(columns, n - first), false, true);
      }
    }
  }

  /// Waits for the device.
  NearestLists successors() { return fetch(successors_); }
  NearestLists predecessors() { return fetch(predecessors_); }

 private:
  static constexpr std::int64_t kKeyBytes = sizeof(std::uint64_t);

  struct Lists {
    DeviceArray<std::uint64_t> key;
    DeviceArray<std::int32_t> item, count;
  };

  Lists make_lists() {
    const auto n = static_cast<std::int64_t>(stops_.size());
    Lists lists{launcher_.template array<std::uint64_t>(n * k_),
                launcher_.template array<std::int32_t>(n * k_),
                launcher_.template array<std::int32_t>(n)};
    launcher_.each(n, FillStep<std::int32_t>{lists.count.data.get(), 0});
    return lists;
  }

  // Sweeps from all stops to some, and selects from rows or columns.
  void pass(std::int64_t first_column, std::int64_t num_columns, bool rows, bool columns) {
    const auto n = static_cast<std::int64_t>(stops_.size());
    DeviceTable<Weight, Launcher> table(launcher_, hierarchy_, weights_,
                                        positions_.subspan(static_cast<std::size_t>(first_column),
                                                           static_cast<std::size_t>(num_columns)),
                                        stops_.subspan(static_cast<std::size_t>(first_column),
                                                       static_cast<std::size_t>(num_columns)));
    const std::int64_t by_column_bytes = columns ? num_columns * n * kKeyBytes : 0;
    const std::int64_t block = rows_that_fit(n, table.bytes_per_row() + (rows ? n * kKeyBytes : 0),
                                             memory_bytes_ - by_column_bytes);
    DeviceArray<std::uint64_t> by_row, by_column;
    if (rows) by_row = launcher_.template array<std::uint64_t>(block * n);
    if (columns) by_column = launcher_.template array<std::uint64_t>(num_columns * n);
    for (std::int64_t first = 0; first < n; first += block) {
      const std::int64_t count = std::min(block, n - first);
      CellOutput output;
      output.by_row = by_row.data.get();
      output.by_column = by_column.data.get();
      output.num_columns = num_columns;
      output.first_row = first;
      output.all_rows = n;
      output.first_column = first_column;
      table.run(
          positions_.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count)),
          stops_.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count)), output);
      if (rows) select(by_row, first, count, successors_);
    }
    if (columns) select(by_column, first_column, num_columns, predecessors_);
  }

  void select(const DeviceArray<std::uint64_t>& keys, std::int64_t first_list, std::int64_t count,
              const Lists& lists) {
    launcher_.each_group(
        count, kSelectThreads, static_cast<std::int64_t>(sizeof(SelectStep::Memory)),
        SelectStep{keys.data.get(),
                   static_cast<std::int64_t>(stops_.size()),
                   ids_.data.get(),
                   {lists.key.data.get(), lists.item.data.get(), lists.count.data.get(), k_},
                   first_list});
  }

  NearestLists fetch(const Lists& lists) {
    NearestLists host{launcher_.download(lists.key), launcher_.download(lists.item),
                      launcher_.download(lists.count)};
    launcher_.wait();
    return host;
  }

  Launcher& launcher_;
  const DeviceHierarchy& hierarchy_;
  const DeviceWeights& weights_;
  std::span<const Position> positions_;
  std::span<const QuerySides> stops_;
  std::int32_t k_;
  std::int64_t memory_bytes_;
  DeviceArray<std::int32_t> ids_;
  Lists successors_, predecessors_;
};

/// Joins successors and predecessors as CandidateGraph says. List i is that of stop ids[i], and
/// items name stops in the same way.
inline CandidateGraph join_lists(const NearestLists& successors, const NearestLists& predecessors,
                                 std::span<const std::int32_t> ids, std::int32_t k, int threads) {
  using Candidate = std::pair<std::uint64_t, std::int32_t>;  // key, stop
  std::vector<std::vector<Candidate>> lists(ids.size());
  const auto for_each = [&](const NearestLists& from, auto&& visit) {
    for (std::size_t i = 0; i < ids.size(); ++i) {
      for (std::size_t j = i * k; j < i * k + from.count[i]; ++j) {
        visit(ids[i], ids[from.item[j]], from.key[j]);
      }
    }
  };
  for_each(successors, [&](std::int32_t stop, std::int32_t other, std::uint64_t key) {
    lists[stop].emplace_back(key, other);
  });
  for_each(predecessors, [&](std::int32_t stop, std::int32_t other, std::uint64_t key) {
    lists[other].emplace_back(key, stop);
  });
  parallel_for(static_cast<std::int64_t>(lists.size()), 256, threads,
               [&](std::int64_t begin, std::int64_t end, int) {
                 for (std::int64_t i = begin; i < end; ++i) {
                   std::sort(lists[i].begin(), lists[i].end());
                   lists[i].erase(std::unique(lists[i].begin(), lists[i].end()), lists[i].end());
                 }
               });
  CandidateGraph graph;
  graph.first_out.assign(1, 0);
  for (const auto& list : lists) {
    graph.first_out.push_back(graph.first_out.back() + static_cast<std::int64_t>(list.size()));
    for (const auto& [key, stop] : list) {
      graph.head.push_back(stop);
      graph.travel.push_back(travel_of_key(key));
    }
  }
  return graph;
}

}  // namespace roadgnn::graph::detail
