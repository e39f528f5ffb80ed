// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/oracle.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

#include <roadgnn/graph/error.h>

namespace roadgnn::graph::detail {
namespace {

// One name for both edges of a two-way street.
std::int32_t street_of(const RoadGraph& graph, std::int32_t edge) {
  const std::int32_t opposite = graph.opposite[edge];
  return opposite >= 0 ? std::min(edge, opposite) : edge;
}

}  // namespace

std::int32_t HubOracle::ClosedPlaces::name(const Position& position) {
  if (!position.valid()) return -1;
  std::array<std::int32_t, 5> key{position.num_sides};
  for (std::int32_t i = 0; i < std::min(position.num_sides, 2); ++i) {
    key[1 + 2 * i] = position.sides[i].edge;
    key[2 + 2 * i] = position.sides[i].offset_cm;
  }
  return names_.emplace(key, static_cast<std::int32_t>(names_.size())).first->second;
}

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
    for (const Position& position : positions[p]) {
      profile.stops.push_back(name_sides(profile, position));
      const QuerySides& sides = profile.stops.back();
      for (int i = 0; i < sides.count; ++i) {
        departing.push_back(sides.side[i].departing);
        arriving.push_back(sides.side[i].arriving);
      }
    }
    profile.labels = std::make_unique<HubLabels>(*profile.metric, departing, arriving, threads);
    profile.ends.reserve(profile.stops.size());
    for (QuerySides& sides : profile.stops) add_ends(profile, sides);
    profiles_.push_back(std::move(profile));
  }
}

QuerySides HubOracle::name_sides(Profile& profile, const Position& position) {
  QuerySides sides = query_sides(*profile.metric, position);
  if (sides.count == 0) sides.closed_place = profile.closed.name(position);
  return sides;
}

void HubOracle::add_ends(Profile& profile, QuerySides& sides) {
  for (int i = 0; i < sides.count; ++i) {
    sides.side[i].departing = profile.labels->slot(sides.side[i].departing);
    sides.side[i].arriving = profile.labels->slot(sides.side[i].arriving);
  }
  profile.ends.push_back(ends_of(sides, *profile.labels, profile.metric->graph()));
}

std::int32_t HubOracle::add_stop(std::span<const Position> positions) {
  if (positions.size() != profiles_.size()) {
    throw InputError("a stop needs one position per metric: " + std::to_string(profiles_.size()) +
                     " metrics, " + std::to_string(positions.size()) + " positions");
  }
  std::vector<QuerySides> all;
  for (std::size_t p = 0; p < profiles_.size(); ++p)
    all.push_back(name_sides(profiles_[p], positions[p]));
  for (std::size_t p = 0; p < profiles_.size(); ++p) {
    Profile& profile = profiles_[p];
    for (int i = 0; i < all[p].count; ++i) {
      profile.labels->add(*profile.metric, all[p].side[i].departing);
      profile.labels->add(*profile.metric, all[p].side[i].arriving);
    }
    profile.stops.push_back(all[p]);
    add_ends(profile, profile.stops.back());
  }
  nearest_ = {};  // knows the first stops alone
  return num_stops_++;
}

void HubOracle::make_room(std::int32_t more) {
  for (Profile& profile : profiles_) {
    const std::size_t all = profile.stops.size() + static_cast<std::size_t>(more);
    profile.stops.reserve(all);
    profile.ends.reserve(all);
    profile.labels->make_room(4 * more);  // two sides of a street, both ways
  }
}

HubOracle::Ends HubOracle::ends_of(const QuerySides& sides, const HubLabels& labels,
                                   const RoadGraph& graph) {
  Ends ends;
  if (sides.count == 0) return ends;
  const QuerySide &first = sides.side[0], &last = sides.side[sides.count - 1];
  for (int i = 0; i < 2; ++i) {
    const QuerySide& side = i == 0 ? first : last;
    ends.departing[i] = labels.departing(side.departing);
    ends.arriving[i] = labels.arriving(side.arriving);
    ends.share_ms[i] = side.share_ms;
    ends.offset_cm[i] = side.offset_cm;
  }
  ends.departing_slot = first.departing;
  ends.arriving_slot = first.arriving;
  ends.street = street_of(graph, first.edge);
  if (street_of(graph, last.edge) != ends.street) return ends;
  ends.departing_parting =
      static_cast<std::uint16_t>(labels.common_ancestors(first.departing, last.departing));
  ends.arriving_parting =
      static_cast<std::uint16_t>(labels.common_ancestors(first.arriving, last.arriving));
  return ends;
}

Travel HubOracle::ask_side_by_side(const Profile& data, const QuerySides& from,
                                   const QuerySides& to) {
  if (from.closed_place >= 0 && from.closed_place == to.closed_place) return {0, 0};
  Cost best;
  for (int i = 0; i < from.count; ++i) {
    for (int j = 0; j < to.count; ++j) {
      const QuerySide &a = from.side[i], &b = to.side[j];
      Weight between = 0;  // along the edge
      if (a.edge != b.edge || a.offset_cm > b.offset_cm) {
        between = a.departing == b.arriving ? data.labels->around(a.departing)
                                            : data.labels->between(a.departing, b.arriving);
        if (between >= kNoWay) continue;
      }
      best = std::min(best, Cost{time_ms(between) - a.share_ms + b.share_ms,
                                 length_cm(between) - a.offset_cm + b.offset_cm});
    }
  }
  return to_travel(best);
}

Travel HubOracle::at(std::int32_t profile, std::int32_t from, std::int32_t to) const {
  if (from == to) return {0, 0};
  const Profile& data = profiles_[profile];
  const Ends &a = data.ends[from], &b = data.ends[to];
  if (a.departing_slot >= 0 && b.arriving_slot >= 0 && a.street != b.street) {
    for (int i = 0; i < 2; ++i) {
      a.departing[i].prefetch();
      b.arriving[i].prefetch();
    }
    const std::int32_t common = data.labels->common_ancestors(a.departing_slot, b.arriving_slot);
    if (common < a.departing_parting && common < b.arriving_parting) {
      const std::int32_t most_ms = std::max(a.share_ms[0], a.share_ms[1]);
      const auto added = [&](int i) { return static_cast<std::uint32_t>(most_ms - a.share_ms[i]); };
      const auto share = [&](int j) { return static_cast<std::uint32_t>(b.share_ms[j]); };
      const Cost cost = HubLabels::least_way(
          {{a.departing[0], a.departing[1]},
           {added(0), added(1)},
           {-a.offset_cm[0], -a.offset_cm[1]}},
          {{b.arriving[0], b.arriving[1]}, {share(0), share(1)}, {b.offset_cm[0], b.offset_cm[1]}},
          common);
      return to_travel({cost.time_ms - most_ms, cost.length_cm});
    }
  }
  return ask_side_by_side(data, data.stops[from], data.stops[to]);
}

CandidateGraph HubOracle::candidates(std::int32_t profile, std::int32_t k, int threads) const {
  if (nearest_) return nearest_(profile, k, threads);
  const Profile& data = profiles_[profile];
  return candidates(profile, k, nearest_method(data.metric->metric(), data.stops), threads);
}

CandidateGraph HubOracle::candidates(std::int32_t profile, std::int32_t k, NearestMethod method,
                                     int threads) const {
  const Profile& data = profiles_[profile];
  return nearest_candidates(*data.metric, *data.labels, data.stops, k, method, threads);
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
