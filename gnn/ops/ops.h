// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include <ATen/core/Tensor.h>
#include <roadgnn/gnn/csr_graph.h>

/// Message-passing operators. Each is registered with PyTorch's dispatcher as `roadgnn::NAME`, so
/// that Python has it after torch.ops.load_library; the functions here call it through the
/// dispatcher, with autograd and autocast. CPU and CUDA.
///
/// Rows gather: row v of the graph holds in head[first_out[v] .. first_out[v + 1]) the nodes whose
/// features it reads. Features are [n, d] or [n, heads, d] in float64, float32, bfloat16 or
/// float16, accumulated in float32 (float64 for float64); values by edge are [m] or [m, heads], in
/// the order of `head`. Sums over no edges are zero, and so are means and maxima.
///
/// All throw InputError with one line for wrong shapes, types, devices, and, on the CPU, for
/// indices out of range. May be called from several threads. Results on the CPU do not depend on
/// their number.
namespace roadgnn::gnn::ops {

/// A graph as the operators take it. The transpose serves their backward passes; where its three
/// tensors are undefined each of these makes one of its own.
struct Adjacency {
  at::Tensor first_out;    ///< [rows + 1], int32 or int64
  at::Tensor head;         ///< [m], int32 or int64
  at::Tensor t_first_out;  ///< [columns + 1]
  at::Tensor t_head;       ///< [m] the rows that read a column
  at::Tensor t_edge;       ///< [m] and by which edge, as a place in `head`

  std::int64_t num_rows() const { return first_out.numel() - 1; }
  std::int64_t num_edges() const { return head.numel(); }
};

/// The graph's rows as they are: a node gathers from the heads of the edges that leave it. With the
/// transpose. The graph's edge_id does not enter: values by edge are in the order of its rows.
Adjacency make_adjacency(const CsrGraph& graph);

/// The other way round: a node gathers from the tails of the edges that enter it. Values by edge
/// are in the order of graph.transpose(); its edge_id tells where each comes from.
Adjacency make_reverse_adjacency(const CsrGraph& graph);

enum class Reduce { kSum, kMean, kMax };

/// out[v] = reduce over edges e of row v of weight[e] * x[head[e]]; [rows, d] or [rows, heads, d].
/// `weight` [m], or [m, heads] for x of three dimensions; ones if absent. Differentiable in weight
/// and x. Of several equal maxima the first edge's takes part in the gradient.
at::Tensor spmm(const Adjacency& graph, const std::optional<at::Tensor>& weight,
                const at::Tensor& x, Reduce reduce = Reduce::kSum);

/// out[e] = <a[row of e], b[head[e]] + edge_feature[e]>; [m], or [m, heads] for three dimensions.
/// Differentiable in all of them.
at::Tensor sddmm(const Adjacency& graph, const at::Tensor& a, const at::Tensor& b,
                 const std::optional<at::Tensor>& edge_feature = {});

/// Softmax of `logits` [m] or [m, heads] over the edges of each row.
at::Tensor edge_softmax(const Adjacency& graph, const at::Tensor& logits);

/// out[v] = sum of softmax(scale <q[v], k[head]> + bias) v[head] over the edges of row v, per head:
/// the composition of sddmm, edge_softmax and spmm without anything by edge in memory. `bias` [m]
/// or [m, heads]; scale 1 / sqrt(d) if absent. Differentiable in q, k, v and bias.
at::Tensor neighbour_attention(const Adjacency& graph, const at::Tensor& q, const at::Tensor& k,
                               const at::Tensor& v, const std::optional<at::Tensor>& bias = {},
                               std::optional<double> scale = {});

/// out[v] = reduce of `values` [m, ...] over the edges of row v.
at::Tensor segment_reduce(const Adjacency& graph, const at::Tensor& values,
                          Reduce reduce = Reduce::kSum);

/// out[u] = reduce of `values` [m, ...] over the edges that read column u: scatter by head. Needs
/// the transpose.
at::Tensor scatter_heads(const Adjacency& graph, const at::Tensor& values,
                         Reduce reduce = Reduce::kSum);

/// out[e] = x[row of e]; [m, ...] of x [rows, ...].
at::Tensor gather_rows(const Adjacency& graph, const at::Tensor& x);

/// out[e] = x[head[e]]; [m, ...] of x [columns, ...]. Needs the transpose: its backward is a sum by
/// rows of it instead of an index_add.
at::Tensor gather_heads(const Adjacency& graph, const at::Tensor& x);

// Into a tensor of the caller's, contiguous and of the result's shape: nothing is allocated.
// Without derivatives, so under torch::NoGradGuard where an argument requires them. Return `out`.
at::Tensor& spmm_out(at::Tensor& out, const Adjacency& graph,
                     const std::optional<at::Tensor>& weight, const at::Tensor& x,
                     Reduce reduce = Reduce::kSum);
at::Tensor& sddmm_out(at::Tensor& out, const Adjacency& graph, const at::Tensor& a,
                      const at::Tensor& b, const std::optional<at::Tensor>& edge_feature = {});
at::Tensor& edge_softmax_out(at::Tensor& out, const Adjacency& graph, const at::Tensor& logits);
at::Tensor& neighbour_attention_out(at::Tensor& out, const Adjacency& graph, const at::Tensor& q,
                                    const at::Tensor& k, const at::Tensor& v,
                                    const std::optional<at::Tensor>& bias = {},
                                    std::optional<double> scale = {});
at::Tensor& segment_reduce_out(at::Tensor& out, const Adjacency& graph, const at::Tensor& values,
                               Reduce reduce = Reduce::kSum);

}  // namespace roadgnn::gnn::ops
