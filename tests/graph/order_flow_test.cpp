// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/order_flow.h>

#include <gtest/gtest.h>

#include <algorithm>

#include <roadgnn/graph/hierarchy.h>
#include <roadgnn/tests/graph/network_maker.h>
#include <roadgnn/tests/graph/random_roads.h>

namespace roadgnn::graph {
namespace {

void expect_every_edge_node_once(std::vector<std::int32_t> order, std::size_t count) {
  std::sort(order.begin(), order.end());
  ASSERT_EQ(order.size(), count);
  for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(order[i], static_cast<std::int32_t>(i));
}

RoadGraph grid(int width, int height) {
  testing::NetworkMaker maker;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) maker.node(x, y);
  }
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      if (x + 1 < width) maker.street(y * width + x, y * width + x + 1);
      if (y + 1 < height) maker.street(y * width + x, (y + 1) * width + x);
    }
  }
  return maker.build();
}

TEST(InertialFlowOrder, EliminatesEveryEdgeNodeOnce) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    testing::RandomRoadsOptions options;
    options.num_nodes = 10 + 20 * static_cast<int>(seed);
    options.num_streets = 2 * options.num_nodes;
    const auto graph = testing::random_roads(random, options);

    const auto order = inertial_flow_order(*graph, 1);

    expect_every_edge_node_once(order, graph->turns.edge.size());
    EXPECT_EQ(inertial_flow_order(*graph, 2), order);
  }
}

TEST(InertialFlowOrder, CutsALongGridAcross) {
  const RoadGraph graph = grid(60, 6);

  const auto hierarchy = make_hierarchy(graph);

  validate(*hierarchy, graph.turns);
  // A cut across meets six streets, twelve edges; cuts along would meet 120.
  EXPECT_LT(hierarchy->height(), 120);
}

TEST(InertialFlowOrder, OfNothingIsNothing) {
  EXPECT_TRUE(inertial_flow_order(RoadGraph{}, 1).empty());
}

}  // namespace
}  // namespace roadgnn::graph
