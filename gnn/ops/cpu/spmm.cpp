// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// spmm, segment_reduce and edge_gather on the CPU.

#include <tuple>

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <roadgnn/gnn/ops/cpu/launch.h>
#include <roadgnn/gnn/ops/detail/transpose.h>
#include <torch/library.h>

namespace roadgnn::gnn::ops::detail {

namespace {

/// `arg` undefined: sum or mean; else the maximum.
void run_spmm(const Sizes& sizes, const IndexArray& first_out, const IndexArray& head,
              const OptionalTensor& weight, const at::Tensor& x, Reduce reduce, at::Tensor& out,
              std::int32_t* arg) {
  const at::Tensor x_rows = x.contiguous();
  const OptionalTensor weights = contiguous(weight);
  SpmmArgs args{.first_out = first_out,
                .head = head,
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
  const auto kernel = reduce == Reduce::kMax ? kernels_of(x).spmm_max : kernels_of(x).spmm;
  for_rows(args.first_out, sizes.rows, sizes.heads * sizes.width,
           [&](std::int64_t begin, std::int64_t end) { kernel(args, begin, end); });
}

Sizes check_spmm_call(const at::Tensor& first_out, const at::Tensor& head,
                      const OptionalTensor& weight, const at::Tensor& x,
                      const TransposeArgs& transpose) {
  const Sizes sizes = check_spmm("spmm", first_out, head, weight, x, transpose);
  check_offset_values("spmm", "first_out", first_out, sizes.edges);
  check_index_values("spmm", "head", head, sizes.columns);
  return sizes;
}

at::Tensor& spmm_out(const at::Tensor& first_out, const at::Tensor& head,
                     const OptionalTensor& weight, const at::Tensor& x, c10::string_view reduce,
                     const OptionalTensor& t_first_out, const OptionalTensor& t_head,
                     const OptionalTensor& t_edge, at::Tensor& out) {
  const Reduce how = parse_reduce("spmm", reduce);
  const Sizes sizes = check_spmm_call(first_out, head, weight, x, {t_first_out, t_head, t_edge});
  check_out("spmm", out, with_first_size(x, sizes.rows), x);
  run_spmm(sizes, index_array(first_out), index_array(head), weight, x, how, out, nullptr);
  return out;
}

at::Tensor spmm(const at::Tensor& first_out, const at::Tensor& head, const OptionalTensor& weight,
                const at::Tensor& x, c10::string_view reduce, const OptionalTensor& t_first_out,
                const OptionalTensor& t_head, const OptionalTensor& t_edge) {
  const Reduce how = parse_reduce("spmm", reduce);
  const Sizes sizes = check_spmm_call(first_out, head, weight, x, {t_first_out, t_head, t_edge});
  at::Tensor out = at::empty(with_first_size(x, sizes.rows), x.options());
  run_spmm(sizes, index_array(first_out), index_array(head), weight, x, how, out, nullptr);
  return out;
}

std::tuple<at::Tensor, at::Tensor> spmm_max(const at::Tensor& first_out, const at::Tensor& head,
                                            const OptionalTensor& weight, const at::Tensor& x) {
  const Sizes sizes = check_spmm_call(first_out, head, weight, x, {});
  at::Tensor out = at::empty(with_first_size(x, sizes.rows), x.options());
  at::Tensor arg = at::empty(out.sizes(), x.options().dtype(at::kInt));
  run_spmm(sizes, index_array(first_out), index_array(head), weight, x, Reduce::kMax, out,
           arg.mutable_data_ptr<std::int32_t>());
  return {out, arg};
}

/// grad_x alone, for sums and means: a sum over the transpose.
at::Tensor sum_over_transpose(const Sizes& sizes, const SpmmBackwardArgs& args,
                              const at::Tensor& grad) {
  at::Tensor grad_x = at::empty(with_first_size(grad, sizes.columns), grad.options());
  const SpmmArgs sum{.first_out = args.t_first_out,
                     .head = args.t_head,
                     .edge = args.t_edge,
                     .degree_of = args.mean ? args.first_out : IndexArray(),
                     .weight = args.weight,
                     .x = args.grad,
                     .out = grad_x.mutable_data_ptr(),
                     .heads = sizes.heads,
                     .width = sizes.width,
                     .stream = is_streamed(grad_x)};
  for_rows(sum.first_out, sizes.columns, sizes.heads * sizes.width,
           [&, kernel = kernels_of(grad).spmm](std::int64_t begin, std::int64_t end) {
             kernel(sum, begin, end);
           });
  return grad_x;
}

/// The gradient by edge weights alone: a product of gradients and features at every edge.
at::Tensor dot_at_edges(const Sizes& sizes, const SpmmBackwardArgs& args, const IndexArray& head,
                        const at::Tensor& weight) {
  at::Tensor grad_weight = at::empty(weight.sizes(), weight.options());
  const SddmmArgs dot{.first_out = args.first_out,
                      .head = head,
                      .a = args.grad,
                      .b = args.x,
                      .out = grad_weight.mutable_data_ptr(),
                      .heads = sizes.heads,
                      .width = sizes.width,
                      .mean = args.mean};
  for_rows(dot.first_out, sizes.rows, sizes.heads * sizes.width,
           [&, kernel = kernels_of(weight).sddmm](std::int64_t begin, std::int64_t end) {
             kernel(dot, begin, end);
           });
  return grad_weight;
}

/// The shapes were checked in forward. `x` is there if need_weight is.
std::tuple<at::Tensor, at::Tensor> spmm_backward(
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
    return {at::Tensor(), dot_at_edges(sizes, args, index_array(head), *weights)};
  }

  const TransposeArgs transpose =
      given_or_made("spmm", {t_first_out, t_head, t_edge}, first_out, head, sizes);
  args.t_first_out = index_array(transpose.first_out);
  args.t_head = index_array(transpose.head);
  args.t_edge = index_array(transpose.edge);
  if (!need_weight && how != Reduce::kMax) {
    return {sum_over_transpose(sizes, args, grad_rows), at::Tensor()};
  }

  at::Tensor grad_x = at::empty(with_first_size(grad, num_columns), grad.options());
  at::Tensor grad_weight = need_weight ? at::empty_like(*weights) : at::Tensor();
  args.grad_x = grad_x.mutable_data_ptr();
  args.grad_weight = need_weight ? grad_weight.mutable_data_ptr() : nullptr;
  args.stream = is_streamed(grad_x);
  const Kernels& kernels = kernels_of(grad);
  const auto kernel = how == Reduce::kMax ? kernels.spmm_max_backward : kernels.spmm_backward;
  for_rows(args.t_first_out, num_columns, 2 * sizes.heads * sizes.width,
           [&](std::int64_t begin, std::int64_t end) { kernel(args, begin, end); });
  return {grad_x, grad_weight};
}

Sizes check_segment_call(const at::Tensor& first_out, const at::Tensor& values,
                         const OptionalTensor& edge) {
  const Sizes sizes = check_segments("segment_reduce", first_out, values, edge);
  check_offset_values("segment_reduce", "first_out", first_out, sizes.edges);
  if (edge.has_value() && edge->defined()) {
    check_index_values("segment_reduce", "edge", *edge, sizes.edges);
  }
  return sizes;
}

at::Tensor& segment_reduce_out(const at::Tensor& first_out, const at::Tensor& values,
                               c10::string_view reduce, const OptionalTensor& edge,
                               at::Tensor& out) {
  const Reduce how = parse_reduce("segment_reduce", reduce);
  const Sizes sizes = check_segment_call(first_out, values, edge);
  check_out("segment_reduce", out, with_first_size(values, sizes.rows), values);
  run_spmm(sizes, index_array(first_out), index_array(edge), {}, values, how, out, nullptr);
  return out;
}

at::Tensor segment_reduce(const at::Tensor& first_out, const at::Tensor& values,
                          c10::string_view reduce, const OptionalTensor& edge) {
  const Reduce how = parse_reduce("segment_reduce", reduce);
  const Sizes sizes = check_segment_call(first_out, values, edge);
  at::Tensor out = at::empty(with_first_size(values, sizes.rows), values.options());
  run_spmm(sizes, index_array(first_out), index_array(edge), {}, values, how, out, nullptr);
  return out;
}

std::tuple<at::Tensor, at::Tensor> segment_max(const at::Tensor& first_out,
                                               const at::Tensor& values,
                                               const OptionalTensor& edge) {
  const Sizes sizes = check_segment_call(first_out, values, edge);
  at::Tensor out = at::empty(with_first_size(values, sizes.rows), values.options());
  at::Tensor arg = at::empty(out.sizes(), values.options().dtype(at::kInt));
  run_spmm(sizes, index_array(first_out), index_array(edge), {}, values, Reduce::kMax, out,
           arg.mutable_data_ptr<std::int32_t>());
  return {out, arg};
}

void run_gather(const Sizes& sizes, const at::Tensor& first_out, const at::Tensor& x,
                const OptionalTensor& edge, const std::int32_t* arg, bool mean, at::Tensor& out) {
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
  for_rows(args.first_out, sizes.rows, sizes.width,
           [&, kernel = kernels_of(x).gather](std::int64_t begin, std::int64_t end) {
             kernel(args, begin, end);
           });
}

Sizes check_gather_call(const at::Tensor& first_out, const at::Tensor& x, std::int64_t num_edges,
                        const OptionalTensor& edge) {
  const Sizes sizes = check_gather("edge_gather", first_out, x, num_edges, edge);
  check_offset_values("edge_gather", "first_out", first_out, num_edges);
  if (edge.has_value() && edge->defined()) {
    check_index_values("edge_gather", "edge", *edge, num_edges);
  }
  return sizes;
}

at::Tensor& edge_gather_out(const at::Tensor& first_out, const at::Tensor& x,
                            std::int64_t num_edges, const OptionalTensor& edge, at::Tensor& out) {
  const Sizes sizes = check_gather_call(first_out, x, num_edges, edge);
  check_out("edge_gather", out, with_first_size(x, num_edges), x);
  run_gather(sizes, first_out, x, edge, nullptr, false, out);
  return out;
}

at::Tensor edge_gather(const at::Tensor& first_out, const at::Tensor& x, std::int64_t num_edges,
                       const OptionalTensor& edge) {
  const Sizes sizes = check_gather_call(first_out, x, num_edges, edge);
  at::Tensor out = at::empty(with_first_size(x, num_edges), x.options());
  run_gather(sizes, first_out, x, edge, nullptr, false, out);
  return out;
}

at::Tensor segment_backward(const at::Tensor& grad, const at::Tensor& first_out,
                            std::int64_t num_edges, const OptionalTensor& edge,
                            c10::string_view reduce, const OptionalTensor& arg) {
  const Sizes sizes = check_gather_call(first_out, grad, num_edges, edge);
  at::Tensor out = at::empty(with_first_size(grad, num_edges), grad.options());
  run_gather(sizes, first_out, grad, edge,
             arg.has_value() && arg->defined() ? arg->const_data_ptr<std::int32_t>() : nullptr,
             parse_reduce("segment_reduce", reduce) == Reduce::kMean, out);
  return out;
}

TORCH_LIBRARY_IMPL(roadgnn, CPU, m) {
  m.impl("spmm", spmm);
  m.impl("spmm.out", spmm_out);
  m.impl("_spmm_max", spmm_max);
  m.impl("_spmm_backward", spmm_backward);
  m.impl("segment_reduce", segment_reduce);
  m.impl("segment_reduce.out", segment_reduce_out);
  m.impl("_segment_max", segment_max);
  m.impl("_segment_backward", segment_backward);
  m.impl("edge_gather", edge_gather);
  m.impl("edge_gather.out", edge_gather_out);
  m.impl("transpose", transpose);
}

}  // namespace

}  // namespace roadgnn::gnn::ops::detail
