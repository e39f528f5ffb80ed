// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cstdio>
#include <utility>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/nearest_name.h>
#include <roadgnn/io/osm/json_fields.h>

namespace roadgnn::io {
namespace {

using nlohmann::json;

const json& empty_object() {
  static const json object = json::object();
  return object;
}

/// A value for a message, cut where it is long.
std::string shown(const json& value) {
  if (value.is_structured()) return value.is_array() ? "a list" : "an object";
  std::string text = value.dump(-1, ' ', true, json::error_handler_t::replace);
  if (text.size() > 60) text = text.substr(0, 57) + "...";
  return text;
}

std::string shown(double number) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%g", number);
  return buffer;
}

}  // namespace

JsonFields::JsonFields(const json& object, std::string origin, std::string path)
    : object_(&object), origin_(std::move(origin)), path_(std::move(path)) {
  if (!object.is_object()) fail("", "expected an object, found " + shown(object));
}

void JsonFields::fail(std::string_view name, const std::string& message) const {
  std::string field = path_;
  if (!field.empty() && !name.empty()) field += '.';
  field += name;
  throw InputError(origin_ + ": " + (field.empty() ? std::string() : field + ": ") + message);
}

const json* JsonFields::find(const char* name) {
  asked_.emplace_back(name);
  const auto found = object_->find(name);
  return found == object_->end() ? nullptr : &*found;
}

std::string JsonFields::text(const char* name) {
  const json* value = find(name);
  if (value == nullptr) fail(name, "expected a text, found nothing");
  if (!value->is_string()) fail(name, "expected a text, found " + shown(*value));
  return value->get<std::string>();
}

std::string JsonFields::text_or(const char* name, const std::string& otherwise) {
  if (!has(name)) {
    find(name);
    return otherwise;
  }
  return text(name);
}

bool JsonFields::flag_or(const char* name, bool otherwise) {
  const json* value = find(name);
  if (value == nullptr) return otherwise;
  if (!value->is_boolean()) fail(name, "expected true or false, found " + shown(*value));
  return value->get<bool>();
}

double JsonFields::number(const char* name, double low, double high) {
  const json* value = find(name);
  const std::string expected =
      "expected a number from " + shown(low) + " to " + shown(high) + ", found ";
  if (value == nullptr) fail(name, expected + "nothing");
  if (!value->is_number()) fail(name, expected + shown(*value));
  const double result = value->get<double>();
  if (!(result >= low && result <= high)) fail(name, expected + shown(*value));
  return result;
}

double JsonFields::number_or(const char* name, double low, double high, double otherwise) {
  if (!has(name)) {
    find(name);
    return otherwise;
  }
  return number(name, low, high);
}

std::vector<std::string> JsonFields::names(const char* name) {
  const json* value = find(name);
  std::vector<std::string> result;
  if (value == nullptr) return result;
  if (!value->is_array()) fail(name, "expected a list of texts, found " + shown(*value));
  for (const json& item : *value) {
    if (!item.is_string()) fail(name, "expected a list of texts, found " + shown(item) + " in it");
    result.push_back(item.get<std::string>());
  }
  return result;
}

std::vector<std::pair<std::string, double>> JsonFields::numbers(const char* name, double low,
                                                                double high) {
  JsonFields fields = object(name);
  std::vector<std::pair<std::string, double>> result;
  for (const auto& item : fields.object_->items()) {
    result.emplace_back(item.key(), fields.number(item.key().c_str(), low, high));
  }
  return result;
}

JsonFields JsonFields::object(const char* name) {
  const json* value = find(name);
  return {value == nullptr ? empty_object() : *value, origin_,
          path_.empty() ? name : path_ + "." + name};
}

std::vector<JsonFields> JsonFields::objects(const char* name) {
  const json* value = find(name);
  std::vector<JsonFields> result;
  if (value == nullptr) return result;
  if (!value->is_array()) fail(name, "expected a list of objects, found " + shown(*value));
  const std::string path = path_.empty() ? name : path_ + "." + name;
  for (std::size_t i = 0; i < value->size(); ++i) {
    result.emplace_back((*value)[i], origin_, path + "[" + std::to_string(i) + "]");
  }
  return result;
}

void JsonFields::finish() const {
  const std::vector<std::string_view> known(asked_.begin(), asked_.end());
  for (const auto& item : object_->items()) {
    if (std::find(known.begin(), known.end(), item.key()) != known.end()) continue;
    fail(item.key(), "unknown field" + did_you_mean(item.key(), known));
  }
}

}  // namespace roadgnn::io
