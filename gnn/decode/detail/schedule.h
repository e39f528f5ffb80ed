// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace roadgnn::decode::detail {

/// One round of improvement: how much of the budget was spent before it, in thousandths, and its
/// iterations over all groups. The two decide a round, whatever clock they were read from.
struct Round {
  std::int32_t progress = 0;
  std::int64_t iterations = 0;
};

/// `progress:iterations` for each round, separated by blanks.
std::string format_schedule(const std::vector<Round>& rounds);

/// Throws InputError for anything that format_schedule does not write.
std::vector<Round> parse_schedule(std::string_view text);

}  // namespace roadgnn::decode::detail
