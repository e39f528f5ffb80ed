// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>
#include <string>
#include <tuple>

#include <roadgnn/graph/csr.h>
#include <roadgnn/graph/device_csr.h>
#include <roadgnn/graph/error.h>
#include <roadgnn/graph/hilbert.h>
#include <roadgnn/graph/network_check.h>
#include <roadgnn/graph/parallel.h>
#include <roadgnn/graph/road_network.h>
#include <roadgnn/graph/snappable.h>
#include <roadgnn/graph/turn_expansion.h>

namespace roadgnn::graph {
namespace {

using Ids = std::vector<std::int32_t>;

std::size_t index(std::int64_t i) {
  return static_cast<std::size_t>(i);
}

// Numbers things in the order in which they are first asked for.
class Renumbering {
 public:
  explicit Renumbering(std::size_t num_old) : new_of_(num_old, -1) {}

  std::int32_t operator()(std::int32_t old) {
    std::int32_t& number = new_of_[index(old)];
    if (number < 0) {
      number = static_cast<std::int32_t>(old_of_.size());
      old_of_.push_back(old);
    }
    return number;
  }

  const Ids& old_of() const { return old_of_; }

 private:
  Ids new_of_, old_of_;
};

template <class T, class Value>
std::vector<T> gather(std::size_t size, const Value& value) {
  std::vector<T> gathered;
  gathered.reserve(size);
  for (std::size_t i = 0; i < size; ++i) gathered.push_back(value(i));
  return gathered;
}

class Builder {
 public:
  Builder(RoadNetwork network, const BuildOptions& options)
      : network_(std::move(network)), options_(options) {}

  RoadGraph build() {
    progress("checking the roads", 0);
    check_network(network_);
    progress("ordering the nodes", 0.1);
    use_by_input_ = find_use();
    order_nodes();
    progress("building the rows", 0.2);
    build_rows();
    copy_nodes();
    copy_edges();
    copy_segments();
    copy_limits();
    copy_profiles();
    graph_.conditions = std::move(network_.conditions);
    if (graph_.conditions.empty()) graph_.conditions.emplace_back("always");
    graph_.provenance = std::move(network_.provenance);
    graph_.left_hand_traffic = network_.left_hand_traffic;
    graph_.address_lat_e7 = std::move(network_.address_lat_e7);
    graph_.address_lon_e7 = std::move(network_.address_lon_e7);
    progress("expanding the turns", 0.4);
    const std::vector<RoadNetwork::Restriction> restrictions = translate_restrictions();
    std::uint32_t u_turns_anywhere = 0;
    for (std::size_t p = 0; p < network_.profiles.size(); ++p) {
      if (network_.profiles[p].u_turns_anywhere) u_turns_anywhere |= 1U << p;
    }
    network_ = {};
    expand_turns(graph_, restrictions, use_, u_turns_anywhere, options_.threads);
    progress("finding where vehicles get away and back", 0.7);
    find_all_snappable();
    progress("done", 1);
    return std::move(graph_);
  }

 private:
  void progress(const char* stage, double fraction) const {
    if (options_.on_progress) options_.on_progress(stage, fraction);
  }

  // The profiles that may use each directed edge of the network at some time.
  EdgeUse find_use() const {
    const std::size_t n = network_.segments.size() * 2;
    EdgeUse use{std::vector<std::uint32_t>(n), std::vector<std::uint32_t>(n),
                std::vector<std::uint32_t>(n), std::vector<std::uint32_t>(n)};
    const auto mark = [](std::uint32_t bit, Access access, std::uint32_t& open,
                         std::uint32_t& ends) {
      if (access == Access::open) open |= bit;
      if (access == Access::ends_only) ends |= bit;
    };
    for (std::size_t p = 0; p < network_.profiles.size(); ++p) {
      const RoadNetwork::Profile& profile = network_.profiles[p];
      const std::uint32_t bit = 1U << p;
      for (std::size_t e = 0; e < n; ++e) {
        const Access access =
            profile.edge_time_ms[e] < kClosed ? profile.edge_access[e] : Access::closed;
        mark(bit, access, use.open[e], use.ends_only[e]);
        mark(bit, access, use.open_always[e], use.ends_only_always[e]);
      }
      for (const RoadNetwork::ConditionalAccess& entry : profile.conditional_edges) {
        if (entry.time_ms >= kClosed) continue;
        mark(bit, entry.access, use.open[index(entry.edge)], use.ends_only[index(entry.edge)]);
      }
    }
    return use;
  }

