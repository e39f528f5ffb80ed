// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/device_csr_graph.h>

#include <memory>

#include <ATen/Context.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/Allocator.h>
#include <roadgnn/graph/error.h>

namespace roadgnn::gnn {

template <class T>
at::Tensor view(const graph::DeviceArray<T>& array) {
  return at::from_blob(
      array.data.get(), {array.size}, [owner = array.data](void*) {},
      at::TensorOptions().dtype(c10::CppTypeToScalarType<T>::value).device(at::kCUDA));
}

template at::Tensor view(const graph::DeviceArray<std::uint8_t>&);
template at::Tensor view(const graph::DeviceArray<std::int32_t>&);
template at::Tensor view(const graph::DeviceArray<std::int64_t>&);

CsrGraph make_csr_graph(const graph::DeviceRoadGraph& graph) {
  CsrGraph result;
  result.first_out_ = view(graph.first_out);
  result.head_ = view(graph.head);
  result.first_in_ = view(graph.first_in);
  result.in_edge_ = view(graph.in_edge);
  result.in_tail_ = view(graph.tail);
  result.num_columns_ = graph.num_nodes;
  return result;
}

graph::DeviceAllocator torch_allocator() {
  if (!at::hasCUDA())
    throw Error("device memory was asked of LibTorch, but it finds no CUDA device");
  at::globalContext().lazyInitDevice(at::kCUDA);
  return [](std::size_t bytes, graph::DeviceStream) {
    auto memory = std::make_shared<c10::DataPtr>(c10::GetAllocator(at::kCUDA)->allocate(bytes));
    return std::shared_ptr<void>(memory, memory->get());
  };
}

}  // namespace roadgnn::gnn
