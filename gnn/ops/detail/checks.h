// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <ATen/core/Tensor.h>

/// What every backend's operators check before they touch memory. All throw InputError with one
/// line: operator, argument, what was expected, what was found.
namespace roadgnn::gnn::ops::detail {

using OptionalTensor = std::optional<at::Tensor>;

enum class Reduce { kSum, kMean, kMax };

/// From "sum", "mean" or "max".
Reduce parse_reduce(const char* op, std::string_view name);

/// Says what was expected of an argument.
[[noreturn]] void refuse(const char* op, const char* argument, const std::string& expected,
                         const std::string& found);

/// Type, shape and device, such as "Float [3, 4] on cpu".
std::string describe(const at::Tensor& tensor);

/// The transpose of a graph as operators take it: all three tensors or none.
struct TransposeArgs {
  OptionalTensor first_out, head, edge;

  bool given() const { return first_out.has_value() && first_out->defined(); }
};

/// Sizes of one call. Feature rows are [heads, width], where heads counts the weights or scores of
/// an edge: a [n, heads, d] tensor with one weight an edge is one head of width heads * d.
struct Sizes {
  std::int64_t rows = 0, columns = 0, edges = 0, heads = 1, width = 0;
};

/// `first_out` [rows + 1], an index tensor on `device`. Returns rows.
std::int64_t check_first_out(const char* op, const char* name, const at::Tensor& first_out,
                             at::Device device);

/// An index tensor of one dimension on `device`, of `size` elements unless that is negative.
void check_index(const char* op, const char* name, const at::Tensor& index, std::int64_t size,
                 at::Device device);

/// All three or none, of the right sizes.
void check_transpose(const char* op, const TransposeArgs& transpose, const Sizes& sizes,
                     at::Device device);

/// Features [n, d] or [n, heads, d] of a type that the kernels know.
void check_features(const char* op, const char* name, const at::Tensor& x);

/// The same type and device as `like`, and these sizes.
void check_like(const char* op, const char* name, const at::Tensor& tensor, at::IntArrayRef shape,
                const at::Tensor& like);

/// A caller's own output: as check_like, contiguous, and sharing no memory with what is read.
void check_out(const char* op, const at::Tensor& out, at::IntArrayRef shape,
               const at::Tensor& like);

Sizes check_spmm(const char* op, const at::Tensor& first_out, const at::Tensor& head,
                 const OptionalTensor& weight, const at::Tensor& x, const TransposeArgs& transpose);

Sizes check_sddmm(const char* op, const at::Tensor& first_out, const at::Tensor& head,
                  const at::Tensor& a, const at::Tensor& b, const OptionalTensor& edge_feature,
                  const TransposeArgs& transpose);

/// `heads` of a [m] or [m, heads] tensor of logits.
Sizes check_softmax(const char* op, const at::Tensor& first_out, const at::Tensor& logits);

Sizes check_attention(const char* op, const at::Tensor& first_out, const at::Tensor& head,
                      const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                      const OptionalTensor& bias, const TransposeArgs& transpose);

/// The scale of scores: 1 / sqrt(width) by default.
double scale_or_default(std::optional<double> scale, const Sizes& sizes);

/// `values` [places, ...]; one place for each entry.
Sizes check_segments(const char* op, const at::Tensor& first_out, const at::Tensor& values,
                     const OptionalTensor& edge);

/// `x` [rows, ...].
Sizes check_gather(const char* op, const at::Tensor& first_out, const at::Tensor& x,
                   std::int64_t num_edges, const OptionalTensor& edge);

/// Shapes of results.
at::DimVector with_first_size(const at::Tensor& tensor, std::int64_t size);  ///< [size, rest...]
at::DimVector score_shape(const at::Tensor& features, const Sizes& sizes);   ///< [m] or [m, heads]

/// Values of CPU index tensors: offsets that ascend from 0 to `edges`, indices below `end`.
void check_offset_values(const char* op, const char* name, const at::Tensor& first_out,
                         std::int64_t edges);
void check_index_values(const char* op, const char* name, const at::Tensor& index,
                        std::int64_t end);
void check_transpose_values(const char* op, const TransposeArgs& transpose, const Sizes& sizes);

}  // namespace roadgnn::gnn::ops::detail
