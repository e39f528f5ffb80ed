// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// spmm, segment_reduce and edge_gather on the CPU.

#include <roadgnn/gnn/ops/cpu/backend.h>
#include <roadgnn/gnn/ops/detail/spmm_ops.h>

namespace roadgnn::gnn::ops::detail {

TORCH_LIBRARY_IMPL(roadgnn, CPU, m) {
  implement_spmm<CpuBackend>(m);
}

}  // namespace roadgnn::gnn::ops::detail
