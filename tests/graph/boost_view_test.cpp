// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/boost_view.h>

#include <gtest/gtest.h>

#include <boost/concept/assert.hpp>
#include <boost/graph/dijkstra_shortest_paths.hpp>
#include <boost/graph/graph_concepts.hpp>
#include <boost/graph/strong_components.hpp>
#include <filesystem>
#include <random>

#include <roadgnn/graph/dijkstra.h>
#include <roadgnn/graph/scc.h>

#include "network_maker.h"

namespace roadgnn::graph {
namespace {

BOOST_CONCEPT_ASSERT((boost::VertexListGraphConcept<RoadGraph>));
BOOST_CONCEPT_ASSERT((boost::EdgeListGraphConcept<RoadGraph>));
BOOST_CONCEPT_ASSERT((boost::BidirectionalGraphConcept<RoadGraph>));
BOOST_CONCEPT_ASSERT((boost::VertexListGraphConcept<TurnGraph>));
BOOST_CONCEPT_ASSERT((boost::EdgeListGraphConcept<TurnGraph>));
BOOST_CONCEPT_ASSERT((boost::BidirectionalGraphConcept<TurnGraph>));

using testing::NetworkMaker;

// A net of streets by chance, some one-way, some for residents, some restricted.
RoadGraph random_town(std::mt19937& random, int nodes) {
  NetworkMaker maker;
  const auto pick = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  for (int v = 0; v < nodes; ++v) maker.node(pick(100), pick(100));
  for (int s = 0; s < 2 * nodes; ++s) {
    const auto made = maker.street(pick(nodes), pick(nodes), pick(30'000));
    maker.network().segments.back().length_cm = 1 + pick(30'000);
    if (pick(3) == 0) maker.set_access(made.against(), Access::closed);
    if (pick(6) == 0) maker.set_access(made, Access::ends_only);
  }
  maker.network().profiles[0].turn_costs = {7.5, 1.075, 20, 2, 0, 0, 0};
  return maker.build();
}

// Time and centimetres as Boost adds and compares them.
using Weight = std::pair<std::int64_t, std::int64_t>;
constexpr Weight kNoWay{kClosed, 0};

std::vector<Weight> boost_weights(const TurnGraph& turns, const std::vector<Weight>& arcs,
                                  std::int32_t from) {
  std::vector<Weight> distance(turns.edge.size());
  boost::dijkstra_shortest_paths(turns, from,
                                 boost::weight_map(turn_map(arcs))
                                     .distance_map(boost::make_iterator_property_map(
                                         distance.begin(), get(boost::vertex_index, turns)))
                                     .distance_inf(kNoWay)
                                     .distance_zero(Weight{0, 0})
                                     .distance_combine([](const Weight& a, const Weight& b) {
                                       return a.first + b.first >= kClosed
                                                  ? kNoWay
                                                  : Weight{a.first + b.first, a.second + b.second};
                                     }));
  return distance;
}

std::vector<Weight> arc_weights(const RoadGraph& graph, const Metric& metric) {
  std::vector<Weight> arcs(metric.arc_time_ms.size());
  for (std::size_t t = 0; t < arcs.size(); ++t) {
    const auto edge = graph.turns.edge[static_cast<std::size_t>(graph.turns.turn_tail[t])];
    arcs[t] = {metric.arc_time_ms[t], graph.length_cm[static_cast<std::size_t>(edge)]};
  }
  return arcs;
}

TEST(BoostView, DijkstraOfBoostOnTheTurnGraphEqualsOurs) {
  std::mt19937 random(11);
  for (int round = 0; round < 20; ++round) {
    const RoadGraph graph = random_town(random, 40);
    const Metric metric = make_metric(graph, 0);
    const std::vector<Weight> arcs = arc_weights(graph, metric);
    Dijkstra dijkstra(graph, metric);
    for (int query = 0; query < 20; ++query) {
      const auto pick = [&] {
        return static_cast<std::int32_t>(random() % static_cast<unsigned>(graph.num_edges()));
      };
      const std::int32_t from = pick();
      const std::size_t f = static_cast<std::size_t>(from);
      const auto expected = boost_weights(graph.turns, arcs, graph.turns.departing_node[f]);
      for (int i = 0; i < 20; ++i) {
        const std::int32_t to = pick();
        const std::size_t t = static_cast<std::size_t>(to);
        if (to == from) continue;
        const auto part_of = [&](std::size_t e) {
          return static_cast<std::int32_t>(random() %
                                           static_cast<unsigned>(graph.length_cm[e] + 1));
        };
        Position start, end;
        start.sides[0] = {from, part_of(f)};
        end.sides[0] = {to, part_of(t)};
        start.num_sides = end.num_sides = 1;

        const Path path = dijkstra.run(start, end);

        const Weight whole = expected[static_cast<std::size_t>(graph.turns.arriving_node[t])];
        if (whole == kNoWay) {
          ASSERT_FALSE(path.travel.reachable());
          continue;
        }
        const auto share = [&](std::size_t e, const Position& p) {
          return share_of_edge(metric.edge_time_ms[e], p.sides[0].offset_cm, graph.length_cm[e]);
        };
        ASSERT_EQ(path.travel.time_ms, whole.first - share(f, start) + share(t, end));
        ASSERT_EQ(path.travel.length_m,
                  (whole.second - start.sides[0].offset_cm + end.sides[0].offset_cm + 50) / 100);
        ASSERT_EQ(path.edges.front(), from);
        ASSERT_EQ(path.edges.back(), to);
      }
    }
  }
}

TEST(BoostView, ShortestPathsRunOnTheRoadGraphItself) {
  NetworkMaker maker;
  for (int x = 0; x < 4; ++x) maker.node(x, 0);
  for (int x = 0; x < 3; ++x) maker.street(x, x + 1);
  const RoadGraph graph = maker.build();
  std::vector<std::int32_t> time(4);
  std::int32_t start = 0;
  while (graph.node_osm_id[static_cast<std::size_t>(start)] != 100) ++start;

  boost::dijkstra_shortest_paths(graph, start,
                                 boost::weight_map(edge_map(graph.profiles[0].edge_time_ms))
                                     .distance_map(boost::make_iterator_property_map(
                                         time.begin(), get(boost::vertex_index, graph))));

  for (std::size_t v = 0; v < 4; ++v) EXPECT_EQ(time[v], (graph.node_osm_id[v] - 100) * 10'000);
}

TEST(StrongComponents, EqualBoosts) {
  std::mt19937 random(5);
  for (int round = 0; round < 50; ++round) {
    const RoadGraph graph = random_town(random, 30);
    const TurnGraph& turns = graph.turns;

    const Components ours = strong_components(turns.first_turn.span(), turns.turn_head.span());

    std::vector<std::int32_t> boosts(turns.edge.size());
    const auto count = boost::strong_components(
        turns, boost::make_iterator_property_map(boosts.begin(), get(boost::vertex_index, turns)));
    ASSERT_EQ(ours.num_components, count);
    ASSERT_EQ(ours.component, boosts);  // both number components as they are complete
  }
}

TEST(StrongComponents, DoNotOverflowTheStackOnALongRoad) {
  constexpr std::int32_t n = 1'000'000;
  std::vector<std::int64_t> first;
  std::vector<std::int32_t> head;
  for (std::int32_t v = 0; v < n; ++v) {
    first.push_back(v);
    head.push_back((v + 1) % n);
  }
  first.push_back(n);

  EXPECT_EQ(strong_components(first, head).num_components, 1);
}

TEST(StrongComponents, LeaveOutClosedArcs) {
  const std::vector<std::int64_t> first = {0, 1, 2};
  const std::vector<std::int32_t> head = {1, 0};
  const std::vector<std::uint8_t> closed = {0, 1};

  EXPECT_EQ(strong_components(first, head).num_components, 1);
  EXPECT_EQ(strong_components(first, head, closed).num_components, 2);
}

}  // namespace
}  // namespace roadgnn::graph
