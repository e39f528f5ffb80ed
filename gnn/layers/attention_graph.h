// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include <ATen/core/Tensor.h>
#include <roadgnn/gnn/ops/ops.h>

namespace roadgnn::gnn::layers {

struct AttentionGraphOptions {
  bool self = true;                  ///< a stop attends to itself
  std::int64_t global_tokens = 0;    ///< each attends to all stops, each stop to all of them
  std::int64_t expander_degree = 0;  ///< even: half as many random cycles through all stops
  std::uint64_t seed = 1;            ///< of the cycles
  bool transpose = true;             ///< of `graph`, which only a backward pass needs
};

/// Who attends to whom, and which candidate edge gives the bias.
struct AttentionGraph {
  ops::Adjacency graph;  ///< num_stops + global tokens, square; the tokens come last
  at::Tensor edge;       ///< [m] int64 the candidate edge, or the number of them for an added pair
  std::int64_t num_stops = 0;
  std::int64_t num_candidates = 0;
  std::int64_t num_global = 0;

  /// Bias by candidate edge, [num_candidates] or [num_candidates, heads], as bias by entry of
  /// `graph`; added pairs have none (zero). Differentiable.
  at::Tensor spread(const at::Tensor& bias) const;
};

/// Candidates with self-attention, global tokens and expander edges (Exphormer, Shirzad et al.,
/// 2023: random cycles in both directions are an expander with high probability). A pair that is a
/// candidate already is not added again. On the device of `candidates`.
///
/// `keys` int64 [num_stops]: what the cycles depend on beside the seed; with distinct keys that
/// belong to the stops the graph follows them whatever their order. Their places if absent. Throws
/// InputError for a graph that is not square, an odd or negative degree, or wrong keys.
AttentionGraph make_attention_graph(const ops::Adjacency& candidates,
                                    const AttentionGraphOptions& options = {},
                                    const std::optional<at::Tensor>& keys = {});

}  // namespace roadgnn::gnn::layers
