// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cuda_runtime.h>

#include <cstdint>
#include <string>

#include <roadgnn/graph/error.h>

namespace roadgnn::graph::detail {

/// Throws Error "what: CUDA's words" unless `status` is success.
inline void check_cuda(cudaError_t status, const char* what) {
  if (status != cudaSuccess) {
    throw Error(std::string(what) + ": " + cudaGetErrorString(status));
  }
}

/// Threads of a block in kernels with one thread an item.
inline constexpr int kBlockThreads = 256;

inline unsigned blocks_for(std::int64_t items) {
  return static_cast<unsigned>((items + kBlockThreads - 1) / kBlockThreads);
}

}  // namespace roadgnn::graph::detail
