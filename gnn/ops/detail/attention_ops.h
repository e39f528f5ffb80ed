// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tuple>

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/sum.h>
#include <roadgnn/gnn/ops/detail/call.h>
#include <roadgnn/gnn/ops/detail/transpose.h>
#include <torch/library.h>

namespace roadgnn::gnn::ops::detail {

/// sddmm, edge_softmax and neighbour_attention between a call's tensors and the kernels' arguments,
/// as SpmmOps.
template <class Backend>
struct AttentionOps {
  static void check_graph_values(const char* op, const at::Tensor& first_out,
                                 const at::Tensor& head, const Sizes& sizes) {
    Backend::check_offsets(op, "first_out", first_out, sizes.edges);
    Backend::check_indices(op, "head", head, sizes.columns);
  }

  // ---------------------------------------------------------------------------------------- sddmm

  static void run_sddmm(const Sizes& sizes, const at::Tensor& first_out, const at::Tensor& head,
                        const at::Tensor& a, const at::Tensor& b,
                        const OptionalTensor& edge_feature, at::Tensor& out) {
    const at::Tensor a_rows = a.contiguous(), b_rows = b.contiguous();
    const OptionalTensor edge_rows = contiguous(edge_feature);
    const SddmmArgs args{.first_out = index_array(first_out),
                         .head = index_array(head),
                         .a = a_rows.const_data_ptr(),
                         .b = b_rows.const_data_ptr(),
                         .edge_feature = data_or_null(edge_rows),
                         .out = out.mutable_data_ptr(),
                         .heads = sizes.heads,
                         .width = sizes.width};
    Backend::sddmm(b, args, sizes.rows, {&first_out, &head, sizes.columns});
  }

  static at::Tensor& sddmm_out(const at::Tensor& first_out, const at::Tensor& head,
                               const at::Tensor& a, const at::Tensor& b,
                               const OptionalTensor& edge_feature,
                               const OptionalTensor& t_first_out, const OptionalTensor& t_head,
                               const OptionalTensor& t_edge, at::Tensor& out) {
    const Sizes sizes =
        check_sddmm("sddmm", first_out, head, a, b, edge_feature, {t_first_out, t_head, t_edge});
    check_graph_values("sddmm", first_out, head, sizes);
    check_out("sddmm", out, score_shape(b, sizes), b);
    run_sddmm(sizes, first_out, head, a, b, edge_feature, out);
    return out;
  }

  static at::Tensor sddmm(const at::Tensor& first_out, const at::Tensor& head, const at::Tensor& a,
                          const at::Tensor& b, const OptionalTensor& edge_feature,
                          const OptionalTensor& t_first_out, const OptionalTensor& t_head,
                          const OptionalTensor& t_edge) {
    const Sizes sizes =
        check_sddmm("sddmm", first_out, head, a, b, edge_feature, {t_first_out, t_head, t_edge});
    check_graph_values("sddmm", first_out, head, sizes);
    at::Tensor out = at::empty(score_shape(b, sizes), b.options());
    run_sddmm(sizes, first_out, head, a, b, edge_feature, out);
    return out;
  }

  /// The sum over the transpose of weight[t_edge] * x[t_head], for each column of the graph.
  static at::Tensor sum_over_transpose(const Sizes& sizes, const TransposeArgs& transpose,
                                       const at::Tensor& weight, const at::Tensor& x,
                                       double scale) {
    at::Tensor out = at::empty(with_first_size(x, sizes.columns), x.options());
    const SpmmArgs args{.first_out = index_array(transpose.first_out),
                        .head = index_array(transpose.head),
                        .edge = index_array(transpose.edge),
                        .degree_of = {},
                        .weight = weight.const_data_ptr(),
                        .x = x.const_data_ptr(),
                        .out = out.mutable_data_ptr(),
                        .heads = sizes.heads,
                        .width = sizes.width,
                        .scale = scale,
                        .stream = is_streamed(out)};
    Backend::spmm(x, args, sizes.columns, {});
    return out;
  }

