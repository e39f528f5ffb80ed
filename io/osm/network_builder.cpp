// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/osm/network_builder.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <span>
#include <string>
#include <unordered_map>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/osm/great_circle.h>

namespace roadgnn::io::detail {
namespace {

using graph::Access;
using graph::kClosed;
using graph::RoadNetwork;

constexpr std::int64_t kMaxLengthCm =
    1'000'000'000;  // 10,000 km: a quarter of the way round the Earth

class Builder {
 public:
  Builder(const MapData& map, const EvaluatedWays& ways, const std::vector<Profile>& profiles)
      : map_(map), ways_(ways), profiles_(profiles), state_(map.node_id.size(), 0) {
    for (const NodeFact& fact : map.facts) state_[index(fact.node)] |= kFact;
  }

  BuiltNetwork build() {
    start_profiles();
    find_graph_nodes();
    number_graph_nodes();
    for (std::size_t way = 0; way < map_.ways.size(); ++way) {
      result_.first_segment.push_back(num_segments());
      if (ways_.usable_by[way] != 0) add_way(way);
    }
    result_.first_segment.push_back(num_segments());
    add_signs();
    add_barrier_restrictions();
    add_conditionals();
    return std::move(result_);
  }

 private:
  // Bits of state_.
  static constexpr std::uint8_t kSeen = 1, kGraphNode = 2, kFact = 4, kTorn = 8;

  static std::size_t index(std::int32_t i) { return static_cast<std::size_t>(i); }

  RoadNetwork& network() { return result_.network; }

  std::int32_t num_segments() { return static_cast<std::int32_t>(network().segments.size()); }

  const NodeFact* fact_of(std::int32_t node) const {
    if ((state_[index(node)] & kFact) == 0) return nullptr;
    const auto after = std::upper_bound(
        map_.facts.begin(), map_.facts.end(), node,
        [](std::int32_t value, const NodeFact& fact) { return value < fact.node; });
    return &*std::prev(after);
  }

  void start_profiles() {
    for (const Profile& profile : profiles_) {
      network().profiles.push_back({profile.name(),
                                    profile.definition(),
                                    profile.turn_costs(),
                                    profile.u_turns_anywhere(),
                                    {},
                                    {},
                                    {}});
    }
    network().names.emplace_back();
    name_index_.emplace(std::string(), 0);
    network().conditions.emplace_back("always");
    condition_index_.emplace("always", 0);
  }

  // Calls run(nodes) for each stretch of the way whose nodes are all there, without repetitions one
  // after the other.
  template <typename Run>
  void for_each_run(std::size_t way, Run&& run) {
    const MapData::Way& raw = map_.ways[way];
    const std::span<const std::int32_t> refs(map_.refs.data() + raw.first_ref, raw.num_refs);
    run_.clear();
    for (const std::int32_t ref : refs) {
      if (ref == MapData::kMissing) {
        if (run_.size() > 1) run(std::span<const std::int32_t>(run_));
        run_.clear();
      } else if (run_.empty() || run_.back() != ref) {
        run_.push_back(ref);
      }
    }
    if (run_.size() > 1) run(std::span<const std::int32_t>(run_));
  }

