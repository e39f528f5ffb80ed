// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/network_check.h>

#include <algorithm>
#include <limits>
#include <string>

#include <roadgnn/graph/error.h>

namespace roadgnn::graph {
namespace {

[[noreturn]] void fail(const std::string& item, std::size_t number, const std::string& expected,
                       std::int64_t found) {
  throw InputError("road network: " + item + " of number " + std::to_string(number) +
                   ": expected " + expected + ", found " + std::to_string(found));
}

void check_range(const char* item, std::size_t number, std::int64_t value, std::int64_t low,
                 std::int64_t high) {
  if (value >= low && value <= high) return;
  fail(item, number, std::to_string(low) + " to " + std::to_string(high), value);
}

void check_index(const char* item, std::size_t number, std::int64_t value, std::size_t size) {
  if (value >= 0 && static_cast<std::size_t>(value) < size) return;
  fail(item, number, "an index below " + std::to_string(size), value);
}

void check_size(const char* item, std::size_t number, std::size_t found, std::size_t expected) {
  if (found != expected)
    fail(item, number, std::to_string(expected) + " values", static_cast<std::int64_t>(found));
}

void check_access(const char* item, std::size_t number, Access access) {
  check_range(item, number, static_cast<std::int64_t>(access), 0, 2);
}

void check_segment(const RoadNetwork& network, std::size_t s) {
  const RoadNetwork::Segment& segment = network.segments[s];
  check_index("start of segment", s, segment.from, network.nodes.size());
  check_index("end of segment", s, segment.to, network.nodes.size());
  check_index("way of segment", s, segment.way, network.ways.size());
  check_range("length of segment", s, segment.length_cm, 0,
              std::numeric_limits<std::int32_t>::max());
  check_range("number of shape points of segment", s, segment.num_shapes, 0,
              static_cast<std::int64_t>(network.shape_lat_e7.size()));
  check_range("first shape point of segment", s, segment.first_shape, 0,
              static_cast<std::int64_t>(network.shape_lat_e7.size()) - segment.num_shapes);
}

std::int32_t end_of(const RoadNetwork& network, std::int32_t directed, bool head) {
  const RoadNetwork::Segment& segment = network.segments[static_cast<std::size_t>(directed / 2)];
  return (directed % 2 == 0) == head ? segment.to : segment.from;
}

void check_restriction(const RoadNetwork& network, std::size_t r, std::size_t num_conditions) {
  const RoadNetwork::Restriction& restriction = network.restrictions[r];
  check_range("number of edges of restriction", r,
              static_cast<std::int64_t>(restriction.edges.size()), 2,
              std::numeric_limits<std::int32_t>::max());
  check_index("condition of restriction", r, restriction.condition, num_conditions);
  for (std::size_t i = 0; i < restriction.edges.size(); ++i) {
    check_index("edge of restriction", r, restriction.edges[i], 2 * network.segments.size());
    if (i == 0) continue;
    if (end_of(network, restriction.edges[i - 1], true) !=
        end_of(network, restriction.edges[i], false)) {
      fail("edge of restriction", r, "an edge that follows the one before it",
           restriction.edges[i]);
    }
  }
}

void check_profile(const RoadNetwork& network, std::size_t p, std::size_t num_conditions) {
  const RoadNetwork::Profile& profile = network.profiles[p];
  const std::size_t num_edges = 2 * network.segments.size();
  check_size("edge times of profile", p, profile.edge_time_ms.size(), num_edges);
  check_size("edge accesses of profile", p, profile.edge_access.size(), num_edges);
  for (std::size_t e = 0; e < num_edges; ++e) {
    check_range("time of edge", e, profile.edge_time_ms[e], 0,
                std::numeric_limits<std::int32_t>::max());
    check_access("access of edge", e, profile.edge_access[e]);
  }
  for (std::size_t i = 0; i < profile.conditional_edges.size(); ++i) {
    const RoadNetwork::ConditionalAccess& entry = profile.conditional_edges[i];
    check_index("edge of conditional access", i, entry.edge, num_edges);
    check_index("condition of conditional access", i, entry.condition, num_conditions);
    check_range("time of conditional access", i, entry.time_ms, 0,
                std::numeric_limits<std::int32_t>::max());
    check_access("access of conditional access", i, entry.access);
  }
}

}  // namespace

void check_network(const RoadNetwork& network) {
  // Edges, shape points and the bytes of names are counted in 32 bits; half of the range leaves
  // room for copies.
  constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max() / 2;
  check_range("number of segments", 0, static_cast<std::int64_t>(network.segments.size()), 0,
              most / 4);
  check_range("number of nodes", 0, static_cast<std::int64_t>(network.nodes.size()), 0, most);
  check_range("number of shape points", 0, static_cast<std::int64_t>(network.shape_lat_e7.size()),
              0, most);
  check_size("longitudes of shape points", 0, network.shape_lon_e7.size(),
             network.shape_lat_e7.size());
  check_range("number of profiles", 0, static_cast<std::int64_t>(network.profiles.size()), 1, 32);
  const std::size_t num_conditions = std::max<std::size_t>(1, network.conditions.size());

  for (std::size_t v = 0; v < network.nodes.size(); ++v) {
    check_range("latitude of node", v, network.nodes[v].lat_e7, -900'000'000, 900'000'000);
    check_range("longitude of node", v, network.nodes[v].lon_e7, -1'800'000'000, 1'800'000'000);
  }
  for (std::size_t i = 0; i < network.shape_lat_e7.size(); ++i) {
    check_range("latitude of shape point", i, network.shape_lat_e7[i], -900'000'000, 900'000'000);
    check_range("longitude of shape point", i, network.shape_lon_e7[i], -1'800'000'000,
                1'800'000'000);
  }
  std::int64_t shapes = 0;
  for (std::size_t s = 0; s < network.segments.size(); ++s) {
    check_segment(network, s);
    shapes += network.segments[s].num_shapes;
  }
  check_range("shape points of all segments", 0, shapes, 0, most);
  for (std::size_t w = 0; w < network.ways.size(); ++w) {
    check_index("name of way", w, network.ways[w].name, network.names.size());
  }
  std::int64_t name_bytes = 0;
  for (const std::string& name : network.names)
    name_bytes += static_cast<std::int64_t>(name.size());
  check_range("bytes of names", 0, name_bytes, 0, most);
  for (std::size_t i = 0; i < network.limits.size(); ++i) {
    check_index("edge of limit", i, network.limits[i].edge, 2 * network.segments.size());
    check_range("kind of limit", i, static_cast<std::int64_t>(network.limits[i].kind), 0,
                static_cast<std::int64_t>(LimitKind::hazmat));
  }
  for (std::size_t r = 0; r < network.restrictions.size(); ++r)
    check_restriction(network, r, num_conditions);
  for (std::size_t p = 0; p < network.profiles.size(); ++p)
    check_profile(network, p, num_conditions);
}

}  // namespace roadgnn::graph
