// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace roadgnn::graph {

/// A CUDA stream (cudaStream_t), opaque so that no header of ours needs the CUDA toolkit. Null: the
/// default stream.
using DeviceStream = void*;

struct DeviceInfo {
  std::string name;
  std::size_t memory_bytes = 0;
  int compute_capability = 0;  ///< 90 for 9.0
};

/// Whether this library was compiled with its CUDA kernels.
bool built_with_cuda();

/// The current CUDA device, or nothing where there is none, no driver, or no kernels were compiled.
std::optional<DeviceInfo> find_device();

/// Where device memory comes from: the caller's pool (such as PyTorch's caching allocator), or the
/// driver's. Called with the number of bytes and the stream that will use the memory first; the
/// pointer's deleter gives it back.
using DeviceAllocator =
    std::function<std::shared_ptr<void>(std::size_t bytes, DeviceStream stream)>;

/// The driver's stream-ordered allocator, with a pool that keeps memory for its next use until the
/// allocator and all it gave are gone. Throws Error where there is no device.
DeviceAllocator driver_allocator();

/// An array in device memory, shared by its users.
template <class T>
struct DeviceArray {
  std::shared_ptr<T> data;  ///< a device pointer: never dereferenced on the host
  std::int64_t size = 0;
};

}  // namespace roadgnn::graph