  // Marks the nodes where ways meet, end, cross themselves or are stopped, and those that
  // restrictions name.
  void find_graph_nodes() {
    std::vector<std::uint32_t> used_by(map_.facts.size(), 0);
    for (std::size_t way = 0; way < map_.ways.size(); ++way) {
      const std::uint32_t usable_by = ways_.usable_by[way];
      if (usable_by == 0) {
        ++result_.counts.closed_ways;
        continue;
      }
      bool any = false;
      for_each_run(way, [&](std::span<const std::int32_t> nodes) {
        any = true;
        for (const std::int32_t node : nodes) {
          std::uint8_t& state = state_[index(node)];
          state |= (state & kSeen) != 0 ? kGraphNode : kSeen;
          if ((state & kFact) != 0)
            used_by[index(static_cast<std::int32_t>(fact_of(node) - map_.facts.data()))] |=
                usable_by;
        }
        state_[index(nodes.front())] |= kGraphNode;
        state_[index(nodes.back())] |= kGraphNode;
      });
      if (!any) ++result_.counts.short_ways;
      count_oddities(way);
    }
    for (const MapData::Member& member : map_.members) {
      if (member.role != MapData::Role::via || member.type != OsmMember::Type::node) continue;
      const auto found = std::lower_bound(map_.node_id.begin(), map_.node_id.end(), member.ref);
      if (found == map_.node_id.end() || *found != member.ref) continue;
      std::uint8_t& state = state_[static_cast<std::size_t>(found - map_.node_id.begin())];
      if ((state & kSeen) != 0) state |= kGraphNode;
    }
    for (std::size_t i = 0; i < map_.facts.size(); ++i) {
      const NodeFact& fact = map_.facts[i];
      std::uint8_t& state = state_[index(fact.node)];
      const std::uint32_t blocked = fact.blocked_profiles & used_by[i];
      if (blocked == 0) {
        constexpr auto kept = graph::node_flag::turning_circle | graph::node_flag::traffic_signals;
        if (used_by[i] != 0 && (fact.flags & kept) != 0) state |= kGraphNode;
        continue;
      }
      state |= kGraphNode;
      const bool all = blocked == used_by[i];
      if (all) state |= kTorn;
      ++(all ? result_.counts.barriers_closed : result_.counts.barriers_for_some);
    }
  }

  void count_oddities(std::size_t way) {
    const MapData::Way& raw = map_.ways[way];
    bool cut = false;
    for (std::uint32_t i = 0; i < raw.num_refs; ++i) {
      const std::int32_t ref = map_.refs[raw.first_ref + i];
      cut |= ref == MapData::kMissing;
      if (i > 0 && ref != MapData::kMissing && ref == map_.refs[raw.first_ref + i - 1])
        ++result_.counts.repeated_refs;
    }
    if (cut) ++result_.counts.cut_ways;
  }

  std::int32_t add_node(std::int32_t node) {
    const NodeFact* fact = fact_of(node);
    network().nodes.push_back({map_.node_id[index(node)], map_.lat_e7[index(node)],
                               map_.lon_e7[index(node)],
                               fact != nullptr ? fact->flags : std::uint8_t{0}});
    map_node_.push_back(node);
    return static_cast<std::int32_t>(network().nodes.size()) - 1;
  }

  void number_graph_nodes() {
    result_.graph_node.assign(map_.node_id.size(), BuiltNetwork::kNoNode);
    for (std::size_t i = 0; i < state_.size(); ++i) {
      if ((state_[i] & kGraphNode) == 0) continue;
      result_.graph_node[i] = (state_[i] & kTorn) != 0 ? BuiltNetwork::kTornApart
                                                       : add_node(static_cast<std::int32_t>(i));
    }
  }

  double step_m(std::int32_t a, std::int32_t b) const {
    return great_circle_m(map_.lat_e7[index(a)], map_.lon_e7[index(a)], map_.lat_e7[index(b)],
                          map_.lon_e7[index(b)]);
  }

  double length_m(std::span<const std::int32_t> nodes) const {
    double length = 0;
    for (std::size_t i = 1; i < nodes.size(); ++i) length += step_m(nodes[i - 1], nodes[i]);
    return length;
  }

  void add_way(std::size_t way) {
    const std::int32_t before = num_segments();
    double whole_m = 0;
    for_each_run(way, [&](std::span<const std::int32_t> nodes) { whole_m += length_m(nodes); });
    for_each_run(way, [&](std::span<const std::int32_t> nodes) {
      std::size_t begin = 0;
      for (std::size_t i = 1; i < nodes.size(); ++i) {
        if ((state_[index(nodes[i])] & kGraphNode) == 0) continue;
        add_segment(way, nodes.subspan(begin, i - begin + 1), whole_m);
        begin = i;
      }
    });
    if (num_segments() == before) return;
    const auto [name, added] = name_index_.try_emplace(
        std::string(ways_.attributes[way].name), static_cast<std::int32_t>(network().names.size()));
    if (added) network().names.push_back(name->first);
    network().ways.push_back({map_.ways[way].id, name->second});
  }

  std::int32_t end_node(std::int32_t node) {
    const std::int32_t known = result_.graph_node[index(node)];
    return known == BuiltNetwork::kTornApart ? add_node(node) : known;
  }

