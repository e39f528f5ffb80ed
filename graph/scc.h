// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace roadgnn::graph {

/// Strongly connected components, numbered in the order in which they are complete (a component's
/// successors have lower numbers).
struct Components {
  std::vector<std::int32_t> component;  ///< [num_nodes]
  std::int32_t num_components = 0;
};

/// Components of a graph in CSR form without the arcs whose `closed` is set (empty: none is).
/// Tarjan's algorithm (1972) with a stack of its own, so that long roads do not overflow the
/// program's.
Components strong_components(std::span<const std::int64_t> first_out,
                             std::span<const std::int32_t> head,
                             std::span<const std::uint8_t> closed = {});

}  // namespace roadgnn::graph
