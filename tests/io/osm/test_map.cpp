// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include "test_map.h"

#include <cstdio>
#include <sstream>
#include <stdexcept>

namespace roadgnn::io {

void TestMap::add_tags(TagList tags) {
  for (const auto& [key, value] : tags) {
    body_ += std::string("<tag k='") + key + "' v='" + value + "'/>";
  }
}

TestMap& TestMap::node(long long id, double north, double east, TagList tags) {
  char text[128];
  std::snprintf(text, sizeof(text), "<node id='%lld' lat='%.7f' lon='%.7f'>", id,
                52 + north * 0.001, 13 + east * 0.001);
  body_ += text;
  add_tags(tags);
  body_ += "</node>\n";
  return *this;
}

TestMap& TestMap::node_at(long long id, const std::string& lat, const std::string& lon) {
  body_ += "<node id='" + std::to_string(id) + "' lat='" + lat + "' lon='" + lon + "'/>\n";
  return *this;
}

TestMap& TestMap::way(long long id, const std::vector<long long>& refs, TagList tags) {
  body_ += "<way id='" + std::to_string(id) + "'>";
  for (const long long ref : refs) body_ += "<nd ref='" + std::to_string(ref) + "'/>";
  add_tags(tags);
  body_ += "</way>\n";
  return *this;
}

TestMap& TestMap::restriction(long long id, const char* value,
                              std::initializer_list<Member> members) {
  body_ += "<relation id='" + std::to_string(id) + "'>";
  for (const Member& member : members) {
    body_ += std::string("<member type='") + member.type + "' ref='" + std::to_string(member.ref) +
             "' role='" + member.role + "'/>";
  }
  add_tags({{"type", "restriction"}, {"restriction", value}});
  body_ += "</relation>\n";
  return *this;
}

Profile shipped_profile(const std::string& name) {
  for (Profile& profile : Profile::read_folder(ROADGNN_SOURCE_DIR "/data/profiles")) {
    if (profile.name() == name) return profile;
  }
  throw std::runtime_error("no profile " + name);
}

ImportOptions car_options() {
  ImportOptions options;
  options.profiles = {shipped_profile("car")};
  options.threads = 1;
  return options;
}

graph::RoadNetwork import(const TestMap& map, const ImportOptions& options, ImportReport* report) {
  const std::string xml = map.xml();
  detail::OsmFile file(xml, detail::OsmFormat::xml, "test.osm");
  return detail::import_osm(file, options, report);
}

namespace {

std::string id_of(const graph::RoadNetwork& network, std::int32_t node) {
  return std::to_string(network.nodes[static_cast<std::size_t>(node)].osm_id);
}

std::pair<std::int32_t, std::int32_t> ends(const graph::RoadNetwork& network, std::int32_t edge) {
  const auto& segment = network.segments[static_cast<std::size_t>(edge / 2)];
  return edge % 2 == 0 ? std::pair(segment.from, segment.to) : std::pair(segment.to, segment.from);
}

}  // namespace

std::vector<std::string> segments(const graph::RoadNetwork& network) {
  std::vector<std::string> result;
  for (const auto& segment : network.segments) {
    result.push_back(id_of(network, segment.from) + "-" + id_of(network, segment.to));
  }
  return result;
}

std::vector<std::string> open_edges(const graph::RoadNetwork& network, int profile) {
  std::vector<std::string> result;
  const auto& access = network.profiles[static_cast<std::size_t>(profile)].edge_access;
  for (std::size_t edge = 0; edge < access.size(); ++edge) {
    if (access[edge] == graph::Access::closed) continue;
    const auto [tail, head] = ends(network, static_cast<std::int32_t>(edge));
    result.push_back(id_of(network, tail) + ">" + id_of(network, head));
  }
  return result;
}

std::vector<std::string> restrictions(const graph::RoadNetwork& network) {
  std::vector<std::string> result;
  for (const auto& restriction : network.restrictions) {
    std::ostringstream text;
    text << (restriction.only ? "only " : "no ")
         << id_of(network, ends(network, restriction.edges.front()).first);
    for (const std::int32_t edge : restriction.edges)
      text << '>' << id_of(network, ends(network, edge).second);
    result.push_back(text.str());
  }
  return result;
}

std::int64_t count(const ImportReport& report, const std::string& what) {
  for (const auto& entry : report.counts) {
    if (entry.what == what) return entry.number;
  }
  return 0;
}

}  // namespace roadgnn::io
