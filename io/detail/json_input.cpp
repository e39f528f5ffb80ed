// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/detail/json_input.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/csv_reader.h>
#include <roadgnn/io/nearest_name.h>
#include <roadgnn/io/number_text.h>
#include <roadgnn/io/time_of_day.h>

namespace roadgnn::io {
namespace {

constexpr int kDeepestNesting = 64;

std::string place_of(std::string_view text, std::size_t byte) {
  const std::string_view before = text.substr(0, std::min(byte, text.size()));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
  const std::size_t column =
      std::max<std::size_t>(1, before.size() - std::min(line_begin, before.size()));
  return std::to_string(line) + ":" + std::to_string(column);
}

// nlohmann's "[json.exception...] parse error at line 1, column 2: syntax error while ... - what
// was wrong".
std::string reason_of(const Json::parse_error& error) {
  const std::string_view what = error.what();
  const std::size_t column = what.find("column ");
  const std::size_t colon = what.find(": ", column == std::string_view::npos ? 0 : column);
  return std::string(colon == std::string_view::npos ? what : what.substr(colon + 2));
}

std::string number_text(double value) {
  std::string text;
  append_number(text, value);
  return text;
}

}  // namespace

Json parse_json(std::string_view text, const std::string& origin,
                const std::function<bool(int, std::string_view, Json&)>& on_element) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::vector<std::set<std::string>> keys;
  std::string top_level_key;
  const auto on_event = [&](int depth, Json::parse_event_t event, Json& value) {
    switch (event) {
      case Json::parse_event_t::object_start:
      case Json::parse_event_t::array_start:
        if (depth >= kDeepestNesting) {
          throw InputError(origin + ": expected at most " + std::to_string(kDeepestNesting) +
                           " levels of nesting, found more");
        }
        keys.emplace_back();
        return true;
      case Json::parse_event_t::key: {
        const auto& key = value.get_ref<const std::string&>();
        if (keys.empty() || !keys.back().insert(key).second) {
          throw InputError(origin + ": expected each key once in an object, found " +
                           quote_for_error(key) + " again");
        }
        if (depth == 1) top_level_key = key;
        return true;
      }
      case Json::parse_event_t::object_end:
      case Json::parse_event_t::array_end:
        if (!keys.empty()) keys.pop_back();
        break;
      case Json::parse_event_t::value:
        break;
    }
    return depth > 2 || !on_element || on_element(depth, top_level_key, value);
  };
  try {
    return Json::parse(text.begin(), text.end(), on_event);
  } catch (const Json::parse_error& error) {
    throw InputError(origin + ":" + place_of(text, error.byte) + ": expected JSON, found " +
                     reason_of(error));
  } catch (const Json::exception& error) {
    throw InputError(origin + ": expected JSON, found " + std::string(error.what()));
  }
}

std::string describe_json(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null:
      return "null";
    case Json::value_t::boolean:
      return value.get<bool>() ? "true" : "false";
    case Json::value_t::string:
      return quote_for_error(value.get_ref<const std::string&>());
    case Json::value_t::object:
      return "an object";
    case Json::value_t::array:
      return "an array";
    case Json::value_t::number_float:
      return number_text(value.get<double>());
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
      return value.dump();
    default:
      return "something else";
  }
}

JsonObject::JsonObject(const Json& value, std::string path, std::span<const std::string_view> known,
                       ErrorList& errors)
    : object_(&value), path_(std::move(path)), errors_(&errors) {
  if (!value.is_object()) {
    errors_->add(0, (path_.empty() ? "" : path_ + ": ") + "expected an object, found " +
                        describe_json(value));
    return;
  }
  for (const auto& [key, ignored] : value.items()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    errors_->add(0, (path_.empty() ? "" : path_ + ": ") + "unknown key " + quote_for_error(key) +
                        (errors_->full() ? std::string() : did_you_mean(key, known)));
  }
}

bool JsonObject::has(std::string_view key) const {
  return object_->is_object() && object_->contains(key);
}

const Json* JsonObject::find(std::string_view key) const {
  if (!object_->is_object()) return nullptr;
  const auto found = object_->find(key);
  return found == object_->end() || found->is_null() ? nullptr : &*found;
}

std::string JsonObject::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

void JsonObject::error(std::string_view key, const std::string& message) const {
  errors_->add(0, path_of(key) + ": " + message);
}

std::optional<std::string> JsonObject::text(std::string_view key, bool required) const {
  const Json* value = find(key);
  if (value == nullptr && (!required || !object_->is_object())) return {};
  if (value != nullptr && value->is_string()) {
    std::string text(trimmed_field(value->get_ref<const std::string&>()));
    if (!required || !text.empty()) return text;
  }
  error(key, "expected a text, found " + (value == nullptr ? "nothing" : describe_json(*value)));
  return {};
}

std::optional<double> JsonObject::number(std::string_view key, double min, double max,
                                         bool required) const {
  const Json* value = find(key);
  if (value == nullptr && (!required || !object_->is_object())) return {};
  if (value != nullptr && value->is_number()) {
    const double number = value->get<double>();
    if (std::isfinite(number) && number >= min && number <= max) return number;
  }
  error(key, "expected a number from " + number_text(min) + " to " + number_text(max) + ", found " +
                 (value == nullptr ? "nothing" : describe_json(*value)));
  return {};
}

std::optional<std::int64_t> JsonObject::whole_number(std::string_view key, std::int64_t min,
                                                     std::int64_t max, bool required) const {
  const Json* value = find(key);
  if (value == nullptr && (!required || !object_->is_object())) return {};
  if (value != nullptr && value->is_number()) {
    const double number = value->get<double>();
    if (number == std::floor(number) && number >= static_cast<double>(min) &&
        number <= static_cast<double>(max)) {
      return value->is_number_float() ? static_cast<std::int64_t>(number)
                                      : value->get<std::int64_t>();
    }
  }
  error(key, "expected a whole number from " + std::to_string(min) + " to " + std::to_string(max) +
                 ", found " + (value == nullptr ? "nothing" : describe_json(*value)));
  return {};
}

std::optional<std::int64_t> JsonObject::time_of_day(std::string_view key) const {
  const Json* value = find(key);
  if (value == nullptr) return {};
  std::optional<std::int64_t> ms;
  if (value->is_string()) {
    ms = parse_time_of_day(trimmed_field(value->get_ref<const std::string&>()));
  } else if (value->is_number()) {
    const double seconds = value->get<double>();
    if (seconds >= 0 && seconds <= 172'800) ms = std::llround(seconds * 1000);
  }
  if (!ms)
    error(key, std::string("expected ") + kTimeOfDayForm + ", found " + describe_json(*value));
  return ms;
}

}  // namespace roadgnn::io
