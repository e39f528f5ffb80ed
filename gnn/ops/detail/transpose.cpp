// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/ops/detail/transpose.h>

#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

namespace roadgnn::gnn::ops::detail {

namespace {

template <class Offset, class Node>
void counting_sort(const Offset* first_out, std::int64_t rows, const Node* head,
                   std::int64_t columns, Offset* t_first_out, Node* t_head, Offset* t_edge) {
  const std::int64_t edges = first_out[rows];
  // Counted two places further on, so that after the sums place u + 1 is where row u starts, and
  // after the distribution where it ends.
  for (std::int64_t e = 0; e < edges; ++e) {
    if (head[e] + 2 <= columns) ++t_first_out[head[e] + 2];
  }
  for (std::int64_t u = 1; u < columns; ++u) t_first_out[u + 1] += t_first_out[u];
  for (std::int64_t v = 0; v < rows; ++v) {
    for (Offset e = first_out[v]; e < first_out[v + 1]; ++e) {
      const Offset at = t_first_out[head[e] + 1]++;
      t_head[at] = static_cast<Node>(v);
      t_edge[at] = e;
    }
  }
}

template <class Offset>
void counting_sort(const at::Tensor& first_out, const at::Tensor& head, std::int64_t columns,
                   at::Tensor& t_first_out, at::Tensor& t_head, at::Tensor& t_edge) {
  const auto sort = [&](const auto* heads, auto* t_heads) {
    counting_sort(first_out.const_data_ptr<Offset>(), first_out.numel() - 1, heads, columns,
                  t_first_out.mutable_data_ptr<Offset>(), t_heads,
                  t_edge.mutable_data_ptr<Offset>());
  };
  if (head.scalar_type() == at::kInt) {
    sort(head.const_data_ptr<std::int32_t>(), t_head.mutable_data_ptr<std::int32_t>());
  } else {
    sort(head.const_data_ptr<std::int64_t>(), t_head.mutable_data_ptr<std::int64_t>());
  }
}

}  // namespace

std::tuple<at::Tensor, at::Tensor, at::Tensor> transpose(const at::Tensor& first_out,
                                                         const at::Tensor& head,
                                                         std::int64_t num_columns) {
  check_first_out("transpose", "first_out", first_out, head.device());
  check_index("transpose", "head", head, -1, head.device());
  if (num_columns < 0) {
    refuse("transpose", "num_columns", "a number of nodes", std::to_string(num_columns));
  }
  check_offset_values("transpose", "first_out", first_out, head.numel());
  check_index_values("transpose", "head", head, num_columns);
  at::Tensor t_first_out = at::zeros({num_columns + 1}, first_out.options());
  at::Tensor t_head = at::empty({head.numel()}, head.options());
  at::Tensor t_edge = at::empty({head.numel()}, first_out.options());
  if (first_out.scalar_type() == at::kInt) {
    counting_sort<std::int32_t>(first_out, head, num_columns, t_first_out, t_head, t_edge);
  } else {
    counting_sort<std::int64_t>(first_out, head, num_columns, t_first_out, t_head, t_edge);
  }
  return {t_first_out, t_head, t_edge};
}

}  // namespace roadgnn::gnn::ops::detail
