// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tuple>

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <roadgnn/gnn/ops/detail/call.h>
#include <roadgnn/gnn/ops/detail/transpose.h>
#include <torch/library.h>

namespace roadgnn::gnn::ops::detail {

/// spmm, segment_reduce and edge_gather between a call's tensors and the kernels' arguments: what
/// is the same on the CPU and on CUDA. A backend checks the values that it can see and runs
/// kernels; see CpuBackend.
template <class Backend>
struct SpmmOps {
  /// `arg` undefined: sum or mean; else the maximum.
  static void run_spmm(const Sizes& sizes, const at::Tensor& first_out, const OptionalTensor& head,
                       const OptionalTensor& weight, const at::Tensor& x, Reduce reduce,
                       at::Tensor& out, std::int32_t* arg) {
    const at::Tensor x_rows = x.contiguous();
    const OptionalTensor weights = contiguous(weight);
    const SpmmArgs args{.first_out = index_array(first_out),
                        .head = index_array(head),
                        .edge = {},
                        .degree_of = {},
                        .weight = data_or_null(weights),
                        .x = x_rows.const_data_ptr(),
                        .out = out.mutable_data_ptr(),
                        .arg = arg,
                        .heads = sizes.heads,
                        .width = sizes.width,
                        .mean = reduce == Reduce::kMean,
                        .stream = is_streamed(out)};
    if (reduce == Reduce::kMax) {
      Backend::spmm_max(x, args, sizes.rows);
    } else {
      const bool has_head = args.head.data != nullptr;
      Backend::spmm(x, args, sizes.rows, {&first_out, has_head ? &*head : nullptr, sizes.columns});
    }
  }

  static Sizes check_spmm_call(const at::Tensor& first_out, const at::Tensor& head,
                               const OptionalTensor& weight, const at::Tensor& x,
                               const TransposeArgs& transpose) {
    const Sizes sizes = check_spmm("spmm", first_out, head, weight, x, transpose);
    Backend::check_offsets("spmm", "first_out", first_out, sizes.edges);
    Backend::check_indices("spmm", "head", head, sizes.columns);
    return sizes;
  }

  static at::Tensor& spmm_out(const at::Tensor& first_out, const at::Tensor& head,
                              const OptionalTensor& weight, const at::Tensor& x,
                              c10::string_view reduce, const OptionalTensor& t_first_out,
                              const OptionalTensor& t_head, const OptionalTensor& t_edge,
                              at::Tensor& out) {
    const Reduce how = parse_reduce("spmm", reduce);
    const Sizes sizes = check_spmm_call(first_out, head, weight, x, {t_first_out, t_head, t_edge});
    check_out("spmm", out, with_first_size(x, sizes.rows), x);
    run_spmm(sizes, first_out, head, weight, x, how, out, nullptr);
    return out;
  }

  static at::Tensor spmm(const at::Tensor& first_out, const at::Tensor& head,
                         const OptionalTensor& weight, const at::Tensor& x, c10::string_view reduce,
                         const OptionalTensor& t_first_out, const OptionalTensor& t_head,
                         const OptionalTensor& t_edge) {
    const Reduce how = parse_reduce("spmm", reduce);
    const Sizes sizes = check_spmm_call(first_out, head, weight, x, {t_first_out, t_head, t_edge});
    at::Tensor out = at::empty(with_first_size(x, sizes.rows), x.options());
    run_spmm(sizes, first_out, head, weight, x, how, out, nullptr);
    return out;
  }

  static std::tuple<at::Tensor, at::Tensor> spmm_max(const at::Tensor& first_out,
                                                     const at::Tensor& head,
                                                     const OptionalTensor& weight,
                                                     const at::Tensor& x) {
    const Sizes sizes = check_spmm_call(first_out, head, weight, x, {});
    at::Tensor out = at::empty(with_first_size(x, sizes.rows), x.options());
    at::Tensor arg = at::empty(out.sizes(), x.options().dtype(at::kInt));
    run_spmm(sizes, first_out, head, weight, x, Reduce::kMax, out,
             arg.mutable_data_ptr<std::int32_t>());
    return {out, arg};
  }

  /// grad_x alone, for sums and means: a sum over the transpose.
  static at::Tensor sum_over_transpose(const Sizes& sizes, const TransposeArgs& transpose,
                                       const SpmmBackwardArgs& args, const at::Tensor& grad) {
    at::Tensor grad_x = at::empty(with_first_size(grad, sizes.columns), grad.options());
    const SpmmArgs sum{.first_out = args.t_first_out,
                       .head = args.t_head,
                       .edge = args.weight != nullptr ? args.t_edge : IndexArray(),
                       .degree_of = args.mean ? args.first_out : IndexArray(),
                       .weight = args.weight,
                       .x = args.grad,
                       .out = grad_x.mutable_data_ptr(),
                       .heads = sizes.heads,
                       .width = sizes.width,
                       .stream = is_streamed(grad_x)};
    Backend::spmm(grad, sum, sizes.columns, {&*transpose.first_out, &*transpose.head, sizes.rows});
    return grad_x;
  }

