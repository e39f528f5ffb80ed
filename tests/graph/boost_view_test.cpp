// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/boost_view.h>

#include <gtest/gtest.h>

#include <boost/concept/assert.hpp>
#include <boost/graph/graph_concepts.hpp>
#include <boost/graph/strong_components.hpp>
#include <random>

#include <roadgnn/graph/dijkstra.h>
#include <roadgnn/graph/scc.h>

#include "boost_oracle.h"
#include "network_maker.h"

namespace roadgnn::graph {
namespace {

BOOST_CONCEPT_ASSERT((boost::VertexListGraphConcept<RoadGraph>));
BOOST_CONCEPT_ASSERT((boost::EdgeListGraphConcept<RoadGraph>));
BOOST_CONCEPT_ASSERT((boost::BidirectionalGraphConcept<RoadGraph>));
BOOST_CONCEPT_ASSERT((boost::VertexListGraphConcept<TurnGraph>));
BOOST_CONCEPT_ASSERT((boost::EdgeListGraphConcept<TurnGraph>));
BOOST_CONCEPT_ASSERT((boost::BidirectionalGraphConcept<TurnGraph>));

using testing::arc_weights;
using testing::boost_weights;
using testing::expected_travel;
using testing::NetworkMaker;
using testing::Weight;

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

        ASSERT_EQ(path.travel,
                  expected_travel(graph, metric, expected, start.sides[0], end.sides[0]));
        if (!path.travel.reachable()) continue;
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
