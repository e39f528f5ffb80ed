// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <numeric>
#include <vector>

#include <roadgnn/io/osm/pockets.h>

namespace roadgnn::io::detail {
namespace {

using graph::Access;
using graph::RoadNetwork;

std::size_t index(std::int64_t i) {
  return static_cast<std::size_t>(i);
}

/// Disjoint sets with path halving.
class Sets {
 public:
  explicit Sets(std::size_t size) : parent_(size) { std::iota(parent_.begin(), parent_.end(), 0); }

  std::int32_t find(std::int32_t i) {
    while (parent_[index(i)] != i) {
      parent_[index(i)] = parent_[index(parent_[index(i)])];
      i = parent_[index(i)];
    }
    return i;
  }

  void join(std::int32_t a, std::int32_t b) { parent_[index(find(a))] = find(b); }

 private:
  std::vector<std::int32_t> parent_;
};

bool has(const RoadNetwork::Profile& profile, std::size_t segment, Access access) {
  return profile.edge_access[2 * segment] == access ||
         profile.edge_access[2 * segment + 1] == access;
}

std::int64_t mark_pockets(const RoadNetwork& network, RoadNetwork::Profile& profile) {
  const auto& segments = network.segments;
  Sets parts(network.nodes.size());
  bool any_ends = false;
  for (std::size_t s = 0; s < segments.size(); ++s) {
    if (has(profile, s, Access::open)) parts.join(segments[s].from, segments[s].to);
    any_ends |= has(profile, s, Access::ends_only);
  }
  if (!any_ends) return 0;
  std::vector<std::int64_t> length_cm(network.nodes.size(), 0);
  std::vector<bool> touches(network.nodes.size(), false);
  for (std::size_t s = 0; s < segments.size(); ++s) {
    if (has(profile, s, Access::open))
      length_cm[index(parts.find(segments[s].from))] += segments[s].length_cm;
    if (!has(profile, s, Access::ends_only)) continue;
    touches[index(parts.find(segments[s].from))] = true;
    touches[index(parts.find(segments[s].to))] = true;
  }
  const auto largest = static_cast<std::int32_t>(
      std::max_element(length_cm.begin(), length_cm.end()) - length_cm.begin());
  std::int64_t changed = 0;
  for (std::size_t s = 0; s < segments.size(); ++s) {
    const std::int32_t part = parts.find(segments[s].from);
    if (part == largest || !touches[index(part)]) continue;
    for (const std::size_t edge : {2 * s, 2 * s + 1}) {
      if (profile.edge_access[edge] != Access::open) continue;
      profile.edge_access[edge] = Access::ends_only;
      ++changed;
    }
  }
  return changed;
}

}  // namespace

std::int64_t mark_pockets(RoadNetwork& network) {
  std::int64_t changed = 0;
  for (RoadNetwork::Profile& profile : network.profiles) changed += mark_pockets(network, profile);
  return changed;
}

}  // namespace roadgnn::io::detail
