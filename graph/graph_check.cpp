// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/graph_check.h>

#include <functional>
#include <limits>
#include <string>
#include <type_traits>

#include <roadgnn/graph/error.h>
#include <roadgnn/graph/parallel.h>

namespace roadgnn::graph {
namespace {

[[noreturn]] void fail(const char* array, const std::string& what) {
  throw InputError(std::string(array) + ": " + what);
}

template <class T>
void check_size(const char* array, const SharedArray<T>& values, std::size_t expected) {
  if (values.size() == expected) return;
  fail(array,
       "expected " + std::to_string(expected) + " values, found " + std::to_string(values.size()));
}

// Every value is low .. high. In the values' own type and without a branch, so that the compiler
// can use wide registers.
template <class T>
void check_range(const char* array, const SharedArray<T>& values, std::int64_t low,
                 std::int64_t high) {
  using Number = std::conditional_t<std::is_enum_v<T>, std::uint8_t, T>;
  static_assert(sizeof(Number) == sizeof(T));
  const auto least = static_cast<Number>(low), most = static_cast<Number>(high);
  Number bad = 0;
  for (const T& value : values) {
    const auto number = static_cast<Number>(value);
    bad = static_cast<Number>(bad | (number < least) | (number > most));
  }
  if (bad != 0 || (high < low && !values.empty())) {
    fail(array, "expected values from " + std::to_string(low) + " to " + std::to_string(high));
  }
}

template <class T>
void check_index(const char* array, const SharedArray<T>& values, std::int64_t size) {
  check_range(array, values, 0, size - 1);
}

// Starts of rows: from 0, not descending, up to the number of items.
template <class T>
void check_rows(const char* array, const SharedArray<T>& first, std::size_t num_rows,
                std::size_t num_items) {
  check_size(array, first, num_rows + 1);
  bool good = first[0] == 0 && static_cast<std::size_t>(first[num_rows]) == num_items;
  for (std::size_t row = 0; row < num_rows; ++row) good &= first[row] <= first[row + 1];
  if (!good)
    fail(array, "expected ascending starts of rows from 0 to " + std::to_string(num_items));
}

// Items of each row say that they are of that row.
template <class T, class Row>
void check_row_items(const char* array, const SharedArray<T>& first, const Row& row_of_item) {
  bool good = true;
  for (std::size_t row = 0; row + 1 < first.size(); ++row) {
    for (T i = first[row]; i < first[row + 1]; ++i) {
      good &= row_of_item(static_cast<std::size_t>(i)) == static_cast<std::int32_t>(row);
    }
  }
  if (!good) fail(array, "does not fit the rows");
}

void check_sizes(const RoadGraph& g) {
  const std::size_t nodes = g.lat_e7.size(), edges = g.head.size(), limits = g.limit_edge.size();
  constexpr std::size_t most = std::numeric_limits<std::int32_t>::max() - 1;
  if (nodes > most || edges > most || g.turns.edge.size() > most)
    fail("the city", "has too many roads");
  check_size("lon_e7", g.lon_e7, nodes);
  check_size("node_osm_id", g.node_osm_id, nodes);
  check_size("node_flags", g.node_flags, nodes);
  check_size("tail", g.tail, edges);
  check_size("in_edge", g.in_edge, edges);
  check_size("opposite", g.opposite, edges);
  check_size("length_cm", g.length_cm, edges);
  check_size("segment", g.segment, edges);
  check_size("way", g.way, edges);
  check_size("edge_flags", g.edge_flags, edges);
  check_size("road_class", g.road_class, edges);
  check_size("surface", g.surface, edges);
  check_size("lanes", g.lanes, edges);
  check_size("speed_limit_kmh", g.speed_limit_kmh, edges);
  check_size("limit_kind", g.limit_kind, limits);
  check_size("limit_value", g.limit_value, limits);
  check_size("shape_lon_e7", g.shape_lon_e7, g.shape_lat_e7.size());
  check_size("way_name", g.way_name, g.way_osm_id.size());
  check_size("turns.layer", g.turns.layer, g.turns.edge.size());
  check_size("turns.turn_tail", g.turns.turn_tail, g.turns.turn_head.size());
  check_size("turns.turn_in", g.turns.turn_in, g.turns.turn_head.size());
  check_size("turns.departing_node", g.turns.departing_node, edges);
  check_size("turns.arriving_node", g.turns.arriving_node, edges);
  for (const ProfileData& profile : g.profiles) {
    check_size("edge_time_ms", profile.edge_time_ms, edges);
    check_size("edge_access", profile.edge_access, edges);
    check_size("turn_time_ms", profile.turn_time_ms, g.turns.turn_head.size());
    check_size("snappable", profile.snappable, edges);
  }
  if (g.profiles.empty() || g.profiles.size() > 32) fail("profiles", "expected 1 to 32 of them");
  if (g.conditions.empty()) fail("conditions", "expected 'always' to be the first");
  if (g.first_shape.empty()) fail("first_shape", "expected starts of rows, found nothing");
  if (g.first_name_char.empty()) fail("first_name_char", "expected starts of rows, found nothing");
}

using Checks = std::vector<std::function<void()>>;

void add_road_checks(const RoadGraph& g, Checks& checks) {
  const auto nodes = static_cast<std::int64_t>(g.lat_e7.size()),
             edges = static_cast<std::int64_t>(g.head.size());
  checks.push_back([&g, nodes, edges] {
    check_rows("first_out", g.first_out, static_cast<std::size_t>(nodes),
               static_cast<std::size_t>(edges));
    check_rows("first_in", g.first_in, static_cast<std::size_t>(nodes),
               static_cast<std::size_t>(edges));
    check_index("head", g.head, nodes);
    check_index("in_edge", g.in_edge, edges);
    check_row_items("tail", g.first_out, [&](std::size_t e) { return g.tail[e]; });
    check_row_items("in_edge", g.first_in,
                    [&](std::size_t i) { return g.head[static_cast<std::size_t>(g.in_edge[i])]; });
  });
  checks.push_back([&g, edges] {
    check_range("opposite", g.opposite, -1, edges - 1);
    check_range("length_cm", g.length_cm, 0, std::numeric_limits<std::int32_t>::max());
    check_index("segment", g.segment, static_cast<std::int64_t>(g.first_shape.size()) - 1);
    check_index("way", g.way, static_cast<std::int64_t>(g.way_osm_id.size()));
    check_range("road_class", g.road_class, 0, static_cast<std::int64_t>(RoadClass::other));
    check_range("surface", g.surface, 0, static_cast<std::int64_t>(Surface::sand));
    check_index("limit_edge", g.limit_edge, edges);
    check_range("limit_kind", g.limit_kind, 0, static_cast<std::int64_t>(LimitKind::hazmat));
  });
  checks.push_back([&g] {
    check_range("lat_e7", g.lat_e7, -900'000'000, 900'000'000);
    check_range("lon_e7", g.lon_e7, -1'800'000'000, 1'800'000'000);
    check_range("shape_lat_e7", g.shape_lat_e7, -900'000'000, 900'000'000);
    check_range("shape_lon_e7", g.shape_lon_e7, -1'800'000'000, 1'800'000'000);
    check_rows("first_shape", g.first_shape, g.first_shape.size() - 1, g.shape_lat_e7.size());
    check_rows("first_name_char", g.first_name_char, g.first_name_char.size() - 1,
               g.name_chars.size());
    check_index("way_name", g.way_name, static_cast<std::int64_t>(g.first_name_char.size()) - 1);
  });
}

void add_turn_checks(const RoadGraph& g, Checks& checks) {
  const TurnGraph& t = g.turns;
  checks.push_back([&g, &t] {
    check_index("turns.edge", t.edge, g.num_edges());
    check_range("turns.layer", t.layer, 0, 2);
    check_index("turns.departing_node", t.departing_node, t.num_edge_nodes());
    check_index("turns.arriving_node", t.arriving_node, t.num_edge_nodes());
    for (std::size_t e = 0; e < g.head.size(); ++e) {
      const std::int32_t start = t.edge[static_cast<std::size_t>(t.departing_node[e])];
      const std::int32_t end = t.edge[static_cast<std::size_t>(t.arriving_node[e])];
      const auto edge = static_cast<std::int32_t>(e);
      if (start != edge || end != edge)
        fail("turns.departing_node", "expected copies of the edge itself");
    }
  });
  checks.push_back([&t] {
    check_rows("turns.first_turn", t.first_turn, t.edge.size(), t.turn_head.size());
    check_index("turns.turn_head", t.turn_head, t.num_edge_nodes());
    check_row_items("turns.turn_tail", t.first_turn, [&](std::size_t i) { return t.turn_tail[i]; });
  });
  checks.push_back([&t] {
    check_rows("turns.first_turn_in", t.first_turn_in, t.edge.size(), t.turn_head.size());
    check_index("turns.turn_in", t.turn_in, t.num_turns());
    check_row_items("turns.turn_in", t.first_turn_in, [&](std::size_t i) {
      return t.turn_head[static_cast<std::size_t>(t.turn_in[i])];
    });
  });
}

void check_profile(const RoadGraph& g, const ProfileData& profile) {
  check_range("edge_time_ms", profile.edge_time_ms, 0, kClosed);
  check_range("edge_access", profile.edge_access, 0, 2);
  check_range("turn_time_ms", profile.turn_time_ms, 0, kClosed);
  check_range("snappable", profile.snappable, 0, 2);
  const auto conditions = static_cast<std::int32_t>(g.conditions.size());
  for (const ConditionalEdge& entry : profile.conditional_edges) {
    const bool good = entry.edge >= 0 && entry.edge < g.num_edges() && entry.condition >= 0 &&
                      entry.condition < conditions && entry.time_ms >= 0 &&
                      entry.time_ms <= kClosed && entry.access <= Access::ends_only;
    if (!good) fail("conditional_edges", "an entry is out of range");
  }
  for (const ConditionalTurn& entry : profile.conditional_turns) {
    const bool good = entry.turn >= 0 && entry.turn < g.turns.num_turns() && entry.condition >= 0 &&
                      entry.condition < conditions && entry.time_ms >= 0 &&
                      entry.time_ms <= kClosed;
    if (!good) fail("conditional_turns", "an entry is out of range");
  }
}

}  // namespace

void check_graph(const RoadGraph& graph) {
  check_sizes(graph);
  Checks checks;
  add_road_checks(graph, checks);
  add_turn_checks(graph, checks);
  for (const ProfileData& profile : graph.profiles) {
    checks.push_back([&graph, &profile] { check_profile(graph, profile); });
  }
  parallel_for(static_cast<std::int64_t>(checks.size()), 1, 0,
               [&](std::int64_t begin, std::int64_t end, int) {
                 for (std::int64_t i = begin; i < end; ++i) checks[static_cast<std::size_t>(i)]();
               });
}

}  // namespace roadgnn::graph
