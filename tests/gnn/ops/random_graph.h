// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include <ATen/ATen.h>
#include <roadgnn/gnn/ops/ops.h>

namespace roadgnn::gnn::ops {

/// Rows of few entries, with what hides mistakes: empty rows, a row that reads every column,
/// repeated edges and self-loops. Without a transpose.
inline Adjacency make_random_graph(unsigned seed, std::int64_t rows, std::int64_t columns,
                                   at::ScalarType offset_type = at::kInt,
                                   at::ScalarType head_type = at::kInt) {
  std::mt19937 random(seed);
  std::vector<std::int64_t> first_out{0}, head;
  const std::int64_t dense_row = rows > 0 ? random() % rows : -1;
  for (std::int64_t v = 0; v < rows; ++v) {
    const std::int64_t degree = v == dense_row ? columns : random() % 5;
    for (std::int64_t i = 0; i < degree && columns > 0; ++i) {
      head.push_back(v == dense_row ? i : random() % columns);
    }
    if (degree > 1 && columns > 0 && random() % 3 == 0) head.push_back(head.back());
    if (v < columns && random() % 4 == 0) head.push_back(v);
    first_out.push_back(static_cast<std::int64_t>(head.size()));
  }
  return {at::tensor(first_out, at::kLong).to(offset_type),
          at::tensor(head, at::kLong).to(head_type),
          {},
          {},
          {}};
}

inline Adjacency with_transpose(const Adjacency& graph, std::int64_t columns) {
  // The counts and a stable sort: independent of roadgnn::transpose.
  const at::Tensor order = std::get<1>(graph.head.sort(/*stable=*/true, 0, false));
  const at::Tensor tail =
      at::repeat_interleave(graph.first_out.diff().to(at::kLong)).to(graph.head.scalar_type());
  const at::Tensor counts = graph.head.bincount({}, columns);
  const at::Tensor t_first_out = at::cat({at::zeros({1}, at::kLong), counts.cumsum(0)});
  return {graph.first_out, graph.head, t_first_out.to(graph.first_out.scalar_type()),
          tail.index_select(0, order), order.to(graph.first_out.scalar_type())};
}

/// [m] the row of every edge.
inline at::Tensor tails(const Adjacency& graph) {
  return at::repeat_interleave(graph.first_out.diff().to(at::kLong));
}

/// weight[e] * x[head[e]] reduced row by row with torch's own reductions.
inline at::Tensor naive_reduce_rows(const at::Tensor& first_out, const at::Tensor& values,
                                    Reduce reduce) {
  std::vector<at::Tensor> rows;
  for (std::int64_t v = 0; v + 1 < first_out.numel(); ++v) {
    const at::Tensor entries =
        values.slice(0, first_out[v].item<std::int64_t>(), first_out[v + 1].item<std::int64_t>());
    if (entries.size(0) == 0) {
      rows.push_back(at::zeros(values.sizes().slice(1), values.options()));
    } else if (reduce == Reduce::kMax) {
      rows.push_back(std::get<0>(entries.max(0)));
    } else {
      rows.push_back(reduce == Reduce::kMean ? entries.mean(0) : entries.sum(0));
    }
  }
  return at::stack(rows);
}

inline at::Tensor naive_messages(const Adjacency& graph, const at::Tensor& weight,
                                 const at::Tensor& x) {
  const at::Tensor messages = x.index_select(0, graph.head);
  if (!weight.defined()) return messages;
  at::Tensor factors = weight;
  while (factors.dim() < messages.dim()) factors = factors.unsqueeze(-1);
  return messages * factors;
}

inline at::Tensor naive_spmm(const Adjacency& graph, const at::Tensor& weight, const at::Tensor& x,
                             Reduce reduce) {
  return naive_reduce_rows(graph.first_out, naive_messages(graph, weight, x), reduce);
}

inline at::Tensor naive_softmax(const Adjacency& graph, const at::Tensor& logits) {
  std::vector<at::Tensor> rows{logits.slice(0, 0, 0)};
  for (std::int64_t v = 0; v < graph.num_rows(); ++v) {
    rows.push_back(logits
                       .slice(0, graph.first_out[v].item<std::int64_t>(),
                              graph.first_out[v + 1].item<std::int64_t>())
                       .softmax(0));
  }
  return at::cat(rows);
}

inline at::Tensor naive_sddmm(const Adjacency& graph, const at::Tensor& a, const at::Tensor& b,
                              const at::Tensor& edge_feature = {}) {
  at::Tensor keys = b.index_select(0, graph.head);
  if (edge_feature.defined()) keys = keys + edge_feature;
  return (a.index_select(0, tails(graph)) * keys).sum(-1);
}

inline at::Tensor naive_attention(const Adjacency& graph, const at::Tensor& q, const at::Tensor& k,
                                  const at::Tensor& v, const at::Tensor& bias, double scale) {
  at::Tensor scores = naive_sddmm(graph, q, k) * scale;
  if (bias.defined()) scores = scores + (bias.dim() < scores.dim() ? bias.unsqueeze(1) : bias);
  return naive_spmm(graph, naive_softmax(graph, scores), v, Reduce::kSum);
}

/// How far a result may be from float64's, for values of the order of one.
inline double tolerance(at::ScalarType type) {
  switch (type) {
    case at::kDouble:
      return 1e-12;
    case at::kFloat:
      return 2e-5;
    case at::kHalf:
      return 5e-3;
    default:
      return 4e-2;
  }
}

}  // namespace roadgnn::gnn::ops
