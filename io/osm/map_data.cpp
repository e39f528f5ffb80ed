// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/osm/map_data.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include <roadgnn/graph/error.h>
#include <roadgnn/graph/parallel.h>

namespace roadgnn::io::detail {
namespace {

// Stands for a node outside the box. As an id it is beyond anything that OSM has.
constexpr std::int64_t kOutside = std::numeric_limits<std::int64_t>::min();

struct Box {
  std::int32_t west, south, east, north;

  explicit Box(const BoundingBox& box)
      : west(e7(box.west)), south(e7(box.south)), east(e7(box.east)), north(e7(box.north)) {}

  static std::int32_t e7(double degrees) {
    return static_cast<std::int32_t>(std::clamp(degrees, -180.0, 180.0) * 1e7);
  }

  // A box whose west is greater than its east lies across 180 degrees.
  bool contains(std::int32_t lat, std::int32_t lon) const {
    const bool in_lon = west <= east ? lon >= west && lon <= east : lon >= west || lon <= east;
    return in_lon && lat >= south && lat <= north;
  }
};

// Looks up ids that mostly come in ascending order: each search starts where the last one ended.
class AscendingLookup {
 public:
  explicit AscendingLookup(const std::vector<std::int64_t>& ids) : ids_(ids) {}

  // The index of `id`, or -1.
  std::int64_t find(std::int64_t id) {
    const std::size_t n = ids_.size();
    std::size_t low = at_ < n && ids_[at_] <= id ? at_ : 0;
    std::size_t step = 1;
    while (low + step < n && ids_[low + step] <= id) {
      low += step;
      step *= 2;
    }
    const auto first = ids_.begin() + static_cast<std::ptrdiff_t>(low);
    const auto last = ids_.begin() + static_cast<std::ptrdiff_t>(std::min(n, low + step));
    const auto found = std::lower_bound(first, last, id);
    at_ = static_cast<std::size_t>(found - ids_.begin());
    return found != last && *found == id ? found - ids_.begin() : -1;
  }

 private:
  const std::vector<std::int64_t>& ids_;
  std::size_t at_ = 0;
};

class BoxCollector final : public OsmVisitor {
 public:
  explicit BoxCollector(const Box& box) : box_(box) {}
  void node(const OsmNode& node) override {
    if (node.located && box_.contains(node.lat_e7, node.lon_e7)) ids.push_back(node.id);
  }

  std::vector<std::int64_t> ids;

 private:
  const Box& box_;
};

bool has_house_number(Tags tags) {
  return !value_of(tags, "addr:housenumber").empty();
}

// Keeps routable ways and restriction relations of a part of the file.
class WayCollector final : public OsmVisitor {
 public:
  // Takes ways with a node among the ids of `inside` and restrictions with a way that `knows_way`
  // (unset: all).
  explicit WayCollector(const std::vector<std::int64_t>* inside,
                        std::function<bool(std::int64_t)> knows_way = {})
      : inside_(inside), knows_way_(std::move(knows_way)) {}

  void way(const OsmWay& way) override {
    ++counts.ways;
    if (has_house_number(way.tags) && !way.refs.empty() && is_inside(way.refs.front()))
      address_refs.push_back(way.refs.front());
    if (way.tags.empty() || !read_way_attributes(way.tags, Region{}).routable) {
      ++counts.ways_no_road;
      return;
    }
    const std::size_t first_ref = refs.size();
    bool touches = inside_ == nullptr;
    for (const std::int64_t ref : way.refs) {
      const bool in = is_inside(ref);
      touches |= in;
      refs.push_back(in ? ref : kOutside);
    }
    if (!touches) {
      refs.resize(first_ref);
      ++counts.ways_outside;
      return;
    }
    const std::size_t first_char = chars.size();
    pack_tags(way.tags, chars);
    ways.push_back({way.id, first_ref, first_char, static_cast<std::uint32_t>(way.refs.size()),
                    static_cast<std::uint32_t>(chars.size() - first_char)});
  }