  // Numbers the nodes that some usable edge touches along a Hilbert curve.
  void order_nodes() {
    std::vector<std::uint8_t> used(network_.nodes.size(), 0);
    for (std::size_t s = 0; s < network_.segments.size(); ++s) {
      if (use_by_input_.usable(2 * s) == 0 && use_by_input_.usable(2 * s + 1) == 0) continue;
      used[index(network_.segments[s].from)] = 1;
      used[index(network_.segments[s].to)] = 1;
    }
    std::vector<std::tuple<std::uint64_t, std::int64_t, std::int32_t>> order;
    for (std::size_t v = 0; v < used.size(); ++v) {
      const RoadNetwork::Node& node = network_.nodes[v];
      if (used[v] == 0) continue;
      order.emplace_back(hilbert_key(node.lat_e7, node.lon_e7), node.osm_id,
                         static_cast<std::int32_t>(v));
    }
    std::sort(order.begin(), order.end());
    new_node_.assign(network_.nodes.size(), -1);
    for (const auto& entry : order) {
      new_node_[index(std::get<2>(entry))] = static_cast<std::int32_t>(old_node_.size());
      old_node_.push_back(std::get<2>(entry));
    }
  }

  void build_rows() {
    Ids tail, head, directed;
    for (std::size_t d = 0; d < 2 * network_.segments.size(); ++d) {
      if (use_by_input_.usable(d) == 0) continue;
      const RoadNetwork::Segment& segment = network_.segments[d / 2];
      const std::int32_t from = new_node_[index(segment.from)], to = new_node_[index(segment.to)];
      tail.push_back(d % 2 == 0 ? from : to);
      head.push_back(d % 2 == 0 ? to : from);
      directed.push_back(static_cast<std::int32_t>(d));
    }
    const bool on_device = options_.use_gpu && find_device();
    Csr csr = (on_device ? build_csr_on_device : build_csr)(
        static_cast<std::int32_t>(old_node_.size()), tail, head);
    directed_ = gather<std::int32_t>(csr.input.size(),
                                     [&](std::size_t e) { return directed[index(csr.input[e])]; });
    new_edge_.assign(2 * network_.segments.size(), -1);
    for (std::size_t e = 0; e < directed_.size(); ++e) {
      new_edge_[index(directed_[e])] = static_cast<std::int32_t>(e);
    }
    graph_.first_out = std::move(csr.first_out);
    graph_.head = std::move(csr.head);
    graph_.tail = std::move(csr.tail);
    graph_.first_in = std::move(csr.first_in);
    graph_.in_edge = std::move(csr.in_edge);
    graph_.opposite = of_edges<std::int32_t>([&](std::size_t d) { return new_edge_[d ^ 1]; });
    for (const auto masks :
         {&EdgeUse::open, &EdgeUse::ends_only, &EdgeUse::open_always, &EdgeUse::ends_only_always}) {
      use_.*masks =
          of_edges<std::uint32_t>([&](std::size_t d) { return (use_by_input_.*masks)[d]; });
    }
    use_by_input_ = {};
  }

  // An array over the edges of a value of the network's directed edges.
  template <class T, class Value>
  std::vector<T> of_edges(const Value& value) const {
    return gather<T>(directed_.size(), [&](std::size_t e) { return value(index(directed_[e])); });
  }
  template <class T, class Value>
  std::vector<T> of_nodes(const Value& value) const {
    return gather<T>(old_node_.size(),
                     [&](std::size_t v) { return value(network_.nodes[index(old_node_[v])]); });
  }

