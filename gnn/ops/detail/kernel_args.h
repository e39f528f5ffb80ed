// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

// Sources for different instruction sets and devices include this: it may contain no function that
// the linker could share between them.
#ifdef __CUDACC__
#define ROADGNN_INLINE __host__ __device__ __forceinline__
#else
#define ROADGNN_INLINE [[gnu::always_inline]]
#endif

/// What the kernels compute, as structures of plain pointers to memory of the CPU or of a GPU.
///
/// Feature rows are [heads, width] and contiguous; weights and scores are [heads] per edge.
/// Accumulation is in double for double, else in float. "Place" is an edge's index in arrays of
/// values; "entry" its index in the CSR at hand.
namespace roadgnn::gnn::ops::detail {

/// An int32 or int64 array.
struct IndexArray {
  const void* data = nullptr;
  bool is_int64 = false;

  ROADGNN_INLINE std::int64_t operator[](std::int64_t i) const {
    return is_int64 ? static_cast<const std::int64_t*>(data)[i]
                    : static_cast<const std::int32_t*>(data)[i];
  }
  ROADGNN_INLINE std::int64_t value_or(std::int64_t i) const {
    return data != nullptr ? (*this)[i] : i;
  }
};

/// out[v] = reduce over entries i of row v: weight[edge[i]] * x[head[i]].
struct SpmmArgs {
  IndexArray first_out;
  IndexArray head;               ///< null: entry i reads row i of x
  IndexArray edge;               ///< place of entry i's weight; null: i
  IndexArray degree_of;          ///< if set, entry i counts 1 / (degree_of[h + 1] - degree_of[h])
  const void* weight = nullptr;  ///< [places, heads]; null: ones
  const void* x = nullptr;
  void* out = nullptr;
  std::int32_t* arg =
      nullptr;  ///< maximum only: winner's entry less first_out[v]; -1 in empty rows
  std::int64_t heads = 1, width = 0;
  double scale = 1;         ///< sums are multiplied by it
  bool mean = false;        ///< sums are divided by the row's length
  bool accumulate = false;  ///< sums are added to out
  bool stream = false;      ///< write past the cache; out is larger than it
};

/// Gradients by features and weights in one pass over the transpose. Row u of the transpose holds
/// for each edge that reads x[u] its row v = t_head and its place e = t_edge.
///   grad_x[u] = sum weight[e] grad[v], grad_weight[e] = <grad[v], x[u]>, both divided by v's
///   degree
/// for means; for maxima only at columns that e won.
struct SpmmBackwardArgs {
  IndexArray t_first_out, t_head, t_edge;
  IndexArray first_out;               ///< of the forward graph
  const std::int32_t* arg = nullptr;  ///< from the forward pass; maximum only
  const void* weight = nullptr;       ///< null: ones
  const void* x = nullptr;            ///< may be null without grad_weight
  const void* grad = nullptr;
  void* grad_x = nullptr;
  void* grad_weight = nullptr;  ///< null: not wanted
  std::int64_t heads = 1, width = 0;
  bool mean = false;
  bool stream = false;
};

/// out[i] = <a[v], b[head[i]] + edge_feature[i]> for every entry i of row v.
struct SddmmArgs {
  IndexArray first_out, head;
  const void* a = nullptr;
  const void* b = nullptr;
  const void* edge_feature = nullptr;  ///< null: zeros
  void* out = nullptr;
  std::int64_t heads = 1, width = 0;
  bool mean = false;  ///< divided by the row's length
};

/// out[edge[i]] = weight[edge[i]] * x[v] for every entry i of row v.
struct GatherArgs {
  IndexArray first_out;
  IndexArray edge;                    ///< null: i
  const std::int32_t* arg = nullptr;  ///< if set, zero at columns whose winner is not entry i
  const void* weight = nullptr;       ///< null: ones
  const void* x = nullptr;
  void* out = nullptr;
  std::int64_t heads = 1, width = 0;
  bool mean = false;
  bool stream = false;
};

/// Softmax of each row's entries, per head; [entries, heads].
struct SoftmaxArgs {
  IndexArray first_out;
  const void* in = nullptr;    ///< logits; in backward the softmax itself
  const void* grad = nullptr;  ///< backward only
  void* out = nullptr;
  std::int64_t heads = 1;
};

/// score[i] = scale <q[v], k[head[i]]> + bias[i]; p = softmax of the row; out[v] = sum p[i]
/// v[head].
struct AttentionArgs {
  IndexArray first_out, head;
  const void* q = nullptr;
  const void* k = nullptr;
  const void* v = nullptr;
  const void* bias = nullptr;  ///< [entries, bias_heads]; null: zeros
  std::int64_t bias_heads = 1;
  double scale = 1;
  void* out = nullptr;
  void* lse = nullptr;  ///< [rows, heads] log of the sum of exp(score), accumulator's type; or null
  std::int64_t heads = 1, width = 0;
};

/// The pass over rows of the backward of AttentionArgs, whose fields out and lse are inputs here.
/// What flows to k and v is two sums over the transpose, with grad_score and p as weights.
struct AttentionBackwardArgs {
  AttentionArgs forward;
  const void* grad = nullptr;
  void* grad_q = nullptr;
  void* grad_score = nullptr;  ///< [entries, heads], by the score after scale and bias
  void* p = nullptr;           ///< [entries, heads]
};

}  // namespace roadgnn::gnn::ops::detail
