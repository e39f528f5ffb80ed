// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <roadgnn/gnn/ops/detail/call.h>

/// Sums and products of long rows by cuSPARSE. For the rows of a road graph, of two or three
/// entries, our own kernels are meant: cuSPARSE balances entries over threads, which short rows do
/// not repay.
///
/// PyTorch makes descriptors, asks for a buffer's size and allocates it in every call, and never
/// preprocesses. Here all of that is kept per graph, type, width, device and stream, for as long as
/// the graph's tensors live and are not written to. May be called from several threads.
namespace roadgnn::gnn::ops::detail::cuda {

/// Queue the work on the current stream and return true, or return false if this is nothing for
/// cuSPARSE: short rows, several heads, weights by place, means, index types that differ; or the
/// first call with a graph falls into the capture of a CUDA graph, where nothing may be allocated.
/// With at::globalContext().deterministicAlgorithms() the result has the same bits in every run.
bool spmm_by_cusparse(const at::Tensor& like, const Pattern& pattern, const SpmmArgs& args);
bool sddmm_by_cusparse(const at::Tensor& like, const Pattern& pattern, const SddmmArgs& args);

}  // namespace roadgnn::gnn::ops::detail::cuda
