// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/ops/cpu/kernels.h>

namespace roadgnn::gnn::ops::detail {

const KernelSet& best_kernels() {
  static const KernelSet& best = []() -> const KernelSet& {
    if (const KernelSet* set = avx512_kernels()) return *set;
    if (const KernelSet* set = avx2_kernels()) return *set;
    return reference_kernels();
  }();
  return best;
}

}  // namespace roadgnn::gnn::ops::detail
