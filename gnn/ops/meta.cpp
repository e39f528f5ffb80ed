// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Shapes without values, for tensors on the device "meta".

#include <tuple>

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <roadgnn/gnn/ops/detail/checks.h>
#include <torch/library.h>

namespace roadgnn::gnn::ops::detail {

namespace {

at::Tensor spmm(const at::Tensor& first_out, const at::Tensor& head, const OptionalTensor& weight,
                const at::Tensor& x, c10::string_view reduce, const OptionalTensor& t_first_out,
                const OptionalTensor& t_head, const OptionalTensor& t_edge) {
  parse_reduce("spmm", reduce);
  const Sizes sizes = check_spmm("spmm", first_out, head, weight, x, {t_first_out, t_head, t_edge});
  return at::empty(with_first_size(x, sizes.rows), x.options());
}

std::tuple<at::Tensor, at::Tensor> spmm_max(const at::Tensor& first_out, const at::Tensor& head,
                                            const OptionalTensor& weight, const at::Tensor& x) {
  at::Tensor out = spmm(first_out, head, weight, x, "max", {}, {}, {});
  return {out, at::empty_like(out, out.options().dtype(at::kInt))};
}

std::tuple<at::Tensor, at::Tensor> spmm_backward(const at::Tensor& grad, const at::Tensor&,
                                                 const at::Tensor&, const OptionalTensor& weight,
                                                 const OptionalTensor&, std::int64_t num_columns,
                                                 c10::string_view, const OptionalTensor&,
                                                 const OptionalTensor&, const OptionalTensor&,
                                                 const OptionalTensor&, bool, bool need_weight) {
  return {at::empty(with_first_size(grad, num_columns), grad.options()),
          need_weight ? at::empty_like(*weight) : at::Tensor()};
}

at::Tensor sddmm(const at::Tensor& first_out, const at::Tensor& head, const at::Tensor& a,
                 const at::Tensor& b, const OptionalTensor& edge_feature,
                 const OptionalTensor& t_first_out, const OptionalTensor& t_head,
                 const OptionalTensor& t_edge) {
  const Sizes sizes =
      check_sddmm("sddmm", first_out, head, a, b, edge_feature, {t_first_out, t_head, t_edge});
  return at::empty(score_shape(b, sizes), b.options());
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> sddmm_backward(
    const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor& a,
    const at::Tensor& b, const OptionalTensor& edge_feature, const OptionalTensor&,
    const OptionalTensor&, const OptionalTensor&, bool, bool, bool need_edge_feature) {
  return {at::empty_like(a), at::empty_like(b),
          need_edge_feature ? at::empty_like(*edge_feature) : at::Tensor()};
}

at::Tensor edge_softmax(const at::Tensor& first_out, const at::Tensor& logits,
                        const OptionalTensor&, const OptionalTensor&, const OptionalTensor&) {
  check_softmax("edge_softmax", first_out, logits);
  return at::empty_like(logits);
}

at::Tensor edge_softmax_backward(const at::Tensor&, const at::Tensor&, const at::Tensor& softmax) {
  return at::empty_like(softmax);
}

at::Tensor neighbour_attention(const at::Tensor& first_out, const at::Tensor& head,
                               const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                               const OptionalTensor& bias, std::optional<double>,
                               const OptionalTensor& t_first_out, const OptionalTensor& t_head,
                               const OptionalTensor& t_edge) {
  check_attention("neighbour_attention", first_out, head, q, k, v, bias,
                  {t_first_out, t_head, t_edge});
  return at::empty_like(q);
}

std::tuple<at::Tensor, at::Tensor> attention(const at::Tensor& first_out, const at::Tensor& head,
                                             const at::Tensor& q, const at::Tensor& k,
                                             const at::Tensor& v, const OptionalTensor& bias,
                                             double) {
  const Sizes sizes = check_attention("neighbour_attention", first_out, head, q, k, v, bias, {});
  const auto type = q.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
  return {at::empty_like(q), at::empty({sizes.rows, sizes.heads}, q.options().dtype(type))};
}

std::tuple<at::Tensor, at::Tensor, at::Tensor, at::Tensor> attention_backward(
    const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor& q,
    const at::Tensor& k, const at::Tensor& v, const OptionalTensor& bias, double, const at::Tensor&,
    const at::Tensor&, const OptionalTensor&, const OptionalTensor&, const OptionalTensor&) {
  return {at::empty_like(q), at::empty_like(k), at::empty_like(v),
          bias.has_value() ? at::empty_like(*bias) : at::Tensor()};
}

at::Tensor segment_reduce(const at::Tensor& first_out, const at::Tensor& values,
                          c10::string_view reduce, const OptionalTensor& edge) {
  parse_reduce("segment_reduce", reduce);
  const Sizes sizes = check_segments("segment_reduce", first_out, values, edge);
  return at::empty(with_first_size(values, sizes.rows), values.options());
}

std::tuple<at::Tensor, at::Tensor> segment_max(const at::Tensor& first_out,
                                               const at::Tensor& values,
                                               const OptionalTensor& edge) {
  at::Tensor out = segment_reduce(first_out, values, "max", edge);
  return {out, at::empty_like(out, out.options().dtype(at::kInt))};
}

at::Tensor edge_gather(const at::Tensor& first_out, const at::Tensor& x, std::int64_t num_edges,
                       const OptionalTensor& edge) {
  check_gather("edge_gather", first_out, x, num_edges, edge);
  return at::empty(with_first_size(x, num_edges), x.options());
}

at::Tensor segment_backward(const at::Tensor& grad, const at::Tensor&, std::int64_t num_edges,
                            const OptionalTensor&, c10::string_view, const OptionalTensor&) {
  return at::empty(with_first_size(grad, num_edges), grad.options());
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> transpose(const at::Tensor& first_out,
                                                         const at::Tensor& head,
                                                         std::int64_t num_columns) {
  check_first_out("transpose", "first_out", first_out, head.device());
  check_index("transpose", "head", head, -1, head.device());
  return {at::empty({num_columns + 1}, first_out.options()), at::empty_like(head),
          at::empty({head.numel()}, first_out.options())};
}

TORCH_LIBRARY_IMPL(roadgnn, Meta, m) {
  m.impl("spmm", spmm);
  m.impl("_spmm_max", spmm_max);
  m.impl("_spmm_backward", spmm_backward);
  m.impl("sddmm", sddmm);
  m.impl("_sddmm_backward", sddmm_backward);
  m.impl("edge_softmax", edge_softmax);
  m.impl("_edge_softmax_backward", edge_softmax_backward);
  m.impl("neighbour_attention", neighbour_attention);
  m.impl("_attention", attention);
  m.impl("_attention_backward", attention_backward);
  m.impl("segment_reduce", segment_reduce);
  m.impl("_segment_max", segment_max);
  m.impl("edge_gather", edge_gather);
  m.impl("_segment_backward", segment_backward);
  m.impl("transpose", transpose);
}

}  // namespace

}  // namespace roadgnn::gnn::ops::detail
