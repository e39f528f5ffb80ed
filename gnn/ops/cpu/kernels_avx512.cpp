// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// The kernels for AVX-512: compiled with its instructions, entered only where the processor has
// them.

#include <roadgnn/gnn/ops/cpu/kernels.h>

#if defined(__AVX512BW__)

// clang-format off
#include "lanes_avx512.inc"
#include "index_checks.inc"
#include "kernels_simd.inc"
// clang-format on

namespace roadgnn::gnn::ops::detail {

const KernelSet* avx512_kernels() {
  if (!(__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("fma"))) {
    return nullptr;
  }
  static const KernelSet set = make_set("AVX-512");
  return &set;
}

}  // namespace roadgnn::gnn::ops::detail

#else

namespace roadgnn::gnn::ops::detail {

const KernelSet* avx512_kernels() {
  return nullptr;
}

}  // namespace roadgnn::gnn::ops::detail

#endif
