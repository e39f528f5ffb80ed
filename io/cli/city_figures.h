// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include <roadgnn/graph/road_graph.h>

namespace roadgnn::cli {

/// What a city file holds, for people and scripts.
struct CityFigures {
  struct Profile {
    std::string name;
    std::int64_t nodes = 0,
                 edges =
                     0;  ///< edges that the vehicle may use at some point of a trip, and their ends
    std::int64_t snappable_edges = 0;
    double kilometres = 0;  ///< of those edges
    double largest_component =
        0;  ///< share of `nodes` in the largest strongly connected component of the edges
  };
  std::int64_t nodes = 0, edges = 0, segments = 0, edge_nodes = 0, turns = 0, ways = 0, names = 0;
  double west = 0, south = 0, east = 0, north = 0;
  bool left_hand_traffic = false;
  std::vector<Profile> profiles;
  std::string provenance;

  explicit CityFigures(const graph::RoadGraph& graph);

  nlohmann::ordered_json json() const;
  std::string text() const;
};

}  // namespace roadgnn::cli