  void relation(const OsmRelation& relation) override {
    ++counts.relations;
    if (!value_of(relation.tags, "type").starts_with("restriction")) return;
    const auto known = [&](const OsmMember& member) {
      return member.type == OsmMember::Type::way && knows_way_(member.ref);
    };
    if (knows_way_ && std::none_of(relation.members.begin(), relation.members.end(), known)) return;
    ++counts.restrictions;
    const std::size_t first_char = chars.size(), first_member = members.size();
    for (const OsmMember& member : relation.members) {
      using Role = MapData::Role;
      if (member.role == "from") members.push_back({member.ref, member.type, Role::from});
      if (member.role == "via") members.push_back({member.ref, member.type, Role::via});
      if (member.role == "to") members.push_back({member.ref, member.type, Role::to});
    }
    pack_tags(relation.tags, chars);
    relations.push_back({relation.id, first_member, first_char,
                         static_cast<std::uint32_t>(members.size() - first_member),
                         static_cast<std::uint32_t>(chars.size() - first_char)});
  }

  void append_to(MapData& map, std::vector<std::int64_t>& all_refs,
                 std::vector<std::int64_t>& all_address_refs) {
    for (MapData::Way& way : ways) {
      way.first_ref += all_refs.size();
      way.first_char += map.tag_chars.size();
    }
    for (MapData::Relation& relation : relations) {
      relation.first_member += map.members.size();
      relation.first_char += map.tag_chars.size();
    }
    map.ways.insert(map.ways.end(), ways.begin(), ways.end());
    map.relations.insert(map.relations.end(), relations.begin(), relations.end());
    map.members.insert(map.members.end(), members.begin(), members.end());
    map.tag_chars += chars;
    all_refs.insert(all_refs.end(), refs.begin(), refs.end());
    all_address_refs.insert(all_address_refs.end(), address_refs.begin(), address_refs.end());
    map.counts.ways += counts.ways;
    map.counts.relations += counts.relations;
    map.counts.ways_no_road += counts.ways_no_road;
    map.counts.ways_outside += counts.ways_outside;
    map.counts.restrictions += counts.restrictions;
  }

  MapData::Counts counts;
  std::vector<MapData::Way> ways;
  std::vector<MapData::Relation> relations;
  std::vector<MapData::Member> members;
  std::vector<std::int64_t> refs;
  std::vector<std::int64_t> address_refs;  // a corner of each way with a house number
  std::string chars;

 private:
  bool is_inside(std::int64_t node) const {
    return inside_ == nullptr || std::binary_search(inside_->begin(), inside_->end(), node);
  }

  const std::vector<std::int64_t>* inside_;
  std::function<bool(std::int64_t)> knows_way_;
};

// Keeps the coordinates of needed nodes and what their tags say, and of places with a house number.
class NodeCollector final : public OsmVisitor {
 public:
  NodeCollector(const std::vector<std::int64_t>& needed,
                const std::vector<std::int64_t>& address_refs, const Box* box,
                const std::vector<Profile>& profiles)
      : lookup_(needed), address_lookup_(address_refs), box_(box), profiles_(profiles) {}

  void node(const OsmNode& node) override {
    ++count;
    if (is_address(node)) addresses.push_back({node.lat_e7, node.lon_e7});
    const std::int64_t index = lookup_.find(node.id);
    if (index < 0) return;
    if (!node.located) {
      ++unlocated;
      return;
    }
    const auto place = static_cast<std::int32_t>(index);
    places.push_back({place, node.lat_e7, node.lon_e7});
    if (!node.tags.empty()) add_fact(place, node.tags);
  }

  struct Place {
    std::int32_t node, lat_e7, lon_e7;
  };
  std::vector<Place> places;
  std::vector<NodeFact> facts;
  std::vector<MapData::Address> addresses;
  std::int64_t count = 0, unlocated = 0;

 private:
  bool is_address(const OsmNode& node) {
    if (!node.located || (box_ != nullptr && !box_->contains(node.lat_e7, node.lon_e7)))
      return false;
    return has_house_number(node.tags) || address_lookup_.find(node.id) >= 0;
  }

