// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <roadgnn/graph/road_network.h>

namespace roadgnn::graph::testing {

/// Makes small networks a reader can check: nodes on a grid of about 100 m, streets of 10 s between
/// them unless said, one profile "car" at first.
class NetworkMaker {
 public:
  explicit NetworkMaker(int num_profiles = 1) {
    network_.names = {""};
    network_.ways = {{1, 0}};
    network_.conditions = {"always"};
    for (int p = 0; p < num_profiles; ++p) {
      RoadNetwork::Profile profile;
      profile.name = p == 0 ? "car" : "profile" + std::to_string(p);
      network_.profiles.push_back(profile);
    }
  }

  /// x to the east, y to the north, in steps of about 100 m at the equator.
  std::int32_t node(double x, double y, std::uint8_t flags = 0) {
    const auto id = static_cast<std::int32_t>(network_.nodes.size());
    network_.nodes.push_back({100 + id, e7(y), e7(x), flags});
    return id;
  }

  struct Street {
    std::int32_t segment;
    std::int32_t along() const { return RoadNetwork::directed(segment, 0); }
    std::int32_t against() const { return RoadNetwork::directed(segment, 1); }
  };

  /// A street that every profile may use in both directions.
  Street street(std::int32_t from, std::int32_t to, std::int32_t time_ms = 10'000) {
    const auto id = static_cast<std::int32_t>(network_.segments.size());
    RoadNetwork::Segment segment;
    segment.from = from;
    segment.to = to;
    segment.length_cm = 10'000;
    segment.flags[0] = segment.flags[1] = edge_flag::startpoint;
    segment.road_class = RoadClass::residential;
    network_.segments.push_back(segment);
    for (RoadNetwork::Profile& profile : network_.profiles) {
      profile.edge_time_ms.insert(profile.edge_time_ms.end(), 2, time_ms);
      profile.edge_access.insert(profile.edge_access.end(), 2, Access::open);
    }
    return {id};
  }
  Street one_way(std::int32_t from, std::int32_t to, std::int32_t time_ms = 10'000) {
    const Street made = street(from, to, time_ms);
    for (std::size_t p = 0; p < network_.profiles.size(); ++p)
      set_access(made.against(), Access::closed, p);
    return made;
  }

  void set_access(std::int32_t directed, Access access, std::size_t profile = 0) {
    network_.profiles[profile].edge_access[static_cast<std::size_t>(directed)] = access;
  }
  void set_access(Street street, Access access, std::size_t profile = 0) {
    set_access(street.along(), access, profile);
    set_access(street.against(), access, profile);
  }
  void forbid(std::vector<std::int32_t> edges, std::uint32_t mask = ~0U,
              std::int32_t condition = 0) {
    network_.restrictions.push_back({std::move(edges), false, mask, condition});
  }
  void require(std::vector<std::int32_t> edges, std::uint32_t mask = ~0U,
               std::int32_t condition = 0) {
    network_.restrictions.push_back({std::move(edges), true, mask, condition});
  }

  RoadNetwork& network() { return network_; }
  RoadGraph build(int threads = 1) const {
    BuildOptions options;
    options.threads = threads;
    return build_road_graph(network_, options);
  }

 private:
  static std::int32_t e7(double steps) {
    return static_cast<std::int32_t>(std::lround(steps * 9000));
  }

  RoadNetwork network_;
};

/// The edge of the graph from one node to another, named by the numbers the maker gave; -1 where
/// there is none. Of parallel edges the first.
inline std::int32_t find_edge(const RoadGraph& graph, std::int32_t from, std::int32_t to) {
  for (std::int32_t e = 0; e < graph.num_edges(); ++e) {
    const auto i = static_cast<std::size_t>(e);
    const auto osm = [&](std::int32_t v) { return graph.node_osm_id[static_cast<std::size_t>(v)]; };
    if (osm(graph.tail[i]) == 100 + from && osm(graph.head[i]) == 100 + to) return e;
  }
  return -1;
}

}  // namespace roadgnn::graph::testing