  void add_segment(std::size_t way, std::span<const std::int32_t> nodes, double way_length_m) {
    const double metres = length_m(nodes);
    const auto length_cm = static_cast<std::int64_t>(std::llround(std::min(metres * 100, 2e9)));
    if (length_cm > kMaxLengthCm) {
      ++result_.counts.too_long;
      return;
    }
    if (length_cm == 0) ++result_.counts.zero_length;
    if (network().segments.size() >= (1U << 30U) ||
        network().shape_lat_e7.size() + nodes.size() >= (1U << 31U)) {
      throw InputError("has too many roads for one city; cut it with a bounding box");
    }
    const WayAttributes& attributes = ways_.attributes[way];
    RoadNetwork::Segment segment;
    segment.from = end_node(nodes.front());
    segment.to = end_node(nodes.back());
    segment.way = static_cast<std::int32_t>(network().ways.size());
    segment.length_cm = static_cast<std::int32_t>(length_cm);
    segment.first_shape = static_cast<std::int32_t>(network().shape_lat_e7.size());
    segment.num_shapes = static_cast<std::int32_t>(nodes.size()) - 2;
    for (const std::int32_t node : nodes.subspan(1, nodes.size() - 2)) {
      network().shape_lat_e7.push_back(map_.lat_e7[index(node)]);
      network().shape_lon_e7.push_back(map_.lon_e7[index(node)]);
    }
    segment.road_class = attributes.road_class;
    segment.surface = attributes.surface;
    segment.flags[0] = attributes.flags;
    for (std::size_t p = 0; p < profiles_.size(); ++p) {
      const bool used = (ways_.usable_by[way] >> p & 1U) != 0;
      if (used && ways_.passage(way, p).startpoint)
        segment.flags[0] |= graph::edge_flag::startpoint;
    }
    segment.flags[1] = static_cast<std::uint16_t>(segment.flags[0] | graph::edge_flag::against_way);
    for (int direction = 0; direction < 2; ++direction) {
      segment.lanes[direction] = attributes.lanes[direction];
      segment.speed_limit_kmh[direction] = attributes.speed_limit_kmh[direction];
    }
    const std::int32_t id = num_segments();
    network().segments.push_back(segment);
    for (const auto& [kind, value] : attributes.limits) {
      network().limits.push_back({RoadNetwork::directed(id, 0), kind, value});
      network().limits.push_back({RoadNetwork::directed(id, 1), kind, value});
    }
    add_times(way, nodes, metres, way_length_m);
  }

  // Milliseconds of an edge: its share of the way's duration, or its length at a speed; and what
  // slows down on it.
  static std::int32_t time_ms(double metres, double speed_kmh, std::optional<double> duration_s,
                              double way_length_m, double penalty_s) {
    const double seconds = duration_s && way_length_m > 0 ? *duration_s * metres / way_length_m
                           : speed_kmh > 0                ? metres * 3.6 / speed_kmh
                                                          : kClosed;
    const double milliseconds = std::max(1.0, std::round((seconds + penalty_s) * 1000));
    return milliseconds < kClosed ? static_cast<std::int32_t>(milliseconds) : kClosed;
  }

  void add_times(std::size_t way, std::span<const std::int32_t> nodes, double metres,
                 double way_length_m) {
    for (std::size_t p = 0; p < profiles_.size(); ++p) {
      const WayPassage& passage = ways_.passage(way, p);
      for (int direction = 0; direction < 2; ++direction) {
        auto access = passage.access[direction];
        std::int32_t time = kClosed;
        if (access != Access::closed) {
          time = time_ms(metres, passage.speed_kmh[direction], passage.duration_s, way_length_m,
                         penalty_s(nodes, p, direction));
          if (time == kClosed) access = Access::closed;
        }
        network().profiles[p].edge_time_ms.push_back(time);
        network().profiles[p].edge_access.push_back(access);
      }
    }
    if (has_conditionals(way)) measured_[num_segments() - 1] = measure(nodes, metres, way_length_m);
  }

