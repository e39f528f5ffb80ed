// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <roadgnn/gnn/decode/detail/hourly_travel.h>
#include <roadgnn/gnn/decode/plan.h>
#include <roadgnn/gnn/decode/problem.h>
#include <roadgnn/graph/travel_times.h>

namespace roadgnn::decode::detail {

/// One step of a route whose breaks and reloads have their places, with when it may happen.
struct Station {
  StepKind kind = StepKind::start;
  std::int32_t index = -1;  ///< a visit; a break's number; the depot of a reload
  std::int32_t location = -1;
  std::int32_t from = -1;   ///< the location before
  graph::Travel leg{0, 0};  ///< from there; found by Timetable where it depends on the hour
  std::int64_t service = 0;
  std::span<const TimeWindow> windows{};  ///< beside `window`; empty: `window` alone
  TimeWindow window{-kNoLimit, kNoLimit};
  std::int64_t extend = 0;  ///< added to the windows' ends: breaks on the way
  double late_cost = 0;     ///< above 0: the last end is soft
  std::int64_t arrival = 0, begin = 0, departure = 0;  ///< found by Timetable

  /// First moment from `time` on at which it may begin; beyond kNoLimit where there is none.
  std::int64_t earliest_begin(std::int64_t time) const;
  /// Last moment up to `time` at which it may begin; below -kNoLimit where there is none.
  std::int64_t latest_begin(std::int64_t time) const;
  /// Cost of beginning at `time`.
  double lateness(std::int64_t time) const;
};

/// From the departure at one station to the begin at another no more than `longest` may pass.
struct Ride {
  std::size_t from = 0, to = 0;
  std::int64_t longest = 0;
};

/// The times of a sequence of stations: first everything as early as can be, then the latest start
/// that neither ends later nor is later at a soft end, then everything as early as this start
/// allows. The constraints have a least and a greatest solution (they are closed under taking
/// minima and maxima of times), which are found by going forward and back until nothing changes.
/// A ride that is too long is shortened by the waiting on it or, by the hour, by reaching the next
/// slice: each round goes there at once.
class Timetable {
 public:
  std::vector<Station> stations;
  std::vector<Ride> rides;
  const HourlyTravel* hourly = nullptr;  ///< set: legs depend on when they begin

  /// False where no times will do.
  bool run();

  std::int64_t start() const { return stations.front().departure; }
  std::int64_t end() const { return stations.back().departure; }
  double late() const;
  std::int64_t distance() const;
  std::int64_t driving() const;

 private:
  void leave_for(std::size_t i, std::int64_t& now);
  bool forward(std::int64_t start);
  bool backward();
  void count_rounds();
  std::int64_t put_off(const Ride& ride, std::int64_t excess) const;
  std::int64_t bring_forward(const Ride& ride, std::int64_t excess) const;

  std::size_t most_rounds_ = 0;
  std::vector<std::int64_t> least_, most_;
  std::vector<std::int64_t> leave_by_;  // [i]: when to leave for station i, going back
};

}  // namespace roadgnn::decode::detail