  /// The gradient by edge weights alone: a product of gradients and features at every edge.
  static at::Tensor dot_at_edges(const Sizes& sizes, const at::Tensor& first_out,
                                 const at::Tensor& head, const SpmmBackwardArgs& args,
                                 const at::Tensor& weight) {
    at::Tensor grad_weight = at::empty(weight.sizes(), weight.options());
    const SddmmArgs dot{.first_out = args.first_out,
                        .head = index_array(head),
                        .a = args.grad,
                        .b = args.x,
                        .out = grad_weight.mutable_data_ptr(),
                        .heads = sizes.heads,
                        .width = sizes.width,
                        .mean = args.mean};
    Backend::sddmm(weight, dot, sizes.rows, {&first_out, &head, sizes.columns});
    return grad_weight;
  }

  /// The shapes were checked in forward. `x` is there if need_weight is.
  static std::tuple<at::Tensor, at::Tensor> spmm_backward(
      const at::Tensor& grad, const at::Tensor& first_out, const at::Tensor& head,
      const OptionalTensor& weight, const OptionalTensor& x, std::int64_t num_columns,
      c10::string_view reduce, const OptionalTensor& arg, const OptionalTensor& t_first_out,
      const OptionalTensor& t_head, const OptionalTensor& t_edge, bool need_x, bool need_weight) {
    const Reduce how = parse_reduce("spmm", reduce);
    const at::Tensor grad_rows = grad.contiguous();
    const OptionalTensor weights = contiguous(weight), x_rows = contiguous(x);
    const bool per_head = weights.has_value() && weights->dim() == 2;
    Sizes sizes{.rows = first_out.numel() - 1, .columns = num_columns, .edges = head.numel()};
    sizes.heads = per_head ? weights->size(1) : 1;
    sizes.width = 1;
    for (std::int64_t d = per_head ? 2 : 1; d < grad.dim(); ++d) sizes.width *= grad.size(d);

    SpmmBackwardArgs args;
    args.first_out = index_array(first_out);
    args.arg = how == Reduce::kMax ? arg.value().const_data_ptr<std::int32_t>() : nullptr;
    args.weight = data_or_null(weights);
    args.x = data_or_null(x_rows);
    args.grad = grad_rows.const_data_ptr();
    args.heads = sizes.heads;
    args.width = sizes.width;
    args.mean = how == Reduce::kMean;
    if (!need_x && how != Reduce::kMax) {
      return {at::Tensor(), dot_at_edges(sizes, first_out, head, args, *weights)};
    }

    const TransposeArgs transpose =
        given_or_made<Backend>("spmm", {t_first_out, t_head, t_edge}, first_out, head, sizes);
    args.t_first_out = index_array(transpose.first_out);
    args.t_head = index_array(transpose.head);
    args.t_edge = index_array(transpose.edge);
    if (!need_weight && how != Reduce::kMax) {
      return {sum_over_transpose(sizes, transpose, args, grad_rows), at::Tensor()};
    }

    at::Tensor grad_x = at::empty(with_first_size(grad, num_columns), grad.options());
    at::Tensor grad_weight = need_weight ? at::empty_like(*weights) : at::Tensor();
    args.grad_x = grad_x.mutable_data_ptr();
    args.grad_weight = need_weight ? grad_weight.mutable_data_ptr() : nullptr;
    args.stream = is_streamed(grad_x);
    Backend::spmm_backward(grad, args, num_columns);
    return {grad_x, grad_weight};
  }

  static Sizes check_segment_call(const at::Tensor& first_out, const at::Tensor& values,
                                  const OptionalTensor& edge) {
    const Sizes sizes = check_segments("segment_reduce", first_out, values, edge);
    Backend::check_offsets("segment_reduce", "first_out", first_out, sizes.edges);
    if (edge.has_value() && edge->defined()) {
      Backend::check_indices("segment_reduce", "edge", *edge, sizes.edges);
    }
    return sizes;
  }

  static at::Tensor& segment_reduce_out(const at::Tensor& first_out, const at::Tensor& values,
                                        c10::string_view reduce, const OptionalTensor& edge,
                                        at::Tensor& out) {
    const Reduce how = parse_reduce("segment_reduce", reduce);
    const Sizes sizes = check_segment_call(first_out, values, edge);
    check_out("segment_reduce", out, with_first_size(values, sizes.rows), values);
    run_spmm(sizes, first_out, edge, {}, values, how, out, nullptr);
    return out;
  }

