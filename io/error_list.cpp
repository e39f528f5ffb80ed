// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/error_list.h>

#include <algorithm>
#include <cstdio>

#include <roadgnn/graph/error.h>

namespace roadgnn::io {

std::string quote_for_error(std::string_view text) {
  if (text.empty()) return "nothing";
  constexpr std::size_t kShown = 40;
  std::string quoted = "'";
  std::size_t i = 0;
  for (; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool continues_character = (byte & 0xC0) == 0x80;
    if (i >= kShown && !continues_character) break;
    if (i >= kShown + 4) break;
    if (byte < 0x20 || byte == 0x7F) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\x%02x", static_cast<unsigned>(byte));
      quoted += escaped;
    } else {
      quoted += text[i];
    }
  }
  return quoted + (i < text.size() ? "...'" : "'");
}

void ErrorList::add(std::int64_t line, std::string message) {
  ++count_;
  if (count_ <= max_listed_) listed_.emplace_back(line, std::move(message));
}

void ErrorList::throw_if_any() const {
  if (count_ == 0) return;
  auto listed = listed_;
  std::stable_sort(listed.begin(), listed.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string text;
  const auto begin_line = [&]() -> std::string& {
    if (!text.empty()) text += '\n';
    return text += origin_;
  };
  for (const auto& [line, message] : listed) {
    begin_line();
    if (line > 0) text.append(":").append(std::to_string(line));
    text.append(": ").append(message);
  }
  const std::int64_t more = count_ - static_cast<std::int64_t>(listed.size());
  if (more > 0) begin_line().append(": and ").append(std::to_string(more)).append(" more errors");
  throw InputError(text);
}

}  // namespace roadgnn::io
