// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/train/safetensors.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <roadgnn/gnn/train/detail/safetensors_layout.h>
#include <roadgnn/graph/atomic_file.h>
#include <roadgnn/graph/error.h>
#include <nlohmann/json.hpp>

namespace roadgnn::gnn::train {

namespace {

using detail::in_quotes;
using detail::kSafetensorsTypes;
using nlohmann::json;

constexpr std::size_t kLengthBytes = 8;

/// Of each of kSafetensorsTypes.
constexpr at::ScalarType kTypes[] = {
    at::kDouble, at::kFloat,         at::kHalf,        at::kBFloat16,    at::kLong,   at::kInt,
    at::kShort,  at::kChar,          at::kByte,        at::kUInt16,      at::kUInt32, at::kUInt64,
    at::kBool,   at::kFloat8_e4m3fn, at::kFloat8_e5m2, at::kComplexFloat};
static_assert(std::size(kTypes) == std::size(kSafetensorsTypes));

[[noreturn]] void fail(const std::string& file, const std::string& what) {
  throw InputError(file + ": " + what);
}

const char* type_name(const std::string& tensor, at::ScalarType type) {
  const auto* known = std::find(std::begin(kTypes), std::end(kTypes), type);
  if (known == std::end(kTypes)) {
    throw InputError("safetensors: tensor " + in_quotes(tensor) +
                     ": expected a type such as F32, found " + c10::toString(type));
  }
  return kSafetensorsTypes[known - std::begin(kTypes)].name;
}

}  // namespace

Safetensors parse_safetensors(std::string_view bytes, const std::string& file) {
  detail::SafetensorsLayout layout = detail::parse_safetensors_layout(bytes, file);
  Safetensors result;
  result.metadata = std::move(layout.metadata);
  for (const detail::SafetensorsEntry& entry : layout.entries) {
    at::Tensor tensor = at::empty(entry.shape, kTypes[entry.type]);
    if (tensor.nbytes() > 0)
      std::memcpy(tensor.data_ptr(), layout.data.data() + entry.begin, tensor.nbytes());
    result.tensors.emplace(entry.name, std::move(tensor));
  }
  return result;
}

Safetensors read_safetensors(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path))
    fail(path.string(), "expected a safetensors file, found none that can be read");
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (file.bad())
    fail(path.string(), "expected a safetensors file, found one that ends in an error");
  return parse_safetensors(bytes, path.string());
}

std::string format_safetensors(const Safetensors& contents) {
  std::vector<std::pair<std::string, at::Tensor>> tensors;
  for (const auto& [name, tensor] : contents.tensors) {
    if (name == "__metadata__" || !tensor.defined()) {
      throw InputError("safetensors: tensor " + in_quotes(name) + ": expected " +
                       (tensor.defined() ? "another name" : "a tensor, found none"));
    }
    tensors.emplace_back(name, tensor.detach().cpu().contiguous());
  }
  std::stable_sort(tensors.begin(), tensors.end(), [](const auto& a, const auto& b) {
    return a.second.element_size() > b.second.element_size();
  });
  json header = json::object();
  if (!contents.metadata.empty()) header["__metadata__"] = contents.metadata;
  std::uint64_t end = 0;
  for (const auto& [name, tensor] : tensors) {
    const std::uint64_t begin = end;
    end += tensor.nbytes();
    header[name] = {{"dtype", type_name(name, tensor.scalar_type())},
                    {"shape", tensor.sizes().vec()},
                    {"data_offsets", {begin, end}}};
  }
  std::string text;
  try {
    text = header.dump();
  } catch (const json::exception&) {
    throw InputError("safetensors: expected names and metadata in UTF-8, found other bytes");
  }
  text.resize((text.size() + kLengthBytes - 1) / kLengthBytes * kLengthBytes, ' ');
  const std::uint64_t length = text.size();
  std::string bytes(kLengthBytes, '\0');
  std::memcpy(bytes.data(), &length, kLengthBytes);
  bytes.reserve(kLengthBytes + length + end);
  bytes += text;
  for (const auto& [name, tensor] : tensors)
    bytes.append(static_cast<const char*>(tensor.data_ptr()), tensor.nbytes());
  return bytes;
}

void write_safetensors(const std::filesystem::path& path, const Safetensors& contents) {
  const std::string bytes = format_safetensors(contents);
  graph::write_atomically(path, [&](std::ostream& out) { out << bytes; });
}

}  // namespace roadgnn::gnn::train
