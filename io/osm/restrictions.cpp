// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/osm/restrictions.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/osm/great_circle.h>

namespace roadgnn::io::detail {
namespace {

using graph::RoadNetwork;

// Bounds on what a hostile file can ask for; real relations are far below.
constexpr std::size_t kMaxViaWays = 64, kMaxTurnsOfRelation = 4096, kMaxPathEdges = 512;
constexpr std::int64_t kMaxWork = 2'000'000'000;  // edges looked at

// Why a relation is dropped; thrown within this file only.
struct Dropped {
  std::string reason;
};

// The turn that a restriction's value names, such as no_left_turn.
enum class TurnName { unknown, left, right, straight, u_turn };

TurnName turn_name(Tags tags) {
  for (const auto& [key, value] : tags) {
    if (!key.starts_with("restriction")) continue;
    const auto has = [text = value](std::string_view part) {
      return text.find(part) != std::string_view::npos;
    };
    if (has("u_turn")) return TurnName::u_turn;
    if (has("left")) return TurnName::left;
    if (has("right")) return TurnName::right;
    if (has("straight")) return TurnName::straight;
  }
  return TurnName::unknown;
}

class Resolver {
 public:
  Resolver(const MapData& map, const std::vector<Profile>& profiles, BuiltNetwork& built)
      : map_(map), profiles_(profiles), built_(built), network_(built.network) {
    for (std::size_t i = 0; i < network_.conditions.size(); ++i) {
      condition_index_.emplace(network_.conditions[i], static_cast<std::int32_t>(i));
    }
    open_to_.assign(2 * network_.segments.size(), 0);
    for (std::size_t p = 0; p < network_.profiles.size(); ++p) {
      const RoadNetwork::Profile& profile = network_.profiles[p];
      for (std::size_t edge = 0; edge < open_to_.size(); ++edge) {
        if (profile.edge_access[edge] != graph::Access::closed) open_to_[edge] |= 1U << p;
      }
      for (const auto& conditional : profile.conditional_edges) {
        if (conditional.access != graph::Access::closed)
          open_to_[index(conditional.edge)] |= 1U << p;
      }
    }
  }

  RestrictionCounts resolve_all() {
    RestrictionCounts counts;
    for (const MapData::Relation& relation : map_.relations) {
      try {
        resolve(relation);
        ++counts.kept;
      } catch (const Dropped& dropped) {
        ++counts.dropped[dropped.reason];
      }
    }
    return counts;
  }

 private:
  using Kind = RestrictionVerdict::Kind;
  using Edges = std::vector<std::int32_t>;

  // What a relation means to a set of profiles.
  struct Meaning {
    Kind kind;
    std::string condition;
    std::uint32_t profile_mask;
  };

  struct Members {
    std::vector<std::int64_t> from, to, via_ways, via_nodes;
  };

  static std::size_t index(std::int32_t i) { return static_cast<std::size_t>(i); }

  void resolve(const MapData::Relation& relation) {
    unpack_tags(map_.tags_of(relation), tags_);
    const std::vector<Meaning> meanings = meanings_of(tags_);
    if (meanings.empty()) throw Dropped{"for no profile"};
    const Members members = members_of(relation);
    const bool several_from = members.from.size() > 1, several_to = members.to.size() > 1;
    bool added = false;
    std::string reason = "no turn that a vehicle could make";
    for (const Meaning& meaning : meanings) {
      if ((several_from && meaning.kind != Kind::no_entry) ||
          (several_to && meaning.kind != Kind::no_exit)) {
        reason = "several from or to members";
        continue;
      }
      std::size_t turns = 0;
      for (const std::int64_t from : members.from) {
        for (const std::int64_t to : members.to) {
          if (++turns > kMaxTurnsOfRelation) throw Dropped{"too many members"};
          try {
            add(find(from, members, to, meaning.profile_mask), meaning);
            added = true;
          } catch (const Dropped& dropped) {
            reason = dropped.reason;
          }
        }
      }
    }
    if (!added) throw Dropped{reason};
  }

