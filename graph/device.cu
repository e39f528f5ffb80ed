// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/graph/device.h>

#include <cuda_runtime.h>

#include <roadgnn/graph/cuda_check.h>

namespace roadgnn::graph {

bool built_with_cuda() {
  return true;
}

std::optional<DeviceInfo> find_device() {
  int device = 0;
  cudaDeviceProp properties{};
  // Without a driver the very first call fails: that is an answer here, not an error.
  if (cudaGetDevice(&device) != cudaSuccess ||
      cudaGetDeviceProperties(&properties, device) != cudaSuccess) {
    cudaGetLastError();
    return std::nullopt;
  }
  return DeviceInfo{properties.name, properties.totalGlobalMem,
                    10 * properties.major + properties.minor};
}

DeviceAllocator driver_allocator() {
  if (!find_device()) throw Error("device memory was asked for, but there is no CUDA device");
  return [](std::size_t bytes, DeviceStream stream) {
    void* memory = nullptr;
    const auto queue = static_cast<cudaStream_t>(stream);
    detail::check_cuda(cudaMallocAsync(&memory, bytes > 0 ? bytes : 1, queue), "device memory");
    return std::shared_ptr<void>(memory, [queue](void* pointer) { cudaFreeAsync(pointer, queue); });
  };
}

}  // namespace roadgnn::graph
