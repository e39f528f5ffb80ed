// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/csr.h>

#include <numeric>

namespace roadgnn::graph {
namespace {

using Indices = std::vector<std::int32_t>;

// Stable: items of equal key keep their order.
Indices sort_by_key(const Indices& order, std::span<const std::int32_t> key,
                    std::int32_t num_keys) {
  Indices next(static_cast<std::size_t>(num_keys) + 1, 0);
  for (const std::int32_t k : key) ++next[static_cast<std::size_t>(k) + 1];
  std::partial_sum(next.begin(), next.end(), next.begin());
  Indices sorted(order.size());
  for (const std::int32_t item : order) {
    const auto k = static_cast<std::size_t>(key[static_cast<std::size_t>(item)]);
    sorted[static_cast<std::size_t>(next[k]++)] = item;
  }
  return sorted;
}

Indices gather(std::span<const std::int32_t> values, const Indices& order) {
  Indices gathered(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    gathered[i] = values[static_cast<std::size_t>(order[i])];
  }
  return gathered;
}

Indices row_starts(const Indices& rows, std::int32_t num_rows) {
  Indices first(static_cast<std::size_t>(num_rows) + 1);
  const auto num_items = static_cast<std::int32_t>(rows.size());
  for (std::int32_t i = 0; i <= num_items; ++i) {
    mark_row_starts(i, rows.data(), num_items, num_rows, first.data());
  }
  return first;
}

}  // namespace

Csr build_csr(std::int32_t num_nodes, std::span<const std::int32_t> tail,
              std::span<const std::int32_t> head) {
  Indices identity(tail.size());
  std::iota(identity.begin(), identity.end(), 0);

  Csr csr;
  csr.input = sort_by_key(sort_by_key(identity, head, num_nodes), tail, num_nodes);
  csr.tail = gather(tail, csr.input);
  csr.head = gather(head, csr.input);
  csr.first_out = row_starts(csr.tail, num_nodes);
  csr.in_edge = sort_by_key(identity, csr.head, num_nodes);
  csr.first_in = row_starts(gather(csr.head, csr.in_edge), num_nodes);
  return csr;
}

}  // namespace roadgnn::graph
