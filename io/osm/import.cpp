// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/osm/import.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/osm/country.h>
#include <roadgnn/io/osm/import_detail.h>
#include <roadgnn/io/osm/map_data.h>
#include <roadgnn/io/osm/network_builder.h>
#include <roadgnn/io/osm/pockets.h>
#include <roadgnn/io/osm/restrictions.h>
#include <roadgnn/io/osm/way_evaluation.h>

namespace roadgnn::io {
namespace {

using namespace detail;

void check(const ImportOptions& options) {
  if (options.profiles.empty()) throw InputError("an import needs at least one profile");
  if (options.profiles.size() > 32) throw InputError("an import takes at most 32 profiles");
  const auto alpha = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (!options.country.empty() &&
      (options.country.size() != 2 ||
       !std::all_of(options.country.begin(), options.country.end(), alpha))) {
    throw InputError("country '" + options.country +
                     "': expected an ISO 3166-1 code of two letters such as DE");
  }
  if (!options.bbox) return;
  const BoundingBox& box = *options.bbox;
  const bool lon = box.west >= -180 && box.west <= 180 && box.east >= -180 && box.east <= 180 &&
                   box.west != box.east;
  const bool lat = box.south >= -90 && box.north <= 90 && box.south < box.north;
  if (!lon || !lat)
    throw InputError("bounding box: expected west,south,east,north in degrees with south < north");
}

std::int32_t median(std::vector<std::int32_t> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

Region region_of(const MapData& map, const ImportOptions& options) {
  Region region;
  region.country = options.country;
  if (region.country.empty()) region.country = country_at(median(map.lat_e7), median(map.lon_e7));
  if (options.left_hand_traffic) {
    region.left_hand_traffic = *options.left_hand_traffic;
    return region;
  }
  std::size_t left = 0, right = 0;
  TagVector tags;
  for (const MapData::Way& way : map.ways) {
    const std::string_view text = map.tags_of(way);
    if (text.find("driving_side") == std::string_view::npos) continue;
    unpack_tags(text, tags);
    const std::string_view side = value_of(tags, "driving_side");
    left += side == "left" ? 1 : 0;
    right += side == "right" ? 1 : 0;
  }
  // A few tagged ways are the exceptions of their country; where most are tagged, they are the
  // rule.
  const bool tags_rule = 2 * (left + right) > map.ways.size();
  region.left_hand_traffic = tags_rule ? left > right : drives_on_left(region.country);
  return region;
}

// Says where the roads come from: nothing in it depends on the time or the place of the import.
std::string provenance(const OsmFile& file, const ImportOptions& options, const Region& region) {
  nlohmann::ordered_json record;
  const auto slash = file.name().find_last_of('/');
  record["source"] = slash == std::string::npos ? file.name() : file.name().substr(slash + 1);
  record["source_bytes"] = file.size();
  record["source_xxh3"] = file.hash();
  if (options.bbox) {
    record["bbox"] = {options.bbox->west, options.bbox->south, options.bbox->east,
                      options.bbox->north};
  }
  record["country"] = region.country;
  record["driving_side"] = region.left_hand_traffic ? "left" : "right";
  record["program"] = std::string("roadgnn ") + ROADGNN_VERSION;
  record["licence"] = "Map data from OpenStreetMap, ODbL 1.0";
  return record.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void fill(ImportReport& report, const MapData& map, const BuiltNetwork& built,
          const RestrictionCounts& restrictions) {
  const auto add = [&](const std::string& what, std::int64_t number) {
    report.counts.push_back({what, number});
  };
  const auto add_if = [&](const std::string& what, std::int64_t number) {
    if (number != 0) add(what, number);
  };
  const graph::RoadNetwork& network = built.network;
  add("nodes read", map.counts.nodes);
  add("ways read", map.counts.ways);
  add("relations read", map.counts.relations);
  add_if("ways dropped: no road", map.counts.ways_no_road);
  add_if("ways dropped: outside the box", map.counts.ways_outside);
  add_if("ways dropped: closed to every profile", built.counts.closed_ways);
  add_if("ways dropped: fewer than two nodes in the map", built.counts.short_ways);
  add_if("ways dropped: given again later", map.counts.duplicate_ways);
  add_if("nodes replaced: given again later", map.counts.duplicate_nodes);
  add_if("nodes dropped: no valid position", map.counts.unlocated_nodes);
  add_if("references to nodes not in the map", map.counts.missing_refs);
  add_if("ways cut at such references", built.counts.cut_ways);
  add_if("repeated references dropped", built.counts.repeated_refs);
  add_if("segments of no length", built.counts.zero_length);
  add_if("segments dropped: longer than 10,000 km", built.counts.too_long);
  add_if("barriers closed to all", built.counts.barriers_closed);
  add_if("barriers closed to some profiles", built.counts.barriers_for_some);
  add_if("addresses kept", static_cast<std::int64_t>(map.addresses.size()));
  add("ways kept", static_cast<std::int64_t>(network.ways.size()));
  add("segments", static_cast<std::int64_t>(network.segments.size()));
  add("restriction relations read", map.counts.restrictions);
  add("restriction relations kept", restrictions.kept);
  for (const auto& [reason, number] : restrictions.dropped)
    add("restriction relations dropped: " + reason, number);
}

}  // namespace

namespace detail {

graph::RoadNetwork import_osm(OsmFile& file, const ImportOptions& options, ImportReport* report) {
  check(options);
  MapData map = collect_map(file, options);
  try {
    if (map.node_id.empty())
      throw InputError("holds no roads" + std::string(options.bbox ? " in this box" : ""));
    if (options.on_progress) options.on_progress("reading tags", -1);
    const Region region = region_of(map, options);
    BuiltNetwork built = [&] {
      const EvaluatedWays ways = evaluate_ways(map, options.profiles, region, options.threads);
      if (options.on_progress) options.on_progress("cutting ways", -1);
      return build_network(map, ways, options.profiles);
    }();
    if (built.network.segments.empty()) {
      throw InputError("holds no roads that a profile may use" +
                       std::string(options.bbox ? " in this box" : ""));
    }
    const RestrictionCounts restrictions = add_restrictions(map, options.profiles, built);
    const std::int64_t pockets = mark_pockets(built.network);
    if (report != nullptr) {
      fill(*report, map, built, restrictions);
      if (pockets != 0)
        report->counts.push_back({"edges for trip ends only, behind such streets", pockets});
    }
    for (const MapData::Address& address : map.addresses) {
      built.network.address_lat_e7.push_back(address.lat_e7);
      built.network.address_lon_e7.push_back(address.lon_e7);
    }
    built.network.left_hand_traffic = region.left_hand_traffic;
    built.network.provenance = provenance(file, options, region);
    return std::move(built.network);
  } catch (const InputError& error) {
    throw InputError(file.name() + ": " + error.what());
  }
}

}  // namespace detail

graph::RoadNetwork import_osm(const std::filesystem::path& map, const ImportOptions& options,
                              ImportReport* report) {
  detail::OsmFile file(map);
  return detail::import_osm(file, options, report);
}

}  // namespace roadgnn::io