  std::vector<Meaning> meanings_of(Tags tags) const {
    std::vector<Meaning> meanings;
    for (std::size_t p = 0; p < profiles_.size(); ++p) {
      RestrictionVerdict verdict = evaluate_restriction(profiles_[p], tags);
      if (verdict.kind == Kind::none) continue;
      const auto same = std::find_if(meanings.begin(), meanings.end(), [&](const Meaning& meaning) {
        return meaning.kind == verdict.kind && meaning.condition == verdict.condition;
      });
      if (same != meanings.end()) {
        same->profile_mask |= 1U << p;
      } else {
        meanings.push_back({verdict.kind, std::move(verdict.condition), 1U << p});
      }
    }
    return meanings;
  }

  Members members_of(const MapData::Relation& relation) const {
    Members members;
    for (std::uint32_t i = 0; i < relation.num_members; ++i) {
      const MapData::Member& member = map_.members[relation.first_member + i];
      const bool is_way = member.type == OsmMember::Type::way;
      if (member.role == MapData::Role::from && is_way) members.from.push_back(member.ref);
      if (member.role == MapData::Role::to && is_way) members.to.push_back(member.ref);
      if (member.role == MapData::Role::via && is_way) members.via_ways.push_back(member.ref);
      if (member.role == MapData::Role::via && member.type == OsmMember::Type::node) {
        members.via_nodes.push_back(member.ref);
      }
    }
    if (members.from.empty()) throw Dropped{"no from member"};
    if (members.to.empty()) throw Dropped{"no to member"};
    if (members.via_ways.empty() && members.via_nodes.empty()) throw Dropped{"no via member"};
    if (members.via_ways.empty() && members.via_nodes.size() > 1)
      throw Dropped{"several via nodes"};
    if (members.via_ways.size() > kMaxViaWays) throw Dropped{"too many members"};
    return members;
  }

  void add(Edges edges, const Meaning& meaning) {
    std::uint32_t mask = meaning.profile_mask;
    for (const std::int32_t edge : edges) mask &= open_to_[index(edge)];
    if (mask == 0) throw Dropped{"no turn that a vehicle could make"};
    std::int32_t condition = 0;
    if (!meaning.condition.empty()) {
      const auto [found, added] = condition_index_.try_emplace(
          meaning.condition, static_cast<std::int32_t>(network_.conditions.size()));
      if (added) network_.conditions.push_back(meaning.condition);
      condition = found->second;
    }
    network_.restrictions.push_back(
        {std::move(edges), meaning.kind == Kind::only, mask, condition});
  }

  // The segments of an OSM way, none where it is no usable road.
  std::pair<std::int32_t, std::int32_t> segments_of(std::int64_t way_id) const {
    const auto way =
        std::lower_bound(map_.ways.begin(), map_.ways.end(), way_id,
                         [](const MapData::Way& a, std::int64_t id) { return a.id < id; });
    if (way == map_.ways.end() || way->id != way_id)
      throw Dropped{"way not in the file or no road"};
    const auto i = static_cast<std::size_t>(way - map_.ways.begin());
    if (built_.first_segment[i] == built_.first_segment[i + 1]) throw Dropped{"way closed to all"};
    work_ += 2 * (built_.first_segment[i + 1] - built_.first_segment[i]);
    if (work_ > kMaxWork)
      throw InputError("has restriction relations over too many and too long ways");
    return {built_.first_segment[i], built_.first_segment[i + 1]};
  }

  std::int32_t head(std::int32_t edge) const {
    const RoadNetwork::Segment& segment = network_.segments[index(edge / 2)];
    return edge % 2 == 0 ? segment.to : segment.from;
  }
  std::int32_t tail(std::int32_t edge) const { return head(edge ^ 1); }

  // Edges of a way that arrive at (leave) a node and are open to one of the profiles.
  Edges arriving(std::int64_t way_id, std::int32_t node, std::uint32_t mask) const {
    const auto [begin, end] = segments_of(way_id);
    Edges edges;
    for (std::int32_t edge = 2 * begin; edge < 2 * end; ++edge) {
      if (head(edge) == node && (open_to_[index(edge)] & mask) != 0) edges.push_back(edge);
    }
    return edges;
  }
  Edges leaving(std::int64_t way_id, std::int32_t node, std::uint32_t mask) const {
    const auto [begin, end] = segments_of(way_id);
    Edges edges;
    for (std::int32_t edge = 2 * begin; edge < 2 * end; ++edge) {
      if (tail(edge) == node && (open_to_[index(edge)] & mask) != 0) edges.push_back(edge);
    }
    return edges;
  }

