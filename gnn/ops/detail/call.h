// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include <ATen/core/Tensor.h>
#include <roadgnn/gnn/ops/detail/checks.h>
#include <roadgnn/gnn/ops/detail/kernel_args.h>

/// From tensors to the kernels' arguments.
namespace roadgnn::gnn::ops::detail {

inline IndexArray index_array(const at::Tensor& index) {
  return {index.const_data_ptr(), index.scalar_type() == at::kLong};
}
inline IndexArray index_array(const OptionalTensor& index) {
  return index.has_value() && index->defined() ? index_array(*index) : IndexArray();
}

inline const void* data_or_null(const OptionalTensor& tensor) {
  return tensor.has_value() && tensor->defined() ? tensor->const_data_ptr() : nullptr;
}

inline OptionalTensor contiguous(const OptionalTensor& tensor) {
  return tensor.has_value() && tensor->defined() ? OptionalTensor(tensor->contiguous())
                                                 : std::nullopt;
}

/// The tensors of a graph's rows, for backends that keep something per graph; null where a call has
/// no graph of its own.
struct Pattern {
  const at::Tensor* first_out = nullptr;
  const at::Tensor* head = nullptr;
  std::int64_t columns = 0;
};

/// Outputs beyond this size evict from the caches more than they leave there for a reader.
constexpr std::int64_t kStreamedBytes = std::int64_t{16} << 20;

inline bool is_streamed(const at::Tensor& out) {
  return static_cast<std::int64_t>(out.nbytes()) > kStreamedBytes;
}

}  // namespace roadgnn::gnn::ops::detail