  // What a vehicle waits for between the ends of an edge, and at a gate at its end.
  double penalty_s(std::span<const std::int32_t> nodes, std::size_t profile, int direction) const {
    using namespace graph;
    const TurnCostParameters& costs = profiles_[profile].turn_costs();
    double sum = 0;
    const auto own = [&](const NodeFact& fact) {
      return fact.penalty_s.empty() ? 0.0 : fact.penalty_s[profile];
    };
    for (std::size_t i = 1; i + 1 < nodes.size(); ++i) {
      const NodeFact* fact = fact_of(nodes[i]);
      if (fact == nullptr) continue;
      sum += own(*fact);
      if ((fact->flags & node_flag::crossing) != 0) sum += costs.crossing_s;
      if ((fact->facing >> direction & 1) == 0) continue;
      if ((fact->flags & node_flag::give_way) != 0) sum += costs.give_way_s;
      if ((fact->flags & node_flag::stop) != 0 &&
          !((fact->facing & facing_flag::unsaid) != 0 && is_behind(nodes, i, direction))) {
        sum += costs.stop_s;
      }
    }
    const NodeFact* head = fact_of(direction == 0 ? nodes.back() : nodes.front());
    return head != nullptr ? sum + own(*head) : sum;
  }

  // Whether a stop sign without a direction stands for the other way round: within 20 m after the
  // junction that the vehicle comes from and not as near to the next one (OSRM's rule).
  bool is_behind(std::span<const std::int32_t> nodes, std::size_t sign, int direction) const {
    const double first = length_m(nodes.first(sign + 1)), second = length_m(nodes.subspan(sign));
    const double before = direction == 0 ? first : second, after = direction == 0 ? second : first;
    return before < 20 && after > 20;
  }

  // The best road class at each node whose stop sign is for the minor roads there.
  std::map<std::int32_t, graph::RoadClass> best_class_at_minor_stops() {
    std::map<std::int32_t, graph::RoadClass> best;
    for (const RoadNetwork::Segment& segment : network().segments) {
      for (const std::int32_t node : {segment.from, segment.to}) {
        const NodeFact* fact = fact_of(map_node_[index(node)]);
        if (fact == nullptr || (fact->facing & facing_flag::minor_roads) == 0) continue;
        const auto entry = best.emplace(node, segment.road_class).first;
        entry->second = std::min(entry->second, segment.road_class);
      }
    }
    return best;
  }

  // Signals and signs at the ends of segments, by the direction that they face.
  void add_signs() {
    using namespace graph;
    const auto best_at_stop = best_class_at_minor_stops();
    for (RoadNetwork::Segment& segment : network().segments) {
      for (int direction = 0; direction < 2; ++direction) {
        const std::int32_t head = direction == 0 ? segment.to : segment.from;
        const NodeFact* fact = fact_of(map_node_[index(head)]);
        if (fact == nullptr || (fact->facing >> direction & 1) == 0) continue;
        const auto best = best_at_stop.find(head);
        if (best != best_at_stop.end() && segment.road_class == best->second) continue;
        std::uint16_t& flags = segment.flags[direction];
        if ((fact->flags & node_flag::traffic_signals) != 0) flags |= edge_flag::signals_at_head;
        if ((fact->flags & node_flag::stop) != 0) flags |= edge_flag::stop_at_head;
        if ((fact->flags & node_flag::give_way) != 0) flags |= edge_flag::give_way_at_head;
      }
    }
  }

  // Nobody of the stopped profiles goes from one street to another through a barrier.
  void add_barrier_restrictions() {
    if (result_.counts.barriers_for_some == 0) return;
    std::map<std::int32_t, std::vector<std::int32_t>>
        arriving;  // by graph node: directed edges with this head
    for (std::int32_t s = 0; s < num_segments(); ++s) {
      const RoadNetwork::Segment& segment = network().segments[index(s)];
      for (int direction = 0; direction < 2; ++direction) {
        const std::int32_t head = direction == 0 ? segment.to : segment.from;
        const NodeFact* fact = fact_of(map_node_[index(head)]);
        if (fact == nullptr || fact->blocked_profiles == 0) continue;
        if (result_.graph_node[index(map_node_[index(head)])] == BuiltNetwork::kTornApart) continue;
        arriving[head].push_back(RoadNetwork::directed(s, direction));
      }
    }
    for (const auto& [node, edges] : arriving) {
      const std::uint32_t mask = fact_of(map_node_[index(node)])->blocked_profiles;
      for (const std::int32_t in : edges) {
        for (const std::int32_t reversed_out : edges) {
          if (in != reversed_out)
            network().restrictions.push_back({{in, reversed_out ^ 1}, false, mask, 0});
        }
      }
    }
  }

