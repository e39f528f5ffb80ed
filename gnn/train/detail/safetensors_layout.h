// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace roadgnn::gnn::train::detail {

/// An element type of the format.
struct SafetensorsType {
  const char* name;
  std::uint64_t bytes;
};

inline constexpr SafetensorsType kSafetensorsTypes[] = {
    {"F64", 8},  {"F32", 4},     {"F16", 2},     {"BF16", 2}, {"I64", 8}, {"I32", 4},
    {"I16", 2},  {"I8", 1},      {"U8", 1},      {"U16", 2},  {"U32", 4}, {"U64", 8},
    {"BOOL", 1}, {"F8_E4M3", 1}, {"F8_E5M2", 1}, {"C64", 8}};

struct SafetensorsEntry {
  std::string name;
  std::size_t type = 0;  ///< index in kSafetensorsTypes
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0, end = 0;  ///< of its bytes in `data`
};

/// What a file's header says, checked against the file's size.
struct SafetensorsLayout {
  std::vector<SafetensorsEntry> entries;  ///< one after the other in `data`, all of it
  std::map<std::string, std::string> metadata;
  std::string_view data;  ///< a view of the parsed bytes
};

/// Everything of parse_safetensors but the tensors; needs no LibTorch, so that the fuzz target can
/// be compiled with sanitizers. Throws InputError as that does.
SafetensorsLayout parse_safetensors_layout(std::string_view bytes, const std::string& file);

/// A name as it stands in JSON, for messages.
std::string in_quotes(const std::string& text);

}  // namespace roadgnn::gnn::train::detail
