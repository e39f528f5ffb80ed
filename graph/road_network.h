// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <roadgnn/graph/road_graph.h>

namespace roadgnn::graph {

/// Roads as an importer hands them over: nodes and segments in any order, restrictions as edge sequences.
/// A segment's two directed edges are named by the segment and a direction; see `directed`.
struct RoadNetwork {
  struct Node {
    std::int64_t osm_id = 0;
    std::int32_t lat_e7 = 0, lon_e7 = 0;
    std::uint8_t flags = 0;  ///< node_flag bits
  };
  struct Segment {
    std::int32_t from = 0, to = 0;      ///< indices into nodes; equal for a loop
    std::int32_t way = 0;
    std::int32_t length_cm = 0;
    std::int32_t first_shape = 0, num_shapes = 0;  ///< into shape_lat_e7 / shape_lon_e7, in the direction from -> to
    std::uint16_t flags[2] = {0, 0};    ///< edge_flag bits of the edge from -> to and of the edge to -> from
    RoadClass road_class = RoadClass::other;
    Surface surface = Surface::unknown;
    std::uint8_t lanes[2] = {0, 0};
    std::uint8_t speed_limit_kmh[2] = {0, 0};
  };
  /// The edge of segment s along it (direction 0) or against it (direction 1).
  static std::int32_t directed(std::int32_t segment, int direction) { return 2 * segment + direction; }

  /// "No trip may follow these edges one after the other", or with `only`: "who followed all but the last edge must
  /// take the last one next". At least two edges. Applies to the profiles whose bits are set, while `condition` holds.
  /// An `only` does not bind profiles that may never use its last edge; several with the same beginning and condition
  /// allow each of their last edges.
  struct Restriction {
    std::vector<std::int32_t> edges;    ///< directed(segment, direction), consecutive
    bool only = false;
    std::uint32_t profile_mask = ~0U;
    std::int32_t condition = 0;         ///< index into conditions; 0 is "always"
  };
  struct Limit {
    std::int32_t edge = 0;              ///< directed(segment, direction)
    LimitKind kind = LimitKind::max_height_cm;
    std::int32_t value = 0;
  };
  struct Way {
    std::int64_t osm_id = 0;
    std::int32_t name = 0;              ///< index into names
  };
  struct ConditionalAccess {
    std::int32_t edge = 0;              ///< directed(segment, direction)
    std::int32_t condition = 0;
    std::int32_t time_ms = 0;
    Access access = Access::closed;
  };
  struct Profile {
    std::string name, definition;
    TurnCostParameters turn_costs;
    bool u_turns_anywhere = false;      ///< otherwise only at dead ends and turning circles
    std::vector<std::int32_t> edge_time_ms;  ///< [2 * num_segments], by directed()
    std::vector<Access> edge_access;         ///< [2 * num_segments]
    std::vector<ConditionalAccess> conditional_edges;  ///< see road_graph.h, ConditionalEdge
  };

  std::vector<Node> nodes;
  std::vector<Segment> segments;
  std::vector<std::int32_t> shape_lat_e7, shape_lon_e7;
  std::vector<Way> ways;
  std::vector<std::string> names;       ///< [0] is the empty name
  std::vector<Restriction> restrictions;
  std::vector<Limit> limits;
  std::vector<Profile> profiles;        ///< at most 32
  std::vector<std::string> conditions;  ///< [0] is "always"
  std::vector<std::int32_t> address_lat_e7, address_lon_e7;  ///< places with a house number
  std::string provenance;
  bool left_hand_traffic = false;
};

struct BuildOptions {
  int threads = 1;
  bool use_gpu = true;  ///< build the CSR on the GPU where there is one; the arrays are the same
  std::function<void(const std::string& stage, double fraction)> on_progress;
};

/// Orders the nodes along a Hilbert curve, drops edges closed to every profile, builds both CSRs, expands the turns,
/// prices them for each profile and finds what a vehicle could leave and reach. The result is the same for any number of
/// threads and on any device. Throws InputError where the network is inconsistent.
RoadGraph build_road_graph(RoadNetwork network, const BuildOptions& options = {});

}  // namespace roadgnn::graph
