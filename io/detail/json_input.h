// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <roadgnn/io/error_list.h>

namespace roadgnn::io {

using Json = nlohmann::json;

/// Parses a JSON text strictly: a key twice in one object is an error too. Throws InputError
/// "ORIGIN:LINE:COLUMN: ...". `on_element` is asked for each finished value that is not nested
/// deeper than two levels; one that it refuses is dropped from the result, so that a long array can
/// be taken piece by piece.
Json parse_json(std::string_view text, const std::string& origin,
                const std::function<bool(int depth, std::string_view top_level_key, Json& value)>&
                    on_element = {});

/// What a JSON value is, for error messages: its text where that is short, else its type.
std::string describe_json(const Json& value);

/// One object of a JSON file being read, its place in the file and where its errors go. Every
/// reader returns nothing and adds an error where the value is missing (unless it may be) or wrong.
class JsonObject {
 public:
  /// Adds errors unless `value` is an object that has no other keys than `known`.
  JsonObject(const Json& value, std::string path, std::span<const std::string_view> known,
             ErrorList& errors);

  /// The value of a key; null where it is missing or JSON's null.
  const Json* find(std::string_view key) const;

  /// Whether the key is there at all, JSON's null included.
  bool has(std::string_view key) const;

  /// Without blanks at its ends; empty only where it is not required.
  std::optional<std::string> text(std::string_view key, bool required = true) const;
  std::optional<double> number(std::string_view key, double min, double max,
                               bool required = false) const;
  std::optional<std::int64_t> whole_number(std::string_view key, std::int64_t min, std::int64_t max,
                                           bool required = false) const;
  /// Milliseconds after midnight of "HH:MM", "HH:MM:SS" or a number of seconds.
  std::optional<std::int64_t> time_of_day(std::string_view key) const;

  void error(std::string_view key, const std::string& message) const;
  std::string path_of(std::string_view key) const;

 private:
  const Json* object_;
  std::string path_;
  ErrorList* errors_;
};

}  // namespace roadgnn::io
