// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// sddmm, edge_softmax and neighbour_attention on the CPU.

#include <roadgnn/gnn/ops/cpu/backend.h>
#include <roadgnn/gnn/ops/detail/attention_ops.h>

namespace roadgnn::gnn::ops::detail {

TORCH_LIBRARY_IMPL(roadgnn, CPU, m) {
  implement_attention<CpuBackend>(m);
}

}  // namespace roadgnn::gnn::ops::detail
