// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/graph_check.h>

#include <limits>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <roadgnn/graph/array_check.h>
#include <roadgnn/graph/error.h>

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

// Adds a check that every value is low .. high.
template <class T>
void add_range(CheckList& checks, const char* array, const SharedArray<T>& values, std::int64_t low,
               std::int64_t high) {
  using Number = std::conditional_t<std::is_enum_v<T>, std::uint8_t, T>;
  static_assert(sizeof(Number) == sizeof(T));
  if (high < low && !values.empty())
    fail(array, "expected no values, found " + std::to_string(values.size()));
  const std::span numbers(reinterpret_cast<const Number*>(values.data()), values.size());
  checks.add(numbers.size(), [=](std::size_t begin, std::size_t end) {
    if (in_range(numbers.subspan(begin, end - begin), static_cast<Number>(low),
                 static_cast<Number>(high)))
      return;
    fail(array, "expected values from " + std::to_string(low) + " to " + std::to_string(high));
  });
}

template <class T>
void add_index(CheckList& checks, const char* array, const SharedArray<T>& values,
               std::int64_t size) {
  add_range(checks, array, values, 0, size - 1);
}

// Starts of rows: from 0, not descending, up to the number of items.
template <class T>
void check_rows(const char* array, const SharedArray<T>& first, std::size_t num_rows,
                std::size_t num_items) {
  check_size(array, first, num_rows + 1);
  const bool good = first[0] == 0 && static_cast<std::size_t>(first[num_rows]) == num_items &&
                    not_descending(first.span());
  if (!good)
    fail(array, "expected ascending starts of rows from 0 to " + std::to_string(num_items));
}

// Adds a check that items of each row say that they are of that row.
template <class T>
void add_row_items(CheckList& checks, const char* array, const SharedArray<T>& first,
                   const SharedArray<std::int32_t>& row_of_item) {
  const auto starts = first.span();
  const auto rows = row_of_item.span();
  checks.add(rows.size(), [=](std::size_t begin, std::size_t end) {
    if (!lie_in_rows(starts, rows.subspan(begin, end - begin), begin))
      fail(array, "does not fit the rows");
  });
}

