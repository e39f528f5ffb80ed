// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <roadgnn/gnn/ops/detail/kernel_args.h>

struct CUstream_st;

/// The kernels of kernel_args.h on a GPU, without LibTorch, so that nvcc compiles them in seconds.
/// Each call queues work on `stream` of the current device and returns; nothing is allocated and
/// nobody waits. No atomics: results do not change from run to run. Throw Error if a launch fails.
namespace roadgnn::gnn::ops::detail::cuda {

using Stream = CUstream_st*;

enum class Element { kFloat64, kFloat32, kBfloat16, kFloat16 };

void spmm(Element element, const SpmmArgs& args, std::int64_t rows, Stream stream);
void spmm_max(Element element, const SpmmArgs& args, std::int64_t rows, Stream stream);
void spmm_backward(Element element, const SpmmBackwardArgs& args, std::int64_t columns,
                   Stream stream);
void sddmm(Element element, const SddmmArgs& args, std::int64_t rows, Stream stream);
void gather(Element element, const GatherArgs& args, std::int64_t rows, Stream stream);
void softmax(Element element, const SoftmaxArgs& args, std::int64_t rows, Stream stream);
void attention(Element element, const AttentionArgs& args, std::int64_t rows, Stream stream);
void attention_backward(Element element, const AttentionBackwardArgs& args, std::int64_t rows,
                        Stream stream);

/// Widest head that attention takes: what a group of lanes holds in registers.
constexpr std::int64_t kWidestHead = 256;

}  // namespace roadgnn::gnn::ops::detail::cuda
