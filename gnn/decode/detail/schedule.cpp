// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/schedule.h>

#include <charconv>

#include <roadgnn/graph/error.h>

namespace roadgnn::decode::detail {

std::string format_schedule(const std::vector<Round>& rounds) {
  std::string text;
  for (const Round& round : rounds) {
    if (!text.empty()) text += ' ';
    if (round.anew) text += '+';
    if (round.shrink) text += '-';
    text += std::to_string(round.cooling) + ':' + std::to_string(round.iterations);
  }
  return text;
}

std::vector<Round> parse_schedule(std::string_view text) {
  std::vector<Round> rounds;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    const char* const end = word.data() + word.size();
    const char* begin = word.data();
    Round round;
    round.anew = begin != end && *begin == '+';
    begin += round.anew;
    round.shrink = begin != end && *begin == '-';
    begin += round.shrink;
    const auto cooling = std::from_chars(begin, end, round.cooling);
    bool good = cooling.ec == std::errc{} && cooling.ptr != end && *cooling.ptr == ':';
    if (good) {
      const auto iterations = std::from_chars(cooling.ptr + 1, end, round.iterations);
      good = iterations.ec == std::errc{} && iterations.ptr == end;
    }
    if (!good || round.cooling < 0 || round.cooling > 1000 || round.iterations < 0) {
      throw InputError(
          "schedule: expected cooling:iterations with a cooling of 0 to 1000, found '" +
          std::string(word.substr(0, 40)) + "'");
    }
    rounds.push_back(round);
    text.remove_prefix(word.size() < text.size() ? word.size() + 1 : text.size());
  }
  return rounds;
}

}  // namespace roadgnn::decode::detail
