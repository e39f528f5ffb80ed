// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/ops/detail/checks.h>

#include <algorithm>
#include <cmath>

#include <ATen/MemoryOverlap.h>
#include <roadgnn/gnn/ops/cpu/kernels.h>
#include <roadgnn/graph/error.h>

namespace roadgnn::gnn::ops::detail {

namespace {

std::string describe_shape(at::IntArrayRef shape) {
  std::string text = "[";
  for (std::size_t d = 0; d < shape.size(); ++d) {
    if (d > 0) text += ", ";
    text += std::to_string(shape[d]);
  }
  return text + "]";
}

bool is_known_type(at::ScalarType type) {
  return type == at::kFloat || type == at::kDouble || type == at::kBFloat16 || type == at::kHalf;
}

template <class T>
std::int64_t first_outside(const T* index, std::int64_t end) {
  while (*index >= 0 && *index < end) ++index;
  return *index;
}

/// [n, ...] with any further dimensions: one head of that width.
std::int64_t row_size(const at::Tensor& tensor) {
  std::int64_t size = 1;
  for (std::int64_t d = 1; d < tensor.dim(); ++d) size *= tensor.size(d);
  return size;
}

void check_values(const char* op, const char* name, const at::Tensor& tensor) {
  if (tensor.dim() < 1 || !is_known_type(tensor.scalar_type())) {
    refuse(op, name, "float64, float32, bfloat16 or float16 with a row for each index",
           describe(tensor));
  }
}

}  // namespace

std::string describe(const at::Tensor& tensor) {
  if (!tensor.defined()) return "undefined";
  return std::string(c10::toString(tensor.scalar_type())) + " " + describe_shape(tensor.sizes()) +
         " on " + tensor.device().str() + (tensor.is_contiguous() ? "" : ", not contiguous");
}

void refuse(const char* op, const char* argument, const std::string& expected,
            const std::string& found) {
  throw InputError(std::string("roadgnn::") + op + ": " + argument + ": expected " + expected +
                   ", found " + found);
}

Reduce parse_reduce(const char* op, std::string_view name) {
  if (name == "sum") return Reduce::kSum;
  if (name == "mean") return Reduce::kMean;
  if (name == "max") return Reduce::kMax;
  refuse(op, "reduce", "sum, mean or max", std::string("'").append(name).append("'"));
}

void check_index(const char* op, const char* name, const at::Tensor& index, std::int64_t size,
                 at::Device device) {
  const bool fits = index.defined() && index.dim() == 1 && index.is_contiguous() &&
                    (index.scalar_type() == at::kInt || index.scalar_type() == at::kLong) &&
                    index.device() == device && (size < 0 || index.numel() == size);
  if (!fits) {
    refuse(op, name,
           "a contiguous int32 or int64 " + (size < 0 ? "[m]" : describe_shape(size)) + " on " +
               device.str(),
           describe(index));
  }
}

std::int64_t check_first_out(const char* op, const char* name, const at::Tensor& first_out,
                             at::Device device) {
  check_index(op, name, first_out, -1, device);
  if (first_out.numel() == 0) refuse(op, name, "offsets [rows + 1]", describe(first_out));
  return first_out.numel() - 1;
}

void check_transpose(const char* op, const TransposeArgs& transpose, const Sizes& sizes,
                     at::Device device) {
  const bool has_head = transpose.head.has_value() && transpose.head->defined();
  const bool has_edge = transpose.edge.has_value() && transpose.edge->defined();
  if (transpose.given() != has_head || has_head != has_edge) {
    refuse(op, "t_first_out, t_head, t_edge", "all three or none", "some of them");
  }
  if (!has_head) return;
  check_index(op, "t_first_out", *transpose.first_out, sizes.columns + 1, device);
  check_index(op, "t_head", *transpose.head, sizes.edges, device);
  check_index(op, "t_edge", *transpose.edge, sizes.edges, device);
}

void check_features(const char* op, const char* name, const at::Tensor& x) {
  if ((x.dim() != 2 && x.dim() != 3) || !is_known_type(x.scalar_type())) {
    refuse(op, name, "float64, float32, bfloat16 or float16 of [n, d] or [n, heads, d]",
           describe(x));
  }
}

void check_like(const char* op, const char* name, const at::Tensor& tensor, at::IntArrayRef shape,
                const at::Tensor& like) {
  if (tensor.sizes() != shape || tensor.scalar_type() != like.scalar_type() ||
      tensor.device() != like.device()) {
    refuse(op, name,
           std::string(c10::toString(like.scalar_type())) + " " + describe_shape(shape) + " on " +
               like.device().str(),
           describe(tensor));
  }
}

void check_out(const char* op, const at::Tensor& out, at::IntArrayRef shape,
               const at::Tensor& like) {
  check_like(op, "out", out, shape, like);
  if (!out.is_contiguous()) refuse(op, "out", "a contiguous tensor", describe(out));
  if (at::get_overlap_status(out, like) != at::MemOverlapStatus::No && out.numel() > 0) {
    refuse(op, "out", "memory of its own", "memory of an input");
  }
}

Sizes check_spmm(const char* op, const at::Tensor& first_out, const at::Tensor& head,
                 const OptionalTensor& weight, const at::Tensor& x,
                 const TransposeArgs& transpose) {
  check_features(op, "x", x);
  Sizes sizes;
  sizes.rows = check_first_out(op, "first_out", first_out, x.device());
  check_index(op, "head", head, -1, x.device());
  sizes.columns = x.size(0);
  sizes.edges = head.numel();
  sizes.width = row_size(x);
  if (weight.has_value() && weight->defined()) {
    if (weight->dim() == 2 && x.dim() == 3) {
      check_like(op, "weight", *weight, {sizes.edges, x.size(1)}, x);
      sizes.heads = x.size(1);
      sizes.width = x.size(2);
    } else {
      check_like(op, "weight", *weight, {sizes.edges}, x);
    }
  }
  check_transpose(op, transpose, sizes, x.device());
  return sizes;
}

Sizes check_sddmm(const char* op, const at::Tensor& first_out, const at::Tensor& head,
                  const at::Tensor& a, const at::Tensor& b, const OptionalTensor& edge_feature,
                  const TransposeArgs& transpose) {
  check_features(op, "b", b);
  Sizes sizes;
  sizes.rows = check_first_out(op, "first_out", first_out, b.device());
  check_index(op, "head", head, -1, b.device());
  sizes.columns = b.size(0);
  sizes.edges = head.numel();
  sizes.heads = b.dim() == 3 ? b.size(1) : 1;
  sizes.width = b.size(-1);
  check_like(op, "a", a, with_first_size(b, sizes.rows), b);
  if (edge_feature.has_value() && edge_feature->defined()) {
    check_like(op, "edge_feature", *edge_feature, with_first_size(b, sizes.edges), b);
  }
  check_transpose(op, transpose, sizes, b.device());
  return sizes;
}

Sizes check_softmax(const char* op, const at::Tensor& first_out, const at::Tensor& logits) {
  check_values(op, "logits", logits);
  if (logits.dim() > 2) refuse(op, "logits", "[m] or [m, heads]", describe(logits));
  Sizes sizes;
  sizes.rows = check_first_out(op, "first_out", first_out, logits.device());
  sizes.edges = logits.size(0);
  sizes.heads = logits.dim() == 2 ? logits.size(1) : 1;
  sizes.width = 1;
  return sizes;
}

Sizes check_attention(const char* op, const at::Tensor& first_out, const at::Tensor& head,
                      const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                      const OptionalTensor& bias, const TransposeArgs& transpose) {
  check_features(op, "k", k);
  Sizes sizes;
  sizes.rows = check_first_out(op, "first_out", first_out, k.device());
  check_index(op, "head", head, -1, k.device());
  sizes.columns = k.size(0);
  sizes.edges = head.numel();
  sizes.heads = k.dim() == 3 ? k.size(1) : 1;
  sizes.width = k.size(-1);
  check_like(op, "q", q, with_first_size(k, sizes.rows), k);
  check_like(op, "v", v, k.sizes(), k);
  if (bias.has_value() && bias->defined()) {
    if (bias->dim() == 2) {
      check_like(op, "bias", *bias, {sizes.edges, sizes.heads}, k);
    } else {
      check_like(op, "bias", *bias, {sizes.edges}, k);
    }
  }
  check_transpose(op, transpose, sizes, k.device());
  return sizes;
}

double scale_or_default(std::optional<double> scale, const Sizes& sizes) {
  return scale.value_or(1 / std::sqrt(static_cast<double>(std::max<std::int64_t>(sizes.width, 1))));
}

Sizes check_segments(const char* op, const at::Tensor& first_out, const at::Tensor& values,
                     const OptionalTensor& edge) {
  check_values(op, "values", values);
  Sizes sizes;
  sizes.rows = check_first_out(op, "first_out", first_out, values.device());
  sizes.columns = sizes.edges = values.size(0);
  sizes.width = row_size(values);
  if (edge.has_value() && edge->defined()) {
    check_index(op, "edge", *edge, sizes.edges, values.device());
  }
  return sizes;
}

Sizes check_gather(const char* op, const at::Tensor& first_out, const at::Tensor& x,
                   std::int64_t num_edges, const OptionalTensor& edge) {
  check_values(op, "x", x);
  Sizes sizes;
  sizes.rows = check_first_out(op, "first_out", first_out, x.device());
  if (x.size(0) != sizes.rows) {
    refuse(op, "x", std::to_string(sizes.rows) + " rows", describe(x));
  }
  if (num_edges < 0) refuse(op, "num_edges", "a count of edges", std::to_string(num_edges));
  sizes.columns = sizes.edges = num_edges;
  sizes.width = row_size(x);
  if (edge.has_value() && edge->defined()) {
    check_index(op, "edge", *edge, sizes.edges, x.device());
  }
  return sizes;
}

at::DimVector with_first_size(const at::Tensor& tensor, std::int64_t size) {
  at::DimVector shape(tensor.sizes());
  shape[0] = size;
  return shape;
}

at::DimVector score_shape(const at::Tensor& features, const Sizes& sizes) {
  at::DimVector shape{sizes.edges};
  if (features.dim() == 3) shape.push_back(sizes.heads);
  return shape;
}

void check_offset_values(const char* op, const char* name, const at::Tensor& first_out,
                         std::int64_t edges) {
  const std::int64_t rows = first_out.numel() - 1;
  const bool is_int32 = first_out.scalar_type() == at::kInt;
  const auto at = [&](std::int64_t v) {
    return is_int32 ? first_out.const_data_ptr<std::int32_t>()[v]
                    : first_out.const_data_ptr<std::int64_t>()[v];
  };
  if (at(0) != 0 || at(rows) != edges) {
    refuse(op, name, "offsets from 0 to " + std::to_string(edges),
           "from " + std::to_string(at(0)) + " to " + std::to_string(at(rows)));
  }
  const IndexChecks& checks = best_kernels().checks;
  const auto ascends = is_int32 ? checks.ascends_int32 : checks.ascends_int64;
  if (!ascends(first_out.const_data_ptr(), rows)) {
    refuse(op, name, "ascending offsets", "descending ones");
  }
}

void check_index_values(const char* op, const char* name, const at::Tensor& index,
                        std::int64_t end) {
  const bool is_int32 = index.scalar_type() == at::kInt;
  const IndexChecks& checks = best_kernels().checks;
  // int32 indices cannot reach a larger end.
  const bool ok = is_int32 ? checks.all_below_int32(index.const_data_ptr(), index.numel(),
                                                    std::min<std::int64_t>(end, 1LL << 31))
                           : checks.all_below_int64(index.const_data_ptr(), index.numel(), end);
  if (ok) return;
  refuse(op, name, "indices from 0 to " + std::to_string(end - 1),
         std::to_string(is_int32 ? first_outside(index.const_data_ptr<std::int32_t>(), end)
                                 : first_outside(index.const_data_ptr<std::int64_t>(), end)));
}

void check_transpose_values(const char* op, const TransposeArgs& transpose, const Sizes& sizes) {
  if (!transpose.given()) return;
  check_offset_values(op, "t_first_out", *transpose.first_out, sizes.edges);
  check_index_values(op, "t_head", *transpose.head, sizes.rows);
  check_index_values(op, "t_edge", *transpose.edge, sizes.edges);
}

}  // namespace roadgnn::gnn::ops::detail
