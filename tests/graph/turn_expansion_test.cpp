// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/turn_expansion.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>

#include <roadgnn/graph/dijkstra.h>
#include <roadgnn/graph/error.h>

#include "brute_search.h"
#include "network_maker.h"

namespace roadgnn::graph {
namespace {

using testing::BruteSearch;
using testing::find_edge;
using testing::NetworkMaker;

// Travel between the beginnings of two edges.
Travel travel(const RoadGraph& graph, std::int32_t from, std::int32_t to, int profile = 0,
              std::optional<Departure> departure = {}) {
  const Metric metric = make_metric(graph, profile, departure);
  Position start, end;
  start.sides[0] = {from, 0};
  end.sides[0] = {to, 0};
  start.num_sides = end.num_sides = 1;
  return Dijkstra(graph, metric).run(start, end).travel;
}

// Four streets that meet in the middle: 0 west, 1 east, 2 south, 3 north, 4 in the middle.
NetworkMaker crossing(int num_profiles = 1) {
  NetworkMaker maker(num_profiles);
  for (const auto& [x, y] : {std::pair{-1, 0}, {1, 0}, {0, -1}, {0, 1}, {0, 0}}) maker.node(x, y);
  for (const std::int32_t arm : {0, 1, 2, 3}) maker.street(arm, 4);
  return maker;
}

TEST(ExpandTurns, ClosesAForbiddenTurnAndNoOther) {
  NetworkMaker maker = crossing();
  maker.forbid({0, 3});  // from the west into the east

  const RoadGraph graph = maker.build();

  const std::int32_t west = find_edge(graph, 0, 4);
  EXPECT_EQ(travel(graph, west, find_edge(graph, 4, 2)).time_ms, 10'000);
  EXPECT_EQ(travel(graph, find_edge(graph, 2, 4), find_edge(graph, 4, 1)).time_ms, 10'000);
  // Round by the south's dead end.
  EXPECT_EQ(travel(graph, west, find_edge(graph, 4, 1)).time_ms, 30'000);
}

TEST(ExpandTurns, AllowsOnlyTheTurnThatIsRequired) {
  NetworkMaker maker = crossing();
  maker.require({0, 3});

  const RoadGraph graph = maker.build();

  const std::int32_t west = find_edge(graph, 0, 4);
  EXPECT_EQ(travel(graph, west, find_edge(graph, 4, 1)).time_ms, 10'000);
  EXPECT_EQ(travel(graph, west, find_edge(graph, 4, 2)).time_ms, 30'000);
}

TEST(ExpandTurns, RestrictsOnlyTheProfilesOfTheMask) {
  NetworkMaker maker = crossing(2);
  maker.forbid({0, 3}, 0b10);

  const RoadGraph graph = maker.build();

  const std::int32_t west = find_edge(graph, 0, 4), east = find_edge(graph, 4, 1);
  EXPECT_EQ(travel(graph, west, east, 0).time_ms, 10'000);
  EXPECT_EQ(travel(graph, west, east, 1).time_ms, 30'000);
}

TEST(ExpandTurns, RestrictsWhileTheConditionHoldsAndWithoutADepartureAlways) {
  NetworkMaker maker = crossing();
  maker.network().conditions.push_back("Mo-Fr 07:00-09:00");
  maker.forbid({0, 3}, ~0U, 1);

  const RoadGraph graph = maker.build();

  const std::int32_t west = find_edge(graph, 0, 4), east = find_edge(graph, 4, 1);
  EXPECT_EQ(travel(graph, west, east).time_ms, 30'000);
  EXPECT_EQ(travel(graph, west, east, 0, Departure{8 * 60, {}, {}}).time_ms, 30'000);
  EXPECT_EQ(travel(graph, west, east, 0, Departure{10 * 60, {}, {}}).time_ms, 10'000);
}

TEST(ExpandTurns, RemembersTheFirstEdgeOfARestrictionThroughAWay) {
  // 0 - 1 - 2 - 3 in a line, 4 joins at 1 from the south: only who comes from 0 may not go on from
  // 2 to 3.
  NetworkMaker maker;
  for (int x = 0; x < 4; ++x) maker.node(x, 0);
  maker.node(1, -1);
  const auto a = maker.street(0, 1), b = maker.street(1, 2), c = maker.street(2, 3);
  maker.street(4, 1);
  maker.forbid({a.along(), b.along(), c.along()});

  const RoadGraph graph = maker.build();

  const std::int32_t last = find_edge(graph, 2, 3);
  EXPECT_EQ(travel(graph, find_edge(graph, 4, 1), last).time_ms, 20'000);
  EXPECT_EQ(travel(graph, find_edge(graph, 1, 2), last).time_ms, 10'000);
  // From 0 it has to go round by the dead end at 4.
  EXPECT_EQ(travel(graph, find_edge(graph, 0, 1), last).time_ms, 40'000);
}

TEST(ExpandTurns, LetsTripsBeginAndEndButNotPassOnEndsOnlyStreets) {
  // 0 - 1 - 2 - 3 in a line, 1 - 2 for residents; a detour 1 - 4 - 5 - 2 of 30 s.
  NetworkMaker maker;
  for (int x = 0; x < 4; ++x) maker.node(x, 0);
  maker.node(1, 1);
  maker.node(2, 1);
  maker.street(0, 1);
  const auto residents = maker.street(1, 2);
  maker.street(2, 3);
  maker.street(1, 4);
  maker.street(4, 5);
  maker.street(5, 2);
  maker.set_access(residents, Access::ends_only);

  const RoadGraph graph = maker.build();

  const std::int32_t first = find_edge(graph, 0, 1), inside = find_edge(graph, 1, 2),
                     last = find_edge(graph, 2, 3);
  EXPECT_EQ(travel(graph, first, inside).time_ms, 10'000);
  EXPECT_EQ(travel(graph, inside, last).time_ms, 10'000);
  EXPECT_EQ(travel(graph, first, last).time_ms, 40'000);
}

TEST(ExpandTurns, AllowsUTurnsAtDeadEndsAndTurningCirclesOnly) {
  NetworkMaker maker;
  maker.node(0, 0);
  maker.node(1, 0);
  maker.node(2, 0, node_flag::turning_circle);
  maker.node(3, 0);
  for (int x = 0; x < 3; ++x) maker.street(x, x + 1);

  const RoadGraph graph = maker.build();

  EXPECT_EQ(travel(graph, find_edge(graph, 1, 2), find_edge(graph, 2, 1)).time_ms, 10'000);
  EXPECT_EQ(travel(graph, find_edge(graph, 0, 1), find_edge(graph, 1, 0)).time_ms, 30'000);
  EXPECT_EQ(travel(graph, find_edge(graph, 2, 1), find_edge(graph, 1, 2)).time_ms, 30'000);
}

TEST(ExpandTurns, TakesADeadEndByWhatTheProfileMayUse) {
  // The street goes on for the second profile only.
  NetworkMaker maker(2);
  for (int x = 0; x < 3; ++x) maker.node(x, 0);
  maker.street(0, 1);
  const auto beyond = maker.street(1, 2);
  maker.set_access(beyond, Access::closed, 0);

  const RoadGraph graph = maker.build();

  EXPECT_EQ(travel(graph, find_edge(graph, 0, 1), find_edge(graph, 1, 0), 0).time_ms, 10'000);
  EXPECT_EQ(travel(graph, find_edge(graph, 0, 1), find_edge(graph, 1, 0), 1).time_ms, 30'000);
}

TEST(ExpandTurns, RefusesJunctionsTooLargeToBeReal) {
  NetworkMaker maker;
  maker.node(0, 0);
  for (int i = 1; i <= 3000; ++i) {
    maker.node(i % 50, 1 + i / 50);
    maker.street(0, i);
  }

  EXPECT_THROW(maker.build(), InputError);
}

// Conditions of random networks, and when they hold, in plain words.
constexpr std::array kConditions = {"always", "Mo-Fr 07:00-09:00", "Sa,Su", "22:00-06:00"};
bool condition_holds(std::int32_t condition, int minute_of_week) {
  const int day = minute_of_week / 1440, minute = minute_of_week % 1440;
  switch (condition) {
    case 1:
      return day < 5 && minute >= 7 * 60 && minute < 9 * 60;
    case 2:
      return day >= 5;
    case 3:
      return minute >= 22 * 60 || minute < 6 * 60;
    default:
      return true;
  }
}

// A network of a few nodes with streets, accesses and restrictions by chance; with conditions, some
// of these hold at times only.
NetworkMaker random_network(std::mt19937& random, int num_profiles, bool conditions = false) {
  NetworkMaker maker(num_profiles);
  const auto pick = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  const int nodes = 3 + pick(5);
  for (int v = 0; v < nodes; ++v) {
    maker.node(pick(8), pick(8), pick(12) == 0 ? node_flag::turning_circle : std::uint8_t{0});
  }
  const int streets = nodes + pick(6);
  for (int s = 0; s < streets; ++s) {
    const auto made = maker.street(pick(nodes), pick(nodes), 1 + pick(20));
    maker.network().segments.back().length_cm = 1 + pick(300);
    for (int p = 0; p < num_profiles; ++p) {
      for (const std::int32_t e : {made.along(), made.against()}) {
        const int chance = pick(10);
        const Access access = chance < 2   ? Access::closed
                              : chance < 5 ? Access::ends_only
                                           : Access::open;
        maker.set_access(e, access, static_cast<std::size_t>(p));
      }
    }
  }
  for (auto& profile : maker.network().profiles) profile.u_turns_anywhere = pick(6) == 0;
  if (conditions) {
    maker.network().conditions.assign(kConditions.begin(), kConditions.end());
    for (auto& profile : maker.network().profiles) {
      for (int entries = pick(streets); entries > 0; --entries) {
        const auto access = static_cast<Access>(pick(3));
        profile.conditional_edges.push_back({pick(2 * streets), 1 + pick(3), 1 + pick(20), access});
      }
    }
  }
  const auto& segments = maker.network().segments;
  for (int r = pick(9); r > 0; --r) {
    std::vector<std::int32_t> edges = {pick(2 * streets)};
    const int length = 2 + pick(3);
    for (int tries = 0; static_cast<int>(edges.size()) < length && tries < 300; ++tries) {
      const std::int32_t next = pick(2 * streets);
      const auto end = [&](std::int32_t e, bool head) {
        const auto& segment = segments[static_cast<std::size_t>(e / 2)];
        return (e % 2 == 0) == head ? segment.to : segment.from;
      };
      if (end(edges.back(), true) == end(next, false)) edges.push_back(next);
    }
    if (edges.size() < 2) continue;
    const auto mask =
        static_cast<std::uint32_t>(pick(3) == 0 ? 1 + pick((1 << num_profiles) - 1) : -1);
    const std::int32_t condition = conditions ? pick(4) : 0;
    if (pick(3) == 0) {
      maker.require(edges, mask, condition);
    } else {
      maker.forbid(edges, mask, condition);
    }
  }
  return maker;
}

// The network's directed edge that each edge of the graph came from; segments have different
// lengths or times, so follow the builder's order instead: edges sorted by tail, head, segment,
// direction.
std::vector<std::int32_t> edges_by_input(const RoadGraph& graph, const RoadNetwork& network) {
  std::vector<std::int32_t> edge(2 * network.segments.size(), -1);
  std::vector<bool> taken(static_cast<std::size_t>(graph.num_edges()), false);
  for (std::size_t d = 0; d < edge.size(); ++d) {
    bool usable = false;
    for (const auto& profile : network.profiles) {
      usable |= profile.edge_access[d] != Access::closed;
      for (const auto& entry : profile.conditional_edges)
        usable |= entry.access != Access::closed && static_cast<std::size_t>(entry.edge) == d;
    }
    if (!usable) continue;
    const auto& segment = network.segments[d / 2];
    const std::int32_t from = d % 2 == 0 ? segment.from : segment.to,
                       to = d % 2 == 0 ? segment.to : segment.from;
    for (std::size_t e = 0; e < taken.size(); ++e) {
      const auto osm = [&](std::int32_t v) {
        return graph.node_osm_id[static_cast<std::size_t>(v)];
      };
      if (taken[e] || osm(graph.tail[e]) != 100 + from || osm(graph.head[e]) != 100 + to) continue;
      taken[e] = true;
      edge[d] = static_cast<std::int32_t>(e);
      break;
    }
  }
  return edge;
}

// Compares travel between the beginnings of all edges with the plain search; returns how many ways
// there were.
std::int64_t compare_all_pairs(const RoadGraph& graph, const RoadNetwork& network,
                               const Metric& metric, const BruteSearch& brute) {
  std::int64_t ways_found = 0;
  const std::vector<std::int32_t> edge = edges_by_input(graph, network);
  Dijkstra dijkstra(graph, metric);
  for (std::size_t from = 0; from < edge.size(); ++from) {
    for (std::size_t to = 0; to < edge.size(); ++to) {
      const auto expected =
          brute.travel(static_cast<std::int32_t>(from), static_cast<std::int32_t>(to));
      if (edge[from] < 0 || edge[to] < 0) {
        EXPECT_FALSE(expected.has_value());
        continue;
      }
      // From the first edge's end, lest a trip to the same edge stays on it.
      Position start, end;
      const std::int32_t length = graph.length_cm[static_cast<std::size_t>(edge[from])];
      start.sides[0] = {edge[from], from == to ? length : 0};
      end.sides[0] = {edge[to], 0};
      start.num_sides = end.num_sides = 1;
      const std::int64_t saved_time =
          from == to ? metric.edge_time_ms[static_cast<std::size_t>(edge[from])] : 0;
      const std::int64_t saved_cm = from == to ? length : 0;

      const Travel found = dijkstra.run(start, end).travel;

      EXPECT_EQ(found.reachable(), expected.has_value()) << "from " << from << " to " << to;
      if (!expected || !found.reachable()) continue;
      ++ways_found;
      EXPECT_EQ(found.time_ms, expected->first - saved_time) << "from " << from << " to " << to;
      EXPECT_EQ(found.length_m, (expected->second - saved_cm + 50) / 100);
    }
  }
  return ways_found;
}

TEST(ExpandTurns, EqualsAPlainSearchThatReadsTheRestrictionsOnRandomNetworks) {
  std::mt19937 random(7);
  std::int64_t ways_found = 0;
  for (int round = 0; round < 400 && !HasFailure(); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    NetworkMaker maker = random_network(random, 2);
    const RoadGraph graph = maker.build();
    for (int p = 0; p < 2; ++p) {
      const BruteSearch brute(maker.network(), static_cast<std::size_t>(p));
      ways_found += compare_all_pairs(graph, maker.network(), make_metric(graph, p), brute);
    }
  }
  EXPECT_GT(ways_found, 10'000);
}

TEST(ExpandTurns, EqualsAPlainSearchAtAnyTimeWhereRestrictionsAndAccessAreConditional) {
  std::mt19937 random(8);
  constexpr std::array kDepartures = {8 * 60, 12 * 60, 3 * 1440 + 23 * 60, 5 * 1440 + 60};
  std::int64_t ways_found = 0;
  for (int round = 0; round < 300 && !HasFailure(); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    NetworkMaker maker = random_network(random, 1, true);
    const RoadGraph graph = maker.build();
    ways_found += compare_all_pairs(graph, maker.network(), make_metric(graph, 0),
                                    BruteSearch(maker.network(), 0));
    const int minute = kDepartures[static_cast<std::size_t>(round) % kDepartures.size()];
    const BruteSearch brute(maker.network(), 0, [minute](std::int32_t condition) {
      return condition_holds(condition, minute);
    });
    ways_found += compare_all_pairs(graph, maker.network(),
                                    make_metric(graph, 0, Departure{minute, {}, {}}), brute);
  }
  EXPECT_GT(ways_found, 10'000);
}

}  // namespace
}  // namespace roadgnn::graph
