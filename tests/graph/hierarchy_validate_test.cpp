// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include <roadgnn/graph/error.h>
#include <roadgnn/graph/hierarchy.h>
#include <roadgnn/graph/router.h>
#include <roadgnn/tests/graph/random_roads.h>

namespace roadgnn::graph {
namespace {

using Array = SharedArray<std::int32_t> Hierarchy::*;

struct City {
  std::shared_ptr<RoadGraph> graph;
  Hierarchy hierarchy;
};

City random_city(std::mt19937& random) {
  City city{testing::random_roads(random, {}), {}};
  std::vector<std::int32_t> order(city.graph->turns.edge.size());
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), random);
  city.hierarchy = build_hierarchy(city.graph->turns, order);
  return city;
}

// Changes one value by a little, or to anything.
void spoil(std::mt19937& random, SharedArray<std::int32_t>& array) {
  std::vector<std::int32_t> values(array.begin(), array.end());
  std::int32_t& value = values[random() % values.size()];
  const std::int32_t right = value;
  while (value == right) {
    value = random() % 4 == 0 ? static_cast<std::int32_t>(random())
                              : right + static_cast<std::int32_t>(random() % 7) - 3;
  }
  array = values;
}

bool is_refused(const Hierarchy& hierarchy, const TurnGraph& turns) {
  try {
    validate(hierarchy, turns);
    return false;
  } catch (const InputError&) {
    return true;
  }
}

TEST(HierarchyValidate, RefusesAnyOtherValueInTheTree) {
  std::mt19937 random(1);
  for (int round = 0; round < 20; ++round) {
    const City city = random_city(random);
    ASSERT_FALSE(is_refused(city.hierarchy, city.graph->turns));
    for (const Array array : {&Hierarchy::vertex, &Hierarchy::edge_node, &Hierarchy::depth,
                              &Hierarchy::first_up, &Hierarchy::up_head, &Hierarchy::up_tail,
                              &Hierarchy::up_depth, &Hierarchy::first_down, &Hierarchy::down_arc}) {
      for (int i = 0; i < 20; ++i) {
        Hierarchy spoiled = city.hierarchy;
        spoil(random, spoiled.*array);
        EXPECT_TRUE(is_refused(spoiled, city.graph->turns));
      }
    }
  }
}

TEST(HierarchyValidate, RefusesArraysOfAnotherSize) {
  std::mt19937 random(2);
  const City city = random_city(random);
  for (const Array array :
       {&Hierarchy::vertex, &Hierarchy::edge_node, &Hierarchy::depth, &Hierarchy::first_up,
        &Hierarchy::up_head, &Hierarchy::up_tail, &Hierarchy::up_depth, &Hierarchy::first_down,
        &Hierarchy::down_arc, &Hierarchy::turn_arc}) {
    Hierarchy spoiled = city.hierarchy;
    const auto whole = (spoiled.*array).span();
    spoiled.*array = std::vector<std::int32_t>(whole.begin(), whole.end() - 1);
    EXPECT_TRUE(is_refused(spoiled, city.graph->turns));
    spoiled.*array = {};
    EXPECT_TRUE(is_refused(spoiled, city.graph->turns));
  }
}

// Turns on other arcs than their own give wrong answers, as wrong times would, and nothing worse.
TEST(HierarchyValidate, WhatPassesIsSafeToQuery) {
  std::mt19937 random(3);
  for (int round = 0; round < 30; ++round) {
    City city = random_city(random);
    for (int i = 0; i < 10; ++i) {
      Hierarchy spoiled = city.hierarchy;
      spoil(random, spoiled.turn_arc);
      if (!is_refused(spoiled, city.graph->turns)) city.hierarchy = spoiled;
    }
    city.graph->hierarchy = std::make_shared<const Hierarchy>(city.hierarchy);
    const Router router(city.graph);
    const auto metric = router.prepare(testing::random_metric(random, *city.graph));

    for (int query = 0; query < 50; ++query) {
      const Position from = testing::random_position(random, *city.graph);
      const Position to = testing::random_position(random, *city.graph);
      router.travel(*metric, from, to);
      try {
        router.path(*metric, from, to);
      } catch (const Error&) {
      }
    }
  }
}

}  // namespace
}  // namespace roadgnn::graph