  struct Measured {
    double metres = 0, way_length_m = 0;
    std::vector<double> penalty_s;  // [profiles * 2]
  };

  bool has_conditionals(std::size_t way) const {
    const auto first = std::lower_bound(ways_.conditionals.begin(), ways_.conditionals.end(),
                                        static_cast<std::int32_t>(way),
                                        [](const EvaluatedWays::Conditional& conditional,
                                           std::int32_t w) { return conditional.way < w; });
    return first != ways_.conditionals.end() && first->way == static_cast<std::int32_t>(way);
  }

  Measured measure(std::span<const std::int32_t> nodes, double metres, double way_length_m) const {
    Measured measured{metres, way_length_m, {}};
    for (std::size_t p = 0; p < profiles_.size(); ++p) {
      for (int direction = 0; direction < 2; ++direction)
        measured.penalty_s.push_back(penalty_s(nodes, p, direction));
    }
    return measured;
  }

  std::int32_t condition_index(const std::string& condition) {
    if (condition.empty()) return 0;
    const auto [found, added] = condition_index_.try_emplace(
        condition, static_cast<std::int32_t>(network().conditions.size()));
    if (added) network().conditions.push_back(condition);
    return found->second;
  }

  void add_conditionals() {
    const auto& all = ways_.conditionals;
    for (std::size_t begin = 0; begin < all.size();) {
      const auto same = [&](const EvaluatedWays::Conditional& other) {
        return other.way == all[begin].way && other.profile == all[begin].profile &&
               other.direction == all[begin].direction;
      };
      std::size_t end = begin;
      while (end < all.size() && same(all[end])) ++end;
      add_conditionals({all.data() + begin, end - begin});
      begin = end;
    }
  }

  // All of one way, profile and direction.
  void add_conditionals(std::span<const EvaluatedWays::Conditional> conditionals) {
    const std::size_t way = index(conditionals.front().way),
                      p = index(conditionals.front().profile);
    const int direction = conditionals.front().direction;
    auto& profile = network().profiles[p];
    for (std::int32_t s = result_.first_segment[way]; s < result_.first_segment[way + 1]; ++s) {
      const Measured& measured = measured_.at(s);
      const std::int32_t edge = RoadNetwork::directed(s, direction);
      if (condition_index(conditionals.front().passage.condition) != 0) {
        profile.conditional_edges.push_back(
            {edge, 0, profile.edge_time_ms[index(edge)], profile.edge_access[index(edge)]});
      }
      for (const EvaluatedWays::Conditional& conditional : conditionals) {
        const Passage& passage = conditional.passage.passage;
        Access access = passage.access;
        std::int32_t time = kClosed;
        if (access != Access::closed) {
          time = time_ms(measured.metres, passage.speed_kmh, ways_.passage(way, p).duration_s,
                         measured.way_length_m,
                         measured.penalty_s[2 * p + static_cast<std::size_t>(direction)]);
          if (time == kClosed) access = Access::closed;
        }
        profile.conditional_edges.push_back(
            {edge, condition_index(conditional.passage.condition), time, access});
      }
    }
  }

  const MapData& map_;
  const EvaluatedWays& ways_;
  const std::vector<Profile>& profiles_;
  std::vector<std::uint8_t> state_;     // [map nodes]
  std::vector<std::int32_t> map_node_;  // [network nodes]
  std::vector<std::int32_t> run_;
  std::unordered_map<std::string, std::int32_t> name_index_, condition_index_;
  std::map<std::int32_t, Measured> measured_;  // segments of ways with conditions
  BuiltNetwork result_;
};

}  // namespace

BuiltNetwork build_network(const MapData& map, const EvaluatedWays& ways,
                           const std::vector<Profile>& profiles) {
  return Builder(map, ways, profiles).build();
}

}  // namespace roadgnn::io::detail
