// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <roadgnn/graph/hierarchy.h>
#include <roadgnn/graph/router_weight.h>

namespace roadgnn::graph::detail {

/// The arcs that searches take from each vertex, in CSR form: all of a hierarchy's, or those that
/// perfect customisation left.
struct SearchArcs {
  const std::int32_t* first = nullptr;   ///< [num_vertices + 1]
  const Weight* weight = nullptr;        ///< in the search's direction
  const std::int32_t* depth = nullptr;   ///< of the upper vertices
  const std::int32_t* number = nullptr;  ///< in the hierarchy; null where they are all there

  std::int32_t arc(std::int32_t i) const { return number == nullptr ? i : number[i]; }
};

/// Arcs of one direction that are a fastest way between their ends, of all ways, not of those
/// through lower vertices alone. Fastest ways need no others, nor do the ways beneath them.
struct NeededArcs {
  std::vector<std::int32_t> first, depth, number;
  std::vector<Weight> weight;

  SearchArcs view() const { return {first.data(), weight.data(), depth.data(), number.data()}; }
};

struct BothNeededArcs {
  NeededArcs up, down;
};

/// Perfect customisation (Dibbelt, Strasser and Wagner, 2016): lowers the weights of a customised
/// hierarchy by upper and intermediate triangles, from the top, and keeps the arcs that they leave
/// as they were. `up` and `down` are [num_arcs].
BothNeededArcs needed_arcs(const Hierarchy& hierarchy, std::span<const Weight> up,
                           std::span<const Weight> down, int threads);

}  // namespace roadgnn::graph::detail