  Edges find(std::int64_t from, const Members& members, std::int64_t to, std::uint32_t mask) {
    if (!members.via_ways.empty()) return find_through_ways(from, members.via_ways, to, mask);
    const auto via =
        std::lower_bound(map_.node_id.begin(), map_.node_id.end(), members.via_nodes.front());
    if (via == map_.node_id.end() || *via != members.via_nodes.front())
      throw Dropped{"via node not on a road"};
    const std::int32_t node =
        built_.graph_node[static_cast<std::size_t>(via - map_.node_id.begin())];
    if (node == BuiltNetwork::kTornApart) throw Dropped{"at a closed barrier"};
    if (node == BuiltNetwork::kNoNode) throw Dropped{"via node not on a road"};
    return choose_turn(arriving(from, node, mask), leaving(to, node, mask), from == to);
  }

  // The turn that a relation with a via node means.
  Edges choose_turn(const Edges& in, const Edges& out, bool same_way) const {
    if (in.empty() || out.empty()) throw Dropped{"ways do not meet or cannot be driven that way"};
    const TurnName name = turn_name(tags_);
    std::vector<Edges> turns;
    for (const std::int32_t a : in) {
      for (const std::int32_t b : out) {
        const bool back = a == (b ^ 1);
        const bool wanted =
            same_way ? back == (name == TurnName::u_turn || name == TurnName::unknown) : true;
        if (wanted) turns.push_back({a, b});
      }
    }
    if (turns.empty() && in.size() == 1 && out.size() == 1) return {in.front(), out.front()};
    if (turns.size() > 1) {
      std::erase_if(turns, [&](const Edges& turn) { return !is_called(name, turn[0], turn[1]); });
    }
    if (turns.size() != 1) throw Dropped{"way not split at the via node"};
    return turns.front();
  }

  // Whether the angle from edge a to edge b fits the turn's name.
  bool is_called(TurnName name, std::int32_t a, std::int32_t b) const {
    const double angle = std::remainder(
        first_bearing(b) - (first_bearing(a ^ 1) + std::numbers::pi), 2 * std::numbers::pi);
    constexpr double slight = std::numbers::pi / 9, back = std::numbers::pi * 5 / 6;
    switch (name) {
      case TurnName::left:
        return angle < -slight && angle > -back;
      case TurnName::right:
        return angle > slight && angle < back;
      case TurnName::straight:
        return std::abs(angle) <= 2 * slight;
      case TurnName::u_turn:
        return a == (b ^ 1) || std::abs(angle) >= back;
      case TurnName::unknown:
        break;
    }
    return true;
  }

  double first_bearing(std::int32_t edge) const {
    const RoadNetwork::Segment& segment = network_.segments[index(edge / 2)];
    const RoadNetwork::Node &start = network_.nodes[index(tail(edge))],
                            &end = network_.nodes[index(head(edge))];
    std::int32_t lat = end.lat_e7, lon = end.lon_e7;
    if (segment.num_shapes > 0) {
      const std::size_t shape =
          index(segment.first_shape + (edge % 2 == 0 ? 0 : segment.num_shapes - 1));
      lat = network_.shape_lat_e7[shape];
      lon = network_.shape_lon_e7[shape];
    }
    return bearing(start.lat_e7, start.lon_e7, lat, lon);
  }

  // A path through all via ways in their order. Whole ways, entered and left at their ends, are
  // preferred to parts of ways, then fewer edges, then what the relation and the ways name first.
  struct Path {
    Edges edges;
    int parts = 0;  // ways entered or left between their ends
    bool better_than(const Path& other, int more_parts = 0) const {
      return std::pair(parts + more_parts, edges.size()) <
             std::pair(other.parts, other.edges.size());
    }
  };

  Edges find_through_ways(std::int64_t from, std::vector<std::int64_t> via, std::int64_t to,
                          std::uint32_t mask) const {
    std::optional<Path> best = best_path(from, via, to, mask);
    if (!best) {
      std::reverse(via.begin(), via.end());
      best = best_path(from, via, to, mask);
    }
    if (!best) throw Dropped{"ways do not meet or cannot be driven that way"};
    return best->edges;
  }

