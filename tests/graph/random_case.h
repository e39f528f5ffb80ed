// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <memory>
#include <numeric>
#include <random>
#include <vector>

#include <roadgnn/graph/hierarchy.h>
#include <roadgnn/tests/graph/random_roads.h>

namespace roadgnn::graph::testing {

/// A router on a hierarchy of a random order: the worst there is, and every shape of triangle.
inline std::shared_ptr<RoadGraph> with_random_order(std::mt19937& random,
                                                    std::shared_ptr<RoadGraph> graph) {
  std::vector<std::int32_t> order(graph->turns.edge.size());
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), random);
  graph->hierarchy = std::make_shared<const Hierarchy>(build_hierarchy(graph->turns, order));
  validate(*graph->hierarchy, graph->turns);
  return graph;
}

/// A small random city with a metric and stops, several of them at one place.
struct RandomCase {
  std::shared_ptr<const RoadGraph> graph;
  Metric metric;
  std::vector<Position> stops;
};

inline RandomCase random_case(unsigned seed, int num_stops = 25) {
  std::mt19937 random(seed);
  RandomRoadsOptions options;
  options.num_nodes = 5 + static_cast<int>(random() % 60);
  options.num_streets = 5 + static_cast<int>(random() % 90);
  if (random() % 2 == 0) options.ends_only = 0;
  RandomCase drawn;
  drawn.graph = with_random_order(random, random_roads(random, options));
  drawn.metric = random_metric(random, *drawn.graph);
  for (int i = 0; i < num_stops; ++i) {
    drawn.stops.push_back(i > 0 && random() % 10 == 0 ? drawn.stops[random() % drawn.stops.size()]
                                                      : random_position(random, *drawn.graph));
  }
  return drawn;
}

}  // namespace roadgnn::graph::testing
