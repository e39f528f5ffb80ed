// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
//
// Runs three of Boost.Graph's algorithms on a city, on the very arrays of its file:
//   - Dijkstra's shortest paths: how far a vehicle gets in ten minutes,
//   - strong components of the turn graph: how many of its streets hang together,
//   - PageRank: the junctions where chance leads most vehicles.
//
// Demonstrates: opening a city, a profile's times as a Boost property map, roads and turns as Boost
// graphs.
//
// Usage: boost_algorithms CITY.rgraph [PROFILE]
#include <roadgnn/graph/boost_view.h>
#include <roadgnn/graph/error.h>
#include <roadgnn/graph/graph_file.h>

#include <algorithm>
#include <boost/graph/dijkstra_shortest_paths.hpp>
#include <boost/graph/page_rank.hpp>
#include <boost/graph/strong_components.hpp>
#include <iostream>
#include <vector>

namespace rg = roadgnn::graph;

namespace {

// A vector as a property map over nodes.
template <class T, class Graph>
auto node_map(std::vector<T>& values, const Graph& graph) {
  return boost::make_iterator_property_map(values.begin(), get(boost::vertex_index, graph));
}

void count_reached(const rg::RoadGraph& city, const rg::ProfileData& profile, std::int32_t from) {
  std::vector<std::int32_t> time_ms(num_vertices(city));
  boost::dijkstra_shortest_paths(city, from,
                                 boost::weight_map(rg::edge_map(profile.edge_time_ms))
                                     .distance_map(node_map(time_ms, city))
                                     .distance_inf(rg::kClosed)
                                     .distance_combine([](std::int32_t a, std::int32_t b) {
                                       return std::min(a + b, rg::kClosed);
                                     }));
  const auto reached =
      std::count_if(time_ms.begin(), time_ms.end(), [](std::int32_t t) { return t <= 600'000; });
  std::cout << reached << " of " << time_ms.size() << " nodes are within ten minutes of OSM node "
            << city.node_osm_id[static_cast<std::size_t>(from)] << "\n";
}

void count_components(const rg::RoadGraph& city) {
  std::vector<std::int32_t> component(num_vertices(city.turns));
  const auto count = boost::strong_components(city.turns, node_map(component, city.turns));
  std::vector<std::int64_t> size(static_cast<std::size_t>(count), 0);
  for (const std::int32_t c : component) ++size[static_cast<std::size_t>(c)];
  const auto largest = size.empty() ? 0 : *std::max_element(size.begin(), size.end());
  std::cout << largest << " of " << component.size() << " edge-nodes form the largest of " << count
            << " components\n";
}

void find_busiest_node(const rg::RoadGraph& city) {
  std::vector<double> rank(num_vertices(city));
  boost::graph::page_rank(city, node_map(rank, city), boost::graph::n_iterations(30));
  const auto busiest =
      static_cast<std::size_t>(std::max_element(rank.begin(), rank.end()) - rank.begin());
  std::cout << "OSM node " << city.node_osm_id[busiest] << " has the highest PageRank, "
            << rank[busiest] << "\n";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: boost_algorithms CITY.rgraph [PROFILE]\n";
    return 2;
  }
  try {
    const auto city = rg::open(argv[1]);
    if (city->num_nodes() == 0) throw roadgnn::InputError(std::string(argv[1]) + ": has no roads");
    const int profile = argc > 2 ? city->profile_index(argv[2]) : 0;
    count_reached(*city, city->profiles[static_cast<std::size_t>(profile)], city->num_nodes() / 2);
    count_components(*city);
    find_busiest_node(*city);
  } catch (const roadgnn::InputError& error) {
    std::cerr << error.what() << '\n';
    return 2;
  }
  return 0;
}
