// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <roadgnn/graph/shared_array.h>
#include <roadgnn/graph/turn_cost.h>
#include <roadgnn/graph/turn_graph.h>
#include <roadgnn/graph/types.h>

namespace roadgnn::graph {

struct Hierarchy;

/// OSM's road classes, coarse enough to be a feature and fine enough to carry a default speed.
enum class RoadClass : std::uint8_t {
  motorway, motorway_link, trunk, trunk_link, primary, primary_link, secondary, secondary_link, tertiary,
  tertiary_link, unclassified, residential, living_street, service, track, cycleway, path, pedestrian, footway,
  ferry, shuttle_train, other,
};

enum class Surface : std::uint8_t {
  unknown, asphalt, concrete, paving_stones, cobblestone, metal, wood, compacted, gravel, unpaved, ground, sand,
};

/// Bits of `RoadGraph::node_flags`.
namespace node_flag {
inline constexpr std::uint8_t traffic_signals = 1, stop = 2, give_way = 4, crossing = 8, barrier = 16, toll = 32,
                              mini_roundabout = 64, turning_circle = 128;
}

/// Bits of `RoadGraph::edge_flags`.
namespace edge_flag {
inline constexpr std::uint16_t against_way = 1,   ///< runs against its way's and its segment's direction
    roundabout = 2, tunnel = 4, bridge = 8, toll = 16, ferry = 32, link = 64,
    signals_at_head = 128,      ///< a traffic signal faces who arrives at the head
    stop_at_head = 256, give_way_at_head = 512,
    oneway = 1024,              ///< the way has no usable opposite direction for motor vehicles
    startpoint = 2048;          ///< trips may start and end here (not so on ferries)
}

/// One value that a vehicle must respect, stored beside the edges it is posted on.
enum class LimitKind : std::uint8_t {
  max_height_cm, max_width_cm, max_length_cm, max_weight_kg, max_axle_load_kg, hazmat,
};

/// A time-dependent value of an edge or turn under one profile. Entries of one edge (turn) stand together, in the order
/// in which they apply: where the departure is known, the last one whose condition holds decides. The first has
/// condition 0, "always", and carries the unconditional value. `condition` indexes `RoadGraph::conditions`.
struct ConditionalEdge {
  std::int32_t edge, condition, time_ms;
  Access access;
};
struct ConditionalTurn {
  std::int64_t turn;
  std::int32_t condition, time_ms;
};

/// What one vehicle profile makes of the roads. Without a departure time the arrays hold the conservative value: what
/// is closed at any time counts as closed.
struct ProfileData {
  std::string name;
  std::string definition;              ///< the profile's JSON, for the record
  TurnCostParameters turn_costs;
  SharedArray<std::int32_t> edge_time_ms;   ///< [num_edges], kClosed where access is closed
  SharedArray<Access> edge_access;          ///< [num_edges]
  SharedArray<std::int32_t> turn_time_ms;   ///< [num_turns], cost of the turn alone, kClosed where forbidden
  /// [num_edges] 2 where a trip may begin and end, and can get away and back; 1 where it may, but is cut off; else 0. See
  /// find_snappable.
  SharedArray<std::uint8_t> snappable;
  SharedArray<ConditionalEdge> conditional_edges;
  SharedArray<ConditionalTurn> conditional_turns;
};

/// A city's roads: a directed graph in CSR form both ways, attributes as arrays, the turn-expanded topology and what
/// each vehicle profile makes of them. Immutable once built; any number of threads may read it.
///
/// Nodes are intersections, ends and bends that matter, ordered along a Hilbert curve. Edges are directed and sorted by
/// tail. A *segment* is the piece of street that an edge and its opposite edge share; geometry is kept once, by segment.
struct RoadGraph {
  // Topology.
  SharedArray<std::int32_t> first_out;     ///< [num_nodes + 1], edges leaving v are first_out[v] .. first_out[v+1]-1
  SharedArray<std::int32_t> head;          ///< [num_edges]
  SharedArray<std::int32_t> tail;          ///< [num_edges]
  SharedArray<std::int32_t> first_in;      ///< [num_nodes + 1], into in_edge
  SharedArray<std::int32_t> in_edge;       ///< [num_edges], the edge at each place of the reverse CSR
  SharedArray<std::int32_t> opposite;      ///< [num_edges], the same segment the other way, or -1

  // Nodes.
  SharedArray<std::int32_t> lat_e7, lon_e7;  ///< [num_nodes], 1e-7 degrees
  SharedArray<std::int64_t> node_osm_id;     ///< [num_nodes]
  SharedArray<std::uint8_t> node_flags;      ///< [num_nodes], node_flag bits

  // Edges.
  SharedArray<std::int32_t> length_cm;       ///< [num_edges]
  SharedArray<std::int32_t> segment;         ///< [num_edges]
  SharedArray<std::int32_t> way;             ///< [num_edges], index into way_osm_id and way_name
  SharedArray<std::uint16_t> edge_flags;     ///< [num_edges], edge_flag bits
  SharedArray<RoadClass> road_class;         ///< [num_edges]
  SharedArray<Surface> surface;              ///< [num_edges]
  SharedArray<std::uint8_t> lanes;           ///< [num_edges], lanes in the edge's direction, 0 where unknown
  SharedArray<std::uint8_t> speed_limit_kmh; ///< [num_edges], 0 where unknown
  SharedArray<std::int32_t> limit_edge;      ///< [num_limits], ascending
  SharedArray<LimitKind> limit_kind;         ///< [num_limits]
  SharedArray<std::int32_t> limit_value;     ///< [num_limits]

  // Segments: shape points strictly between the ends, in the way's direction.
  SharedArray<std::int32_t> first_shape;             ///< [num_segments + 1]
  SharedArray<std::int32_t> shape_lat_e7, shape_lon_e7;

  // Ways.
  SharedArray<std::int64_t> way_osm_id;      ///< [num_ways]
  SharedArray<std::int32_t> way_name;        ///< [num_ways], index of the name
  SharedArray<std::int32_t> first_name_char; ///< [num_names + 1]
  SharedArray<char> name_chars;

  // Places with a house number, as the map has them; empty where it has none.
  SharedArray<std::int32_t> address_lat_e7, address_lon_e7;  ///< [num_addresses]

  TurnGraph turns;
  std::shared_ptr<const Hierarchy> hierarchy;  ///< of the router, over `turns`; null where none was computed or stored
  std::vector<ProfileData> profiles;
  std::vector<std::string> conditions;       ///< opening-hours expressions; [0] is "always"
  std::string provenance;                    ///< JSON: source file, its hash, options, program version
  bool left_hand_traffic = false;

  std::int32_t num_nodes() const { return static_cast<std::int32_t>(lat_e7.size()); }
  std::int32_t num_edges() const { return static_cast<std::int32_t>(head.size()); }
  std::int32_t num_segments() const { return static_cast<std::int32_t>(first_shape.size()) - 1; }

  std::string_view name_of_edge(std::int32_t edge) const {
    const auto name = static_cast<std::size_t>(way_name[static_cast<std::size_t>(way[static_cast<std::size_t>(edge)])]);
    const auto begin = static_cast<std::size_t>(first_name_char[name]);
    return {name_chars.data() + begin, static_cast<std::size_t>(first_name_char[name + 1]) - begin};
  }

  /// Index of a profile by name. Throws InputError that lists the names there are.
  int profile_index(std::string_view name) const;
};

}  // namespace roadgnn::graph