// The same for items that name others, whose rows these are.
template <class T, class Item>
void add_row_items(CheckList& checks, const char* array, const SharedArray<T>& first,
                   const SharedArray<Item>& items, const SharedArray<std::int32_t>& row_of_item) {
  const auto starts = first.span();
  const auto all = items.span();
  const auto row_of = row_of_item.span();
  checks.add(all.size(), [=](std::size_t begin, std::size_t end) {
    std::vector<std::int32_t> rows(end - begin);
    const bool good =
        look_up(row_of, all.subspan(begin, end - begin), rows) && lie_in_rows(starts, rows, begin);
    if (!good) fail(array, "does not fit the rows");
  });
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
  check_size("address_lon_e7", g.address_lon_e7, g.address_lat_e7.size());
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

// Small next to the rest, so that the checks of items can rely on it.
void check_all_rows(const RoadGraph& g) {
  const std::size_t nodes = g.lat_e7.size(), edges = g.head.size(),
                    turns = g.turns.turn_head.size();
  check_rows("first_out", g.first_out, nodes, edges);
  check_rows("first_in", g.first_in, nodes, edges);
  check_rows("first_shape", g.first_shape, g.first_shape.size() - 1, g.shape_lat_e7.size());
  check_rows("first_name_char", g.first_name_char, g.first_name_char.size() - 1,
             g.name_chars.size());
  check_rows("turns.first_turn", g.turns.first_turn, g.turns.edge.size(), turns);
  check_rows("turns.first_turn_in", g.turns.first_turn_in, g.turns.edge.size(), turns);
}

void add_road_checks(const RoadGraph& g, CheckList& checks) {
  const std::int64_t nodes = g.num_nodes(), edges = g.num_edges();
  add_index(checks, "head", g.head, nodes);
  add_row_items(checks, "tail", g.first_out, g.tail);
  add_row_items(checks, "in_edge", g.first_in, g.in_edge, g.head);
  add_range(checks, "opposite", g.opposite, -1, edges - 1);
  add_range(checks, "length_cm", g.length_cm, 0, std::numeric_limits<std::int32_t>::max());
  add_index(checks, "segment", g.segment, g.num_segments());
  add_index(checks, "way", g.way, static_cast<std::int64_t>(g.way_osm_id.size()));
  add_range(checks, "road_class", g.road_class, 0, static_cast<std::int64_t>(RoadClass::other));
  add_range(checks, "surface", g.surface, 0, static_cast<std::int64_t>(Surface::sand));
  add_index(checks, "limit_edge", g.limit_edge, edges);
  add_range(checks, "limit_kind", g.limit_kind, 0, static_cast<std::int64_t>(LimitKind::hazmat));
  add_range(checks, "lat_e7", g.lat_e7, -900'000'000, 900'000'000);
  add_range(checks, "lon_e7", g.lon_e7, -1'800'000'000, 1'800'000'000);
  add_range(checks, "shape_lat_e7", g.shape_lat_e7, -900'000'000, 900'000'000);
  add_range(checks, "shape_lon_e7", g.shape_lon_e7, -1'800'000'000, 1'800'000'000);
  add_range(checks, "address_lat_e7", g.address_lat_e7, -900'000'000, 900'000'000);
  add_range(checks, "address_lon_e7", g.address_lon_e7, -1'800'000'000, 1'800'000'000);
  add_index(checks, "way_name", g.way_name,
            static_cast<std::int64_t>(g.first_name_char.size()) - 1);
}

// Adds a check that the copies named are copies of the edge itself.
void add_copies(CheckList& checks, const char* array, const SharedArray<std::int32_t>& edge_of_node,
                const SharedArray<std::int32_t>& node_of_edge) {
  const auto edges = edge_of_node.span(), nodes = node_of_edge.span();
  checks.add(nodes.size(), [=](std::size_t begin, std::size_t end) {
    std::vector<std::int32_t> found(end - begin);
    bool good = look_up(edges, nodes.subspan(begin, end - begin), found);
    for (std::size_t i = 0; i < found.size(); ++i)
      good &= found[i] == static_cast<std::int32_t>(begin + i);
    if (!good) fail(array, "expected copies of the edge itself");
  });
}

void add_turn_checks(const RoadGraph& g, CheckList& checks) {
  const TurnGraph& t = g.turns;
  add_index(checks, "turns.edge", t.edge, g.num_edges());
  add_range(checks, "turns.layer", t.layer, 0, 2);
  add_copies(checks, "turns.departing_node", t.edge, t.departing_node);
  add_copies(checks, "turns.arriving_node", t.edge, t.arriving_node);
  add_index(checks, "turns.turn_head", t.turn_head, t.num_edge_nodes());
  add_row_items(checks, "turns.turn_tail", t.first_turn, t.turn_tail);
  add_row_items(checks, "turns.turn_in", t.first_turn_in, t.turn_in, t.turn_head);
}

void add_profile_checks(const RoadGraph& g, const ProfileData& profile, CheckList& checks) {
  add_range(checks, "edge_time_ms", profile.edge_time_ms, 0, kClosed);
  add_range(checks, "edge_access", profile.edge_access, 0, 2);
  add_range(checks, "turn_time_ms", profile.turn_time_ms, 0, kClosed);
  add_range(checks, "snappable", profile.snappable, 0, 2);
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
  check_all_rows(graph);
  CheckList checks;
  add_road_checks(graph, checks);
  add_turn_checks(graph, checks);
  for (const ProfileData& profile : graph.profiles) add_profile_checks(graph, profile, checks);
  checks.run();
}

}  // namespace roadgnn::graph
