// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/time_of_day.h>

#include <cstdio>

namespace roadgnn::io {
namespace {

// A number of at most `max_digits` digits, the whole of `text`.
std::optional<int> parse_digits(std::string_view text, std::size_t min_digits,
                                std::size_t max_digits) {
  if (text.size() < min_digits || text.size() > max_digits) return {};
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return {};
    value = 10 * value + (c - '0');
  }
  return value;
}

std::optional<std::int64_t> parse_clock(std::string_view text) {
  const std::size_t first = text.find(':');
  const std::size_t second = text.find(':', first + 1);
  const auto hours = parse_digits(text.substr(0, first), 1, 2);
  const auto minutes = parse_digits(text.substr(first + 1, second - first - 1), 2, 2);
  const auto seconds = second == std::string_view::npos
                           ? std::optional<int>(0)
                           : parse_digits(text.substr(second + 1), 2, 2);
  if (!hours || !minutes || !seconds || *minutes > 59 || *seconds > 59) return {};
  return (std::int64_t{*hours} * 3600 + *minutes * 60 + *seconds) * 1000;
}

std::optional<std::int64_t> parse_seconds(std::string_view text) {
  const std::size_t dot = text.find('.');
  const auto seconds = parse_digits(text.substr(0, dot), 1, 6);
  if (!seconds) return {};
  std::int64_t ms = std::int64_t{*seconds} * 1000;
  if (dot != std::string_view::npos) {
    const std::string_view decimals = text.substr(dot + 1);
    const auto fraction = parse_digits(decimals, 1, 3);
    if (!fraction) return {};
    ms += *fraction * (decimals.size() == 1 ? 100 : decimals.size() == 2 ? 10 : 1);
  }
  return ms;
}

}  // namespace

std::optional<std::int64_t> parse_time_of_day(std::string_view text) {
  const auto ms =
      text.find(':') != std::string_view::npos ? parse_clock(text) : parse_seconds(text);
  if (!ms || *ms > 2 * kMillisecondsPerDay) return {};
  return ms;
}

std::optional<decode::TimeWindow> make_window(std::int64_t open_ms, std::int64_t close_ms) {
  if (close_ms >= open_ms) return decode::TimeWindow{open_ms, close_ms};
  const std::int64_t next_day = close_ms + kMillisecondsPerDay;
  if (next_day < open_ms || next_day - open_ms > kMillisecondsPerDay / 2) return {};
  return decode::TimeWindow{open_ms, next_day};
}

std::string format_time_of_day(std::int64_t ms) {
  const auto hours = static_cast<long long>(ms / 3'600'000);
  const auto minutes = static_cast<int>(ms / 60'000 % 60),
             seconds = static_cast<int>(ms / 1000 % 60);
  char text[48];
  if (ms % 1000 != 0) {
    std::snprintf(text, sizeof text, "%lld.%03d", static_cast<long long>(ms / 1000),
                  static_cast<int>(ms % 1000));
  } else if (seconds != 0) {
    std::snprintf(text, sizeof text, "%02lld:%02d:%02d", hours, minutes, seconds);
  } else {
    std::snprintf(text, sizeof text, "%02lld:%02d", hours, minutes);
  }
  return text;
}

}  // namespace roadgnn::io
