// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <roadgnn/graph/metric.h>
#include <roadgnn/graph/road_graph.h>

namespace roadgnn::io {

/// What the streets are like from a time on.
struct DaySlice {
  std::int64_t from_ms = 0;  ///< after midnight
  std::size_t metric = 0;    ///< index into DayMetrics::metrics
};

/// A profile's metrics through a day and the day after it. Slices are ascending, the first begins
/// at midnight; hours that are alike share their metric.
struct DayMetrics {
  std::vector<graph::Metric> metrics;
  std::vector<DaySlice> slices;
};

/// The hours of `date` at which conditional access, speeds or turns of the profile change, see
/// graph::make_metric. Throws InputError where more than 24 of them differ: each takes the memory
/// of another profile.
DayMetrics metrics_of_day(const graph::RoadGraph& graph, int profile,
                          std::chrono::year_month_day date);

/// A date as in 2026-11-24; nothing for any other text.
std::optional<std::chrono::year_month_day> parse_date(std::string_view text);

}  // namespace roadgnn::io
