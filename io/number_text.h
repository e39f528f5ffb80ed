// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <cstdint>
#include <string>

namespace roadgnn::io {

/// Appends the shortest decimal text that reads back as the same double.
inline void append_number(std::string& out, double value) {
  char text[32];
  const auto [end, status] = std::to_chars(text, text + sizeof text, value);
  out.append(text, end);
}

inline void append_number(std::string& out, std::int64_t value) {
  char text[24];
  const auto [end, status] = std::to_chars(text, text + sizeof text, value);
  out.append(text, end);
}

/// Appends a count of thousandths in whole units, exactly: 12500 as 12.5, 3000 as 3.
inline void append_thousandths(std::string& out, std::int64_t value) {
  if (value < 0) out += '-';
  const std::uint64_t size =
      value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  append_number(out, static_cast<std::int64_t>(size / 1000));
  std::uint64_t decimals = size % 1000;
  if (decimals == 0) return;
  out += '.';
  for (std::uint64_t unit = 100; decimals > 0; decimals %= unit, unit /= 10) {
    out += static_cast<char>('0' + decimals / unit);
  }
}

}  // namespace roadgnn::io
