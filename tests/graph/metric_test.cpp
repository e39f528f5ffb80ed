// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/metric.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <roadgnn/graph/error.h>

#include "network_maker.h"

namespace roadgnn::graph {
namespace {

using testing::find_edge;
using ::testing::HasSubstr;
using testing::NetworkMaker;
using ::testing::ThrowsMessage;

// Two streets in a line, 0 - 1 - 2; the second is closed on weekday mornings and slow in winter.
NetworkMaker street_with_hours() {
  NetworkMaker maker;
  for (int x = 0; x < 3; ++x) maker.node(x, 0);
  maker.street(0, 1);
  const auto second = maker.street(1, 2);
  maker.network().conditions = {"always", "Mo-Fr 07:00-09:00", "Dec-Feb"};
  auto& profile = maker.network().profiles[0];
  const std::int32_t edge = second.along();
  profile.edge_access[static_cast<std::size_t>(edge)] = Access::closed;
  profile.conditional_edges = {{edge, 0, 10'000, Access::open},
                               {edge, 2, 30'000, Access::open},
                               {edge, 1, 0, Access::closed}};
  return maker;
}

std::int32_t time_at(const RoadGraph& graph, std::optional<Departure> departure) {
  return make_metric(graph, 0, departure)
      .edge_time_ms[static_cast<std::size_t>(find_edge(graph, 1, 2))];
}

TEST(MakeMetric, TakesTheConservativeValueWithoutADeparture) {
  const RoadGraph graph = street_with_hours().build();

  EXPECT_EQ(time_at(graph, {}), kClosed);
}

TEST(MakeMetric, TakesTheLastValueThatHoldsAtTheDeparture) {
  const RoadGraph graph = street_with_hours().build();

  EXPECT_EQ(time_at(graph, Departure{12 * 60, 6, 1}), 10'000);
  EXPECT_EQ(time_at(graph, Departure{12 * 60, 1, 1}), 30'000);
  EXPECT_EQ(time_at(graph, Departure{8 * 60, 1, 1}), kClosed);
}

TEST(MakeMetric, TakesTheWorseValueWhereTheDateIsNotKnown) {
  const RoadGraph graph = street_with_hours().build();

  EXPECT_EQ(time_at(graph, Departure{12 * 60, {}, {}}), 30'000);
}

TEST(MakeMetric, ClosesStreetsThatTheVehicleExceedsOrAvoids) {
  NetworkMaker maker;
  for (int x = 0; x < 4; ++x) maker.node(x, 0);
  const auto low = maker.street(0, 1), tolled = maker.street(1, 2), ferry = maker.street(2, 3);
  maker.network().limits = {{low.along(), LimitKind::max_height_cm, 350},
                            {low.against(), LimitKind::hazmat, 1}};
  maker.network().segments[static_cast<std::size_t>(tolled.segment)].flags[0] = edge_flag::toll;
  maker.network().segments[static_cast<std::size_t>(ferry.segment)].flags[0] = edge_flag::ferry;
  const RoadGraph graph = maker.build();
  const auto open = [&](std::int32_t from, std::int32_t to, const VehicleLimits& limits) {
    const auto edge = static_cast<std::size_t>(find_edge(graph, from, to));
    return make_metric(graph, 0, {}, limits).edge_access[edge] == Access::open;
  };
  VehicleLimits high, just_fits, dangerous, thrifty, dry;
  high.height_cm = 351;
  just_fits.height_cm = 350;
  dangerous.hazmat = true;
  thrifty.avoid_tolls = true;
  dry.avoid_ferries = true;

  EXPECT_FALSE(open(0, 1, high));
  EXPECT_TRUE(open(1, 0, high));
  EXPECT_TRUE(open(0, 1, just_fits));
  EXPECT_FALSE(open(1, 0, dangerous));
  EXPECT_FALSE(open(1, 2, thrifty));
  EXPECT_TRUE(open(2, 3, thrifty));
  EXPECT_FALSE(open(2, 3, dry));
}

TEST(MakeMetric, OfGivenWeightsClosesTheArcsOfClosedEdgesAndTurns) {
  NetworkMaker maker;
  for (int x = 0; x < 3; ++x) maker.node(x, 0);
  maker.one_way(0, 1);
  maker.one_way(1, 2);
  const RoadGraph graph = maker.build();
  const std::vector<Access> open(2, Access::open);
  ASSERT_EQ(graph.turns.num_turns(), 1);
  const auto arc = [&](std::vector<std::int32_t> times, std::vector<Access> access,
                       std::int32_t turn) {
    return make_metric(graph, std::move(times), std::move(access), std::vector{turn})
        .arc_time_ms[0];
  };
  const auto first = static_cast<std::size_t>(find_edge(graph, 0, 1));

  EXPECT_EQ(arc(first == 0 ? std::vector{5, 7} : std::vector{7, 5}, open, 3), 8);
  EXPECT_EQ(arc({5, 7}, open, kClosed), kClosed);
  EXPECT_EQ(arc({5, kClosed}, open, 0), kClosed);
  EXPECT_EQ(arc({5, 7}, {Access::open, Access::closed}, 0), kClosed);
  EXPECT_EQ(arc({kClosed - 1, kClosed - 1}, open, kClosed - 1), kClosed);
  EXPECT_THAT(
      [&] {
        arc({5, 7}, {Access::open, Access::ends_only}, 0);
      },
      ThrowsMessage<InputError>(HasSubstr("found ends-only")));
  EXPECT_THAT([&] { arc({5, -7}, open, 0); }, ThrowsMessage<InputError>(HasSubstr("found -7")));
  EXPECT_THROW(arc({5}, open, 0), InputError);
}

TEST(MakeMetric, NamesAnUnknownProfile) {
  const RoadGraph graph = street_with_hours().build();

  EXPECT_THAT([&] { make_metric(graph, 3); },
              ThrowsMessage<InputError>("profile: expected 0 to 0, found 3"));
}

}  // namespace
}  // namespace roadgnn::graph
