// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/train/safetensors.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <roadgnn/graph/atomic_file.h>
#include <roadgnn/graph/error.h>
#include <nlohmann/json.hpp>

namespace roadgnn::gnn::train {

namespace {

using nlohmann::json;

static_assert(std::endian::native == std::endian::little);

constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kMaxHeader = 100'000'000;  // Python's reader has the same limit

constexpr std::pair<const char*, at::ScalarType> kTypes[] = {{"F64", at::kDouble},
                                                             {"F32", at::kFloat},
                                                             {"F16", at::kHalf},
                                                             {"BF16", at::kBFloat16},
                                                             {"I64", at::kLong},
                                                             {"I32", at::kInt},
                                                             {"I16", at::kShort},
                                                             {"I8", at::kChar},
                                                             {"U8", at::kByte},
                                                             {"U16", at::kUInt16},
                                                             {"U32", at::kUInt32},
                                                             {"U64", at::kUInt64},
                                                             {"BOOL", at::kBool},
                                                             {"F8_E4M3", at::kFloat8_e4m3fn},
                                                             {"F8_E5M2", at::kFloat8_e5m2},
                                                             {"C64", at::kComplexFloat}};

/// One entry of the header, checked alone.
struct Entry {
  std::string name;
  at::ScalarType type = at::kFloat;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0, end = 0;
};

[[noreturn]] void fail(const std::string& file, const std::string& what) {
  throw InputError(file + ": " + what);
}

std::string in_quotes(const std::string& text) {
  return json(text).dump(-1, ' ', true, json::error_handler_t::replace);
}

std::string excerpt(const json& value) {
  std::string text = value.dump(-1, ' ', true, json::error_handler_t::replace);
  if (text.size() > 60) text = text.substr(0, 57) + "...";
  return text;
}

/// Refuses a repeated key, which the JSON reader would let the last one win, and deep nesting,
/// which it would follow with its stack.
json parse_header(const std::string& file, std::string_view text) {
  std::vector<std::set<std::string>> keys;
  std::string repeated;
  bool deep = false;
  const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
    deep = deep || depth > 4;
    if (event == json::parse_event_t::object_start) keys.emplace_back();
    if (event == json::parse_event_t::object_end && !keys.empty()) keys.pop_back();
    if (event == json::parse_event_t::key && !keys.empty()) {
      const auto& key = parsed.get_ref<const std::string&>();
      if (!keys.back().insert(key).second && repeated.empty()) repeated = key;
    }
    return !deep;
  };
  json header = json::parse(text, watch, /*allow_exceptions=*/false);
  if (deep) fail(file, "header: expected tensors and metadata, found deeper nesting");
  if (header.is_discarded() || !header.is_object())
    fail(file, "header: expected a JSON object of " + std::to_string(text.size()) +
                   " bytes, found something else");
  if (!repeated.empty())
    fail(file, "header: expected each name once, found " + in_quotes(repeated) + " twice");
  return header;
}

std::uint64_t unsigned_number(const std::string& file, const std::string& field,
                              const json& value) {
  if (!value.is_number_unsigned())
    fail(file, field + ": expected a number of zero or more, found " + excerpt(value));
  return value.get<std::uint64_t>();
}

Entry read_entry(const std::string& file, const std::string& name, const json& fields) {
  const std::string where = "tensor " + in_quotes(name);
  Entry entry{name, {}, {}, 0, 0};
  if (!fields.is_object() || fields.size() != 3 || !fields.contains("dtype") ||
      !fields.contains("shape") || !fields.contains("data_offsets")) {
    fail(file, where + ": expected dtype, shape and data_offsets, found " + excerpt(fields));
  }
  const json& type = fields["dtype"];
  const auto* known =
      std::find_if(std::begin(kTypes), std::end(kTypes), [&](const auto& candidate) {
        return type.is_string() && type.get_ref<const std::string&>() == candidate.first;
      });
  if (known == std::end(kTypes))
    fail(file, where + ": dtype: expected one such as F32, found " + excerpt(type));
  entry.type = known->second;

  const json& offsets = fields["data_offsets"];
  if (!offsets.is_array() || offsets.size() != 2)
    fail(file, where + ": data_offsets: expected [begin, end], found " + excerpt(offsets));
  entry.begin = unsigned_number(file, where + ": data_offsets", offsets[0]);
  entry.end = unsigned_number(file, where + ": data_offsets", offsets[1]);

  const json& shape = fields["shape"];
  if (!shape.is_array() || shape.size() > 64)
    fail(file, where + ": shape: expected at most 64 sizes, found " + excerpt(shape));
  std::uint64_t bytes = c10::elementSize(entry.type);
  bool overflow = false;
  for (const json& size : shape) {
    const std::uint64_t extent = unsigned_number(file, where + ": shape", size);
    overflow = overflow || extent > INT64_MAX ||
               __builtin_mul_overflow(bytes, std::max<std::uint64_t>(extent, 1), &bytes) ||
               bytes > INT64_MAX;
    entry.shape.push_back(static_cast<std::int64_t>(extent));
  }
  if (std::find(entry.shape.begin(), entry.shape.end(), 0) != entry.shape.end()) bytes = 0;
  if (overflow || entry.begin > entry.end || entry.end - entry.begin != bytes) {
    fail(file, where + ": data_offsets: expected the bytes of shape " + excerpt(shape) + " in " +
                   known->first + ", found " + excerpt(offsets));
  }
  return entry;
}

const char* type_name(const std::string& tensor, at::ScalarType type) {
  for (const auto& [name, known] : kTypes)
    if (known == type) return name;
  throw InputError("safetensors: tensor " + in_quotes(tensor) +
                   ": expected a type such as F32, found " + c10::toString(type));
}

}  // namespace

