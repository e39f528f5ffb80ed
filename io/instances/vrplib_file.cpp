// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/instances/vrplib_file.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include <roadgnn/io/error_list.h>
#include <roadgnn/io/nearest_name.h>
#include <roadgnn/io/number_text.h>

namespace roadgnn::io {
namespace {

// What is known beyond what the reader uses: titles and how to draw the nodes.
constexpr auto kSpecifications = std::to_array<std::string_view>({"NAME",
                                                                  "COMMENT",
                                                                  "TYPE",
                                                                  "DIMENSION",
                                                                  "VEHICLES",
                                                                  "TRUCKS",
                                                                  "SALESMEN",
                                                                  "CAPACITY",
                                                                  "DISTANCE",
                                                                  "SERVICE_TIME",
                                                                  "EDGE_WEIGHT_TYPE",
                                                                  "EDGE_WEIGHT_FORMAT",
                                                                  "EDGE_DATA_FORMAT",
                                                                  "NODE_COORD_TYPE",
                                                                  "DISPLAY_DATA_TYPE",
                                                                  "RELEASE_TIME",
                                                                  "VEHICLES_DEPOT",
                                                                  "VEHICLES_MAX_DISTANCE",
                                                                  "VEHICLES_MAX_DURATION",
                                                                  "VEHICLES_MAX_RELOADS",
                                                                  "VEHICLES_FIXED_COST",
                                                                  "VEHICLES_UNIT_DISTANCE_COST"});
constexpr auto kSections = std::to_array<std::string_view>({"NODE_COORD",
                                                            "DISPLAY_DATA",
                                                            "EDGE_WEIGHT",
                                                            "DEMAND",
                                                            "LINEHAUL",
                                                            "BACKHAUL",
                                                            "DEPOT",
                                                            "CAPACITY",
                                                            "SERVICE_TIME",
                                                            "TIME_WINDOW",
                                                            "RELEASE_TIME",
                                                            "PRIZE",
                                                            "PICKUP_AND_DELIVERY",
                                                            "MUTUALLY_EXCLUSIVE_GROUP",
                                                            "VEHICLES_DEPOT",
                                                            "VEHICLES_RELOAD_DEPOT",
                                                            "VEHICLES_ALLOWED_CLIENTS",
                                                            "VEHICLES_MAX_DISTANCE",
                                                            "VEHICLES_MAX_DURATION",
                                                            "VEHICLES_MAX_RELOADS",
                                                            "VEHICLES_FIXED_COST",
                                                            "VEHICLES_UNIT_DISTANCE_COST"});

constexpr std::string_view kSuffix = "_SECTION";

bool is_letter(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0;
}

std::string upper(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return result;
}

// The key of a header line: letters, digits and underscores.
std::string key_of(std::string_view line) {
  const auto end = std::find_if(line.begin(), line.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_';
  });
  return upper(line.substr(0, static_cast<std::size_t>(end - line.begin())));
}

}  // namespace

VrplibFile::VrplibFile(std::string_view text, std::string origin) : origin_(std::move(origin)) {
  TextLines lines(text);
  TextLine line;
  while (lines.next(line)) {
    if (key_of(line.text) == "EOF") return;
    read_header(line, lines);
  }
}

void VrplibFile::read_header(const TextLine& line, TextLines& lines) {
  if (!is_letter(line.text.front())) {
    fail_at(origin_, line.number,
            "expected 'KEY : value' or the name of a section, found " + quote_for_error(line.text));
  }
  std::string key = key_of(line.text);
  const bool is_section = key.ends_with(kSuffix);
  if (is_section) key.resize(key.size() - kSuffix.size());
  const std::span<const std::string_view> known =
      is_section ? std::span<const std::string_view>(kSections) : kSpecifications;
  const std::string shown = is_section ? key + std::string(kSuffix) : key;
  if (std::find(known.begin(), known.end(), key) == known.end()) {
    fail_at(origin_, line.number,
            std::string(is_section ? "unknown section " : "unknown key ") + quote_for_error(shown) +
                did_you_mean(key, known));
  }
  std::string_view value = line.text.substr(shown.size());
  value.remove_prefix(std::min(value.find_first_not_of(" \t:"), value.size()));
  const bool again = is_section
                         ? !sections_.emplace(key, Section{line.number, section_text(lines)}).second
                         : !specifications_.emplace(key, Specification{value, line.number}).second;
  if (again) fail_at(origin_, line.number, shown + ": expected once, found again");
}

// Up to the next line that begins with a letter.
std::string_view VrplibFile::section_text(TextLines& lines) {
  const std::string_view rest = lines.rest();
  TextLine line;
  for (TextLines ahead = lines; ahead.next(line); lines = ahead) {
    if (is_letter(line.text.front())) break;
  }
  return rest.substr(0, rest.size() - lines.rest().size());
}

const VrplibFile::Specification* VrplibFile::specification(std::string_view key) const {
  const auto found = specifications_.find(key);
  return found == specifications_.end() ? nullptr : &found->second;
}

const VrplibFile::Section* VrplibFile::section(std::string_view name) const {
  const auto found = sections_.find(name);
  return found == sections_.end() ? nullptr : &found->second;
}

std::string VrplibFile::word(std::string_view key) const {
  const Specification* found = specification(key);
  return found == nullptr ? std::string() : upper(found->value);
}

std::optional<double> VrplibFile::number(std::string_view key, double min, double max) const {
  const Specification* found = specification(key);
  if (found == nullptr) return {};
  const auto value = parse_number(found->value);
  if (value && *value >= min && *value <= max) return value;
  std::string message = std::string(key) + ": expected a number from ";
  append_number(message, min);
  message += " to ";
  append_number(message, max);
  fail_at(origin_, found->line, message + ", found " + quote_for_error(found->value));
}

std::int64_t VrplibFile::count_rows(const Section& section) const {
  std::int64_t rows = 0;
  TextLines lines(section.text);
  for (TextLine line; lines.next(line);) ++rows;
  return rows;
}

void VrplibFile::for_each_row(
    const Section& section, std::string_view name, std::int64_t count, std::string_view what,
    const std::function<void(std::int64_t, const RowReader&)>& row) const {
  std::vector<bool> seen(static_cast<std::size_t>(count));
  std::int64_t rows = 0;
  TextLines lines(section.text, section.line + 1);
  TextLine line;
  while (lines.next(line)) {
    const RowReader reader(origin_, line);
    const std::int64_t index =
        reader.whole(0, std::string(name) + " " + std::string(what), 1, count);
    if (seen[static_cast<std::size_t>(index - 1)]) {
      reader.fail(name, "expected " + std::string(what) + " " + std::to_string(index) +
                            " once, found it again");
    }
    seen[static_cast<std::size_t>(index - 1)] = true;
    ++rows;
    row(index - 1, reader);
  }
  if (rows == count) return;
  const auto missing = std::find(seen.begin(), seen.end(), false) - seen.begin();
  fail_at(origin_, section.line,
          std::string(name) + ": expected " + std::to_string(count) + " rows, found " +
              std::to_string(rows) + "; " + std::string(what) + " " + std::to_string(missing + 1) +
              " is missing");
}

}  // namespace roadgnn::io
