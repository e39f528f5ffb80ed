// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <roadgnn/graph/device_cells.h>
#include <roadgnn/graph/device_pairs.h>
#include <roadgnn/graph/device_selection.h>
#include <roadgnn/graph/device_sweep.h>

namespace roadgnn::graph::detail {

/// Threads of a group that walks up or compares a pair.
inline constexpr int kWalkThreads = 32;

/// Into how many runs to cut the sweep of a batch: as few as keep a device busy that holds `slots`
/// groups at a time. A run costs about a twentieth of a whole sweep extra, for what lies above it.
inline std::int32_t choose_runs(std::int64_t num_batches, std::int64_t slots) {
  constexpr double kExtra = 0.05;
  constexpr std::int32_t kMostRuns = 64;
  std::int32_t best = 1;
  double best_cost = 1e300;
  for (std::int32_t runs = 1; runs <= kMostRuns; ++runs) {
    const std::int64_t rounds = (num_batches * runs + slots - 1) / slots;
    const double cost = static_cast<double>(rounds) * (1.0 / runs + (runs > 1 ? kExtra : 0));
    if (cost < best_cost) {
      best_cost = cost;
      best = runs;
    }
  }
  return best;
}

/// The rows of a block in the order of their first departing vertex, so that the sources of a batch
/// have most of their ways up in common; -1 fills the last batch.
inline std::vector<std::int32_t> lanes_of(std::span<const QuerySides> sources) {
  std::vector<std::int32_t> rows(sources.size());
  std::iota(rows.begin(), rows.end(), 0);
  const auto vertex = [&](std::int32_t row) {
    return sources[row].count > 0 ? sources[row].side[0].departing : INT32_MAX;
  };
  std::sort(rows.begin(), rows.end(), [&](std::int32_t a, std::int32_t b) {
    return std::pair(vertex(a), a) < std::pair(vertex(b), b);
  });
  rows.resize((rows.size() + kSweepLanes - 1) / kSweepLanes * kSweepLanes, -1);
  return rows;
}

/// Computes blocks of a table's rows: restricted sweeps as on the CPU (see table.h), many batches
/// of sources at a time.
template <class Lane, class Launcher>
class DeviceTable {
 public:
  /// `positions` and `targets` are the same targets; all must outlive the table.
  DeviceTable(Launcher& launcher, const DeviceHierarchy& hierarchy, const DeviceWeights& weights,
              std::span<const Position> positions, std::span<const QuerySides> targets)
      : launcher_(launcher),
        hierarchy_(hierarchy),
        weights_(weights),
        shared_edges_(positions),
        targets_(launcher.upload(std::vector<QuerySides>(targets.begin(), targets.end()))),
        selection_(select_targets<Lane>(launcher, hierarchy, weights, targets)) {}

  /// Device memory that a block takes for each row, apart from its cells.
  std::int64_t bytes_per_row() const {
    return list_capacity() * static_cast<std::int64_t>(sizeof(std::int32_t) + sizeof(Lane)) +
           selection_.num_outputs * static_cast<std::int64_t>(sizeof(Lane)) +
           static_cast<std::int64_t>(sizeof(QuerySides) + sizeof(std::int32_t));
  }

  /// Queues the computation of one block; `positions` and `sources` are the same sources.
  void run(std::span<const Position> positions, std::span<const QuerySides> sources,
           const CellOutput& output) {
    std::vector<std::int32_t> lanes = lanes_of(sources);
    num_lanes_ = static_cast<std::int64_t>(lanes.size());
    if (num_lanes_ == 0 || output.num_columns == 0) return;
    // All that is uploaded comes first: an upload may wait for the work before it.
    source_of_ = launcher_.upload(std::move(lanes));
    sources_ = launcher_.upload(std::vector<QuerySides>(sources.begin(), sources.end()));
    PairSearch search{positions};
    DeviceArray<CellPair> pairs = next_pairs(search);
    make_starts();
    sweep();
    if (output.time_ms != nullptr || output.by_row != nullptr) write_cells(output, false);
    if (output.by_column != nullptr) write_cells(output, true);
    for (; pairs.size > 0; pairs = next_pairs(search)) write_pairs(pairs, output);
  }

 private:
  std::int64_t list_capacity() const { return 2 * std::int64_t{hierarchy_.height} + 1; }

  template <class T>
  T* grown(DeviceArray<T>& array, std::int64_t size) {
    if (array.size < size) {
      array = {};
      array = launcher_.template array<T>(size);
    }
    return array.data.get();
  }

