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

namespace {

// A pool of our own: the driver's common one gives all memory back whenever a stream is waited for.
std::shared_ptr<CUmemPoolHandle_st> make_pool() {
  cudaMemPoolProps properties{};
  properties.allocType = cudaMemAllocationTypePinned;
  properties.location.type = cudaMemLocationTypeDevice;
  detail::check_cuda(cudaGetDevice(&properties.location.id), "finding the GPU");
  cudaMemPool_t pool = nullptr;
  detail::check_cuda(cudaMemPoolCreate(&pool, &properties), "device memory");
  const std::shared_ptr<CUmemPoolHandle_st> owner(pool, [](cudaMemPool_t p) {
    cudaMemPoolDestroy(p);  // what is still in use goes when it is given back
  });
  std::uint64_t keep = UINT64_MAX;
  detail::check_cuda(cudaMemPoolSetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &keep),
                     "device memory");
  return owner;
}

}  // namespace

DeviceAllocator driver_allocator() {
  if (!find_device()) throw Error("device memory was asked for, but there is no CUDA device");
  return [pool = make_pool()](std::size_t bytes, DeviceStream stream) {
    void* memory = nullptr;
    const auto queue = static_cast<cudaStream_t>(stream);
    detail::check_cuda(cudaMallocFromPoolAsync(&memory, bytes > 0 ? bytes : 1, pool.get(), queue),
                       "device memory");
    return std::shared_ptr<void>(memory,
                                 [queue, pool](void* pointer) { cudaFreeAsync(pointer, queue); });
  };
}

}  // namespace roadgnn::graph
