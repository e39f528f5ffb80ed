// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace roadgnn::io {

/// Reads the fields of one JSON object strictly: a missing, mistyped or out-of-range field and, in
/// `finish`, an unknown one end in an InputError "ORIGIN: FIELD: expected ..., found ...". Views
/// the object, which must outlive it.
class JsonFields {
 public:
  /// `path` is the object's own name in messages, empty for the outermost.
  JsonFields(const nlohmann::json& object, std::string origin, std::string path);

  bool has(const char* name) const { return object_->contains(name); }

  std::string text(const char* name);
  std::string text_or(const char* name, const std::string& otherwise);
  bool flag_or(const char* name, bool otherwise);

  /// A number from `low` to `high`, both allowed.
  double number(const char* name, double low, double high);
  double number_or(const char* name, double low, double high, double otherwise);

  /// A list of texts, empty where the field is missing.
  std::vector<std::string> names(const char* name);

  /// An object of numbers, empty where the field is missing.
  std::vector<std::pair<std::string, double>> numbers(const char* name, double low, double high);

  /// The object or list of objects in a field; an empty object or list where it is missing.
  JsonFields object(const char* name);
  std::vector<JsonFields> objects(const char* name);

  /// Throws for the first field that nobody asked for, with the nearest name that somebody did.
  void finish() const;

  /// "ORIGIN: PATH.NAME: MESSAGE"
  [[noreturn]] void fail(std::string_view name, const std::string& message) const;

 private:
  const nlohmann::json* find(const char* name);

  const nlohmann::json* object_;
  std::string origin_, path_;
  std::vector<std::string> asked_;
};

}  // namespace roadgnn::io