  void make_starts() {
    lists_.capacity = static_cast<std::int32_t>(list_capacity());
    lists_.place = grown(start_place_, num_lanes_ * list_capacity());
    lists_.weight = grown(start_weight_, num_lanes_ * list_capacity());
    launcher_.each_group(
        num_lanes_, kWalkThreads, walk_bytes(2, hierarchy_.height),
        StartStep<Lane>{hierarchy_.view(), weights_.arcs.data.get(), selection_.place.data.get(),
                        sources_.data.get(), source_of_.data.get(), lists_});
  }

  void sweep() {
    const std::int64_t path_bytes =
        hierarchy_.height * std::int64_t{kSweepLanes} * static_cast<std::int64_t>(sizeof(Lane));
    const std::int64_t num_batches = num_lanes_ / kSweepLanes;
    SweepRuns runs;
    runs.num_runs = choose_runs(num_batches, launcher_.resident_groups(kSweepLanes, path_bytes));
    runs.first = grown(run_first_, runs.num_runs + std::int64_t{1});
    runs.above = grown(run_above_, runs.num_runs * std::int64_t{hierarchy_.height});
    launcher_.each(runs.num_runs + std::int64_t{1},
                   RunStep{hierarchy_.view(), selection_.place.data.get(),
                           selection_.counts.data.get(), selection_.places.data.get(), runs});
    launcher_.each_group(
        num_batches * runs.num_runs, kSweepLanes, path_bytes,
        SweepStep<Lane>{selection_.places.data.get(), selection_.fours.data.get(), runs, lists_,
                        grown(outputs_, selection_.num_outputs * num_lanes_), num_batches,
                        hierarchy_.height});
  }

  void write_cells(const CellOutput& output, bool by_column) {
    CellStep<Lane> step{sources_.data.get(),
                        targets_.data.get(),
                        source_of_.data.get(),
                        selection_.place.data.get(),
                        selection_.places.data.get(),
                        outputs_.data.get(),
                        num_lanes_,
                        by_column,
                        output};
    if (by_column) {
      step.output.by_row = nullptr;
    } else {
      step.output.by_column = nullptr;
    }
    launcher_.each(step.num_threads(), step);
  }

  // Pairs are found in pieces: where all stops share a street there are as many as cells.
  struct PairSearch {
    std::span<const Position> positions;
    std::size_t row = 0;
  };

  DeviceArray<CellPair> next_pairs(PairSearch& search) {
    constexpr std::size_t kPiece = 1 << 20;
    std::vector<CellPair> pairs;
    for (; search.row < search.positions.size() && pairs.size() < kPiece; ++search.row) {
      shared_edges_.for_each(search.positions[search.row], [&](std::int32_t column, bool same) {
        pairs.push_back({static_cast<std::int32_t>(search.row), column, same ? 1 : 0});
      });
    }
    return launcher_.upload(std::move(pairs));
  }

  void write_pairs(const DeviceArray<CellPair>& pairs, const CellOutput& output) {
    launcher_.each_group(
        pairs.size, kWalkThreads, PairStep::memory_bytes(hierarchy_.height),
        PairStep{hierarchy_.view(), weights_.arcs.data.get(), weights_.loops.data.get(),
                 sources_.data.get(), targets_.data.get(), pairs.data.get(), output});
  }

  Launcher& launcher_;
  const DeviceHierarchy& hierarchy_;
  const DeviceWeights& weights_;
  const SharedEdges shared_edges_;
  DeviceArray<QuerySides> targets_;
  DeviceSelection<Lane> selection_;

  // Of the block in hand; memory is kept for the next one.
  std::int64_t num_lanes_ = 0;
  DeviceArray<std::int32_t> source_of_, start_place_, run_first_, run_above_;
  DeviceArray<QuerySides> sources_;
  DeviceArray<Lane> start_weight_, outputs_;
  StartLists<Lane> lists_;
};

/// Rows of a block of equal blocks that fit into `bytes`, a multiple of the lanes where there are
/// several blocks. At least one batch.
inline std::int64_t rows_that_fit(std::int64_t num_rows, std::int64_t bytes_per_row,
                                  std::int64_t bytes) {
  const std::int64_t fit =
      std::max<std::int64_t>(bytes / std::max<std::int64_t>(bytes_per_row, 1), kSweepLanes);
  if (num_rows <= fit) return num_rows;
  const std::int64_t blocks = (num_rows + fit - 1) / fit;
  const std::int64_t even = (num_rows + blocks - 1) / blocks;
  return std::min((even + kSweepLanes - 1) / kSweepLanes * kSweepLanes,
                  fit / kSweepLanes * kSweepLanes);
}

}  // namespace roadgnn::graph::detail