Safetensors parse_safetensors(std::string_view bytes, const std::string& file) {
  std::uint64_t length = 0;
  if (bytes.size() < kLengthBytes) {
    fail(file, "expected 8 bytes of header length, found a file of " +
                   std::to_string(bytes.size()) + " bytes");
  }
  std::memcpy(&length, bytes.data(), kLengthBytes);
  if (length > kMaxHeader || length > bytes.size() - kLengthBytes) {
    fail(file, "header length: expected at most " +
                   std::to_string(std::min(kMaxHeader, bytes.size() - kLengthBytes)) + ", found " +
                   std::to_string(length));
  }
  const json header = parse_header(file, bytes.substr(kLengthBytes, length));
  const std::string_view data = bytes.substr(kLengthBytes + length);

  Safetensors result;
  std::vector<Entry> entries;
  for (const auto& [name, fields] : header.items()) {
    if (name != "__metadata__") {
      entries.push_back(read_entry(file, name, fields));
      continue;
    }
    if (!fields.is_object()) fail(file, "__metadata__: expected strings, found " + excerpt(fields));
    for (const auto& [key, value] : fields.items()) {
      if (!value.is_string())
        fail(file,
             "__metadata__: " + in_quotes(key) + ": expected a string, found " + excerpt(value));
      result.metadata[key] = value.get<std::string>();
    }
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.begin, a.end) < std::tie(b.begin, b.end);
  });
  std::uint64_t end = 0;
  for (const Entry& entry : entries) {
    if (entry.begin != end) {
      fail(file, "tensor " + in_quotes(entry.name) + ": data_offsets: expected to begin at " +
                     std::to_string(end) + " (no gap, no overlap), found " +
                     std::to_string(entry.begin));
    }
    end = entry.end;
  }
  if (end != data.size()) {
    fail(file, "expected " + std::to_string(end) + " bytes of tensors after the header, found " +
                   std::to_string(data.size()));
  }
  for (const Entry& entry : entries) {
    at::Tensor tensor = at::empty(entry.shape, entry.type);
    if (entry.end > entry.begin)
      std::memcpy(tensor.data_ptr(), data.data() + entry.begin, entry.end - entry.begin);
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
