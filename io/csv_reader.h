// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace roadgnn::io {

/// Reads a delimited text with a header line, as spreadsheets write it: a byte-order mark, Excel's
/// `sep=;` line, the separator found from the header, RFC 4180 quoting, line ends LF, CRLF or CR,
/// empty lines skipped. Fields are trimmed.
///
/// The text must outlive the reader; fields are views valid until the reader dies. One object per
/// thread.
class CsvReader {
 public:
  /// Reads the header. `known` are the column names that the separator is told by: of comma,
  /// semicolon and tab the one that yields most of them. `origin` names the file in errors. Throws
  /// InputError for an empty text and for UTF-16.
  CsvReader(std::string_view text, std::string origin, std::span<const std::string_view> known);

  /// Column names in lower case, spaces and hyphens turned into underscores.
  const std::vector<std::string>& columns() const { return columns_; }
  char separator() const { return separator_; }
  std::int64_t header_line() const { return header_line_; }

  /// Reads the next row that is not empty; false at the end. Throws InputError for a quote that
  /// never ends or is followed by other text.
  bool next(std::vector<std::string_view>& fields);

  /// The line where the last row begins, from 1.
  std::int64_t line() const { return row_line_; }

 private:
  bool read_record(std::vector<std::string_view>& fields);
  std::string_view read_quoted();
  std::string_view read_plain();
  bool at_line_end() const;
  void skip_line_end();

  std::string_view text_;
  std::string origin_;
  char separator_ = ',';
  std::size_t at_ = 0;
  std::int64_t line_ = 1, row_line_ = 1, header_line_ = 1;
  std::vector<std::string> columns_;
  std::deque<std::string> unescaped_;  ///< quoted fields that hold doubled quotes
};

/// `text` without blanks at its ends.
std::string_view trimmed_field(std::string_view text);

/// Whether `text` is UTF-8 without overlong forms, surrogates and NUL.
bool is_utf8_text(std::string_view text);

}  // namespace roadgnn::io
