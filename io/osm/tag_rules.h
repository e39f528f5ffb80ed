// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <roadgnn/graph/road_graph.h>
#include <roadgnn/io/osm/profile.h>

namespace roadgnn::io {

/// What tags mean to a vehicle: the one place where OSM's keys and values are interpreted. Pure
/// functions of the tags, a profile and a region, so that they can be tested and fuzzed without a
/// map.

/// Tags of one object; the views must outlive the call. Keys are unique.
using Tags = std::span<const std::pair<std::string_view, std::string_view>>;

/// The value of `key`, or an empty view.
std::string_view value_of(Tags tags, std::string_view key);

/// Where the way lies, as far as it changes the meaning of its tags.
struct Region {
  std::string country;  ///< ISO 3166-1 alpha-2 such as "DE", empty where unknown
  bool left_hand_traffic = false;
};

/// Access and speed in one direction.
struct Passage {
  graph::Access access = graph::Access::closed;
  double speed_kmh = 0;  ///< > 0 unless closed
};

/// A passage that holds while an opening-hours expression does.
struct ConditionalPassage {
  std::string condition;
  Passage passage;
};

struct WayVerdict {
  Passage forward, backward;  ///< conservative: without a known time
  std::vector<ConditionalPassage> forward_when,
      backward_when;  ///< in the order in which they apply, see graph::ConditionalEdge
  std::optional<double>
      duration_s;          ///< for the whole way (ferries, shuttle trains); overrides the speed
  bool startpoint = true;  ///< false where trips cannot begin or end (ferries)
};

WayVerdict evaluate_way(const Profile& profile, Tags tags, const Region& region);

/// Bits of NodeVerdict::facing beside the directions.
namespace facing_flag {
inline constexpr std::uint8_t unsaid =
                                  4,  ///< no tag says it: both, as far as nothing else is known
    minor_roads = 8;                  ///< at a junction only who comes from a lesser road
}  // namespace facing_flag

struct NodeVerdict {
  bool blocked =
      false;  ///< the vehicle cannot pass (a bollard, a locked gate, too low a height restrictor)
  std::uint8_t flags = 0;  ///< graph::node_flag bits
  /// Directions along the way that a signal, stop or give-way sign faces: 1 forward, 2 backward, 3
  /// both; and the bits of facing_flag.
  std::uint8_t facing = 3;
  double penalty_s = 0;  ///< of passing the node itself (a gate to open, a toll booth)
};

NodeVerdict evaluate_node(const Profile& profile, Tags tags);

/// What the road graph keeps of a way for features, drawing and the limits of single vehicles.
struct WayAttributes {
  bool routable = false;  ///< some vehicle could use it: highway, ferry, shuttle train
  graph::RoadClass road_class = graph::RoadClass::other;
  graph::Surface surface = graph::Surface::unknown;
  std::uint8_t lanes[2] = {0, 0};  ///< forward, backward
  std::uint8_t speed_limit_kmh[2] = {0, 0};
  std::uint16_t flags = 0;  ///< graph::edge_flag bits that hold in both directions
  std::string_view name;    ///< name, else ref
  std::vector<std::pair<graph::LimitKind, std::int32_t>> limits;
};

WayAttributes read_way_attributes(Tags tags, const Region& region);

/// What a turn-restriction relation's tags say.
struct RestrictionVerdict {
  enum class Kind {
    none,
    no,
    only,
    no_entry,
    no_exit
  } kind = Kind::none;    ///< none: not for this profile
  std::string condition;  ///< empty: always
};

RestrictionVerdict evaluate_restriction(const Profile& profile, Tags tags);

}  // namespace roadgnn::io
