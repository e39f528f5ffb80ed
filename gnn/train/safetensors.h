// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include <ATen/core/Tensor.h>

namespace torch::nn {
class Module;
}

namespace roadgnn::gnn::train {

/// What a safetensors file holds: named tensors and the strings of its "__metadata__". The format
/// is Hugging Face's: a little-endian uint64 length of the header, the header in JSON (type, shape,
/// begin and end of each tensor), the bytes. Python's `safetensors` reads and writes the same.
struct Safetensors {
  std::map<std::string, at::Tensor> tensors;
  std::map<std::string, std::string> metadata;
};

/// Parses a file's bytes into tensors of their own, on the CPU; `name` is for messages. Throws
/// InputError that names the tensor, what was expected and what was found, for every input that
/// Python's reader refuses: a wrong header length, JSON that is none, unknown types, shapes that do
/// not fill their bytes, bytes that overlap, are missing or belong to no tensor. Takes no more
/// memory than the input's size and its header's.
Safetensors parse_safetensors(std::string_view bytes, const std::string& name);

/// Reads a file. Throws InputError as parse_safetensors, and where it cannot be read.
Safetensors read_safetensors(const std::filesystem::path& path);

/// The file's bytes: tensors of any device and layout, ordered by size of element and name as
/// Python's writer does, so that each is aligned. Throws InputError for types that the format
/// lacks.
std::string format_safetensors(const Safetensors& contents);

/// Writes to a temporary name, then renames. Throws Error where that fails, a full disk included.
void write_safetensors(const std::filesystem::path& path, const Safetensors& contents);

/// Parameters and buffers of a module by name, as a Python state_dict.
Safetensors state_of(const torch::nn::Module& module);

/// Copies weights into a module. Names must be the module's, all of them and no others, shapes and
/// types equal; throws InputError that names `source` and the first that differs, and leaves the
/// module as it was.
void load_into(torch::nn::Module& module, const Safetensors& weights, const std::string& source);

}  // namespace roadgnn::gnn::train
