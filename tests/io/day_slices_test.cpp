// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/day_slices.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <roadgnn/graph/error.h>

#include "../graph/network_maker.h"

namespace roadgnn::io {
namespace {

using graph::Access;
using graph::testing::NetworkMaker;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::Pair;
using namespace std::chrono_literals;

constexpr auto kTuesday = 2026y / 11 / 24, kFriday = 2026y / 11 / 27, kSunday = 2026y / 11 / 29;
constexpr std::int64_t kHour = 3'600'000;

// A street of 10 s that takes a minute while `condition` holds.
graph::RoadGraph slow_street(const std::string& condition) {
  NetworkMaker maker;
  const auto street = maker.street(maker.node(0, 0), maker.node(1, 0));
  maker.street(1, maker.node(2, 0));
  maker.network().conditions = {"always", condition};
  maker.network().profiles[0].conditional_edges = {{street.along(), 0, 10'000, Access::open},
                                                   {street.along(), 1, 60'000, Access::open}};
  return maker.build();
}

std::vector<std::pair<std::int64_t, std::size_t>> slices_of(const DayMetrics& day) {
  std::vector<std::pair<std::int64_t, std::size_t>> slices;
  for (const DaySlice& slice : day.slices) slices.emplace_back(slice.from_ms, slice.metric);
  return slices;
}

TEST(MetricsOfDay, ChangeWhereAConditionBeginsAndEndsAndAgainTheDayAfter) {
  const DayMetrics day = metrics_of_day(slow_street("Mo-Fr 07:00-09:00"), 0, kTuesday);

  EXPECT_THAT(slices_of(day), ElementsAre(Pair(0, 0), Pair(7 * kHour, 1), Pair(9 * kHour, 0),
                                          Pair(31 * kHour, 1), Pair(33 * kHour, 0)));
  EXPECT_EQ(day.metrics.size(), 2U);
}

TEST(MetricsOfDay, KnowTheWeekdayAndTheMonth) {
  const graph::RoadGraph workdays = slow_street("Mo-Fr 07:00-09:00");
  const graph::RoadGraph winter = slow_street("Dec-Feb");

  EXPECT_THAT(slices_of(metrics_of_day(workdays, 0, kFriday)),
              ElementsAre(Pair(0, 0), Pair(7 * kHour, 1), Pair(9 * kHour, 0)));
  EXPECT_THAT(slices_of(metrics_of_day(workdays, 0, kSunday)),
              ElementsAre(Pair(0, 0), Pair(31 * kHour, 1), Pair(33 * kHour, 0)));
  EXPECT_THAT(slices_of(metrics_of_day(winter, 0, 2026y / 11 / 30)),
              ElementsAre(Pair(0, 0), Pair(24 * kHour, 1)));
}

TEST(MetricsOfDay, AreTheMetricsOfTheirMoments) {
  const graph::RoadGraph graph = slow_street("Mo-Fr 07:00-09:00");
  const DayMetrics day = metrics_of_day(graph, 0, kTuesday);
  constexpr std::int32_t kTuesdayMidnight = 1440;

  const graph::Metric night =
      graph::make_metric(graph, 0, graph::Departure{kTuesdayMidnight, 11, 24});
  const graph::Metric rush =
      graph::make_metric(graph, 0, graph::Departure{kTuesdayMidnight + 8 * 60, 11, 24});

  EXPECT_EQ(day.metrics[0].edge_time_ms, night.edge_time_ms);
  EXPECT_EQ(day.metrics[1].edge_time_ms, rush.edge_time_ms);
  EXPECT_NE(night.edge_time_ms, rush.edge_time_ms);
}

TEST(MetricsOfDay, AreOneWhereNothingChanges) {
  const DayMetrics day = metrics_of_day(slow_street("PH"), 0, kTuesday);

  EXPECT_THAT(day.slices, ElementsAre(Field(&DaySlice::from_ms, 0)));
}

TEST(MetricsOfDay, RefuseMoreHoursThanMemoryIsFor) {
  NetworkMaker maker;
  const auto street = maker.street(maker.node(0, 0), maker.node(1, 0));
  maker.street(1, maker.node(2, 0));
  auto& network = maker.network();
  network.profiles[0].conditional_edges = {{street.along(), 0, 10'000, Access::open}};
  for (int i = 0; i < 30; ++i) {
    const std::string minutes = std::to_string(10 + i);
    network.conditions.push_back("12:" + minutes + "-13:00");
    network.profiles[0].conditional_edges.push_back(
        {street.along(), i + 1, 20'000 + i, Access::open});
  }

  EXPECT_THROW(metrics_of_day(maker.build(), 0, kTuesday), InputError);
}

TEST(ParseDate, ReadsDatesThatThereAreAndNothingElse) {
  EXPECT_EQ(parse_date("2026-11-24"), kTuesday);
  EXPECT_EQ(parse_date("2028-02-29"), 2028y / 2 / 29);

  for (const char* text : {"", "2026-02-29", "2026-13-01", "2026-1-24", "24.11.2026", "2026-11-24 ",
                           "2026-11--4", "+026-11-24"}) {
    EXPECT_FALSE(parse_date(text)) << text;
  }
}

}  // namespace
}  // namespace roadgnn::io
