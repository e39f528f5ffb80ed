// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/ops/ops.h>

#include <string_view>
#include <tuple>

#include <ATen/core/dispatch/Dispatcher.h>
#include <roadgnn/gnn/ops/detail/checks.h>

namespace roadgnn::gnn::ops {

namespace {

using OptionalTensor = std::optional<at::Tensor>;
using Tensor = at::Tensor;

template <class Signature>
auto find(const char* name, const char* overload) {
  return c10::Dispatcher::singleton().findSchemaOrThrow(name, overload).typed<Signature>();
}

c10::string_view name_of(Reduce reduce) {
  switch (reduce) {
    case Reduce::kSum:
      return "sum";
    case Reduce::kMean:
      return "mean";
    case Reduce::kMax:
      return "max";
  }
  return "";
}

OptionalTensor optional(const Tensor& tensor) {
  return tensor.defined() ? OptionalTensor(tensor) : std::nullopt;
}

Adjacency with_transpose(const Tensor& first_out, const Tensor& head, std::int64_t num_columns) {
  static const auto op =
      find<std::tuple<Tensor, Tensor, Tensor>(const Tensor&, const Tensor&, std::int64_t)>(
          "roadgnn::transpose", "");
  auto [t_first_out, t_head, t_edge] = op.call(first_out, head, num_columns);
  return {first_out, head, t_first_out, t_head, t_edge};
}

Tensor call_segment_reduce(const Tensor& first_out, const Tensor& values, Reduce reduce,
                           const OptionalTensor& edge) {
  static const auto op =
      find<Tensor(const Tensor&, const Tensor&, c10::string_view, const OptionalTensor&)>(
          "roadgnn::segment_reduce", "");
  return op.call(first_out, values, name_of(reduce), edge);
}

Tensor call_edge_gather(const Tensor& first_out, const Tensor& x, std::int64_t num_edges,
                        const OptionalTensor& edge) {
  static const auto op =
      find<Tensor(const Tensor&, const Tensor&, std::int64_t, const OptionalTensor&)>(
          "roadgnn::edge_gather", "");
  return op.call(first_out, x, num_edges, edge);
}

void need_transpose(const char* op, const Adjacency& graph) {
  if (graph.t_first_out.defined() && graph.t_edge.defined()) return;
  detail::refuse(op, "graph", "one with its transpose, as make_adjacency makes it", "one without");
}

/// A call with tensors of two devices would be sent to either.
void need_device(const char* op, const Tensor& out, const Tensor& like) {
  if (!out.defined() || !like.defined() || out.device() == like.device()) return;
  detail::refuse(op, "out", "a tensor on " + like.device().str(), detail::describe(out));
}

}  // namespace

Adjacency make_adjacency(const CsrGraph& graph) {
  return with_transpose(graph.first_out(), graph.head(), graph.num_columns());
}

Adjacency make_reverse_adjacency(const CsrGraph& graph) {
  return make_adjacency(graph.transpose());
}

Tensor spmm(const Adjacency& graph, const OptionalTensor& weight, const Tensor& x, Reduce reduce) {
  static const auto op = find<Tensor(
      const Tensor&, const Tensor&, const OptionalTensor&, const Tensor&, c10::string_view,
      const OptionalTensor&, const OptionalTensor&, const OptionalTensor&)>("roadgnn::spmm", "");
  return op.call(graph.first_out, graph.head, weight, x, name_of(reduce),
                 optional(graph.t_first_out), optional(graph.t_head), optional(graph.t_edge));
}

Tensor& spmm_out(Tensor& out, const Adjacency& graph, const OptionalTensor& weight, const Tensor& x,
                 Reduce reduce) {
  need_device("spmm", out, x);
  static const auto op =
      find<Tensor&(const Tensor&, const Tensor&, const OptionalTensor&, const Tensor&,
                   c10::string_view, const OptionalTensor&, const OptionalTensor&,
                   const OptionalTensor&, Tensor&)>("roadgnn::spmm", "out");
  return op.call(graph.first_out, graph.head, weight, x, name_of(reduce), {}, {}, {}, out);
}

Tensor sddmm(const Adjacency& graph, const Tensor& a, const Tensor& b,
             const OptionalTensor& edge_feature) {
  static const auto op =
      find<Tensor(const Tensor&, const Tensor&, const Tensor&, const Tensor&, const OptionalTensor&,
                  const OptionalTensor&, const OptionalTensor&, const OptionalTensor&)>(
          "roadgnn::sddmm", "");
  return op.call(graph.first_out, graph.head, a, b, edge_feature, optional(graph.t_first_out),
                 optional(graph.t_head), optional(graph.t_edge));
}

Tensor& sddmm_out(Tensor& out, const Adjacency& graph, const Tensor& a, const Tensor& b,
                  const OptionalTensor& edge_feature) {
  need_device("sddmm", out, b);
  static const auto op =
      find<Tensor&(const Tensor&, const Tensor&, const Tensor&, const Tensor&,
                   const OptionalTensor&, const OptionalTensor&, const OptionalTensor&,
                   const OptionalTensor&, Tensor&)>("roadgnn::sddmm", "out");
  return op.call(graph.first_out, graph.head, a, b, edge_feature, {}, {}, {}, out);
}

Tensor edge_softmax(const Adjacency& graph, const Tensor& logits) {
  static const auto op =
      find<Tensor(const Tensor&, const Tensor&, const OptionalTensor&, const OptionalTensor&,
                  const OptionalTensor&)>("roadgnn::edge_softmax", "");
  return op.call(graph.first_out, logits, {}, {}, {});
}

Tensor& edge_softmax_out(Tensor& out, const Adjacency& graph, const Tensor& logits) {
  need_device("edge_softmax", out, logits);
  static const auto op =
      find<Tensor&(const Tensor&, const Tensor&, const OptionalTensor&, const OptionalTensor&,
                   const OptionalTensor&, Tensor&)>("roadgnn::edge_softmax", "out");
  return op.call(graph.first_out, logits, {}, {}, {}, out);
}

Tensor neighbour_attention(const Adjacency& graph, const Tensor& q, const Tensor& k,
                           const Tensor& v, const OptionalTensor& bias,
                           std::optional<double> scale) {
  static const auto op =
      find<Tensor(const Tensor&, const Tensor&, const Tensor&, const Tensor&, const Tensor&,
                  const OptionalTensor&, std::optional<double>, const OptionalTensor&,
                  const OptionalTensor&, const OptionalTensor&)>("roadgnn::neighbour_attention",
                                                                 "");
  return op.call(graph.first_out, graph.head, q, k, v, bias, scale, optional(graph.t_first_out),
                 optional(graph.t_head), optional(graph.t_edge));
}

Tensor& neighbour_attention_out(Tensor& out, const Adjacency& graph, const Tensor& q,
                                const Tensor& k, const Tensor& v, const OptionalTensor& bias,
                                std::optional<double> scale) {
  need_device("neighbour_attention", out, k);
  static const auto op =
      find<Tensor&(const Tensor&, const Tensor&, const Tensor&, const Tensor&, const Tensor&,
                   const OptionalTensor&, std::optional<double>, const OptionalTensor&,
                   const OptionalTensor&, const OptionalTensor&, Tensor&)>(
          "roadgnn::neighbour_attention", "out");
  return op.call(graph.first_out, graph.head, q, k, v, bias, scale, {}, {}, {}, out);
}

Tensor segment_reduce(const Adjacency& graph, const Tensor& values, Reduce reduce) {
  return call_segment_reduce(graph.first_out, values, reduce, {});
}

Tensor& segment_reduce_out(Tensor& out, const Adjacency& graph, const Tensor& values,
                           Reduce reduce) {
  need_device("segment_reduce", out, values);
  static const auto op =
      find<Tensor&(const Tensor&, const Tensor&, c10::string_view, const OptionalTensor&, Tensor&)>(
          "roadgnn::segment_reduce", "out");
  return op.call(graph.first_out, values, name_of(reduce), {}, out);
}

Tensor scatter_heads(const Adjacency& graph, const Tensor& values, Reduce reduce) {
  need_transpose("scatter_heads", graph);
  return call_segment_reduce(graph.t_first_out, values, reduce, graph.t_edge);
}

Tensor gather_rows(const Adjacency& graph, const Tensor& x) {
  return call_edge_gather(graph.first_out, x, graph.num_edges(), {});
}

Tensor gather_heads(const Adjacency& graph, const Tensor& x) {
  need_transpose("gather_heads", graph);
  return call_edge_gather(graph.t_first_out, x, graph.num_edges(), graph.t_edge);
}

}  // namespace roadgnn::gnn::ops
