// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include "expectation.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace roadgnn::conformance {
namespace {

struct Number {
  double value = 0, tolerance = 0;
};

/// "10s +-1", "64 km/h", "11.1", "20s ~10%".
Number parse_number(const std::string& text) {
  Number number;
  number.value = std::strtod(text.c_str(), nullptr);
  if (const std::size_t at = text.find("+-"); at != std::string::npos) {
    number.tolerance = std::strtod(text.c_str() + at + 2, nullptr);
  } else if (const std::size_t share = text.find('~'); share != std::string::npos) {
    number.tolerance = number.value * std::strtod(text.c_str() + share + 1, nullptr) / 100;
  }
  return number;
}

std::string shown(double number) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.1f", number);
  return buffer;
}

/// Error that OSRM's rounding to tenths of a second can add up to.
double rounding_s(const Answer& answer) {
  return 0.1 + 0.1 * std::max(answer.num_edges, 1);
}

bool close(const std::string& expected, double found, double rounding) {
  const Number number = parse_number(expected);
  return std::abs(found - number.value) <= std::max(number.tolerance, rounding) + 1e-9;
}

double speed_kmh(const Answer& answer) {
  return answer.time_s > 0 ? 3.6 * answer.length_m / answer.time_s : 0;
}

/// OSRM writes whole km/h, cut off or rounded.
double speed_rounding(const Answer& answer) {
  const double speed = speed_kmh(answer);
  return 1 + (answer.time_s > 0 ? speed * rounding_s(answer) / answer.time_s / 2 : 0);
}

std::vector<std::string> split_names(const std::string& text) {
  std::vector<std::string> names;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    std::string name = text.substr(begin, end - begin);
    if (names.empty() || names.back() != name) names.push_back(std::move(name));
    begin = end + 1;
  }
  return names;
}

std::string joined(const std::vector<Piece>& pieces) {
  std::string text;
  for (const Piece& piece : pieces) text += (text.empty() ? "" : ",") + piece.name;
  return text;
}

/// A stretch that OSRM's instructions pass over: a roundabout, the few metres between the
/// carriageways of a divided road, or a road that just goes on under another name.
bool is_passed_over(const Piece& piece) {
  constexpr double kShortM = 30, kStraightDeg = 30;
  return piece.roundabout || piece.length_m < kShortM || std::abs(piece.turn_deg) < kStraightDeg;
}

/// The expected names in their order, and between them nothing but what instructions pass over. The
/// first stretch has to be there.
bool same_names(const std::vector<std::string>& expected, const std::vector<Piece>& pieces) {
  std::size_t next = 0;
  for (const Piece& piece : pieces) {
    if (next < expected.size() && piece.name == expected[next]) {
      ++next;
    } else if (next == 0 || !is_passed_over(piece)) {
      return false;
    }
  }
  return next == expected.size();
}

bool same_route(const std::string& expected, const Answer& answer) {
  if (!answer.found) return expected.empty();
  return same_names(split_names(expected), answer.pieces);
}

/// One direction of a routability row.
bool same_passage(const std::string& expected, const Answer& answer) {
  if (expected.empty() || !answer.found) return expected.empty() == !answer.found;
  if (expected.find("km/h") != std::string::npos)
    return close(expected, speed_kmh(answer), speed_rounding(answer));
  if (expected.find(" s") != std::string::npos)
    return close(expected, answer.time_s, rounding_s(answer));
  return true;
}

bool same_rate(const std::string& expected, const Answer& answer) {
  if (expected.empty() || !answer.found) return expected.empty() == !answer.found;
  const double rate = answer.weight_s > 0 ? answer.length_m / answer.weight_s : 0;
  return close(expected, rate, 0.1 + 0.01 * rate);
}

std::string shown(const Answer& answer) {
  if (!answer.found) return "no way";
  return joined(answer.pieces) + " " + shown(answer.length_m) + " m " + shown(answer.time_s) +
         " s " + shown(speed_kmh(answer)) + " km/h, weight " + shown(answer.weight_s);
}

}  // namespace

Comparison compare_route(const std::map<std::string, std::string>& expect, const Answer& answer) {
  Comparison result;
  for (const auto& [column, expected] : expect) {
    if (column == "route") {
      result.equal &= same_route(expected, answer);
    } else if (column == "time" && !expected.empty()) {
      result.equal &= answer.found && close(expected, answer.time_s, rounding_s(answer));
    } else if (column == "weight" && !expected.empty()) {
      result.equal &= answer.found && close(expected, answer.weight_s, rounding_s(answer));
    } else if (column == "speed" && !expected.empty()) {
      result.equal &= answer.found && close(expected, speed_kmh(answer), speed_rounding(answer));
    } else if (column == "distance" && !expected.empty()) {
      result.equal &= answer.found && close(expected, answer.length_m, 1 + 0.005 * answer.length_m);
    }
  }
  result.found = shown(answer);
  return result;
}

Comparison compare_routability(const std::map<std::string, std::string>& expect,
                               const std::string& way, const Answer& forward,
                               const Answer& backward) {
  const auto on_way = [&](Answer answer) {
    answer.found = answer.found && !answer.pieces.empty() && answer.pieces.front().name == way;
    return answer;
  };
  const Answer there = on_way(forward), back = on_way(backward);
  Comparison result;
  for (const auto& [column, expected] : expect) {
    const bool rate = column.ends_with("_rate");
    const auto same = [&](const Answer& answer) {
      return rate ? same_rate(expected, answer) : same_passage(expected, answer);
    };
    if (column.starts_with("forw") || column.starts_with("both")) result.equal &= same(there);
    if (column.starts_with("back") || column.starts_with("both")) result.equal &= same(back);
  }
  result.found = "forward " + shown(there) + "; backward " + shown(back);
  return result;
}

}  // namespace roadgnn::conformance