  static at::Tensor segment_reduce(const at::Tensor& first_out, const at::Tensor& values,
                                   c10::string_view reduce, const OptionalTensor& edge) {
    const Reduce how = parse_reduce("segment_reduce", reduce);
    const Sizes sizes = check_segment_call(first_out, values, edge);
    at::Tensor out = at::empty(with_first_size(values, sizes.rows), values.options());
    run_spmm(sizes, first_out, edge, {}, values, how, out, nullptr);
    return out;
  }

  static std::tuple<at::Tensor, at::Tensor> segment_max(const at::Tensor& first_out,
                                                        const at::Tensor& values,
                                                        const OptionalTensor& edge) {
    const Sizes sizes = check_segment_call(first_out, values, edge);
    at::Tensor out = at::empty(with_first_size(values, sizes.rows), values.options());
    at::Tensor arg = at::empty(out.sizes(), values.options().dtype(at::kInt));
    run_spmm(sizes, first_out, edge, {}, values, Reduce::kMax, out,
             arg.mutable_data_ptr<std::int32_t>());
    return {out, arg};
  }

  static void run_gather(const Sizes& sizes, const at::Tensor& first_out, const at::Tensor& x,
                         const OptionalTensor& edge, const std::int32_t* arg, bool mean,
                         at::Tensor& out) {
    const at::Tensor x_rows = x.contiguous();
    // Places that `edge` does not name, where it is no permutation, receive nothing.
    if (edge.has_value() && edge->defined()) out.zero_();
    const GatherArgs args{.first_out = index_array(first_out),
                          .edge = index_array(edge),
                          .arg = arg,
                          .x = x_rows.const_data_ptr(),
                          .out = out.mutable_data_ptr(),
                          .heads = sizes.heads,
                          .width = sizes.width,
                          .mean = mean,
                          .stream = is_streamed(out)};
    Backend::gather(x, args, sizes.rows);
  }

  static Sizes check_gather_call(const at::Tensor& first_out, const at::Tensor& x,
                                 std::int64_t num_edges, const OptionalTensor& edge) {
    const Sizes sizes = check_gather("edge_gather", first_out, x, num_edges, edge);
    Backend::check_offsets("edge_gather", "first_out", first_out, num_edges);
    if (edge.has_value() && edge->defined()) {
      Backend::check_indices("edge_gather", "edge", *edge, num_edges);
    }
    return sizes;
  }

  static at::Tensor& edge_gather_out(const at::Tensor& first_out, const at::Tensor& x,
                                     std::int64_t num_edges, const OptionalTensor& edge,
                                     at::Tensor& out) {
    const Sizes sizes = check_gather_call(first_out, x, num_edges, edge);
    check_out("edge_gather", out, with_first_size(x, num_edges), x);
    run_gather(sizes, first_out, x, edge, nullptr, false, out);
    return out;
  }

  static at::Tensor edge_gather(const at::Tensor& first_out, const at::Tensor& x,
                                std::int64_t num_edges, const OptionalTensor& edge) {
    const Sizes sizes = check_gather_call(first_out, x, num_edges, edge);
    at::Tensor out = at::empty(with_first_size(x, num_edges), x.options());
    run_gather(sizes, first_out, x, edge, nullptr, false, out);
    return out;
  }

  static at::Tensor segment_backward(const at::Tensor& grad, const at::Tensor& first_out,
                                     std::int64_t num_edges, const OptionalTensor& edge,
                                     c10::string_view reduce, const OptionalTensor& arg) {
    const Sizes sizes = check_gather_call(first_out, grad, num_edges, edge);
    at::Tensor out = at::empty(with_first_size(grad, num_edges), grad.options());
    run_gather(sizes, first_out, grad, edge,
               arg.has_value() && arg->defined() ? arg->const_data_ptr<std::int32_t>() : nullptr,
               parse_reduce("segment_reduce", reduce) == Reduce::kMean, out);
    return out;
  }
};

/// Registers them for the backend's dispatch key.
template <class Backend>
void implement_spmm(torch::Library& m) {
  using Ops = SpmmOps<Backend>;
  m.impl("spmm", Ops::spmm);
  m.impl("spmm.out", Ops::spmm_out);
  m.impl("_spmm_max", Ops::spmm_max);
  m.impl("_spmm_backward", Ops::spmm_backward);
  m.impl("segment_reduce", Ops::segment_reduce);
  m.impl("segment_reduce.out", Ops::segment_reduce_out);
  m.impl("_segment_max", Ops::segment_max);
  m.impl("_segment_backward", Ops::segment_backward);
  m.impl("edge_gather", Ops::edge_gather);
  m.impl("edge_gather.out", Ops::edge_gather_out);
  m.impl("transpose", Backend::transpose);
}

}  // namespace roadgnn::gnn::ops::detail
