// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// The kernels for AVX2: compiled with its instructions, entered only where the processor has them.

#include <roadgnn/gnn/ops/cpu/kernels.h>

#if defined(__AVX2__)

// clang-format off
#include "lanes_avx2.inc"
#include "index_checks.inc"
#include "kernels_simd.inc"
// clang-format on

namespace roadgnn::gnn::ops::detail {

const KernelSet* avx2_kernels() {
  if (!(__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
        __builtin_cpu_supports("f16c"))) {
    return nullptr;
  }
  static const KernelSet set = make_set("AVX2");
  return &set;
}

}  // namespace roadgnn::gnn::ops::detail

#else

namespace roadgnn::gnn::ops::detail {

const KernelSet* avx2_kernels() {
  return nullptr;
}

}  // namespace roadgnn::gnn::ops::detail

#endif
