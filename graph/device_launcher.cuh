// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cuda_runtime.h>

#include <cub/device/device_scan.cuh>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <roadgnn/graph/cuda_check.h>
#include <roadgnn/graph/device_copy.h>

namespace roadgnn::graph::detail {

/// A block of threads, as steps see it.
struct BlockGroup {
  template <class Body>
  __device__ void each(std::int32_t begin, std::int32_t end, const Body& body) {
    // 64 bits: the stride may lead beyond the last number.
    for (std::int64_t i = begin + static_cast<std::int64_t>(threadIdx.x); i < end;
         i += blockDim.x) {
      body(static_cast<std::int32_t>(i));
    }
    __syncthreads();
  }
  template <class Body>
  __device__ void one(const Body& body) {
    if (threadIdx.x == 0) body();
    __syncthreads();
  }
};

template <class Step>
__global__ void run_each(std::int64_t count, Step step) {
  const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (i < count) step(i);
}

template <class Step>
__global__ void run_groups(std::int64_t count, Step step) {
  extern __shared__ std::uint64_t shared_memory[];
  BlockGroup group;
  for (std::int64_t i = blockIdx.x; i < count; i += gridDim.x) {
    step(group, i, static_cast<void*>(shared_memory));
    __syncthreads();
  }
}

/// For groups whose memory is larger than a multiprocessor's: it lies in the device's.
template <class Step>
__global__ void run_large_groups(std::int64_t count, Step step, unsigned char* memory,
                                 std::int64_t memory_bytes) {
  BlockGroup group;
  for (std::int64_t i = blockIdx.x; i < count; i += gridDim.x) {
    step(group, i, static_cast<void*>(memory + blockIdx.x * memory_bytes));
    __syncthreads();
  }
}

/// Runs steps (see device_group.h) on the current GPU, one after the other on one stream.
class CudaLauncher {
 public:
  CudaLauncher(DeviceAllocator allocate, DeviceStream stream)
      : allocate_(std::move(allocate)), stream_(stream) {
    int device = 0;
    check_cuda(cudaGetDevice(&device), "finding the GPU");
    const auto attribute = [&](cudaDeviceAttr name) {
      int value = 0;
      check_cuda(cudaDeviceGetAttribute(&value, name, device), "asking the GPU");
      return value;
    };
    multiprocessors_ = attribute(cudaDevAttrMultiProcessorCount);
    block_memory_ = attribute(cudaDevAttrMaxSharedMemoryPerBlockOptin);
    multiprocessor_memory_ = attribute(cudaDevAttrMaxSharedMemoryPerMultiprocessor);
    reserved_memory_ = attribute(cudaDevAttrReservedSharedMemoryPerBlock);
    blocks_per_multiprocessor_ = attribute(cudaDevAttrMaxBlocksPerMultiprocessor);
    threads_per_multiprocessor_ = attribute(cudaDevAttrMaxThreadsPerMultiProcessor);
  }
  CudaLauncher(const CudaLauncher&) = delete;
  CudaLauncher& operator=(const CudaLauncher&) = delete;
  ~CudaLauncher() { cudaStreamSynchronize(queue()); }  // copies read what is kept until here

  DeviceStream stream() const { return stream_; }
  cudaStream_t queue() const { return static_cast<cudaStream_t>(stream_); }

  template <class T>
  DeviceArray<T> array(std::int64_t size) {
    return make_device_array<T>(size, allocate_, stream_);
  }

  template <class T>
  DeviceArray<T> upload(std::vector<T> values) {
    const auto kept = std::make_shared<const std::vector<T>>(std::move(values));
    kept_.push_back(kept);
    return to_device(std::span<const T>(*kept), allocate_, stream_);
  }

  /// The values are there after wait().
  template <class T>
  std::vector<T> download(const DeviceArray<T>& array) {
    return to_host(array, stream_);
  }

  void wait() {
    check_cuda(cudaStreamSynchronize(queue()), "working on the GPU");
    kept_.clear();
  }

  template <class Step>
  void each(std::int64_t count, const Step& step) {
    if (count == 0) return;
    run_each<<<blocks_for(count), kBlockThreads, 0, queue()>>>(count, step);
    check_cuda(cudaGetLastError(), "starting work on the GPU");
  }

  template <class Step>
  void each_group(std::int64_t count, int threads, std::int64_t memory_bytes, const Step& step) {
    if (count == 0) return;
    if (memory_bytes > block_memory_) {
      const std::int64_t bytes = (memory_bytes + 255) / 256 * 256;
      const std::int64_t blocks = std::min(count, resident_groups(threads, memory_bytes));
      const std::shared_ptr<void> memory =
          allocate_(static_cast<std::size_t>(blocks * bytes), stream_);
      run_large_groups<<<static_cast<unsigned>(blocks), static_cast<unsigned>(threads), 0,
                         queue()>>>(count, step, static_cast<unsigned char*>(memory.get()), bytes);
      check_cuda(cudaGetLastError(), "starting work on the GPU");
      return;
    }
    constexpr std::int64_t kMostBlocks = INT32_MAX;
    const auto bytes = static_cast<int>(memory_bytes);
    if (bytes > kMuchMemory) {
      check_cuda(cudaFuncSetAttribute(run_groups<Step>, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                      bytes),
                 "asking for shared memory");
      check_cuda(
          cudaFuncSetAttribute(run_groups<Step>, cudaFuncAttributePreferredSharedMemoryCarveout,
                               cudaSharedmemCarveoutMaxShared),
          "asking for shared memory");
    }
    run_groups<<<static_cast<unsigned>(std::min(count, kMostBlocks)),
                 static_cast<unsigned>(threads), static_cast<std::size_t>(bytes), queue()>>>(count,
                                                                                             step);
    check_cuda(cudaGetLastError(), "starting work on the GPU");
  }

  void scan(const DeviceArray<std::int32_t>& in, const DeviceArray<std::int32_t>& out) {
    std::size_t bytes = 0;
    const auto run = [&](void* scratch) {
      check_cuda(cub::DeviceScan::ExclusiveSum(scratch, bytes, in.data.get(), out.data.get(),
                                               static_cast<int>(in.size), queue()),
                 "adding up on the GPU");
    };
    run(nullptr);
    const std::shared_ptr<void> scratch = allocate_(bytes, stream_);
    run(scratch.get());
  }

  std::int64_t resident_groups(int threads, std::int64_t memory_bytes) const {
    if (memory_bytes > block_memory_) {
      const std::int64_t fitting = kLargeGroupsBytes / memory_bytes;
      return std::max<std::int64_t>(std::min(fitting, 8 * multiprocessors_), 1);
    }
    const std::int64_t by_memory =
        multiprocessor_memory_ /
        (memory_bytes + reserved_memory_ > 0 ? memory_bytes + reserved_memory_ : 1);
    const std::int64_t by_threads =
        std::min(blocks_per_multiprocessor_, threads_per_multiprocessor_ / threads);
    return multiprocessors_ * std::max<std::int64_t>(std::min(by_memory, by_threads), 1);
  }

 private:
  static constexpr int kMuchMemory = 16 << 10;
  static constexpr std::int64_t kLargeGroupsBytes = std::int64_t{512} << 20;

  DeviceAllocator allocate_;
  DeviceStream stream_;
  std::int64_t multiprocessors_, block_memory_, multiprocessor_memory_, reserved_memory_,
      blocks_per_multiprocessor_, threads_per_multiprocessor_;
  std::vector<std::shared_ptr<const void>> kept_;  // host memory of copies under way
};

}  // namespace roadgnn::graph::detail
