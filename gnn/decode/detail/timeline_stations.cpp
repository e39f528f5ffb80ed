// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
//
// The stations of a complete placement, their rides and loads: the part of Timeline behind its
// labels.
#include <algorithm>

#include <roadgnn/gnn/decode/detail/timeline.h>

namespace roadgnn::decode::detail {

std::vector<std::vector<std::int64_t>> Timeline::station_loads() const {
  const auto& stations = timetable_.stations;
  const std::size_t dimensions = model_->num_dimensions();
  std::vector<std::vector<std::int64_t>> loads(stations.size(),
                                               std::vector<std::int64_t>(dimensions, 0));
  const auto add = [&](std::size_t first, std::size_t last, const std::int64_t* amount) {
    for (std::size_t i = first; i < last; ++i) {
      for (std::size_t d = 0; d < dimensions; ++d) loads[i][d] += amount[d];
    }
  };
  std::vector<std::size_t> trip_end(stations.size(), stations.size());  // of the trip it is in
  for (std::size_t i = stations.size() - 1; i-- > 0;) {
    trip_end[i] = stations[i + 1].kind == StepKind::reload ? i + 1 : trip_end[i + 1];
  }
  if (!type_->base_load.empty()) {
    std::vector<std::int64_t> rest = type_->base_load;  // for the depot
    for (const std::int32_t order : type_->on_board) {
      for (std::size_t d = 0; d < dimensions; ++d) rest[d] -= model_->load(order)[d];
    }
    add(0, trip_end[0], rest.data());
    for (const std::int32_t order : type_->on_board) {
      std::size_t until = stations.size();
      for (std::size_t i = 0; i < stations.size(); ++i) {
        const Station& station = stations[i];
        if (station.kind == StepKind::delivery && model_->visit(station.index).order == order)
          until = i;
      }
      add(0, until, model_->load(order));
    }
  }
  std::size_t trip_begin = 0;
  std::vector<std::pair<std::int32_t, std::size_t>> picked;
  for (std::size_t i = 0; i < stations.size(); ++i) {
    const Station& station = stations[i];
    if (station.kind == StepKind::reload) trip_begin = i;
    if (station.kind != StepKind::pickup && station.kind != StepKind::delivery) continue;
    const Visit& visit = model_->visit(station.index);
    const std::int64_t* collect = model_->collect(visit.order);
    if (collect != nullptr) add(i, trip_end[i], collect);
    if (model_->on_board_of(visit.order) >= 0) continue;
    if (visit.is_pickup) {
      if (visit.partner >= 0) {
        picked.emplace_back(visit.order, i);
      } else {
        add(i, trip_end[i], model_->load(visit.order));
      }
    } else if (visit.partner >= 0) {
      const auto from = std::find_if(picked.begin(), picked.end(),
                                     [&](const auto& entry) { return entry.first == visit.order; });
      if (from != picked.end()) add(from->second, i, model_->load(visit.order));
    } else {
      add(trip_begin, i, model_->load(visit.order));
    }
  }
  return loads;
}

// The stations of a complete placement.
void Timeline::build(std::int32_t number) {
  auto& stations = timetable_.stations;
  stations.clear();
  for (std::int32_t i = number; i >= 0; i = arena_[at(i)].parent) {
    const Label& label = arena_[at(i)];
    Station& station = stations.emplace_back();
    station.kind = label.kind;
    station.index = label.index;
    station.location = label.location;
    station.leg = label.leg;
    station.service = label.service;
    switch (label.kind) {
      case StepKind::start:
        station.window = {std::max(type_->start.open, label.release), type_->start.close};
        break;
      case StepKind::end:
        station.window = type_->end;
        break;
      case StepKind::rest: {
        const Break& rest = type_->source->breaks[at(label.index)];
        station.windows = rest.windows;
        if (label.on_the_way) station.extend = label.leg.time_ms;
        break;
      }
      case StepKind::reload: {
        const Depot& depot = model_->problem().depots[at(label.index)];
        station.window = {std::max(depot.window.open, label.release), depot.window.close};
        break;
      }
      default: {
        const Visit& visit = model_->visit(label.index);
        const Stop& stop = model_->stop(visit);
        station.windows = stop.windows;
        station.window.close = model_->deadline(visit);
        if (visit.soft) station.late_cost = stop.late_cost;
      }
    }
  }
  std::reverse(stations.begin(), stations.end());
  for (std::size_t i = 1; i < stations.size(); ++i) stations[i].from = stations[i - 1].location;
  add_rides();
}

void Timeline::add_rides() {
  const auto& stations = timetable_.stations;
  timetable_.rides.clear();
  if (!rides_) return;
  std::size_t trip_begin = 0;
  std::vector<std::pair<std::int32_t, std::size_t>> picked;  // orders on board, from where
  std::vector<Ride> to_depot;
  for (std::size_t i = 0; i < stations.size(); ++i) {
    const Station& station = stations[i];
    if (station.kind == StepKind::reload || station.kind == StepKind::end) {
      for (Ride& ride : to_depot) {
        ride.to = i;
        timetable_.rides.push_back(ride);
      }
      to_depot.clear();
      trip_begin = i;
    }
    if (station.kind != StepKind::pickup && station.kind != StepKind::delivery) continue;
    const Visit& visit = model_->visit(station.index);
    const std::int64_t longest =
        model_->problem().orders[static_cast<std::size_t>(visit.order)].max_ride;
    if (longest >= kNoLimit || model_->on_board_of(visit.order) >= 0) continue;
    if (visit.is_pickup) {
      if (visit.partner < 0) {
        to_depot.push_back({i, 0, longest});
      } else {
        picked.emplace_back(visit.order, i);
      }
    } else if (visit.partner < 0) {
      timetable_.rides.push_back({trip_begin, i, longest});
    } else {
      for (const auto& [order, from] : picked) {
        if (order == visit.order) timetable_.rides.push_back({from, i, longest});
      }
    }
  }
}

}  // namespace roadgnn::decode::detail
