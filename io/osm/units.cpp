// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cmath>

#include <roadgnn/io/osm/units.h>

namespace roadgnn::io {
namespace {

constexpr double kInch = 0.0254, kFoot = 0.3048, kMile = 1.609, kNauticalMile = 1.852;
constexpr double kPound = 0.45359237, kShortTon = 907.18474, kLongTon = 1016.0469088;
constexpr double kLongestDuration = 30 * 86400.0;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool starts_with(std::string_view text, std::string_view beginning) {
  return text.size() >= beginning.size() &&
         equals_ignoring_case(text.substr(0, beginning.size()), beginning);
}

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [&](std::string_view beginning) { return starts_with(text, beginning); });
}

/// The inches behind the feet: "6\"", "6 in", "6".
double rest_in_inches(std::string_view text) {
  while (!text.empty() && !is_digit(text.front())) text.remove_prefix(1);
  return take_number(text).value_or(0);
}

std::optional<double> parse_one_speed(std::string_view text) {
  text = trimmed(text);
  const std::optional<double> number = take_number(text);
  if (!number) return std::nullopt;
  text = trimmed(text);
  if (starts_with_any(text, {"mph", "mp/h", "mi/h"})) return *number * kMile;
  if (starts_with_any(text, {"kn", "kt"})) return *number * kNauticalMile;
  return *number;
}

/// "P1DT2H30M": numbers with a designator each; a month or a year is no duration of a crossing.
std::optional<double> parse_iso_duration(std::string_view text) {
  text.remove_prefix(1);
  double seconds = 0;
  bool in_time = false, found = false;
  while (!text.empty()) {
    if (lower(text.front()) == 't') {
      in_time = true;
      text.remove_prefix(1);
      continue;
    }
    const std::optional<double> number = take_number(text);
    if (!number || text.empty()) return std::nullopt;
    const char unit = lower(text.front());
    text.remove_prefix(1);
    if (unit == 'd' && !in_time) {
      seconds += *number * 86400;
    } else if (unit == 'w' && !in_time) {
      seconds += *number * 7 * 86400;
    } else if (unit == 'h' && in_time) {
      seconds += *number * 3600;
    } else if (unit == 'm' && in_time) {
      seconds += *number * 60;
    } else if (unit == 's' && in_time) {
      seconds += *number;
    } else {
      return std::nullopt;
    }
    found = true;
  }
  if (!found) return std::nullopt;
  return seconds;
}

/// "90" minutes, "01:30" hours and minutes, "01:30:20".
std::optional<double> parse_clock_duration(std::string_view text) {
  double parts[3] = {0, 0, 0};
  int count = 0;
  for (;;) {
    if (count == 3 || text.empty() || !is_digit(text.front())) return std::nullopt;
    const std::optional<double> number = take_number(text);
    if (!number) return std::nullopt;
    parts[count++] = *number;
    if (text.empty()) break;
    if (text.front() != ':') return std::nullopt;
    text.remove_prefix(1);
  }
  if (count == 1) return parts[0] * 60;
  if (count == 2) return parts[0] * 3600 + parts[1] * 60;
  return parts[0] * 3600 + parts[1] * 60 + parts[2];
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<double> take_number(std::string_view& text) {
  double value = 0, scale = 1;
  int digits = 0;
  bool fraction = false;
  std::size_t used = 0;
  for (; used < text.size(); ++used) {
    const char c = text[used];
    if (is_digit(c)) {
      if (++digits > 15) return std::nullopt;
      value = value * 10 + (c - '0');
      if (fraction) scale *= 10;
    } else if ((c == '.' || c == ',') && !fraction && used + 1 < text.size() &&
               is_digit(text[used + 1])) {
      fraction = true;
    } else {
      break;
    }
  }
  if (digits == 0) return std::nullopt;
  text.remove_prefix(used);
  return value / scale;
}

std::optional<double> parse_length_m(std::string_view text) {
  text = trimmed(text);
  const std::optional<double> number = take_number(text);
  if (!number) return std::nullopt;
  text = trimmed(text);
  if (starts_with_any(text, {"''", "\"", "in"})) return *number * kInch;
  if (starts_with_any(text, {"'", "ft", "feet", "foot"}))
    return *number * kFoot + rest_in_inches(text) * kInch;
  if (starts_with(text, "cm")) return *number / 100;
  if (starts_with(text, "mm")) return *number / 1000;
  if (starts_with(text, "km")) return *number * 1000;
  return *number;
}

std::optional<double> parse_weight_kg(std::string_view text) {
  text = trimmed(text);
  const std::optional<double> number = take_number(text);
  if (!number) return std::nullopt;
  text = trimmed(text);
  if (starts_with(text, "kg")) return *number;
  if (starts_with(text, "lb")) return *number * kPound;
  if (starts_with_any(text, {"st", "short"})) return *number * kShortTon;
  if (starts_with_any(text, {"lt", "long"})) return *number * kLongTon;
  return *number * 1000;
}

std::optional<double> parse_speed_kmh(std::string_view text) {
  std::optional<double> lowest;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(";|"), text.size());
    const std::optional<double> speed = parse_one_speed(text.substr(0, end));
    if (speed && *speed > 0 && (!lowest || *speed < *lowest)) lowest = speed;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lowest;
}

std::optional<double> parse_duration_s(std::string_view text) {
  text = trimmed(text);
  if (text.empty()) return std::nullopt;
  const std::optional<double> seconds =
      lower(text.front()) == 'p' ? parse_iso_duration(text) : parse_clock_duration(text);
  if (!seconds || *seconds > kLongestDuration) return std::nullopt;
  return seconds;
}

std::optional<int> parse_leading_int(std::string_view text) {
  text = trimmed(text);
  int value = 0;
  std::size_t digits = 0;
  for (; digits < text.size() && is_digit(text[digits]); ++digits) {
    if (digits == 9) return std::nullopt;
    value = value * 10 + (text[digits] - '0');
  }
  if (digits == 0) return std::nullopt;
  return value;
}

}  // namespace roadgnn::io
