// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <roadgnn/gnn/ops/detail/kernel_args.h>

/// The operators' kernels on plain memory. One set of them is a plain sequential reference, the
/// others are compiled for AVX2 and AVX-512 and chosen at run time. This header is included by
/// sources compiled for different instruction sets: it may contain no function that the linker
/// could share between them.
///
/// What they compute is written in detail/kernel_args.h.
namespace roadgnn::gnn::ops::detail {

/// All kernels for one element type. They work on rows begin to end.
struct Kernels {
  void (*spmm)(const SpmmArgs&, std::int64_t begin, std::int64_t end);
  void (*spmm_max)(const SpmmArgs&, std::int64_t begin, std::int64_t end);
  void (*spmm_backward)(const SpmmBackwardArgs&, std::int64_t begin, std::int64_t end);
  void (*spmm_max_backward)(const SpmmBackwardArgs&, std::int64_t begin, std::int64_t end);
  void (*sddmm)(const SddmmArgs&, std::int64_t begin, std::int64_t end);
  void (*gather)(const GatherArgs&, std::int64_t begin, std::int64_t end);
  void (*softmax)(const SoftmaxArgs&, std::int64_t begin, std::int64_t end);
  void (*softmax_backward)(const SoftmaxArgs&, std::int64_t begin, std::int64_t end);
  void (*attention)(const AttentionArgs&, std::int64_t begin, std::int64_t end);
  void (*attention_backward)(const AttentionBackwardArgs&, std::int64_t begin, std::int64_t end);
};

/// Whether offsets [rows + 1] ascend, and whether all indices are from 0 to end - 1; of int32 and
/// of int64.
struct IndexChecks {
  bool (*ascends_int32)(const void* offsets, std::int64_t rows);
  bool (*ascends_int64)(const void* offsets, std::int64_t rows);
  bool (*all_below_int32)(const void* index, std::int64_t size, std::int64_t end);
  bool (*all_below_int64)(const void* index, std::int64_t size, std::int64_t end);
};

/// Kernels for float64, float32, bfloat16, float16, in this order.
struct KernelSet {
  const char* name;
  IndexChecks checks;
  Kernels of[4];
};

const KernelSet& reference_kernels();
/// Null where the compiler or the processor has no such instructions.
const KernelSet* avx2_kernels();
const KernelSet* avx512_kernels();

/// The fastest that this processor runs.
const KernelSet& best_kernels();

}  // namespace roadgnn::gnn::ops::detail
