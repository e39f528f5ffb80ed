// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <roadgnn/io/osm/network_builder.h>

namespace roadgnn::io::detail {

struct RestrictionCounts {
  std::int64_t kept = 0;                        ///< relations that forbid or demand something
  std::map<std::string, std::int64_t> dropped;  ///< relations that do not, by reason
};

/// Turns restriction relations into edge sequences and adds them to `built.network`.
///
/// A relation's ways are matched at their ends first, as OSRM does. Where a way goes on beyond the
/// via node without being split there, the turn that the restriction's name describes (left, right,
/// straight on, u-turn) decides; where it does not decide, the relation is dropped. Streets that a
/// vehicle cannot drive in the direction needed are no candidates, so one-ways decide too.
RestrictionCounts add_restrictions(const MapData& map, const std::vector<Profile>& profiles,
                                   BuiltNetwork& built);

}  // namespace roadgnn::io::detail
