// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <roadgnn/io/instances/text_fields.h>

namespace roadgnn::io {

/// The outer form of a VRPLIB file (TSPLIB 95 and its successors): specifications, `KEY : value`,
/// and data sections, `NAME_SECTION` and rows. Keys in any case, the colon may be missing. Keys and
/// sections that are not known are refused with the nearest known name.
class VrplibFile {
 public:
  struct Specification {
    std::string_view value;
    std::int64_t line = 0;
  };
  struct Section {
    std::int64_t line = 0;  ///< of its name
    std::string_view text;  ///< its rows
  };

  /// The text must outlive the file. Throws InputError.
  VrplibFile(std::string_view text, std::string origin);

  const std::string& origin() const { return origin_; }
  const Specification* specification(std::string_view key) const;
  /// Named without "_SECTION".
  const Section* section(std::string_view name) const;

  bool has(std::string_view section_name) const { return section(section_name) != nullptr; }
  /// The value of a specification, if there is one.
  std::optional<double> number(std::string_view key, double min, double max) const;
  std::int64_t count_rows(const Section& section) const;

  /// Its value in upper case; empty where it is missing.
  std::string word(std::string_view key) const;

  /// Calls `row` for every row of a section, which must begin with the numbers 1 .. `count`, each
  /// once, in any order; the index it is given counts from 0.
  void for_each_row(const Section& section, std::string_view name, std::int64_t count,
                    std::string_view what,
                    const std::function<void(std::int64_t, const RowReader&)>& row) const;

 private:
  void read_header(const TextLine& line, TextLines& lines);
  std::string_view section_text(TextLines& lines);

  std::string origin_;
  std::map<std::string, Specification, std::less<>> specifications_;
  std::map<std::string, Section, std::less<>> sections_;
};

}  // namespace roadgnn::io
