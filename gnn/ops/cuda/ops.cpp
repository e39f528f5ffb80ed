// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// The operators on CUDA: kernels queued on PyTorch's current stream. Values of indices are not
// looked at, which would wait for the GPU.

#include <ATen/ops/arange.h>
#include <ATen/ops/searchsorted.h>
#include <c10/core/DeviceGuard.h>
#include <c10/cuda/CUDAStream.h>
#include <roadgnn/gnn/ops/cuda/cusparse.h>
#include <roadgnn/gnn/ops/cuda/kernels.h>
#include <roadgnn/gnn/ops/detail/attention_ops.h>
#include <roadgnn/gnn/ops/detail/spmm_ops.h>

namespace roadgnn::gnn::ops::detail {

namespace {

cuda::Element element_of(const at::Tensor& tensor) {
  switch (tensor.scalar_type()) {
    case at::kDouble:
      return cuda::Element::kFloat64;
    case at::kFloat:
      return cuda::Element::kFloat32;
    case at::kBFloat16:
      return cuda::Element::kBfloat16;
    default:
      return cuda::Element::kFloat16;
  }
}

/// As CpuBackend.
struct CudaBackend {
  static void check_offsets(const char*, const char*, const at::Tensor&, std::int64_t) {}
  static void check_indices(const char*, const char*, const at::Tensor&, std::int64_t) {}
  static void check_transpose(const char*, const TransposeArgs&, const Sizes&) {}

  static std::tuple<at::Tensor, at::Tensor, at::Tensor> transpose(const at::Tensor& first_out,
                                                                  const at::Tensor& head,
                                                                  std::int64_t num_columns) {
    check_first_out("transpose", "first_out", first_out, head.device());
    check_index("transpose", "head", head, -1, head.device());
    const c10::DeviceGuard guard(head.device());
    const auto [sorted, order] = head.sort(/*stable=*/true, /*dim=*/0, /*descending=*/false);
    // Where each column starts among the sorted heads; and the row of an edge is the last one that
    // starts at or before it.
    const at::Tensor columns = at::arange(num_columns + 1, head.options());
    const at::Tensor t_first_out = at::searchsorted(sorted, columns).to(first_out.scalar_type());
    const at::Tensor rows =
        at::searchsorted(first_out, order.to(first_out.scalar_type()), false, /*right=*/true)
            .sub(1);
    return {t_first_out, rows.to(head.scalar_type()), order.to(first_out.scalar_type())};
  }

  static void spmm(const at::Tensor& like, const SpmmArgs& args, std::int64_t rows,
                   const Pattern& pattern) {
    const c10::DeviceGuard guard(like.device());
    if (!cuda::spmm_by_cusparse(like, pattern, args)) run(cuda::spmm, like, args, rows);
  }
  static void spmm_max(const at::Tensor& like, const SpmmArgs& args, std::int64_t rows) {
    run(cuda::spmm_max, like, args, rows);
  }
  static void spmm_backward(const at::Tensor& like, const SpmmBackwardArgs& args,
                            std::int64_t columns) {
    run(cuda::spmm_backward, like, args, columns);
  }
  static void sddmm(const at::Tensor& like, const SddmmArgs& args, std::int64_t rows,
                    const Pattern& pattern) {
    const c10::DeviceGuard guard(like.device());
    if (!cuda::sddmm_by_cusparse(like, pattern, args)) run(cuda::sddmm, like, args, rows);
  }
  static void gather(const at::Tensor& like, const GatherArgs& args, std::int64_t rows) {
    run(cuda::gather, like, args, rows);
  }
  static void softmax(const at::Tensor& like, const SoftmaxArgs& args, std::int64_t rows) {
    run(cuda::softmax, like, args, rows);
  }
  static void attention(const at::Tensor& like, const AttentionArgs& args, std::int64_t rows) {
    check_head_width(args);
    run(cuda::attention, like, args, rows);
  }
  static void attention_backward(const at::Tensor& like, const AttentionBackwardArgs& args,
                                 std::int64_t rows) {
    run(cuda::attention_backward, like, args, rows);
  }

 private:
  static void check_head_width(const AttentionArgs& args) {
    if (args.width <= cuda::kWidestHead) return;
    refuse("neighbour_attention", "k",
           "heads of at most " + std::to_string(cuda::kWidestHead) + " columns on CUDA",
           std::to_string(args.width));
  }

  template <class Args>
  static void run(void (*kernel)(cuda::Element, const Args&, std::int64_t, cuda::Stream),
                  const at::Tensor& like, const Args& args, std::int64_t rows) {
    const c10::DeviceGuard guard(like.device());
    kernel(element_of(like), args, rows, c10::cuda::getCurrentCUDAStream().stream());
  }
};

TORCH_LIBRARY_IMPL(roadgnn, CUDA, m) {
  implement_spmm<CudaBackend>(m);
  implement_attention<CudaBackend>(m);
}

}  // namespace

}  // namespace roadgnn::gnn::ops::detail
