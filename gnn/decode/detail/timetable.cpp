// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/timetable.h>

#include <algorithm>

namespace roadgnn::decode::detail {
namespace {

constexpr std::int64_t kNever = kNoLimit + 1;

}  // namespace

std::int64_t Station::earliest_begin(std::int64_t time) const {
  time = std::max(time, window.open);
  if (!windows.empty()) {
    std::int64_t found = late_cost > 0 ? time : kNever;
    for (const TimeWindow& one : windows) {
      if (time > one.close + extend) continue;
      found = std::max(time, one.open);
      break;
    }
    time = found;
  }
  return time <= window.close ? time : kNever;
}

std::int64_t Station::latest_begin(std::int64_t time) const {
  time = std::min(time, window.close);
  if (!windows.empty()) {
    std::int64_t found = -kNever;
    for (auto one = windows.rbegin(); one != windows.rend(); ++one) {
      if (one->open > time) continue;
      const bool soft = late_cost > 0 && one == windows.rbegin();
      found = soft ? time : std::min(time, one->close + extend);
      break;
    }
    time = found;
  }
  return time >= window.open ? time : -kNever;
}

double Station::lateness(std::int64_t time) const {
  if (late_cost <= 0 || windows.empty() || time <= windows.back().close) return 0;
  return late_cost * static_cast<double>(time - windows.back().close);
}

bool Timetable::run() {
  least_.assign(stations.size(), -kNoLimit);
  most_.assign(stations.size(), kNoLimit);
  leave_by_.assign(stations.size(), kNoLimit);
  count_rounds();
  if (!forward(stations.front().window.open)) return false;
  most_.back() = stations.back().begin;
  for (std::size_t i = 0; i < stations.size(); ++i) {
    const Station& station = stations[i];
    if (station.late_cost > 0 && !station.windows.empty())
      most_[i] = std::max(station.windows.back().close, station.begin);
  }
  return backward();
}

double Timetable::late() const {
  double sum = 0;
  for (const Station& station : stations) sum += station.lateness(station.begin);
  return sum;
}

std::int64_t Timetable::distance() const {
  std::int64_t sum = 0;
  for (const Station& station : stations) sum += station.leg.length_m;
  return sum;
}

std::int64_t Timetable::driving() const {
  std::int64_t sum = 0;
  for (const Station& station : stations) sum += station.leg.time_ms;
  return sum;
}

// The leg to station i, and when the one before is left for it. Vehicles wait for a better hour
// anywhere, but leave their start in time.
void Timetable::leave_for(std::size_t i, std::int64_t& now) {
  const std::int64_t until = i == 1 ? stations[0].window.close : kNoLimit;
  const Leg leg = hourly->leave(stations[i].from, stations[i].location, now, until);
  stations[i].leg = leg.travel;
  now = stations[i - 1].departure = leg.departure;
  if (i == 1) stations[0].arrival = stations[0].begin = now;
}

// A round settles a ride for good until the windows or slices that its stations meet change, which
// they do in one direction only.
void Timetable::count_rounds() {
  const std::size_t usual = stations.size() + rides.size();
  std::size_t changes = 1;
  if (!rides.empty()) {
    for (const Station& station : stations) {
      if (station.windows.size() > 1) changes += station.windows.size() - 1;
    }
    if (hourly != nullptr) changes += stations.size() * hourly->num_slices();
  }
  most_rounds_ = usual * changes;
}

// By how much at least a ride has to begin later that lasts too long by `excess`; beyond kNoLimit
// where that shortens it never.
std::int64_t Timetable::put_off(const Ride& ride, std::int64_t excess) const {
  std::int64_t shift = kNever;
  for (std::size_t i = ride.from + 1; i <= ride.to; ++i) {
    const Station &before = stations[i - 1], &station = stations[i];
    if (station.begin > station.arrival || before.departure > before.begin + before.service)
      return excess;
    if (hourly == nullptr) continue;
    const std::int64_t next =
        hourly->next_change(station.from, station.location, {before.departure, station.leg});
    if (next < kNoLimit) shift = std::min(shift, next - before.departure);
    for (const TimeWindow& window : station.windows) {
      const std::int64_t past = window.close + station.extend + 1;
      if (past > station.begin) shift = std::min(shift, past - station.begin);
    }
  }
  return std::max(excess, shift);
}

// The same, going back: by how much it has to end sooner.
std::int64_t Timetable::bring_forward(const Ride& ride, std::int64_t excess) const {
  std::int64_t shift = kNever;
  for (std::size_t i = ride.from + 1; i <= ride.to; ++i) {
    if (most_[i - 1] + stations[i - 1].service < leave_by_[i]) return excess;
    if (hourly == nullptr) continue;
    const std::int64_t begin = hourly->slice_begin(leave_by_[i]);
    if (begin > -kNoLimit) shift = std::min(shift, leave_by_[i] - begin + 1);
    for (const TimeWindow& window : stations[i].windows) {
      if (window.open <= most_[i]) shift = std::min(shift, most_[i] - window.open + 1);
    }
    const Leg leg = hourly->leave(stations[i].from, stations[i].location, leave_by_[i], kNoLimit);
    if (leg.arrival() < most_[i]) return excess;
  }
  return std::max(excess, shift);
}

// The least solution that starts no earlier than `start`.
bool Timetable::forward(std::int64_t start) {
  least_.front() = std::max(least_.front(), start);
  for (std::size_t rounds = 0; rounds <= most_rounds_; ++rounds) {
    std::int64_t now = least_.front();
    for (std::size_t i = 0; i < stations.size(); ++i) {
      Station& station = stations[i];
      if (i > 0 && hourly != nullptr) leave_for(i, now);
      if (!station.leg.reachable()) return false;
      station.arrival = now + (i > 0 ? station.leg.time_ms : 0);
      station.begin = station.earliest_begin(std::max(station.arrival, least_[i]));
      if (station.begin > kNoLimit) return false;
      if (i == 0) station.arrival = station.begin;
      now = station.departure = station.begin + station.service;
    }
    bool changed = false;
    for (const Ride& ride : rides) {
      const Station& from = stations[ride.from];
      const std::int64_t begin = stations[ride.to].begin - ride.longest - from.service;
      if (begin <= from.begin) continue;
      const std::int64_t later = put_off(ride, begin - from.begin);
      if (later > kNoLimit) return false;
      least_[ride.from] = std::max(least_[ride.from], from.begin + later);
      changed = true;
    }
    if (!changed) return true;
  }
  return false;
}

// The greatest solution within most_, whose start is then taken.
bool Timetable::backward() {
  for (std::size_t rounds = 0; rounds <= most_rounds_; ++rounds) {
    std::int64_t by = kNoLimit;
    for (std::size_t i = stations.size(); i-- > 0;) {
      most_[i] = stations[i].latest_begin(std::min(most_[i], by - stations[i].service));
      if (most_[i] < -kNoLimit) return false;
      if (i == 0) break;
      by = hourly != nullptr ? hourly->latest(stations[i].from, stations[i].location, most_[i])
                             : most_[i] - stations[i].leg.time_ms;
      leave_by_[i] = by;
    }
    bool changed = false;
    for (const Ride& ride : rides) {
      const std::int64_t begin = most_[ride.from] + stations[ride.from].service + ride.longest;
      if (begin >= most_[ride.to]) continue;
      const std::int64_t sooner = bring_forward(ride, most_[ride.to] - begin);
      if (sooner > kNoLimit) return false;
      most_[ride.to] -= sooner;
      changed = true;
    }
    if (!changed) return forward(most_.front());
  }
  return false;
}

}  // namespace roadgnn::decode::detail
