// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace roadgnn::io {

/// A line of an instance file: its fields, split at blanks, tabs, commas and semicolons, and its
/// number from 1. Views into the text.
struct TextLine {
  std::int64_t number = 0;
  std::string_view text;  ///< without blanks at its ends
  std::vector<std::string_view> fields;
};

/// Reads a text line by line; empty lines are skipped. Line ends LF, CRLF or CR; a byte-order mark
/// is dropped. The text must outlive the reader.
class TextLines {
 public:
  explicit TextLines(std::string_view text, std::int64_t first_line = 1);

  /// False at the end of the text.
  bool next(TextLine& line);

  /// What `next` has not read yet, and the number of its first line.
  std::string_view rest() const { return text_.substr(at_); }
  std::int64_t line_number() const { return number_; }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  std::int64_t number_;
};

/// Throws InputError "ORIGIN:LINE: MESSAGE".
[[noreturn]] void fail_at(const std::string& origin, std::int64_t line, const std::string& message);

/// A finite number, or nothing. "1e3", "+5" and "7." are numbers.
std::optional<double> parse_number(std::string_view field);

/// Reads the fields of a row, naming file, line and field in errors.
class RowReader {
 public:
  RowReader(const std::string& origin, const TextLine& line) : origin_(origin), line_(line) {}

  std::size_t size() const { return line_.fields.size(); }
  double number(std::size_t field, std::string_view name, double min = -1e15,
                double max = 1e15) const;
  std::int64_t whole(std::size_t field, std::string_view name, std::int64_t min,
                     std::int64_t max) const;
  [[noreturn]] void fail(std::string_view name, const std::string& message) const;

 private:
  std::string_view at(std::size_t field, std::string_view name) const;

  const std::string& origin_;
  const TextLine& line_;
};

}  // namespace roadgnn::io