  static std::tuple<at::Tensor, at::Tensor, at::Tensor> sddmm_backward(
      const at::Tensor& grad, const at::Tensor& first_out, const at::Tensor& head,
      const at::Tensor& a, const at::Tensor& b, const OptionalTensor& edge_feature,
      const OptionalTensor& t_first_out, const OptionalTensor& t_head, const OptionalTensor& t_edge,
      bool need_a, bool need_b, bool need_edge_feature) {
    const Sizes sizes = check_sddmm("sddmm", first_out, head, a, b, edge_feature, {});
    const at::Tensor grads = grad.contiguous(), a_rows = a.contiguous(), b_rows = b.contiguous();
    const OptionalTensor edge_rows = contiguous(edge_feature);
    at::Tensor grad_a, grad_b, grad_edge_feature;
    if (need_a) {
      grad_a = at::empty(a_rows.sizes(), a.options());
      SpmmArgs args{.first_out = index_array(first_out),
                    .head = index_array(head),
                    .edge = {},
                    .degree_of = {},
                    .weight = grads.const_data_ptr(),
                    .x = b_rows.const_data_ptr(),
                    .out = grad_a.mutable_data_ptr(),
                    .heads = sizes.heads,
                    .width = sizes.width,
                    .stream = is_streamed(grad_a) && !edge_rows.has_value()};
      Backend::spmm(a, args, sizes.rows, {&first_out, &head, sizes.columns});
      if (edge_rows.has_value()) {
        args.head = {};
        args.x = edge_rows->const_data_ptr();
        args.accumulate = true;
        Backend::spmm(a, args, sizes.rows, {});
      }
    }
    if (need_b) {
      const TransposeArgs transpose =
          given_or_made<Backend>("sddmm", {t_first_out, t_head, t_edge}, first_out, head, sizes);
      grad_b = sum_over_transpose(sizes, transpose, grads, a_rows, 1);
    }
    if (need_edge_feature) {
      grad_edge_feature = at::empty(edge_rows->sizes(), b.options());
      const GatherArgs args{.first_out = index_array(first_out),
                            .edge = {},
                            .weight = grads.const_data_ptr(),
                            .x = a_rows.const_data_ptr(),
                            .out = grad_edge_feature.mutable_data_ptr(),
                            .heads = sizes.heads,
                            .width = sizes.width,
                            .stream = is_streamed(grad_edge_feature)};
      Backend::gather(b, args, sizes.rows);
    }
    return {grad_a, grad_b, grad_edge_feature};
  }

  // --------------------------------------------------------------------------------- edge_softmax

  static void run_softmax(const Sizes& sizes, const at::Tensor& first_out, const at::Tensor& in,
                          const at::Tensor* grad, at::Tensor& out) {
    const at::Tensor in_rows = in.contiguous();
    const SoftmaxArgs args{.first_out = index_array(first_out),
                           .in = in_rows.const_data_ptr(),
                           .grad = grad != nullptr ? grad->const_data_ptr() : nullptr,
                           .out = out.mutable_data_ptr(),
                           .heads = sizes.heads};
    Backend::softmax(in, args, sizes.rows);
  }

  static at::Tensor& edge_softmax_out(const at::Tensor& first_out, const at::Tensor& logits,
                                      const OptionalTensor&, const OptionalTensor&,
                                      const OptionalTensor&, at::Tensor& out) {
    const Sizes sizes = check_softmax("edge_softmax", first_out, logits);
    Backend::check_offsets("edge_softmax", "first_out", first_out, sizes.edges);
    check_out("edge_softmax", out, logits.sizes(), logits);
    run_softmax(sizes, first_out, logits, nullptr, out);
    return out;
  }

  static at::Tensor edge_softmax(const at::Tensor& first_out, const at::Tensor& logits,
                                 const OptionalTensor&, const OptionalTensor&,
                                 const OptionalTensor&) {
    const Sizes sizes = check_softmax("edge_softmax", first_out, logits);
    Backend::check_offsets("edge_softmax", "first_out", first_out, sizes.edges);
    at::Tensor out = at::empty(logits.sizes(), logits.options());
    run_softmax(sizes, first_out, logits, nullptr, out);
    return out;
  }

