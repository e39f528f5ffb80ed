// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <roadgnn/gnn/csr_graph.h>
#include <roadgnn/graph/device_road_graph.h>

namespace roadgnn::gnn {

/// An array in device memory as a tensor on the current CUDA device: a view that keeps the array
/// alive, without a copy. `T` is uint8_t, int32_t or int64_t.
template <class T>
at::Tensor view(const graph::DeviceArray<T>& array);

/// Road nodes and edges in device memory, with the transpose from first_in and in_edge.
CsrGraph make_csr_graph(const graph::DeviceRoadGraph& graph);

/// PyTorch's caching allocator for the current CUDA device, so that graphs and tensors share one
/// pool. The memory belongs to the stream that is current when it is asked for: pass that one to
/// the functions that take the allocator. Throws Error where this LibTorch has no CUDA.
graph::DeviceAllocator torch_allocator();

}  // namespace roadgnn::gnn