  // Goes forward over the ways, keeping the best path to every node where one way can hand over to
  // the next.
  std::optional<Path> best_path(std::int64_t from, const std::vector<std::int64_t>& via,
                                std::int64_t to, std::uint32_t mask) const {
    std::map<std::int32_t, Path> at;  // by node
    const auto keep = [](std::map<std::int32_t, Path>& paths, std::int32_t node, const Path& path,
                         int more_parts) {
      const auto [found, added] = paths.try_emplace(node);
      if (!added && !path.better_than(found->second, more_parts)) return;
      found->second = path;
      found->second.parts += more_parts;
    };
    const auto [from_begin, from_end] = segments_of(from);
    for (std::int32_t edge = 2 * from_begin; edge < 2 * from_end; ++edge) {
      if ((open_to_[index(edge)] & mask) == 0) continue;
      const bool way_end = edge == 2 * from_begin + 1 || edge == 2 * from_end - 2;
      keep(at, head(edge), {{edge}, way_end ? 0 : 1}, 0);
    }
    for (const std::int64_t way : via) {
      const auto [begin, end] = segments_of(way);
      std::map<std::int32_t, Path> next;
      for (int direction = 0; direction < 2; ++direction)
        walk(at, begin, end, direction, mask, keep, next);
      at = std::move(next);
    }
    const auto [to_begin, to_end] = segments_of(to);
    std::optional<Path> best;
    for (std::int32_t edge = 2 * to_begin; edge < 2 * to_end; ++edge) {
      const auto path = at.find(tail(edge));
      if ((open_to_[index(edge)] & mask) == 0 || path == at.end()) continue;
      if (path->second.edges.back() == (edge ^ 1)) continue;
      Path whole = path->second;
      whole.edges.push_back(edge);
      const bool way_end = edge == 2 * to_begin || edge == 2 * to_end - 1;
      whole.parts += way_end ? 0 : 1;
      if (!best || whole.better_than(*best)) best = std::move(whole);
    }
    return best;
  }

  // Extends the paths that stand at nodes of a way along (direction 0) or against it, to each of
  // its nodes further on.
  template <typename Keep>
  void walk(const std::map<std::int32_t, Path>& at, std::int32_t begin, std::int32_t end,
            int direction, std::uint32_t mask, const Keep& keep,
            std::map<std::int32_t, Path>& next) const {
    std::optional<Path> current;  // the best path that follows this way up to here
    for (std::int32_t i = 0; i < end - begin; ++i) {
      const std::int32_t edge =
          RoadNetwork::directed(direction == 0 ? begin + i : end - 1 - i, direction);
      const std::int32_t here = tail(edge);
      if (current && head(current->edges.back()) != here)
        current.reset();  // the way is cut or torn apart here
      const auto start = at.find(here);
      if (start != at.end() && start->second.edges.back() != (edge ^ 1)) {
        const int more_parts = i == 0 ? 0 : 1;
        if (!current || start->second.better_than(*current, more_parts)) {
          current = start->second;
          current->parts += more_parts;
        }
      }
      if (!current) continue;
      if (current->edges.size() > kMaxPathEdges || (open_to_[index(edge)] & mask) == 0) {
        current.reset();
        continue;
      }
      current->edges.push_back(edge);
      keep(next, head(edge), *current, i == end - begin - 1 ? 0 : 1);
    }
  }

  const MapData& map_;
  const std::vector<Profile>& profiles_;
  BuiltNetwork& built_;
  RoadNetwork& network_;
  std::vector<std::uint32_t>
      open_to_;  // [2 * segments] a bit for each profile that may ever use the edge
  std::unordered_map<std::string, std::int32_t> condition_index_;
  TagVector tags_;
  mutable std::int64_t work_ = 0;
};

}  // namespace

RestrictionCounts add_restrictions(const MapData& map, const std::vector<Profile>& profiles,
                                   BuiltNetwork& built) {
  return Resolver(map, profiles, built).resolve_all();
}

}  // namespace roadgnn::io::detail