  void copy_nodes() {
    using Node = RoadNetwork::Node;
    graph_.lat_e7 = of_nodes<std::int32_t>([](const Node& node) { return node.lat_e7; });
    graph_.lon_e7 = of_nodes<std::int32_t>([](const Node& node) { return node.lon_e7; });
    graph_.node_osm_id = of_nodes<std::int64_t>([](const Node& node) { return node.osm_id; });
    graph_.node_flags = of_nodes<std::uint8_t>([](const Node& node) { return node.flags; });
  }

  void copy_edges() {
    const auto& segments = network_.segments;
    graph_.length_cm =
        of_edges<std::int32_t>([&](std::size_t d) { return segments[d / 2].length_cm; });
    graph_.edge_flags = of_edges<std::uint16_t>([&](std::size_t d) {
      const int flags = segments[d / 2].flags[d % 2] & ~edge_flag::against_way;
      return static_cast<std::uint16_t>(flags | (d % 2 == 1 ? edge_flag::against_way : 0));
    });
    graph_.road_class =
        of_edges<RoadClass>([&](std::size_t d) { return segments[d / 2].road_class; });
    graph_.surface = of_edges<Surface>([&](std::size_t d) { return segments[d / 2].surface; });
    graph_.lanes =
        of_edges<std::uint8_t>([&](std::size_t d) { return segments[d / 2].lanes[d % 2]; });
    graph_.speed_limit_kmh = of_edges<std::uint8_t>(
        [&](std::size_t d) { return segments[d / 2].speed_limit_kmh[d % 2]; });
  }

  // Segments, ways and names are numbered as the edges meet them, so that neighbours lie together.
  void copy_segments() {
    Renumbering segments(network_.segments.size()), ways(network_.ways.size()),
        names(network_.names.size());
    graph_.segment = of_edges<std::int32_t>(
        [&](std::size_t d) { return segments(static_cast<std::int32_t>(d / 2)); });
    graph_.way =
        of_edges<std::int32_t>([&](std::size_t d) { return ways(network_.segments[d / 2].way); });

    Ids first_shape = {0}, lat, lon;
    for (const std::int32_t s : segments.old_of()) {
      const RoadNetwork::Segment& segment = network_.segments[index(s)];
      const auto append = [&](Ids& to, const Ids& from) {
        const auto begin = from.begin() + segment.first_shape;
        to.insert(to.end(), begin, begin + segment.num_shapes);
      };
      append(lat, network_.shape_lat_e7);
      append(lon, network_.shape_lon_e7);
      first_shape.push_back(static_cast<std::int32_t>(lat.size()));
    }
    graph_.first_shape = std::move(first_shape);
    graph_.shape_lat_e7 = std::move(lat);
    graph_.shape_lon_e7 = std::move(lon);

    std::vector<std::int64_t> way_osm_id;
    Ids way_name;
    for (const std::int32_t w : ways.old_of()) {
      way_osm_id.push_back(network_.ways[index(w)].osm_id);
      way_name.push_back(names(network_.ways[index(w)].name));
    }
    graph_.way_osm_id = std::move(way_osm_id);
    graph_.way_name = std::move(way_name);

    Ids first_char = {0};
    std::vector<char> chars;
    for (const std::int32_t n : names.old_of()) {
      const std::string& name = network_.names[index(n)];
      chars.insert(chars.end(), name.begin(), name.end());
      first_char.push_back(static_cast<std::int32_t>(chars.size()));
    }
    graph_.first_name_char = std::move(first_char);
    graph_.name_chars = std::move(chars);
  }

  void copy_limits() {
    std::vector<std::tuple<std::int32_t, LimitKind, std::int32_t>> limits;
    for (const RoadNetwork::Limit& limit : network_.limits) {
      const std::int32_t edge = new_edge_[index(limit.edge)];
      if (edge >= 0) limits.emplace_back(edge, limit.kind, limit.value);
    }
    std::sort(limits.begin(), limits.end());
    limits.erase(std::unique(limits.begin(), limits.end()), limits.end());
    graph_.limit_edge =
        gather<std::int32_t>(limits.size(), [&](std::size_t i) { return std::get<0>(limits[i]); });
    graph_.limit_kind =
        gather<LimitKind>(limits.size(), [&](std::size_t i) { return std::get<1>(limits[i]); });
    graph_.limit_value =
        gather<std::int32_t>(limits.size(), [&](std::size_t i) { return std::get<2>(limits[i]); });
  }

