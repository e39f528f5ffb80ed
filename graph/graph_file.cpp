// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/graph_file.h>

#include <array>
#include <cstring>
#include <string>
#include <string_view>

#include <roadgnn/graph/error.h>
#include <roadgnn/graph/graph_check.h>
#include <roadgnn/graph/hierarchy_file.h>

namespace roadgnn::graph {
namespace {

constexpr std::uint32_t kMostProfiles = 32;

struct Meta {
  std::uint32_t num_profiles = 0;
  std::uint32_t left_hand_traffic = 0;
};

// Calls visit(name, array) for every array of the graph, the same list for writing and reading.
template <class Graph, class Visit>
void for_each_array(Graph& g, const Visit& visit) {
  visit("first_out", g.first_out);
  visit("head", g.head);
  visit("tail", g.tail);
  visit("first_in", g.first_in);
  visit("in_edge", g.in_edge);
  visit("opposite", g.opposite);
  visit("lat_e7", g.lat_e7);
  visit("lon_e7", g.lon_e7);
  visit("node_osm_id", g.node_osm_id);
  visit("node_flags", g.node_flags);
  visit("length_cm", g.length_cm);
  visit("segment", g.segment);
  visit("way", g.way);
  visit("edge_flags", g.edge_flags);
  visit("road_class", g.road_class);
  visit("surface", g.surface);
  visit("lanes", g.lanes);
  visit("speed_limit_kmh", g.speed_limit_kmh);
  visit("limit_edge", g.limit_edge);
  visit("limit_kind", g.limit_kind);
  visit("limit_value", g.limit_value);
  visit("first_shape", g.first_shape);
  visit("shape_lat_e7", g.shape_lat_e7);
  visit("shape_lon_e7", g.shape_lon_e7);
  visit("way_osm_id", g.way_osm_id);
  visit("way_name", g.way_name);
  visit("first_name_char", g.first_name_char);
  visit("name_chars", g.name_chars);
  visit("turns.edge", g.turns.edge);
  visit("turns.layer", g.turns.layer);
  visit("turns.first_turn", g.turns.first_turn);
  visit("turns.turn_head", g.turns.turn_head);
  visit("turns.first_turn_in", g.turns.first_turn_in);
  visit("turns.turn_in", g.turns.turn_in);
  visit("turns.turn_tail", g.turns.turn_tail);
  visit("turns.departing_node", g.turns.departing_node);
  visit("turns.arriving_node", g.turns.arriving_node);
}

template <class Graph, class Visit>
void for_each_address_array(Graph& g, const Visit& visit) {
  visit("address_lat_e7", g.address_lat_e7);
  visit("address_lon_e7", g.address_lon_e7);
}

template <class Profile, class Visit>
void for_each_profile_array(Profile& profile, const std::string& prefix, const Visit& visit) {
  visit(prefix + "edge_time_ms", profile.edge_time_ms);
  visit(prefix + "edge_access", profile.edge_access);
  visit(prefix + "turn_time_ms", profile.turn_time_ms);
  visit(prefix + "snappable", profile.snappable);
  visit(prefix + "conditional_turns", profile.conditional_turns);
}

std::string prefix_of(std::size_t profile) {
  return "profile" + std::to_string(profile) + ".";
}

// Texts are kept as their lengths and their characters one after the other.
std::string pack_texts(const std::vector<std::string>& texts) {
  std::string packed;
  for (const std::string& text : texts) {
    const auto size = static_cast<std::uint32_t>(text.size());
    packed.append(reinterpret_cast<const char*>(&size), sizeof(size));
    packed += text;
  }
  return packed;
}

std::vector<std::string> unpack_texts(const SectionReader& file, std::string_view name) {
  const std::string packed = file.text(name);
  std::vector<std::string> texts;
  for (std::size_t at = 0; at < packed.size();) {
    std::uint32_t size = 0;
    if (packed.size() - at < sizeof(size)) throw InputError(std::string(name) + ": is cut off");
    std::memcpy(&size, packed.data() + at, sizeof(size));
    at += sizeof(size);
    if (packed.size() - at < size) throw InputError(std::string(name) + ": is cut off");
    texts.push_back(packed.substr(at, size));
    at += size;
  }
  return texts;
}

// As numbers, since a struct's padding has no defined bytes.
std::string pack_conditional_edges(const SharedArray<ConditionalEdge>& entries) {
  std::string packed;
  for (const ConditionalEdge& entry : entries) {
    const std::array<std::int32_t, 4> numbers = {entry.edge, entry.condition, entry.time_ms,
                                                 static_cast<std::int32_t>(entry.access)};
    packed.append(reinterpret_cast<const char*>(numbers.data()), sizeof(numbers));
  }
  return packed;
}

std::vector<ConditionalEdge> unpack_conditional_edges(const SectionReader& file,
                                                      const std::string& name) {
  using Numbers = std::array<std::int32_t, 4>;
  const std::string packed = file.text(name);
  if (packed.size() % sizeof(Numbers) != 0) throw InputError(name + ": is cut off");
  std::vector<ConditionalEdge> entries;
  for (std::size_t at = 0; at < packed.size(); at += sizeof(Numbers)) {
    Numbers numbers;
    std::memcpy(numbers.data(), packed.data() + at, sizeof(numbers));
    if (numbers[3] < 0 || numbers[3] > 2) throw InputError(name + ": an access is out of range");
    entries.push_back({numbers[0], numbers[1], numbers[2], static_cast<Access>(numbers[3])});
  }
  return entries;
}

RoadGraph read_sections(const SectionReader& file) {
  RoadGraph graph;
  const auto read = [&]<class T>(std::string_view name, SharedArray<T>& array) {
    array = file.array<T>(name);
  };
  for_each_array(graph, read);
  // Files of programs that kept no addresses lack these.
  if (file.has("address_lat_e7")) for_each_address_array(graph, read);
  const SharedArray<Meta> meta = file.array<Meta>("meta");
  if (meta.size() != 1 || meta[0].num_profiles == 0 || meta[0].num_profiles > kMostProfiles) {
    throw InputError("meta: expected 1 to 32 profiles");
  }
  graph.left_hand_traffic = meta[0].left_hand_traffic != 0;
  graph.conditions = unpack_texts(file, "conditions");
  graph.provenance = file.text("provenance");
  for (std::size_t p = 0; p < meta[0].num_profiles; ++p) {
    ProfileData profile;
    const std::string prefix = prefix_of(p);
    for_each_profile_array(profile, prefix, read);
    profile.name = file.text(prefix + "name");
    profile.definition = file.text(prefix + "definition");
    const SharedArray<TurnCostParameters> costs =
        file.array<TurnCostParameters>(prefix + "turn_costs");
    if (costs.size() != 1) throw InputError(prefix + "turn_costs: expected one entry");
    profile.turn_costs = costs[0];
    profile.conditional_edges = unpack_conditional_edges(file, prefix + "conditional_edges");
    graph.profiles.push_back(std::move(profile));
  }
  return graph;
}

}  // namespace

void add_sections(SectionWriter& writer, const RoadGraph& graph) {
  const Meta meta{static_cast<std::uint32_t>(graph.profiles.size()),
                  graph.left_hand_traffic ? 1U : 0U};
  writer.add_copy<Meta>("meta", {&meta, 1});
  const auto add = [&](std::string_view name, const auto& array) { writer.add(name, array); };
  for_each_array(graph, add);
  if (!graph.address_lat_e7.empty()) for_each_address_array(graph, add);
  if (graph.hierarchy) add_sections(writer, *graph.hierarchy);
  writer.add_text("conditions", pack_texts(graph.conditions));
  writer.add_text("provenance", graph.provenance);
  for (std::size_t p = 0; p < graph.profiles.size(); ++p) {
    const ProfileData& profile = graph.profiles[p];
    const std::string prefix = prefix_of(p);
    for_each_profile_array(profile, prefix, add);
    writer.add_text(prefix + "name", profile.name);
    writer.add_text(prefix + "definition", profile.definition);
    writer.add_copy<TurnCostParameters>(prefix + "turn_costs", {&profile.turn_costs, 1});
    writer.add_text(prefix + "conditional_edges",
                    pack_conditional_edges(profile.conditional_edges));
  }
}

RoadGraph read_graph(const SectionReader& file) {
  try {
    RoadGraph graph = read_sections(file);
    check_graph(graph);
    graph.hierarchy = read_hierarchy(file, graph.turns);
    return graph;
  } catch (const InputError& error) {
    const std::string what = error.what();
    if (what.starts_with(file.path())) throw;
    throw InputError(file.path() + ": is not a usable city file: " + what);
  }
}

void save(const RoadGraph& graph, const std::filesystem::path& path) {
  SectionWriter writer;
  add_sections(writer, graph);
  writer.write(path);
}

std::shared_ptr<const RoadGraph> open(const std::filesystem::path& path) {
  return std::make_shared<const RoadGraph>(read_graph(*SectionReader::open(path)));
}

}  // namespace roadgnn::graph
