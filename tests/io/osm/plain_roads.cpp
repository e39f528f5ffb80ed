// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include "plain_roads.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <set>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include <roadgnn/io/osm/osm_file.h>

namespace roadgnn::io {
namespace {

using namespace detail;

const std::set<std::string_view> kCarClasses = {
    "motorway",     "motorway_link", "trunk",          "trunk_link", "primary",
    "primary_link", "secondary",     "secondary_link", "tertiary",   "tertiary_link",
    "unclassified", "residential",   "living_street",  "service",    "road"};

bool is_access_key(std::string_view key) {
  for (const std::string_view part :
       {"access", "vehicle", "motor", "area", "barrier", "max", "width", "oneway", "ferry", "route",
        "construction", "impassable", "status", "smoothness", "tracktype", "surface"}) {
    if (key.find(part) != std::string_view::npos) return true;
  }
  return false;
}

class Collector final : public OsmVisitor {
 public:
  void node(const OsmNode& node) override {
    if (node.located) nodes.insert(node.id);
  }
  void way(const OsmWay& way) override {
    const std::string_view highway = value_of(way.tags, "highway");
    if (highway.empty() && value_of(way.tags, "route").empty()) return;
    PlainRoads::Way found{way.id, {way.refs.begin(), way.refs.end()}};
    const std::string_view oneway = value_of(way.tags, "oneway"),
                           junction = value_of(way.tags, "junction");
    const bool implied = oneway.empty() && (junction == "roundabout" || junction == "circular" ||
                                            highway == "motorway");
    found.forward = oneway != "-1";
    found.backward = !implied && oneway != "yes" && oneway != "1" && oneway != "true";
    found.for_cars_by_class = kCarClasses.contains(highway);
    found.has_access_tags =
        highway == "road" || value_of(way.tags, "service") == "emergency_access";
    for (const auto& [key, value] : way.tags) found.has_access_tags |= is_access_key(key);
    ways.push_back(std::move(found));
  }

  std::unordered_set<std::int64_t> nodes;
  std::vector<PlainRoads::Way> ways;
};

}  // namespace

PlainRoads::PlainRoads(const std::filesystem::path& map) {
  OsmFile file(map);
  std::unordered_set<std::int64_t> nodes;
  file.read(
      entity::nodes | entity::ways, 1, [] { return std::make_unique<Collector>(); },
      [&](OsmVisitor& visitor) {
        auto& part = static_cast<Collector&>(visitor);
        nodes.merge(part.nodes);
        std::move(part.ways.begin(), part.ways.end(), std::back_inserter(ways_));
      });
  for (Way& way : ways_) {
    const auto missing =
        std::erase_if(way.refs, [&](std::int64_t ref) { return !nodes.contains(ref); });
    way.lacks_nodes = missing > 0;
    way.refs.erase(std::unique(way.refs.begin(), way.refs.end()), way.refs.end());
    way.num_nodes = way.refs.size();
  }
}

std::pair<double, double> PlainRoads::count(const std::function<bool(const Way&)>& takes) const {
  std::unordered_map<std::int64_t, int> uses;
  for (const Way& way : ways_) {
    if (way.num_nodes < 2 || !takes(way)) continue;
    for (const std::int64_t ref : way.refs) ++uses[ref];
    ++uses[way.refs.front()];  // ends are nodes in any case
    ++uses[way.refs.back()];
  }
  double edges = 0;
  for (const Way& way : ways_) {
    if (way.num_nodes < 2 || !takes(way)) continue;
    for (std::size_t i = 1; i < way.refs.size(); ++i) {
      if (uses[way.refs[i]] > 1) edges += (way.forward ? 1 : 0) + (way.backward ? 1 : 0);
    }
  }
  const auto nodes =
      std::count_if(uses.begin(), uses.end(), [](const auto& use) { return use.second > 1; });
  return {static_cast<double>(nodes), edges};
}

}  // namespace roadgnn::io
