// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace roadgnn::decode::detail {

/// One round of improvement: how far the temperature has fallen, in thousandths of its way on a
/// logarithmic scale, its iterations over all groups, whether it is after fewer vehicles, and
/// whether it begins anew with the plan as constructed. These decide a round, whatever clock they
/// were read from.
struct Round {
  std::int32_t cooling = 0;
  std::int64_t iterations = 0;
  bool shrink = false;
  bool anew = false;
};

/// `cooling:iterations` for each round, with `-` in front where it shrinks the fleet and `+` before
/// all where it begins anew, separated by blanks.
std::string format_schedule(const std::vector<Round>& rounds);

/// Throws InputError for anything that format_schedule does not write.
std::vector<Round> parse_schedule(std::string_view text);

}  // namespace roadgnn::decode::detail