  static at::Tensor edge_softmax_backward(const at::Tensor& grad, const at::Tensor& first_out,
                                          const at::Tensor& softmax) {
    const Sizes sizes = check_softmax("edge_softmax", first_out, softmax);
    const at::Tensor grads = grad.contiguous();
    at::Tensor out = at::empty(softmax.sizes(), softmax.options());
    run_softmax(sizes, first_out, softmax, &grads, out);
    return out;
  }

  // -------------------------------------------------------------------------- neighbour_attention

  /// q, k, v and bias are contiguous.
  static AttentionArgs attention_args(const Sizes& sizes, const at::Tensor& first_out,
                                      const at::Tensor& head, const at::Tensor& q,
                                      const at::Tensor& k, const at::Tensor& v,
                                      const OptionalTensor& bias, double scale) {
    return {.first_out = index_array(first_out),
            .head = index_array(head),
            .q = q.const_data_ptr(),
            .k = k.const_data_ptr(),
            .v = v.const_data_ptr(),
            .bias = data_or_null(bias),
            .bias_heads = bias.has_value() && bias->defined() && bias->dim() == 2 ? sizes.heads : 1,
            .scale = scale,
            .out = nullptr,
            .lse = nullptr,
            .heads = sizes.heads,
            .width = sizes.width};
  }

  static void run_attention(const Sizes& sizes, const at::Tensor& first_out, const at::Tensor& head,
                            const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                            const OptionalTensor& bias, double scale, at::Tensor& out,
                            at::Tensor* lse) {
    const at::Tensor q_rows = q.contiguous(), k_rows = k.contiguous(), v_rows = v.contiguous();
    const OptionalTensor biases = contiguous(bias);
    AttentionArgs args =
        attention_args(sizes, first_out, head, q_rows, k_rows, v_rows, biases, scale);
    args.out = out.mutable_data_ptr();
    args.lse = lse != nullptr ? lse->mutable_data_ptr() : nullptr;
    Backend::attention(k, args, sizes.rows);
  }

  static Sizes check_attention_call(const at::Tensor& first_out, const at::Tensor& head,
                                    const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                    const OptionalTensor& bias, const TransposeArgs& transpose) {
    const Sizes sizes =
        check_attention("neighbour_attention", first_out, head, q, k, v, bias, transpose);
    check_graph_values("neighbour_attention", first_out, head, sizes);
    return sizes;
  }

  static at::Tensor& neighbour_attention_out(const at::Tensor& first_out, const at::Tensor& head,
                                             const at::Tensor& q, const at::Tensor& k,
                                             const at::Tensor& v, const OptionalTensor& bias,
                                             std::optional<double> scale,
                                             const OptionalTensor& t_first_out,
                                             const OptionalTensor& t_head,
                                             const OptionalTensor& t_edge, at::Tensor& out) {
    const Sizes sizes =
        check_attention_call(first_out, head, q, k, v, bias, {t_first_out, t_head, t_edge});
    check_out("neighbour_attention", out, q.sizes(), q);
    run_attention(sizes, first_out, head, q, k, v, bias, scale_or_default(scale, sizes), out,
                  nullptr);
    return out;
  }

  static at::Tensor neighbour_attention(const at::Tensor& first_out, const at::Tensor& head,
                                        const at::Tensor& q, const at::Tensor& k,
                                        const at::Tensor& v, const OptionalTensor& bias,
                                        std::optional<double> scale,
                                        const OptionalTensor& t_first_out,
                                        const OptionalTensor& t_head,
                                        const OptionalTensor& t_edge) {
    const Sizes sizes =
        check_attention_call(first_out, head, q, k, v, bias, {t_first_out, t_head, t_edge});
    at::Tensor out = at::empty(q.sizes(), q.options());
    run_attention(sizes, first_out, head, q, k, v, bias, scale_or_default(scale, sizes), out,
                  nullptr);
    return out;
  }

