// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/metric_slices.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <roadgnn/graph/error.h>
#include <roadgnn/tests/graph/network_maker.h>

namespace roadgnn::graph {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

// A street of 100 m that takes 10 s, and a minute on weekday mornings from seven to nine.
struct Street {
  std::shared_ptr<const RoadGraph> graph;
  Position from, to;
};

Street busy_street() {
  testing::NetworkMaker maker;
  maker.node(0, 0);
  maker.node(1, 0);
  const auto street = maker.street(0, 1);
  maker.network().conditions = {"always", "Mo-Fr 07:00-09:00"};
  maker.network().profiles[0].conditional_edges = {{street.along(), 0, 10'000, Access::open},
                                                   {street.along(), 1, 60'000, Access::open}};
  Street made{std::make_shared<const RoadGraph>(maker.build()), {}, {}};
  const std::int32_t edge = testing::find_edge(*made.graph, 0, 1);
  made.from.num_sides = made.to.num_sides = 1;
  made.from.sides[0] = {edge, 0};
  made.to.sides[0] = {edge, 10'000};
  return made;
}

constexpr Departure kMondayAt(int hour, int minute = 0) {
  return {60 * hour + minute, {}, {}};
}

MetricSlices slices_of(const Router& router, std::vector<int> hours) {
  std::vector<MetricSlices::Slice> slices;
  for (const int hour : hours) {
    const Departure begin = kMondayAt(hour);
    slices.push_back({begin.minute_of_week, router.prepare(make_metric(router.graph(), 0, begin))});
  }
  return MetricSlices(std::move(slices));
}

TEST(MetricSlices, TheHourOfDeparturePicksTheMetricOfItsSlice) {
  const Street street = busy_street();
  const Router router(street.graph);
  const MetricSlices slices = slices_of(router, {0, 7, 9});
  const auto time_at = [&](Departure departure) {
    return router.travel(*slices.at(departure), street.from, street.to).time_ms;
  };

  EXPECT_EQ(time_at(kMondayAt(6, 59)), 10'000);
  EXPECT_EQ(time_at(kMondayAt(7)), 60'000);
  EXPECT_EQ(time_at(kMondayAt(8, 59)), 60'000);
  EXPECT_EQ(time_at(kMondayAt(9)), 10'000);
}

TEST(MetricSlices, TheLastSliceReachesOverTheEndOfTheWeek) {
  const Street street = busy_street();
  const MetricSlices slices = slices_of(Router(street.graph), {7, 9});

  EXPECT_EQ(slices.slice_of(kMondayAt(6, 59)), 1);
  EXPECT_EQ(slices.slice_of(kMondayAt(7)), 0);
  EXPECT_EQ(slices.slice_of(kMondayAt(6 * 24 + 23)), 1);
  EXPECT_EQ(slices.slice_of(kMondayAt(7 * 24 + 8)), 0);
}

TEST(MetricSlices, WhoHoldsAMetricKeepsItWhenItIsReplaced) {
  const Street street = busy_street();
  const Router router(street.graph);
  MetricSlices slices = slices_of(router, {0});
  const auto held = slices.at(kMondayAt(12));

  slices.replace(0, router.prepare(make_metric(*street.graph, 0, kMondayAt(8))));

  EXPECT_EQ(router.travel(*held, street.from, street.to).time_ms, 10'000);
  EXPECT_EQ(router.travel(*slices.at(kMondayAt(12)), street.from, street.to).time_ms, 60'000);
}

TEST(MetricSlices, RefuseWhatDoesNotCoverAWeek) {
  const Router router(busy_street().graph);
  const auto metric = router.prepare(make_metric(router.graph(), 0));
  MetricSlices good({{0, metric}});

  EXPECT_THROW(MetricSlices({}), InputError);
  EXPECT_THAT(
      [&] {
        MetricSlices({{60, metric}, {60, metric}});
      },
      ThrowsMessage<InputError>(HasSubstr("slice 1: expected to begin after")));
  EXPECT_THAT(
      [&] {
        MetricSlices({{7 * 24 * 60, metric}});
      },
      ThrowsMessage<InputError>(HasSubstr("found 10080")));
  EXPECT_THROW(MetricSlices({{0, nullptr}}), InputError);
  EXPECT_THROW(good.replace(1, metric), InputError);
  EXPECT_THROW(good.replace(0, nullptr), InputError);
}

}  // namespace
}  // namespace roadgnn::graph
