// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cuda_runtime.h>

#include <span>
#include <vector>

#include <roadgnn/graph/cuda_check.h>
#include <roadgnn/graph/device.h>

namespace roadgnn::graph::detail {

template <class T>
DeviceArray<T> make_device_array(std::int64_t size, const DeviceAllocator& allocate,
                                 DeviceStream stream) {
  const std::shared_ptr<void> memory = allocate(static_cast<std::size_t>(size) * sizeof(T), stream);
  return {std::shared_ptr<T>(memory, static_cast<T*>(memory.get())), size};
}

/// Queues a copy; `values` must live until it is done.
template <class T>
DeviceArray<T> to_device(std::span<const T> values, const DeviceAllocator& allocate,
                         DeviceStream stream) {
  const auto array =
      make_device_array<T>(static_cast<std::int64_t>(values.size()), allocate, stream);
  check_cuda(cudaMemcpyAsync(array.data.get(), values.data(), values.size_bytes(),
                             cudaMemcpyHostToDevice, static_cast<cudaStream_t>(stream)),
             "copying to the GPU");
  return array;
}

/// Queues a copy; the values are there once the stream has been waited for.
template <class T>
std::vector<T> to_host(const DeviceArray<T>& array, DeviceStream stream) {
  std::vector<T> values(static_cast<std::size_t>(array.size));
  check_cuda(cudaMemcpyAsync(values.data(), array.data.get(), values.size() * sizeof(T),
                             cudaMemcpyDeviceToHost, static_cast<cudaStream_t>(stream)),
             "copying from the GPU");
  return values;
}

}  // namespace roadgnn::graph::detail
