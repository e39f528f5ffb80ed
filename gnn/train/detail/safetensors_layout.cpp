// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/train/detail/safetensors_layout.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <iterator>
#include <set>
#include <tuple>

#include <roadgnn/graph/error.h>
#include <nlohmann/json.hpp>

namespace roadgnn::gnn::train::detail {

namespace {

using nlohmann::json;

static_assert(std::endian::native == std::endian::little);

constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kMaxHeader = 100'000'000;  // Python's reader has the same limit

[[noreturn]] void fail(const std::string& file, const std::string& what) {
  throw InputError(file + ": " + what);
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

SafetensorsEntry read_entry(const std::string& file, const std::string& name, const json& fields) {
  const std::string where = "tensor " + in_quotes(name);
  SafetensorsEntry entry{.name = name, .shape = {}};
  if (!fields.is_object() || fields.size() != 3 || !fields.contains("dtype") ||
      !fields.contains("shape") || !fields.contains("data_offsets")) {
    fail(file, where + ": expected dtype, shape and data_offsets, found " + excerpt(fields));
  }
  const json& type = fields["dtype"];
  const auto* known = std::find_if(std::begin(kSafetensorsTypes), std::end(kSafetensorsTypes),
                                   [&](const SafetensorsType& candidate) {
                                     return type.is_string() &&
                                            type.get_ref<const std::string&>() == candidate.name;
                                   });
  if (known == std::end(kSafetensorsTypes))
    fail(file, where + ": dtype: expected one such as F32, found " + excerpt(type));
  entry.type = static_cast<std::size_t>(known - std::begin(kSafetensorsTypes));

  const json& offsets = fields["data_offsets"];
  if (!offsets.is_array() || offsets.size() != 2)
    fail(file, where + ": data_offsets: expected [begin, end], found " + excerpt(offsets));
  entry.begin = unsigned_number(file, where + ": data_offsets", offsets[0]);
  entry.end = unsigned_number(file, where + ": data_offsets", offsets[1]);

  const json& shape = fields["shape"];
  if (!shape.is_array() || shape.size() > 64)
    fail(file, where + ": shape: expected at most 64 sizes, found " + excerpt(shape));
  std::uint64_t bytes = known->bytes;
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
                   known->name + ", found " + excerpt(offsets));
  }
  return entry;
}

}  // namespace

std::string in_quotes(const std::string& text) {
  return json(text).dump(-1, ' ', true, json::error_handler_t::replace);
}

SafetensorsLayout parse_safetensors_layout(std::string_view bytes, const std::string& file) {
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
  SafetensorsLayout result;
  result.data = bytes.substr(kLengthBytes + length);
  for (const auto& [name, fields] : header.items()) {
    if (name != "__metadata__") {
      result.entries.push_back(read_entry(file, name, fields));
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
  std::sort(result.entries.begin(), result.entries.end(),
            [](const SafetensorsEntry& a, const SafetensorsEntry& b) {
              return std::tie(a.begin, a.end) < std::tie(b.begin, b.end);
            });
  std::uint64_t end = 0;
  for (const SafetensorsEntry& entry : result.entries) {
    if (entry.begin != end) {
      fail(file, "tensor " + in_quotes(entry.name) + ": data_offsets: expected to begin at " +
                     std::to_string(end) + " (no gap, no overlap), found " +
                     std::to_string(entry.begin));
    }
    end = entry.end;
  }
  if (end != result.data.size()) {
    fail(file, "expected " + std::to_string(end) + " bytes of tensors after the header, found " +
                   std::to_string(result.data.size()));
  }
  return result;
}

}  // namespace roadgnn::gnn::train::detail
