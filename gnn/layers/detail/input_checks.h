// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include <ATen/core/Tensor.h>
#include <roadgnn/gnn/ops/ops.h>

/// What layers and models check before they compute. All throw InputError with one line: who
/// refuses, which argument, what was expected, what was found. Values of indices are looked at on
/// the CPU alone: on CUDA that would wait for the device.
namespace roadgnn::gnn::layers::detail {

/// Such as "[3, 4]".
std::string shape(const at::Tensor& tensor);

/// [rows, columns]; `rows` below zero: any number.
void check_matrix(const std::string& who, const char* name, const at::Tensor& tensor,
                  std::int64_t rows, std::int64_t columns);

/// Elements and device as those of `weight`. Autocast casts both, so types may differ under it.
void check_type(const std::string& who, const char* name, const at::Tensor& tensor,
                const at::Tensor& weight);

/// check_matrix and check_type.
void check_input(const std::string& who, const char* name, const at::Tensor& tensor,
                 std::int64_t rows, std::int64_t columns, const at::Tensor& weight);

/// Rows of a graph on the device: first_out ascends from 0 to the number of heads. Heads themselves
/// are looked at by the operators that read them.
void check_graph(const std::string& who, const ops::Adjacency& graph, at::Device device);

/// The same of a graph on any device.
void check_graph(const std::string& who, const ops::Adjacency& graph);

/// int32 or int64 [size] with values from 0 to end - 1.
void check_indices(const std::string& who, const char* name, const at::Tensor& index,
                   std::int64_t size, std::int64_t end, at::Device device);

void check_positive(const std::string& who, const char* name, std::int64_t value);

/// From 0 to below 1.
void check_dropout(const std::string& who, double value);

}  // namespace roadgnn::gnn::layers::detail
