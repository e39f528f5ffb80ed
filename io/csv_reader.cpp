// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/csv_reader.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/error_list.h>

namespace roadgnn::io {
namespace {

std::string normalised(std::string_view name) {
  std::string result;
  for (const char c : trimmed_field(name)) {
    result +=
        c == ' ' || c == '-' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return result;
}

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

}  // namespace

std::string_view trimmed_field(std::string_view text) {
  constexpr std::string_view kNoBreakSpace = "\xC2\xA0";
  while (!text.empty()) {
    if (is_blank(text.front())) {
      text.remove_prefix(1);
    } else if (is_blank(text.back())) {
      text.remove_suffix(1);
    } else if (text.starts_with(kNoBreakSpace)) {
      text.remove_prefix(kNoBreakSpace.size());
    } else if (text.ends_with(kNoBreakSpace)) {
      text.remove_suffix(kNoBreakSpace.size());
    } else {
      break;
    }
  }
  return text;
}

bool is_utf8_text(std::string_view text) {
  std::size_t i = 0;
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
  while (i < text.size()) {
    const unsigned first = byte(i);
    if (first == 0) return false;
    const std::size_t length = first < 0x80       ? 1
                               : first >> 5 == 6  ? 2
                               : first >> 4 == 14 ? 3
                               : first >> 3 == 30 ? 4
                                                  : 0;
    if (length == 0 || i + length > text.size()) return false;
    unsigned code = length == 1 ? first : first & (0x7FU >> length);
    for (std::size_t k = 1; k < length; ++k) {
      if ((byte(i + k) & 0xC0) != 0x80) return false;
      code = code << 6 | (byte(i + k) & 0x3FU);
    }
    constexpr unsigned kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < kSmallest[length] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
      return false;
    i += length;
  }
  return true;
}

CsvReader::CsvReader(std::string_view text, std::string origin,
                     std::span<const std::string_view> known)
    : text_(text), origin_(std::move(origin)) {
  if (text_.starts_with("\xFF\xFE") || text_.starts_with("\xFE\xFF")) {
    throw InputError(origin_ + ": expected UTF-8, found UTF-16; save it as 'CSV UTF-8'");
  }
  if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
  constexpr std::string_view kCandidates = ",;\t";
  std::string_view candidates = kCandidates;
  const std::string_view opening = text_.substr(at_, 5);
  if (opening.size() == 5 && opening.starts_with("sep=") &&
      kCandidates.find(opening[4]) != std::string_view::npos) {
    candidates = kCandidates.substr(kCandidates.find(opening[4]), 1);
    at_ += 5;
    if (at_line_end()) skip_line_end();
  }

  const std::size_t header_at = at_;
  const std::int64_t header_line = line_;
  std::pair<std::ptrdiff_t, std::size_t> best{-1, 0};
  std::vector<std::string_view> fields;
  const auto read_header = [&](char separator) {
    at_ = header_at;
    line_ = header_line;
    separator_ = separator;
    columns_.clear();
    if (!next(fields)) throw InputError(origin_ + ": expected a header line, found an empty file");
    header_line_ = row_line_;
    for (const std::string_view field : fields) columns_.push_back(normalised(field));
  };
  char chosen = candidates.front();
  for (const char candidate : candidates) {
    read_header(candidate);
    const auto recognised =
        std::count_if(columns_.begin(), columns_.end(), [&](const std::string& column) {
          return std::find(known.begin(), known.end(), column) != known.end();
        });
    const std::pair<std::ptrdiff_t, std::size_t> merit{recognised, columns_.size()};
    if (merit > best) {
      best = merit;
      chosen = candidate;
    }
  }
  read_header(chosen);
}

bool CsvReader::next(std::vector<std::string_view>& fields) {
  while (at_ < text_.size()) {
    row_line_ = line_;
    if (read_record(fields)) return true;
  }
  return false;
}

bool CsvReader::at_line_end() const {
  return at_ >= text_.size() || text_[at_] == '\n' || text_[at_] == '\r';
}

void CsvReader::skip_line_end() {
  if (at_ >= text_.size()) return;
  if (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') ++at_;
  ++at_;
  ++line_;
}

// Reads one record; false for an empty line.
bool CsvReader::read_record(std::vector<std::string_view>& fields) {
  fields.clear();
  while (true) {
    while (at_ < text_.size() && is_blank(text_[at_]) && text_[at_] != separator_) ++at_;
    const bool quoted = at_ < text_.size() && text_[at_] == '"';
    fields.push_back(trimmed_field(quoted ? read_quoted() : read_plain()));
    if (at_line_end()) break;
    ++at_;  // the separator
  }
  skip_line_end();
  return fields.size() > 1 || !fields.front().empty();
}

std::string_view CsvReader::read_plain() {
  const std::size_t begin = at_;
  while (!at_line_end() && text_[at_] != separator_) ++at_;
  return text_.substr(begin, at_ - begin);
}

std::string_view CsvReader::read_quoted() {
  const std::int64_t opened_on = line_;
  const std::size_t begin = ++at_;
  bool doubled = false;
  while (true) {
    if (at_ >= text_.size()) {
      throw InputError(origin_ + ":" + std::to_string(opened_on) +
                       ": expected a closing quote, found the end of the file");
    }
    if (text_[at_] == '"') {
      if (at_ + 1 >= text_.size() || text_[at_ + 1] != '"') break;
      doubled = true;
      ++at_;
    } else if (text_[at_] == '\n') {
      ++line_;
    }
    ++at_;
  }
  std::string_view content = text_.substr(begin, at_ - begin);
  ++at_;
  while (at_ < text_.size() && is_blank(text_[at_]) && text_[at_] != separator_) ++at_;
  if (!at_line_end() && text_[at_] != separator_) {
    throw InputError(origin_ + ":" + std::to_string(line_) +
                     ": expected a separator or a line end after a closing quote, found " +
                     quote_for_error(text_.substr(at_, 1)));
  }
  if (doubled) {
    std::string& plain = unescaped_.emplace_back();
    for (std::size_t i = 0; i < content.size(); ++i) {
      plain += content[i];
      if (content[i] == '"') ++i;
    }
    content = plain;
  }
  return content;
}

}  // namespace roadgnn::io