  void copy_profiles() {
    for (RoadNetwork::Profile& from : network_.profiles) {
      ProfileData to;
      to.name = std::move(from.name);
      to.definition = std::move(from.definition);
      to.turn_costs = from.turn_costs;
      const auto closed = [&](std::size_t d) {
        return from.edge_access[d] == Access::closed || from.edge_time_ms[d] >= kClosed;
      };
      to.edge_time_ms = of_edges<std::int32_t>(
          [&](std::size_t d) { return closed(d) ? kClosed : from.edge_time_ms[d]; });
      to.edge_access = of_edges<Access>(
          [&](std::size_t d) { return closed(d) ? Access::closed : from.edge_access[d]; });
      to.conditional_edges = translate_conditional(from, to);
      graph_.profiles.push_back(std::move(to));
      from.edge_time_ms = {};
      from.edge_access = {};
    }
  }

  // By edge, each edge's entries in their order. One that begins with another condition than
  // "always" gets the conservative value in front.
  std::vector<ConditionalEdge> translate_conditional(const RoadNetwork::Profile& from,
                                                     const ProfileData& to) const {
    std::vector<ConditionalEdge> entries;
    for (const RoadNetwork::ConditionalAccess& entry : from.conditional_edges) {
      const std::int32_t edge = new_edge_[index(entry.edge)];
      if (edge < 0) continue;
      const bool closed = entry.access == Access::closed || entry.time_ms >= kClosed;
      entries.push_back({edge, entry.condition, closed ? kClosed : entry.time_ms,
                         closed ? Access::closed : entry.access});
    }
    std::stable_sort(
        entries.begin(), entries.end(),
        [](const ConditionalEdge& a, const ConditionalEdge& b) { return a.edge < b.edge; });
    std::vector<ConditionalEdge> complete;
    std::int32_t last = -1;
    for (const ConditionalEdge& entry : entries) {
      const std::size_t e = index(entry.edge);
      if (entry.edge != last && entry.condition != 0) {
        complete.push_back({entry.edge, 0, to.edge_time_ms[e], to.edge_access[e]});
      }
      complete.push_back(entry);
      last = entry.edge;
    }
    return complete;
  }

  // Restrictions in the graph's edges. One with an edge that nobody may use restricts nobody.
  std::vector<RoadNetwork::Restriction> translate_restrictions() {
    std::vector<RoadNetwork::Restriction> translated;
    for (RoadNetwork::Restriction& restriction : network_.restrictions) {
      for (std::int32_t& edge : restriction.edges) edge = new_edge_[index(edge)];
      const bool whole = std::find(restriction.edges.begin(), restriction.edges.end(), -1) ==
                         restriction.edges.end();
      if (whole) translated.push_back(std::move(restriction));
    }
    return translated;
  }

  void find_all_snappable() {
    const auto num_profiles = static_cast<std::int64_t>(graph_.profiles.size());
    parallel_for(num_profiles, 1, options_.threads, [&](std::int64_t begin, std::int64_t end, int) {
      for (std::int64_t p = begin; p < end; ++p) {
        graph_.profiles[index(p)].snappable = find_snappable(graph_, static_cast<int>(p));
      }
    });
  }

  RoadNetwork network_;
  const BuildOptions& options_;
  RoadGraph graph_;
  EdgeUse use_by_input_, use_;
  Ids new_node_, old_node_;  // by old id, by new id
  Ids new_edge_, directed_;  // by directed edge of the network, by edge of the graph
};

}  // namespace

RoadGraph build_road_graph(RoadNetwork network, const BuildOptions& options) {
  return Builder(std::move(network), options).build();
}

}  // namespace roadgnn::graph
