// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/day_slices.h>

#include <array>
#include <charconv>
#include <set>
#include <string>
#include <utility>

#include <roadgnn/graph/error.h>
#include <roadgnn/graph/opening_hours.h>

namespace roadgnn::io {
namespace {

constexpr std::int32_t kMinutesPerDay = 1440;
constexpr std::size_t kMostMetrics = 24;

graph::Departure departure_at(std::chrono::year_month_day date, std::int32_t minute) {
  const auto day = std::chrono::sys_days(date) + std::chrono::days(minute / kMinutesPerDay);
  const std::chrono::year_month_day reached(day);
  const auto weekday = static_cast<std::int32_t>(std::chrono::weekday(day).iso_encoding()) - 1;
  return {weekday * kMinutesPerDay + minute % kMinutesPerDay,
          static_cast<std::int32_t>(static_cast<unsigned>(reached.month())),
          static_cast<std::int32_t>(static_cast<unsigned>(reached.day()))};
}

std::set<std::int32_t> conditions_of(const graph::ProfileData& profile) {
  std::set<std::int32_t> conditions;
  for (const graph::ConditionalEdge& entry : profile.conditional_edges)
    conditions.insert(entry.condition);
  for (const graph::ConditionalTurn& entry : profile.conditional_turns)
    conditions.insert(entry.condition);
  conditions.erase(0);  // always
  return conditions;
}

// The first minute, and those at which a condition begins or ceases to hold.
std::vector<std::int32_t> minutes_of_change(const graph::RoadGraph& graph,
                                            const std::set<std::int32_t>& conditions,
                                            std::chrono::year_month_day date) {
  std::set<std::int32_t> minutes{0};
  for (const std::int32_t condition : conditions) {
    const std::string& text = graph.conditions[static_cast<std::size_t>(condition)];
    graph::Holds before = graph::evaluate_opening_hours(text, departure_at(date, 0));
    for (std::int32_t minute = 1; minute < 2 * kMinutesPerDay; ++minute) {
      const graph::Holds now = graph::evaluate_opening_hours(text, departure_at(date, minute));
      if (std::exchange(before, now) != now) minutes.insert(minute);
    }
  }
  return {minutes.begin(), minutes.end()};
}

std::size_t index_of(std::vector<graph::Metric>& metrics, graph::Metric metric) {
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    if (metrics[i].arc_time_ms == metric.arc_time_ms &&
        metrics[i].edge_time_ms == metric.edge_time_ms &&
        metrics[i].edge_access == metric.edge_access) {
      return i;
    }
  }
  metrics.push_back(std::move(metric));
  return metrics.size() - 1;
}

}  // namespace

DayMetrics metrics_of_day(const graph::RoadGraph& graph, int profile,
                          std::chrono::year_month_day date) {
  const graph::ProfileData& data = graph.profiles[static_cast<std::size_t>(profile)];
  DayMetrics day;
  for (const std::int32_t minute : minutes_of_change(graph, conditions_of(data), date)) {
    const std::size_t metric =
        index_of(day.metrics, graph::make_metric(graph, profile, departure_at(date, minute)));
    if (day.metrics.size() > kMostMetrics) {
      throw InputError("profile '" + data.name + "': expected at most " +
                       std::to_string(kMostMetrics) +
                       " hours of the day at which its streets differ, found more");
    }
    if (day.slices.empty() || day.slices.back().metric != metric)
      day.slices.push_back({minute * std::int64_t{60'000}, metric});
  }
  return day;
}

std::optional<std::chrono::year_month_day> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return {};
  std::array<unsigned, 3> numbers{};
  constexpr std::array<std::pair<std::size_t, std::size_t>, 3> kFields = {{{0, 4}, {5, 2}, {8, 2}}};
  for (std::size_t i = 0; i < kFields.size(); ++i) {
    const char* begin = text.data() + kFields[i].first;
    const char* end = begin + kFields[i].second;
    const auto [stop, status] = std::from_chars(begin, end, numbers[i]);
    if (status != std::errc() || stop != end) return {};
  }
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(numbers[0])),
                                         std::chrono::month(numbers[1]),
                                         std::chrono::day(numbers[2]));
  if (!date.ok()) return {};
  return date;
}

}  // namespace roadgnn::io