  /// Also returns, for the backward pass, the logarithms of the rows' sums.
  static std::tuple<at::Tensor, at::Tensor> attention(const at::Tensor& first_out,
                                                      const at::Tensor& head, const at::Tensor& q,
                                                      const at::Tensor& k, const at::Tensor& v,
                                                      const OptionalTensor& bias, double scale) {
    const Sizes sizes = check_attention_call(first_out, head, q, k, v, bias, {});
    at::Tensor out = at::empty(q.sizes(), q.options());
    const auto type = q.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
    at::Tensor lse = at::empty({sizes.rows, sizes.heads}, q.options().dtype(type));
    run_attention(sizes, first_out, head, q, k, v, bias, scale, out, &lse);
    return {out, lse};
  }

  /// The shapes were checked in forward.
  static std::tuple<at::Tensor, at::Tensor, at::Tensor, at::Tensor> attention_backward(
      const at::Tensor& grad, const at::Tensor& first_out, const at::Tensor& head,
      const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const OptionalTensor& bias,
      double scale, const at::Tensor& out, const at::Tensor& lse, const OptionalTensor& t_first_out,
      const OptionalTensor& t_head, const OptionalTensor& t_edge) {
    const Sizes sizes = check_attention("neighbour_attention", first_out, head, q, k, v, bias, {});
    const at::Tensor grads = grad.contiguous();
    const at::Tensor q_rows = q.contiguous(), k_rows = k.contiguous(), v_rows = v.contiguous();
    const OptionalTensor biases = contiguous(bias);
    at::Tensor grad_q = at::empty(q_rows.sizes(), q.options());
    at::Tensor grad_score = at::empty({sizes.edges, sizes.heads}, q.options());
    at::Tensor p = at::empty_like(grad_score);

    AttentionBackwardArgs args;
    args.forward = attention_args(sizes, first_out, head, q_rows, k_rows, v_rows, biases, scale);
    // Only read here.
    args.forward.out = const_cast<void*>(out.const_data_ptr());
    args.forward.lse = const_cast<void*>(lse.const_data_ptr());
    args.grad = grads.const_data_ptr();
    args.grad_q = grad_q.mutable_data_ptr();
    args.grad_score = grad_score.mutable_data_ptr();
    args.p = p.mutable_data_ptr();
    Backend::attention_backward(q, args, sizes.rows);

    const TransposeArgs transpose = given_or_made<Backend>(
        "neighbour_attention", {t_first_out, t_head, t_edge}, first_out, head, sizes);
    const at::Tensor grad_k = sum_over_transpose(sizes, transpose, grad_score, q_rows, scale);
    const at::Tensor grad_v = sum_over_transpose(sizes, transpose, p, grads, 1);
    at::Tensor grad_bias;
    if (biases.has_value()) grad_bias = biases->dim() == 2 ? grad_score : grad_score.sum(1);
    return {grad_q, grad_k, grad_v, grad_bias};
  }
};

/// Registers them for the backend's dispatch key.
template <class Backend>
void implement_attention(torch::Library& m) {
  using Ops = AttentionOps<Backend>;
  m.impl("sddmm", Ops::sddmm);
  m.impl("sddmm.out", Ops::sddmm_out);
  m.impl("_sddmm_backward", Ops::sddmm_backward);
  m.impl("edge_softmax", Ops::edge_softmax);
  m.impl("edge_softmax.out", Ops::edge_softmax_out);
  m.impl("_edge_softmax_backward", Ops::edge_softmax_backward);
  m.impl("neighbour_attention", Ops::neighbour_attention);
  m.impl("neighbour_attention.out", Ops::neighbour_attention_out);
  m.impl("_attention", Ops::attention);
  m.impl("_attention_backward", Ops::attention_backward);
}

}  // namespace roadgnn::gnn::ops::detail
