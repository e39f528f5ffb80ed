// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <roadgnn/graph/road_network.h>
#include <roadgnn/io/osm/map_data.h>
#include <roadgnn/io/osm/way_evaluation.h>

namespace roadgnn::io::detail {

struct BuiltNetwork {
  static constexpr std::int32_t kNoNode = -1;  ///< a shape point, or on no usable way
  static constexpr std::int32_t kTornApart =
      -2;  ///< a barrier to all: each street ends in a node of its own

  graph::RoadNetwork network;
  std::vector<std::int32_t>
      graph_node;  ///< [map nodes] index into network.nodes, kNoNode or kTornApart
  std::vector<std::int32_t>
      first_segment;  ///< [map ways + 1] the segments of a way, in its direction

  struct Counts {
    std::int64_t closed_ways = 0, short_ways = 0, repeated_refs = 0, zero_length = 0, too_long = 0,
                 cut_ways = 0, barriers_closed = 0, barriers_for_some = 0;
  } counts;
};

/// Cuts ways into segments at the nodes where they meet or end, at the nodes that restrictions name
/// and at barriers:
///  - a barrier that stops every profile which may use its streets tears them apart: each ends in a
///  node of its own;
///  - one that stops some profiles is a node with restrictions for these profiles;
///  - what slows down but does not stop is priced once. A traffic signal is a graph node: the turns
///    there are priced by edge and node flags, as at junctions with signs or crossings. Signs and
///    crossings between graph nodes add time to the edges that pass them in the direction that they
///    face; gates and toll booths to the edges that pass or arrive at them.
/// Restriction relations are not added here. Throws InputError where int32 indices cannot hold the
/// roads.
BuiltNetwork build_network(const MapData& map, const EvaluatedWays& ways,
                           const std::vector<Profile>& profiles);

}  // namespace roadgnn::io::detail
