// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <roadgnn/graph/host_device.h>

namespace roadgnn::graph {

/// A directed multigraph in compressed sparse rows, both ways.
struct Csr {
  std::vector<std::int32_t> first_out;  ///< [num_nodes + 1]
  std::vector<std::int32_t> tail;       ///< [num_edges], ascending
  std::vector<std::int32_t> head;       ///< [num_edges], ascending within a row
  std::vector<std::int32_t>
      input;  ///< [num_edges], index of the edge in the list it was built from
  std::vector<std::int32_t> first_in;  ///< [num_nodes + 1], into in_edge
  std::vector<std::int32_t> in_edge;   ///< [num_edges], edges by head, then by their own index
};

/// Sorts a list of edges by tail, then head, then place in the list, and inverts it. Sequential:
/// the reference for the device. Every tail and head is 0 .. num_nodes-1.
Csr build_csr(std::int32_t num_nodes, std::span<const std::int32_t> tail,
              std::span<const std::int32_t> head);

/// What a radix sort compares: ascending keys are edges by tail, then head.
ROADGNN_HOST_DEVICE inline std::uint64_t csr_key(std::int32_t tail, std::int32_t head) {
  return static_cast<std::uint64_t>(static_cast<std::uint32_t>(tail)) << 32 |
         static_cast<std::uint32_t>(head);
}
ROADGNN_HOST_DEVICE inline std::int32_t csr_key_tail(std::uint64_t key) {
  return static_cast<std::int32_t>(key >> 32);
}
ROADGNN_HOST_DEVICE inline std::int32_t csr_key_head(std::uint64_t key) {
  return static_cast<std::int32_t>(key & 0xffffffffU);
}

/// Writes the starts of the rows that begin at place i of the ascending list `rows`: those after
/// the row of item i-1 up to the row of item i. Called once for each i in 0 .. num_items it fills
/// first[0 .. num_rows], in any order.
ROADGNN_HOST_DEVICE inline void mark_row_starts(std::int32_t i, const std::int32_t* rows,
                                                std::int32_t num_items, std::int32_t num_rows,
                                                std::int32_t* first) {
  const std::int32_t begin = i == 0 ? 0 : rows[i - 1] + 1;
  const std::int32_t end = i == num_items ? num_rows : rows[i];
  for (std::int32_t row = begin; row <= end; ++row) first[row] = i;
}

}  // namespace roadgnn::graph
