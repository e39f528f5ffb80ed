// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/instances/text_fields.h>

#include <charconv>
#include <cmath>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/error_list.h>
#include <roadgnn/io/number_text.h>

namespace roadgnn::io {
namespace {

constexpr std::string_view kSeparators = " \t,;\v\f";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kSeparators);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSeparators) - first + 1);
}

std::string number_text(double value) {
  std::string text;
  append_number(text, value);
  return text;
}

}  // namespace

TextLines::TextLines(std::string_view text, std::int64_t first_line)
    : text_(text), number_(first_line) {
  if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
}

bool TextLines::next(TextLine& line) {
  while (at_ < text_.size()) {
    const std::size_t end = std::min(text_.find_first_of("\r\n", at_), text_.size());
    line.text = trimmed(text_.substr(at_, end - at_));
    line.number = number_++;
    at_ = end < text_.size() && text_.substr(end).starts_with("\r\n")
              ? end + 2
              : std::min(end + 1, text_.size());
    if (line.text.empty()) continue;
    line.fields.clear();
    for (std::size_t begin = 0; begin < line.text.size();) {
      const std::size_t stop =
          std::min(line.text.find_first_of(kSeparators, begin), line.text.size());
      line.fields.push_back(line.text.substr(begin, stop - begin));
      begin = std::min(line.text.find_first_not_of(kSeparators, stop), line.text.size());
    }
    return true;
  }
  return false;
}

void fail_at(const std::string& origin, std::int64_t line, const std::string& message) {
  throw InputError(origin + ":" + std::to_string(line) + ": " + message);
}

std::optional<double> parse_number(std::string_view field) {
  if (field.starts_with('+') && !field.starts_with("+-")) field.remove_prefix(1);
  double value = 0;
  const auto [end, status] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (status != std::errc() || end != field.data() + field.size() || !std::isfinite(value))
    return {};
  return value;
}

std::string_view RowReader::at(std::size_t field, std::string_view name) const {
  if (field < line_.fields.size()) return line_.fields[field];
  fail(name, "expected a number, found the end of the line");
}

double RowReader::number(std::size_t field, std::string_view name, double min, double max) const {
  const std::string_view text = at(field, name);
  const auto value = parse_number(text);
  if (!value) fail(name, "expected a number, found " + quote_for_error(text));
  if (*value < min || *value > max) {
    fail(name, "expected a number from " + number_text(min) + " to " + number_text(max) +
                   ", found " + quote_for_error(text));
  }
  return *value;
}

std::int64_t RowReader::whole(std::size_t field, std::string_view name, std::int64_t min,
                              std::int64_t max) const {
  const std::string_view text = at(field, name);
  const auto value = parse_number(text);
  if (!value || *value != std::floor(*value) || *value < static_cast<double>(min) ||
      *value > static_cast<double>(max)) {
    fail(name, "expected a whole number from " + std::to_string(min) + " to " +
                   std::to_string(max) + ", found " + quote_for_error(text));
  }
  return static_cast<std::int64_t>(*value);
}

void RowReader::fail(std::string_view name, const std::string& message) const {
  fail_at(origin_, line_.number, std::string(name) + ": " + message);
}

}  // namespace roadgnn::io
