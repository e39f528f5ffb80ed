// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <span>

#include <roadgnn/graph/csr.h>
#include <roadgnn/graph/device.h>

namespace roadgnn::graph {

/// `Csr` in device memory, array by array.
struct DeviceCsr {
  DeviceArray<std::int32_t> first_out, tail, head, input, first_in, in_edge;
};

/// build_csr on the GPU: radix sorts of the endpoint pairs, then one thread for each place where a
/// row may start. The arrays equal those of build_csr. `tail` and `head` are device arrays, not
/// checked. Queued on `stream`; the result may be used by work queued after it. Throws Error where
/// CUDA fails or was not compiled in.
DeviceCsr build_device_csr(std::int32_t num_nodes, const DeviceArray<std::int32_t>& tail,
                           const DeviceArray<std::int32_t>& head, const DeviceAllocator& allocate,
                           DeviceStream stream);

/// The same from host arrays to host arrays. Throws Error where there is no device.
Csr build_csr_on_device(std::int32_t num_nodes, std::span<const std::int32_t> tail,
                        std::span<const std::int32_t> head);

}  // namespace roadgnn::graph
