// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <roadgnn/gnn/ops/cpu/kernels.h>
#include <roadgnn/gnn/ops/detail/checks.h>

/// From tensors to kernels of the CPU.
namespace roadgnn::gnn::ops::detail {

inline const Kernels& kernels_of(const at::Tensor& tensor) {
  switch (tensor.scalar_type()) {
    case at::kDouble:
      return best_kernels().of[0];
    case at::kFloat:
      return best_kernels().of[1];
    case at::kBFloat16:
      return best_kernels().of[2];
    default:
      return best_kernels().of[3];
  }
}

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

/// Outputs beyond this size evict from the caches more than they leave there for a reader.
constexpr std::int64_t kStreamedBytes = std::int64_t{16} << 20;

inline bool is_streamed(const at::Tensor& out) {
  return static_cast<std::int64_t>(out.nbytes()) > kStreamedBytes;
}

/// Calls work(begin, end) on blocks of rows from several threads. A block's share of rows plus
/// entries is about the same as another's, so that one dense row does not leave threads idle while
/// it is only a part of the work. `entry_cost` is the number of elements that an entry reads.
template <class Work>
void for_rows(const IndexArray& first_out, std::int64_t rows, std::int64_t entry_cost,
              const Work& work) {
  const auto row_of = [&](std::int64_t share) {
    std::int64_t low = 0, high = rows;
    while (low < high) {
      const std::int64_t middle = low + (high - low) / 2;
      if (first_out[middle] + middle < share) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  };
  constexpr std::int64_t kElementsWorthAThread = 131072;
  const std::int64_t grain =
      std::max<std::int64_t>(1, kElementsWorthAThread / std::max<std::int64_t>(entry_cost, 1));
  at::parallel_for(0, rows + first_out[rows], grain,
                   [&](std::int64_t begin, std::int64_t end) { work(row_of(begin), row_of(end)); });
}

}  // namespace roadgnn::gnn::ops::detail
