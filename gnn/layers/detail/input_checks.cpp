// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/layers/detail/input_checks.h>

#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>
#include <roadgnn/gnn/ops/detail/checks.h>
#include <roadgnn/graph/error.h>

namespace roadgnn::gnn::layers::detail {

namespace {

using at::Tensor;

[[noreturn]] void refuse(const std::string& who, const char* name, const std::string& expected,
                         const std::string& found) {
  throw InputError(who + ": " + name + ": expected " + expected + ", found " + found);
}

}  // namespace

std::string shape(const Tensor& tensor) {
  std::string text = "[";
  for (std::int64_t d = 0; d < tensor.dim(); ++d)
    text += (d > 0 ? ", " : "") + std::to_string(tensor.size(d));
  return text + "]";
}

void check_matrix(const std::string& who, const char* name, const Tensor& tensor, std::int64_t rows,
                  std::int64_t columns) {
  if (tensor.defined() && tensor.dim() == 2 && tensor.size(1) == columns &&
      (rows < 0 || tensor.size(0) == rows)) {
    return;
  }
  std::string expected = "[";
  expected += rows < 0 ? std::string("any") : std::to_string(rows);
  expected += ", " + std::to_string(columns) + "]";
  refuse(who, name, expected, tensor.defined() ? shape(tensor) : std::string("none"));
}

void check_type(const std::string& who, const char* name, const Tensor& tensor,
                const Tensor& weight) {
  const bool fits = tensor.device() == weight.device() && tensor.is_floating_point() &&
                    (tensor.scalar_type() == weight.scalar_type() ||
                     at::autocast::is_autocast_enabled(tensor.device().type()));
  if (fits) return;
  const auto describe = [](const Tensor& t) {
    return std::string(c10::toString(t.scalar_type())) + " on " + t.device().str();
  };
  refuse(who, name, describe(weight) + " as the weights", describe(tensor));
}

void check_input(const std::string& who, const char* name, const Tensor& tensor, std::int64_t rows,
                 std::int64_t columns, const Tensor& weight) {
  check_matrix(who, name, tensor, rows, columns);
  check_type(who, name, tensor, weight);
}

void check_graph(const std::string& who, const ops::Adjacency& graph) {
  check_graph(who, graph, graph.first_out.defined() ? graph.first_out.device() : at::kCPU);
}

void check_graph(const std::string& who, const ops::Adjacency& graph, at::Device device) {
  ops::detail::check_first_out(who.c_str(), "first_out", graph.first_out, device);
  ops::detail::check_index(who.c_str(), "head", graph.head, -1, device);
  if (device.is_cpu()) {
    ops::detail::check_offset_values(who.c_str(), "first_out", graph.first_out, graph.head.numel());
  }
}

void check_indices(const std::string& who, const char* name, const Tensor& index, std::int64_t size,
                   std::int64_t end, at::Device device) {
  ops::detail::check_index(who.c_str(), name, index, size, device);
  if (device.is_cpu()) ops::detail::check_index_values(who.c_str(), name, index, end);
}

void check_positive(const std::string& who, const char* name, std::int64_t value) {
  if (value < 1) refuse(who, name, "at least 1", std::to_string(value));
}

void check_dropout(const std::string& who, double value) {
  if (!(value >= 0 && value < 1))
    refuse(who, "dropout", "a number from 0 to below 1", std::to_string(value));
}

}  // namespace roadgnn::gnn::layers::detail
