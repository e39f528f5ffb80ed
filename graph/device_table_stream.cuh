// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cuda_runtime.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>

#include <roadgnn/graph/device_tables.h>
#include <roadgnn/graph/router.h>
#include <roadgnn/graph/device_launcher.cuh>

namespace roadgnn::graph::detail {

/// An event that marks a place in a stream.
class CudaEvent {
 public:
  CudaEvent() {
    check_cuda(cudaEventCreateWithFlags(&event_, cudaEventDisableTiming), "making an event");
  }
  CudaEvent(const CudaEvent&) = delete;
  CudaEvent& operator=(const CudaEvent&) = delete;
  ~CudaEvent() { cudaEventDestroy(event_); }

  void record(cudaStream_t stream) { check_cuda(cudaEventRecord(event_, stream), "marking"); }
  void wait() { check_cuda(cudaEventSynchronize(event_), "working on the GPU"); }
  cudaEvent_t get() const { return event_; }

 private:
  cudaEvent_t event_ = nullptr;
};

/// Page-locked host memory, which the GPU writes to at full speed. Locking takes longer than a
/// copy, so it is kept for the next table.
class PinnedCells {
 public:
  PinnedCells() = default;
  PinnedCells(const PinnedCells&) = delete;
  PinnedCells& operator=(const PinnedCells&) = delete;
  ~PinnedCells() { cudaFreeHost(cells_); }

  void reserve(std::int64_t cells) {
    if (cells <= size_) return;
    size_ = 0;
    check_cuda(cudaFreeHost(std::exchange(cells_, nullptr)), "page-locked memory");
    check_cuda(cudaMallocHost(reinterpret_cast<void**>(&cells_),
                              static_cast<std::size_t>(cells) * sizeof(std::int32_t)),
               "page-locked memory");
    size_ = cells;
  }
  std::int32_t* data() const { return cells_; }

 private:
  std::int32_t* cells_ = nullptr;
  std::int64_t size_ = 0;
};

/// Where two pieces of a table arrive in turn.
struct PinnedPieces {
  PinnedCells time_ms[2], length_m[2];
};

/// A stream of copies to the host; waits for them in the end, whatever happens.
class CopyStream {
 public:
  CopyStream() {
    check_cuda(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "making a stream");
  }
  CopyStream(const CopyStream&) = delete;
  CopyStream& operator=(const CopyStream&) = delete;
  ~CopyStream() {
    cudaStreamSynchronize(stream_);
    cudaStreamDestroy(stream_);
  }

  cudaStream_t get() const { return stream_; }
  void wait_for(const CudaEvent& event) {
    check_cuda(cudaStreamWaitEvent(stream_, event.get(), 0), "working on the GPU");
  }
  void copy(std::int32_t* to, const std::int32_t* from, std::int64_t cells) {
    check_cuda(cudaMemcpyAsync(to, from, static_cast<std::size_t>(cells) * sizeof(std::int32_t),
                               cudaMemcpyDeviceToHost, stream_),
               "copying from the GPU");
  }

 private:
  cudaStream_t stream_ = nullptr;
};

/// Computes a table in blocks of rows: while the GPU works on one, the one before is copied to the
/// host piece by piece, and while a piece is on its way the sink has the one before that.
template <class Lane>
class TableStream {
 public:
  TableStream(CudaLauncher& launcher, DeviceTable<Lane, CudaLauncher>& table,
              std::int64_t num_columns, bool with_lengths, std::int64_t block_rows,
              PinnedPieces& pieces, const std::function<void(const TableBlock&)>& sink)
      : launcher_(launcher),
        table_(table),
        num_columns_(num_columns),
        with_lengths_(with_lengths),
        piece_rows_(std::clamp<std::int64_t>(kPieceCells / std::max<std::int64_t>(num_columns, 1),
                                             1, block_rows)),
        pieces_(pieces),
        sink_(sink) {
    for (int i = 0; i < 2; ++i) {
      pieces.time_ms[i].reserve(piece_rows_ * num_columns);
      if (with_lengths) pieces.length_m[i].reserve(piece_rows_ * num_columns);
    }
    for (Block& block : blocks_) {
      block.time_ms = launcher.array<std::int32_t>(block_rows * num_columns);
      if (with_lengths) block.length_m = launcher.array<std::int32_t>(block_rows * num_columns);
    }
  }