  void add_fact(std::int32_t node, Tags tags) {
    NodeFact fact;
    fact.node = node;
    bool matters = false;
    for (std::size_t p = 0; p < profiles_.size(); ++p) {
      const NodeVerdict verdict = evaluate_node(profiles_[p], tags);
      fact.flags |= verdict.flags;
      if (verdict.flags != 0) fact.facing = verdict.facing;
      if (verdict.blocked) fact.blocked_profiles |= 1U << p;
      if (verdict.penalty_s > 0) {
        fact.penalty_s.resize(profiles_.size());
        fact.penalty_s[p] = verdict.penalty_s;
      }
      matters |= verdict.flags != 0 || verdict.blocked || verdict.penalty_s > 0;
    }
    if (matters) facts.push_back(std::move(fact));
  }

  AscendingLookup lookup_, address_lookup_;
  const Box* box_;
  const std::vector<Profile>& profiles_;
};

// Sorts objects by id and keeps the last of each; returns how many went.
template <typename Object>
std::int64_t keep_last_by_id(std::vector<Object>& objects) {
  std::stable_sort(objects.begin(), objects.end(),
                   [](const Object& a, const Object& b) { return a.id < b.id; });
  const auto first = std::unique(objects.rbegin(), objects.rend(),
                                 [](const Object& a, const Object& b) { return a.id == b.id; });
  const auto gone = first.base() - objects.begin();
  objects.erase(objects.begin(), first.base());
  return gone;
}

std::vector<std::int64_t> ids_in_box(OsmFile& file, const ImportOptions& options,
                                     const std::function<void(double)>& progress) {
  const Box box(*options.bbox);
  std::vector<std::int64_t> ids;
  file.read(
      entity::nodes, options.threads, [&] { return std::make_unique<BoxCollector>(box); },
      [&](OsmVisitor& visitor) {
        const auto& part = static_cast<BoxCollector&>(visitor).ids;
        ids.insert(ids.end(), part.begin(), part.end());
      },
      progress);
  if (!std::is_sorted(ids.begin(), ids.end())) std::sort(ids.begin(), ids.end());
  return ids;
}

// Numbers the nodes that the ways refer to; fills map.node_id with their ids and map.refs.
void number_nodes(MapData& map, std::vector<std::int64_t> all_refs, int threads) {
  map.node_id.reserve(all_refs.size());
  for (const MapData::Way& way : map.ways) {
    const auto first = all_refs.begin() + static_cast<std::ptrdiff_t>(way.first_ref);
    map.node_id.insert(map.node_id.end(), first, first + way.num_refs);
  }
  std::sort(map.node_id.begin(), map.node_id.end());
  map.node_id.erase(std::unique(map.node_id.begin(), map.node_id.end()), map.node_id.end());
  if (!map.node_id.empty() && map.node_id.front() == kOutside)
    map.node_id.erase(map.node_id.begin());
  map.node_id.shrink_to_fit();
  if (map.node_id.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max() / 4)) {
    throw InputError("has too many road nodes for one city; cut it with a bounding box");
  }
  map.refs.resize(all_refs.size());
  graph::parallel_for(static_cast<std::int64_t>(all_refs.size()), 1 << 16, threads,
                      [&](std::int64_t begin, std::int64_t end, int) {
                        AscendingLookup lookup(map.node_id);
                        for (auto i = static_cast<std::size_t>(begin);
                             i < static_cast<std::size_t>(end); ++i) {
                          map.refs[i] = static_cast<std::int32_t>(lookup.find(all_refs[i]));
                        }
                      });
}

// Fills the addresses and the coordinates of map.node_id; refs to nodes that the file lacks become
// kMissing and the nodes go.
void locate_nodes(MapData& map, OsmFile& file, std::vector<std::int64_t> address_refs,
                  const ImportOptions& options, const std::function<void(double)>& progress) {
  std::sort(address_refs.begin(), address_refs.end());
  const std::optional<Box> box = options.bbox ? std::optional<Box>(*options.bbox) : std::nullopt;
  const std::size_t n = map.node_id.size();
  map.lat_e7.assign(n, 0);
  map.lon_e7.assign(n, 0);
  std::vector<bool> found(n, false);
  file.read(
      entity::nodes, options.threads,
      [&] {
        return std::make_unique<NodeCollector>(map.node_id, address_refs, box ? &*box : nullptr,
                                               options.profiles);
      },
      [&](OsmVisitor& visitor) {
        auto& part = static_cast<NodeCollector&>(visitor);
        map.counts.nodes += part.count;
        map.counts.unlocated_nodes += part.unlocated;
        for (const auto& place : part.places) {
          const auto node = static_cast<std::size_t>(place.node);
          if (found[node]) ++map.counts.duplicate_nodes;
          found[node] = true;
          map.lat_e7[node] = place.lat_e7;
          map.lon_e7[node] = place.lon_e7;
        }
        std::move(part.facts.begin(), part.facts.end(), std::back_inserter(map.facts));
        map.addresses.insert(map.addresses.end(), part.addresses.begin(), part.addresses.end());
      },
      progress);
  std::sort(map.addresses.begin(), map.addresses.end());
  map.addresses.erase(std::unique(map.addresses.begin(), map.addresses.end()), map.addresses.end());
  map.addresses.shrink_to_fit();

  std::vector<std::int32_t> new_index(n, MapData::kMissing);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (!found[i]) continue;
    new_index[i] = static_cast<std::int32_t>(kept);
    map.node_id[kept] = map.node_id[i];
    map.lat_e7[kept] = map.lat_e7[i];
    map.lon_e7[kept] = map.lon_e7[i];
    ++kept;
  }
  map.node_id.resize(kept);
  map.lat_e7.resize(kept);
  map.lon_e7.resize(kept);
  for (std::int32_t& ref : map.refs) {
    if (ref != MapData::kMissing) ref = new_index[static_cast<std::size_t>(ref)];
  }
  for (NodeFact& fact : map.facts) fact.node = new_index[static_cast<std::size_t>(fact.node)];
  std::stable_sort(map.facts.begin(), map.facts.end(),
                   [](const NodeFact& a, const NodeFact& b) { return a.node < b.node; });
}

}  // namespace

