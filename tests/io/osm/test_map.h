// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include <roadgnn/graph/road_network.h>
#include <roadgnn/io/osm/import_detail.h>

namespace roadgnn::io {

using TagList = std::initializer_list<std::pair<const char*, const char*>>;

/// Writes small OpenStreetMap files. Nodes lie on a grid whose steps are 0.001 degrees (111 m to
/// the north).
class TestMap {
 public:
  TestMap& node(long long id, double north, double east, TagList tags = {});
  /// With the coordinates as they stand in the file.
  TestMap& node_at(long long id, const std::string& lat, const std::string& lon);
  TestMap& way(long long id, const std::vector<long long>& refs,
               TagList tags = {{"highway", "residential"}});

  struct Member {
    const char* role;
    const char* type;
    long long ref;
  };
  TestMap& restriction(long long id, const char* value, std::initializer_list<Member> members);

  std::string xml() const { return "<osm version='0.6'>\n" + body_ + "</osm>\n"; }

 private:
  void add_tags(TagList tags);
  std::string body_;
};

/// The profile of data/profiles with this name.
Profile shipped_profile(const std::string& name);

/// Options with the shipped car profile.
ImportOptions car_options();

graph::RoadNetwork import(const TestMap& map, const ImportOptions& options = car_options(),
                          ImportReport* report = nullptr);

/// Each segment as "from-to", by OSM's node ids, in the network's order.
std::vector<std::string> segments(const graph::RoadNetwork& network);

/// Each directed edge that the profile may use as "from>to", in the network's order.
std::vector<std::string> open_edges(const graph::RoadNetwork& network, int profile = 0);

/// Each restriction as "no a>b>c" or "only a>b>c", by OSM's node ids.
std::vector<std::string> restrictions(const graph::RoadNetwork& network);

/// The number that a report gives for `what`, 0 where it gives none.
std::int64_t count(const ImportReport& report, const std::string& what);

}  // namespace roadgnn::io
