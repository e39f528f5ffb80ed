// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <roadgnn/io/osm/map_data.h>
#include <roadgnn/io/osm/tag_rules.h>

namespace roadgnn::io::detail {

/// What the profiles make of a way, without what few ways have.
struct WayPassage {
  double speed_kmh[2] = {0, 0};      ///< along and against the way
  std::optional<double> duration_s;  ///< of the whole way
  graph::Access access[2] = {graph::Access::closed, graph::Access::closed};
  bool startpoint = true;
};

struct EvaluatedWays {
  struct Conditional {
    std::int32_t way = 0, profile = 0, direction = 0;
    ConditionalPassage passage;
  };

  std::size_t num_profiles = 0;
  std::vector<WayAttributes> attributes;  ///< [ways]; names are views into the map's tags
  std::vector<WayPassage> passages;       ///< [ways * profiles]
  std::vector<std::uint32_t>
      usable_by;  ///< [ways], a bit for each profile that may ever use the way
  std::vector<Conditional>
      conditionals;  ///< by way, profile, direction; in the order in which they apply

  const WayPassage& passage(std::size_t way, std::size_t profile) const {
    return passages[way * num_profiles + profile];
  }
};

/// Reads every way's tags for every profile.
EvaluatedWays evaluate_ways(const MapData& map, const std::vector<Profile>& profiles,
                            const Region& region, int threads);

}  // namespace roadgnn::io::detail