void pack_tags(Tags tags, std::string& text) {
  for (const auto& [key, value] : tags) {
    text.append(key).push_back('\0');
    text.append(value).push_back('\0');
  }
}

void unpack_tags(std::string_view text, TagVector& tags) {
  tags.clear();
  const auto take = [&] {
    const std::size_t length = text.find('\0');
    const std::string_view result = text.substr(0, length);
    text.remove_prefix(length + 1);
    return result;
  };
  while (!text.empty()) {
    const std::string_view key = take();
    tags.emplace_back(key, take());
  }
}

MapData collect_map(OsmFile& file, const ImportOptions& options) {
  const int threads = graph::resolve_threads(options.threads);
  const auto progress = [&](const std::string& stage) {
    return [&options, stage](double fraction) {
      if (options.on_progress) options.on_progress(stage, fraction);
    };
  };
  std::vector<std::int64_t> inside;
  if (options.bbox) inside = ids_in_box(file, options, progress("finding the box"));

  MapData map;
  std::vector<std::int64_t> all_refs, address_refs;
  const auto merge = [&](OsmVisitor& visitor) {
    static_cast<WayCollector&>(visitor).append_to(map, all_refs, address_refs);
  };
  file.read(
      options.bbox ? entity::ways : entity::ways | entity::relations, threads,
      [&] { return std::make_unique<WayCollector>(options.bbox ? &inside : nullptr); }, merge,
      progress("reading ways"));
  inside = {};
  map.counts.duplicate_ways = keep_last_by_id(map.ways);
  if (options.bbox) {  // once the ways are known, so that a country's other restrictions need no
                       // memory
    const auto knows = [&](std::int64_t id) {
      const auto way =
          std::lower_bound(map.ways.begin(), map.ways.end(), id,
                           [](const MapData::Way& a, std::int64_t b) { return a.id < b; });
      return way != map.ways.end() && way->id == id;
    };
    file.read(
        entity::relations, threads, [&] { return std::make_unique<WayCollector>(nullptr, knows); },
        merge, progress("reading restrictions"));
  }
  keep_last_by_id(map.relations);
  number_nodes(map, std::move(all_refs), threads);
  locate_nodes(map, file, std::move(address_refs), options, progress("reading nodes"));
  for (const MapData::Way& way : map.ways) {
    const auto first = map.refs.begin() + static_cast<std::ptrdiff_t>(way.first_ref);
    map.counts.missing_refs += std::count(first, first + way.num_refs, MapData::kMissing);
  }
  return map;
}

}  // namespace roadgnn::io::detail