  /// Queues the rows of a block; `positions` and `sources` are the same sources. Its place among
  /// the two on the device must have been drained.
  void compute(int place, std::int64_t first_row, std::span<const Position> positions,
               std::span<const QuerySides> sources) {
    Block& block = blocks_[place];
    block.first_row = first_row;
    block.num_rows = static_cast<std::int64_t>(sources.size());
    CellOutput output;
    output.time_ms = block.time_ms.data.get();
    output.length_m = block.length_m.data.get();
    output.num_columns = num_columns_;
    table_.run(positions, sources, output);
    block.computed.record(launcher_.queue());
  }

  /// Hands the rows of a block to the sink.
  void drain(int place) {
    const Block& block = blocks_[place];
    copies_.wait_for(block.computed);
    const std::int64_t num_pieces = (block.num_rows + piece_rows_ - 1) / piece_rows_;
    if (num_pieces > 0) start(block, 0);
    for (std::int64_t piece = 0; piece < num_pieces; ++piece) {
      if (piece + 1 < num_pieces) start(block, piece + 1);
      finish(block, piece);
    }
  }

 private:
  static constexpr std::int64_t kPieceCells = 4 << 20;  // 16 MB

  struct Block {
    DeviceArray<std::int32_t> time_ms, length_m;
    std::int64_t first_row = 0, num_rows = 0;
    CudaEvent computed;
  };
  std::int64_t rows_of(const Block& block, std::int64_t piece) const {
    return std::min(piece_rows_, block.num_rows - piece * piece_rows_);
  }

  void start(const Block& block, std::int64_t piece) {
    const int at = static_cast<int>(piece % 2);
    const std::int64_t from = piece * piece_rows_ * num_columns_;
    const std::int64_t cells = rows_of(block, piece) * num_columns_;
    copies_.copy(pieces_.time_ms[at].data(), block.time_ms.data.get() + from, cells);
    if (with_lengths_) {
      copies_.copy(pieces_.length_m[at].data(), block.length_m.data.get() + from, cells);
    }
    copied_[at].record(copies_.get());
  }

  void finish(const Block& block, std::int64_t piece) {
    const int at = static_cast<int>(piece % 2);
    copied_[at].wait();
    const std::int64_t rows = rows_of(block, piece);
    const auto cells = static_cast<std::size_t>(rows * num_columns_);
    sink_({block.first_row + piece * piece_rows_, rows,
           std::span(pieces_.time_ms[at].data(), cells),
           std::span(pieces_.length_m[at].data(), with_lengths_ ? cells : 0)});
  }

  CudaLauncher& launcher_;
  DeviceTable<Lane, CudaLauncher>& table_;
  const std::int64_t num_columns_;
  const bool with_lengths_;
  const std::int64_t piece_rows_;
  PinnedPieces& pieces_;
  const std::function<void(const TableBlock&)>& sink_;
  Block blocks_[2];
  CudaEvent copied_[2];
  CopyStream copies_;  // the last: waits before the memory of its copies goes
};

/// Streams a whole table through blocks that fit into `memory_bytes` of the device.
template <class Lane>
void stream_blocks(CudaLauncher& launcher, DeviceTable<Lane, CudaLauncher>& table,
                   std::span<const Position> positions, std::span<const QuerySides> sources,
                   std::size_t num_columns, bool with_lengths, std::int64_t memory_bytes,
                   PinnedPieces& pieces, const std::function<void(const TableBlock&)>& sink) {
  // At least a few blocks, so that computing and copying overlap.
  constexpr std::int64_t kFewestRows = 2048, kBlocks = 4;
  const auto rows = static_cast<std::int64_t>(sources.size());
  const auto columns = static_cast<std::int64_t>(num_columns);
  if (rows == 0) return;
  const std::int64_t cell_bytes =
      2 * columns * static_cast<std::int64_t>(sizeof(std::int32_t)) * (with_lengths ? 2 : 1);
  const std::int64_t block =
      std::min(rows_that_fit(rows, table.bytes_per_row() + cell_bytes, memory_bytes),
               std::max(kFewestRows, (rows + kBlocks * kSweepLanes - 1) / (kBlocks * kSweepLanes) *
                                         kSweepLanes));
  TableStream<Lane> stream(launcher, table, columns, with_lengths, block, pieces, sink);
  int place = 0;
  for (std::int64_t first = 0; first < rows; first += block) {
    const auto begin = static_cast<std::size_t>(first);
    const auto count = static_cast<std::size_t>(std::min(block, rows - first));
    stream.compute(place, first, positions.subspan(begin, count), sources.subspan(begin, count));
    place = 1 - place;
    if (first > 0) stream.drain(place);
  }
  stream.drain(1 - place);
}

}  // namespace roadgnn::graph::detail
