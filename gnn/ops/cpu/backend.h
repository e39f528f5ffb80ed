// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <tuple>

#include <ATen/Parallel.h>
#include <roadgnn/gnn/ops/cpu/kernels.h>
#include <roadgnn/gnn/ops/detail/call.h>
#include <roadgnn/gnn/ops/detail/transpose.h>

namespace roadgnn::gnn::ops::detail {

inline const Kernels& kernels_of(const at::Tensor& tensor) {
  switch (tensor.scalar_type()) {
    case at::kDouble:
      return best_kernels().of[0];
    case at::kFloat:
      return best_kernels().of[1];
    case at::kBFloat16:
      return best_kernels().of[2];
    default:
      return best_kernels().of[3];
  }
}

/// Calls work(begin, end) on blocks of rows from several threads. A block's share of rows plus
/// entries is about the same as another's, so that one dense row does not leave threads idle while
/// it is only a part of the work. `entry_cost` is the number of elements that an entry reads.
template <class Work>
void for_rows(const IndexArray& first_out, std::int64_t rows, std::int64_t entry_cost,
              const Work& work) {
  const auto row_of = [&](std::int64_t share) {
    std::int64_t low = 0, high = rows;
    while (low < high) {
      const std::int64_t middle = low + (high - low) / 2;
      if (first_out[middle] + middle < share) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  };
  constexpr std::int64_t kElementsWorthAThread = 131072;
  const std::int64_t grain =
      std::max<std::int64_t>(1, kElementsWorthAThread / std::max<std::int64_t>(entry_cost, 1));
  at::parallel_for(0, rows + first_out[rows], grain,
                   [&](std::int64_t begin, std::int64_t end) { work(row_of(begin), row_of(end)); });
}

/// What SpmmOps and AttentionOps ask of a device. Kernels work on all rows; `like` has the type of
/// the elements.
struct CpuBackend {
  static void check_offsets(const char* op, const char* name, const at::Tensor& first_out,
                            std::int64_t edges) {
    check_offset_values(op, name, first_out, edges);
  }
  static void check_indices(const char* op, const char* name, const at::Tensor& index,
                            std::int64_t end) {
    check_index_values(op, name, index, end);
  }
  static void check_transpose(const char* op, const TransposeArgs& transpose, const Sizes& sizes) {
    check_transpose_values(op, transpose, sizes);
  }
  static std::tuple<at::Tensor, at::Tensor, at::Tensor> transpose(const at::Tensor& first_out,
                                                                  const at::Tensor& head,
                                                                  std::int64_t num_columns) {
    return detail::transpose(first_out, head, num_columns);
  }

  static void spmm(const at::Tensor& like, const SpmmArgs& args, std::int64_t rows,
                   const Pattern&) {
    run(kernels_of(like).spmm, args, args.first_out, rows, args.heads * args.width);
  }
  static void spmm_max(const at::Tensor& like, const SpmmArgs& args, std::int64_t rows) {
    run(kernels_of(like).spmm_max, args, args.first_out, rows, args.heads * args.width);
  }
  static void spmm_backward(const at::Tensor& like, const SpmmBackwardArgs& args,
                            std::int64_t columns) {
    const Kernels& kernels = kernels_of(like);
    run(args.arg != nullptr ? kernels.spmm_max_backward : kernels.spmm_backward, args,
        args.t_first_out, columns, 2 * args.heads * args.width);
  }
  static void sddmm(const at::Tensor& like, const SddmmArgs& args, std::int64_t rows,
                    const Pattern&) {
    run(kernels_of(like).sddmm, args, args.first_out, rows, args.heads * args.width);
  }
  static void gather(const at::Tensor& like, const GatherArgs& args, std::int64_t rows) {
    run(kernels_of(like).gather, args, args.first_out, rows, args.heads * args.width);
  }
  static void softmax(const at::Tensor& like, const SoftmaxArgs& args, std::int64_t rows) {
    const Kernels& kernels = kernels_of(like);
    constexpr std::int64_t kCostOfExponential = 8;
    run(args.grad != nullptr ? kernels.softmax_backward : kernels.softmax, args, args.first_out,
        rows, kCostOfExponential * args.heads);
  }
  static void attention(const at::Tensor& like, const AttentionArgs& args, std::int64_t rows) {
    run(kernels_of(like).attention, args, args.first_out, rows, 2 * args.heads * args.width);
  }
  static void attention_backward(const at::Tensor& like, const AttentionBackwardArgs& args,
                                 std::int64_t rows) {
    run(kernels_of(like).attention_backward, args, args.forward.first_out, rows,
        3 * args.forward.heads * args.forward.width);
  }

 private:
  template <class Args>
  static void run(void (*kernel)(const Args&, std::int64_t, std::int64_t), const Args& args,
                  const IndexArray& first_out, std::int64_t rows, std::int64_t entry_cost) {
    for_rows(first_out, rows, entry_cost,
             [&](std::int64_t begin, std::int64_t end) { kernel(args, begin, end); });
  }
};

}  // namespace roadgnn::gnn::ops::detail
