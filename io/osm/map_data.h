// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <roadgnn/io/osm/import.h>
#include <roadgnn/io/osm/osm_file.h>
#include <roadgnn/io/osm/profile.h>
#include <roadgnn/io/osm/tag_rules.h>

namespace roadgnn::io::detail {

using TagVector = std::vector<std::pair<std::string_view, std::string_view>>;

/// Tags as text: each key and value followed by a zero byte.
void pack_tags(Tags tags, std::string& text);
void unpack_tags(std::string_view text, TagVector& tags);

/// What a node's tags say, where they say anything to some profile.
struct NodeFact {
  std::int32_t node = 0;               ///< index into MapData::node_id
  std::uint8_t flags = 0, facing = 3;  ///< node_flag bits; NodeVerdict::facing
  std::uint32_t blocked_profiles = 0;  ///< a bit a profile
  std::vector<double> penalty_s;       ///< [profiles], empty where all are 0
};

/// The part of a map that roads are made of: ways that some vehicle could use, their nodes,
/// restriction relations.
struct MapData {
  static constexpr std::int32_t kMissing = -1;

  struct Way {
    std::int64_t id = 0;
    std::uint64_t first_ref = 0, first_char = 0;
    std::uint32_t num_refs = 0, num_chars = 0;
  };
  struct Relation {
    std::int64_t id = 0;
    std::uint64_t first_member = 0, first_char = 0;
    std::uint32_t num_members = 0, num_chars = 0;
  };
  enum class Role : std::uint8_t { from, via, to };
  struct Member {
    std::int64_t ref = 0;
    OsmMember::Type type = OsmMember::Type::node;
    Role role = Role::from;
  };

  std::vector<Way> ways;  ///< by id
  std::vector<std::int32_t>
      refs;  ///< indices into node_id, kMissing where the node is not in the file (the box)
  std::string tag_chars;            ///< packed tags of ways and relations
  std::vector<Relation> relations;  ///< by id
  std::vector<Member> members;
  std::vector<std::int64_t> node_id;  ///< ascending: the nodes of `ways` that have coordinates
  std::vector<std::int32_t> lat_e7, lon_e7;
  std::vector<NodeFact> facts;  ///< by node

  struct Address {
    std::int32_t lat_e7 = 0, lon_e7 = 0;
    friend auto operator<=>(const Address&, const Address&) = default;
  };
  /// Places with a house number, by latitude and longitude, each once: nodes, and the first corners
  /// of buildings. In the box, where there is one.
  std::vector<Address> addresses;

  struct Counts {
    std::int64_t nodes = 0, ways = 0, relations = 0;  ///< read
    std::int64_t ways_no_road = 0, ways_outside = 0, duplicate_ways = 0, duplicate_nodes = 0,
                 missing_refs = 0, unlocated_nodes = 0, restrictions = 0;
  } counts;

  std::string_view tags_of(const Way& way) const {
    return {tag_chars.data() + way.first_char, way.num_chars};
  }
  std::string_view tags_of(const Relation& relation) const {
    return {tag_chars.data() + relation.first_char, relation.num_chars};
  }
};

/// Reads a file in two passes (ways and relations, then the nodes that they need; a pass over the
/// nodes comes before where there is a box). Independent of the order of the objects in the file:
/// of several objects with one id, the last one counts. Throws InputError.
MapData collect_map(OsmFile& file, const ImportOptions& options);

}  // namespace roadgnn::io::detail
