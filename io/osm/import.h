// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <roadgnn/graph/road_network.h>
#include <roadgnn/io/osm/profile.h>

namespace roadgnn::io {

struct BoundingBox {
  double west = -180, south = -90, east = 180, north = 90;
};

struct ImportOptions {
  std::vector<Profile> profiles;  ///< at least one, at most 32
  std::optional<BoundingBox> bbox;
  std::string country;  ///< ISO code; empty: from the map's position where it can be told
  std::optional<bool> left_hand_traffic;  ///< unset: from the country
  int threads = 0;
  std::function<void(const std::string& stage, double fraction)> on_progress;
};

/// What was read, kept and dropped, and why.
struct ImportReport {
  struct Count {
    std::string what;
    std::int64_t number = 0;
  };
  std::vector<Count> counts;  ///< in the order in which a reader wants them
};

/// Reads OpenStreetMap data (.osm.pbf, .osm.bz2, .osm.gz, .osm), sorted or not, into a network for
/// graph::build_road_graph. Memory grows with the file (with the box, where there is one), never
/// with the largest id. Throws InputError for a file that cannot be read, is damaged or holds no
/// roads.
graph::RoadNetwork import_osm(const std::filesystem::path& map, const ImportOptions& options,
                              ImportReport* report = nullptr);

}  // namespace roadgnn::io
