// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <roadgnn/gnn/decode/problem.h>

namespace roadgnn::io {

inline constexpr std::int64_t kMillisecondsPerDay = 86'400'000;

/// What the parsers below accept, for error messages.
inline constexpr const char* kTimeOfDayForm =
    "a time such as 08:30, 08:30:00 or seconds after midnight, up to 48:00";

/// Milliseconds after midnight of `HH:MM`, `HH:MM:SS` or seconds (three decimals at most); up to
/// 48:00, where times from 24:00 on are the next day's. Nothing for any other text.
std::optional<std::int64_t> parse_time_of_day(std::string_view text);

/// The window from one time to another. One that closes before it opens runs past midnight, if that
/// makes it no longer than 12 hours: the reverse of an ordinary window is a mistake. Nothing for
/// such a mistake.
std::optional<decode::TimeWindow> make_window(std::int64_t open_ms, std::int64_t close_ms);

/// The shortest form that parse_time_of_day reads back: `HH:MM`, `HH:MM:SS`, or seconds where there
/// are milliseconds.
std::string format_time_of_day(std::int64_t ms);

}  // namespace roadgnn::io
