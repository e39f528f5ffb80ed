// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/graph/device_csr.h>

#include <cuda_runtime.h>

#include <cub/device/device_radix_sort.cuh>

#include <bit>
#include <vector>

#include <roadgnn/graph/cuda_check.h>
#include <roadgnn/graph/device_copy.h>

namespace roadgnn::graph {
namespace {

using detail::blocks_for;
using detail::check_cuda;
using detail::kBlockThreads;
using detail::make_device_array;

__device__ std::int32_t this_item() {
  return static_cast<std::int32_t>(blockIdx.x * blockDim.x + threadIdx.x);
}

__global__ void make_keys(const std::int32_t* tail, const std::int32_t* head,
                          std::int32_t num_edges, std::uint64_t* key, std::int32_t* index) {
  const std::int32_t i = this_item();
  if (i >= num_edges) return;
  key[i] = csr_key(tail[i], head[i]);
  index[i] = i;
}

__global__ void split_keys(const std::uint64_t* key, std::int32_t num_edges, std::int32_t* tail,
                           std::int32_t* head) {
  const std::int32_t i = this_item();
  if (i >= num_edges) return;
  tail[i] = csr_key_tail(key[i]);
  head[i] = csr_key_head(key[i]);
}

__global__ void enumerate(std::int32_t count, std::int32_t* index) {
  const std::int32_t i = this_item();
  if (i < count) index[i] = i;
}

__global__ void mark_all_row_starts(const std::int32_t* rows, std::int32_t num_items,
                                    std::int32_t num_rows, std::int32_t* first) {
  const std::int32_t i = this_item();
  if (i <= num_items) mark_row_starts(i, rows, num_items, num_rows, first);
}

// Stable radix sort of the pairs (key, value) by the key's bits up to `end_bit`.
template <class Key>
void sort_pairs(const DeviceArray<Key>& key, const DeviceArray<Key>& sorted_key,
                const DeviceArray<std::int32_t>& value,
                const DeviceArray<std::int32_t>& sorted_value, int end_bit,
                const DeviceAllocator& allocate, DeviceStream stream) {
  const auto queue = static_cast<cudaStream_t>(stream);
  std::size_t scratch_bytes = 0;
  const auto sort = [&](void* scratch) {
    check_cuda(cub::DeviceRadixSort::SortPairs(
                   scratch, scratch_bytes, key.data.get(), sorted_key.data.get(), value.data.get(),
                   sorted_value.data.get(), static_cast<int>(key.size), 0, end_bit, queue),
               "sorting edges on the GPU");
  };
  sort(nullptr);
  const std::shared_ptr<void> scratch = allocate(scratch_bytes, stream);
  sort(scratch.get());
}

void fill_row_starts(const DeviceArray<std::int32_t>& rows, std::int32_t num_rows,
                     const DeviceArray<std::int32_t>& first, cudaStream_t queue) {
  const auto num_items = static_cast<std::int32_t>(rows.size);
  mark_all_row_starts<<<blocks_for(num_items + std::int64_t{1}), kBlockThreads, 0, queue>>>(
      rows.data.get(), num_items, num_rows, first.data.get());
}

}  // namespace

DeviceCsr build_device_csr(std::int32_t num_nodes, const DeviceArray<std::int32_t>& tail,
                           const DeviceArray<std::int32_t>& head, const DeviceAllocator& allocate,
                           DeviceStream stream) {
  const auto queue = static_cast<cudaStream_t>(stream);
  const auto num_edges = static_cast<std::int32_t>(tail.size);
  const auto make = [&]<class T>(T, std::int64_t size) {
    return make_device_array<T>(size, allocate, stream);
  };

  DeviceCsr csr;
  csr.first_out = make(std::int32_t{}, num_nodes + std::int64_t{1});
  csr.first_in = make(std::int32_t{}, num_nodes + std::int64_t{1});
  csr.tail = make(std::int32_t{}, num_edges);
  csr.head = make(std::int32_t{}, num_edges);
  csr.input = make(std::int32_t{}, num_edges);
  csr.in_edge = make(std::int32_t{}, num_edges);
  const auto index = make(std::int32_t{}, num_edges);
  if (num_edges > 0) {
    const auto key = make(std::uint64_t{}, num_edges);
    const auto sorted_key = make(std::uint64_t{}, num_edges);
    const int node_bits = std::bit_width(static_cast<std::uint32_t>(num_nodes));
    make_keys<<<blocks_for(num_edges), kBlockThreads, 0, queue>>>(
        tail.data.get(), head.data.get(), num_edges, key.data.get(), index.data.get());
    sort_pairs(key, sorted_key, index, csr.input, 32 + node_bits, allocate, stream);
    split_keys<<<blocks_for(num_edges), kBlockThreads, 0, queue>>>(
        sorted_key.data.get(), num_edges, csr.tail.data.get(), csr.head.data.get());

    const auto rows = make(std::int32_t{}, num_edges);  // the heads, ascending
    enumerate<<<blocks_for(num_edges), kBlockThreads, 0, queue>>>(num_edges, index.data.get());
    sort_pairs(csr.head, rows, index, csr.in_edge, node_bits, allocate, stream);
    fill_row_starts(rows, num_nodes, csr.first_in, queue);
  } else {
    fill_row_starts(csr.head, num_nodes, csr.first_in, queue);
  }
  fill_row_starts(csr.tail, num_nodes, csr.first_out, queue);
  check_cuda(cudaGetLastError(), "building the road graph on the GPU");
  return csr;
}

Csr build_csr_on_device(std::int32_t num_nodes, std::span<const std::int32_t> tail,
                        std::span<const std::int32_t> head) {
  const DeviceAllocator allocate = driver_allocator();
  constexpr DeviceStream kStream = nullptr;
  const DeviceCsr built =
      build_device_csr(num_nodes, detail::to_device(tail, allocate, kStream),
                       detail::to_device(head, allocate, kStream), allocate, kStream);
  Csr csr;
  csr.first_out = detail::to_host(built.first_out, kStream);
  csr.tail = detail::to_host(built.tail, kStream);
  csr.head = detail::to_host(built.head, kStream);
  csr.input = detail::to_host(built.input, kStream);
  csr.first_in = detail::to_host(built.first_in, kStream);
  csr.in_edge = detail::to_host(built.in_edge, kStream);
  check_cuda(cudaStreamSynchronize(nullptr), "building the road graph on the GPU");
  return csr;
}

}  // namespace roadgnn::graph
