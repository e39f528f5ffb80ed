// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <tuple>

#include <roadgnn/gnn/ops/detail/checks.h>

namespace roadgnn::gnn::ops::detail {

/// The CPU kernel of roadgnn::transpose: t_first_out [num_columns + 1], t_head and t_edge [m], of
/// the types of first_out, head and first_out's again. Entries of a row ascend by t_edge. A
/// counting sort. Throws InputError for indices out of range.
std::tuple<at::Tensor, at::Tensor, at::Tensor> transpose(const at::Tensor& first_out,
                                                         const at::Tensor& head,
                                                         std::int64_t num_columns);

/// The given transpose with what the backend sees of its values checked, or one made of the graph.
template <class Backend>
TransposeArgs given_or_made(const char* op, const TransposeArgs& given, const at::Tensor& first_out,
                            const at::Tensor& head, const Sizes& sizes) {
  if (given.given()) {
    Backend::check_transpose(op, given, sizes);
    return given;
  }
  auto [t_first_out, t_head, t_edge] = Backend::transpose(first_out, head, sizes.columns);
  return {t_first_out, t_head, t_edge};
}

}  // namespace roadgnn::gnn::ops::detail
