// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include <roadgnn/gnn/decode/detail/model.h>
#include <roadgnn/graph/travel_times.h>

namespace roadgnn::decode::detail {

/// What going along a run of stops amounts to, for stops with one window each (as Node): arriving
/// at its first stop at x, one leaves its last at max(ready, x + pure), as long as x is at most
/// `latest`. Closed under concatenation, in constant time.
struct Segment {
  std::int32_t first = -1, last = -1;  ///< locations
  std::int64_t ready = 0, pure = 0, latest = 0;
  std::int64_t distance = 0, driving = 0;
  bool feasible = true;

  /// `service` is how long the visit takes.
  static Segment of(const Visit& visit, std::int64_t service) {
    return {visit.location, visit.location, visit.open + service, service, visit.close, 0, 0, true};
  }
};

/// `a`, then `travel`, then `b`.
inline Segment joined(const Segment& a, graph::Travel travel, const Segment& b) {
  Segment both;
  both.first = a.first;
  both.last = b.last;
  both.feasible =
      a.feasible && b.feasible && travel.reachable() && a.ready + travel.time_ms <= b.latest;
  const std::int64_t ahead = a.pure + travel.time_ms;
  both.ready = std::max(a.ready + travel.time_ms + b.pure, b.ready);
  both.pure = ahead + b.pure;
  both.latest = std::min(a.latest, b.latest - ahead);
  both.distance = a.distance + travel.length_m + b.distance;
  both.driving = a.driving + travel.time_ms + b.driving;
  return both;
}

/// A run of stops in one dimension of load; closed under concatenation, too.
struct LoadSegment {
  std::int64_t from_depot = 0;  ///< on board from the route's start on for stops of the run
  std::int64_t change = 0;      ///< what leaving its last stop differs from arriving at its first
  std::int64_t peak = 0;        ///< the most that it rises above arriving, 0 at least
};

inline LoadSegment joined(const LoadSegment& a, const LoadSegment& b) {
  return {a.from_depot + b.from_depot, a.change + b.change, std::max(a.peak, a.change + b.peak)};
}

/// The load of a visit in dimension `d`.
inline LoadSegment load_of(const Model& model, const Visit& visit, std::size_t d) {
  const std::int64_t load = model.load(visit.order)[d];
  const std::int64_t* collect = model.collect(visit.order);
  LoadSegment segment;
  if (visit.is_pickup) {
    segment.change = load;
  } else {
    if (visit.partner < 0) segment.from_depot = load;
    segment.change = (collect ? collect[d] : 0) - load;
  }
  segment.peak = std::max<std::int64_t>(0, segment.change);
  return segment;
}

}  // namespace roadgnn::decode::detail
