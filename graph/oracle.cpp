// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/oracle.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

#include <roadgnn/graph/error.h>
#include <roadgnn/graph/nearest.h>

namespace roadgnn::graph::detail {
namespace {

// Numbers for places whose sides are all closed: no way leads there, but a stop is no way from
// another at its place.
class ClosedPlaces {
 public:
  std::int32_t name(const Position& position) {
    if (!position.valid()) return -1;
    std::array<std::int32_t, 5> key{position.num_sides};
    for (std::int32_t i = 0; i < std::min(position.num_sides, 2); ++i) {
      key[1 + 2 * i] = position.sides[i].edge;
      key[2 + 2 * i] = position.sides[i].offset_cm;
    }
    return names_.emplace(key, static_cast<std::int32_t>(names_.size())).first->second;
  }

 private:
  std::map<std::array<std::int32_t, 5>, std::int32_t> names_;
};

}  // namespace

HubOracle::HubOracle(std::vector<std::shared_ptr<const PreparedMetric>> metrics,
                     const std::vector<std::vector<Position>>& positions, int threads,
                     NearestStops nearest)
    : nearest_(std::move(nearest)) {
  if (metrics.size() != positions.size()) {
    throw InputError(
        "an oracle needs one row of positions per metric: " + std::to_string(metrics.size()) +
        " metrics, " + std::to_string(positions.size()) + " rows");
  }
  for (std::size_t p = 0; p < metrics.size(); ++p) {
    if (positions[p].size() != positions[0].size()) {
      throw InputError("row " + std::to_string(p) + " of the positions has " +
                       std::to_string(positions[p].size()) + " stops where row 0 has " +
                       std::to_string(positions[0].size()));
    }
    num_stops_ = static_cast<std::int32_t>(positions[p].size());
    Profile profile;
    profile.metric = std::move(metrics[p]);
    std::vector<std::int32_t> departing, arriving;
    profile.stops.reserve(positions[p].size());
    ClosedPlaces closed;
    for (const Position& position : positions[p]) {
      profile.stops.push_back(query_sides(*profile.metric, position));
      QuerySides& sides = profile.stops.back();
      if (sides.count == 0) sides.closed_place = closed.name(position);
      for (int i = 0; i < sides.count; ++i) {
        departing.push_back(sides.side[i].departing);
        arriving.push_back(sides.side[i].arriving);
      }
    }
    profile.labels = std::make_unique<HubLabels>(*profile.metric, departing, arriving, threads);
    for (QuerySides& sides : profile.stops) {
      Ends ends;
      ends.count = sides.count;
      ends.closed_place = sides.closed_place;
      for (int i = 0; i < sides.count; ++i) {
        QuerySide& side = sides.side[i];
        side.departing = profile.labels->slot(side.departing);
        side.arriving = profile.labels->slot(side.arriving);
        ends.departing[i] = profile.labels->departing(side.departing);
        ends.arriving[i] = profile.labels->arriving(side.arriving);
        ends.edge[i] = side.edge;
        ends.share_ms[i] = side.share_ms;
        ends.offset_cm[i] = side.offset_cm;
      }
      profile.ends.push_back(ends);
    }
    profiles_.push_back(std::move(profile));
  }
}

Travel HubOracle::at(std::int32_t profile, std::int32_t from, std::int32_t to) const {
  if (from == to) return {0, 0};
  const Profile& data = profiles_[profile];
  const Ends &a = data.ends[from], &b = data.ends[to];
  if (a.closed_place >= 0 && a.closed_place == b.closed_place) return {0, 0};
  for (int i = 0; i < a.count; ++i) a.departing[i].prefetch();
  for (int j = 0; j < b.count; ++j) b.arriving[j].prefetch();
  Cost best;
  for (int i = 0; i < a.count; ++i) {
    for (int j = 0; j < b.count; ++j) {
      Weight between = 0;  // along the edge
      if (a.edge[i] != b.edge[j] || a.offset_cm[i] > b.offset_cm[j]) {
        const bool same = a.departing[i].slot == b.arriving[j].slot;
        between = same ? data.labels->around(a.departing[i].slot)
                       : data.labels->between(a.departing[i], b.arriving[j]);
        if (between >= kNoWay) continue;
      }
      best = std::min(best, Cost{time_ms(between) - a.share_ms[i] + b.share_ms[j],
                                 length_cm(between) - a.offset_cm[i] + b.offset_cm[j]});
    }
  }
  return to_travel(best);
}

CandidateGraph HubOracle::candidates(std::int32_t profile, std::int32_t k, int threads) const {
  if (nearest_) return nearest_(profile, k, threads);
  return nearest_candidates(*profiles_[profile].metric, *profiles_[profile].labels,
                            profiles_[profile].stops, k, threads);
}

std::int64_t HubOracle::num_bytes() const {
  std::int64_t bytes = 0;
  for (const Profile& profile : profiles_) {
    bytes += profile.labels->num_bytes() +
             static_cast<std::int64_t>(profile.stops.size() * (sizeof(QuerySides) + sizeof(Ends)));
  }
  return bytes;
}

}  // namespace roadgnn::graph::detail
