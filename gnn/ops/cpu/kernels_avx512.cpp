// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/ops/cpu/kernels.h>

namespace roadgnn::gnn::ops::detail {

const KernelSet* avx512_kernels() {
  return nullptr;
}

}  // namespace roadgnn::gnn::ops::detail
