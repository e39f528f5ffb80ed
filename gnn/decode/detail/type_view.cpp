// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/type_view.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace roadgnn::decode::detail {
namespace {

TimeWindow common(const TimeWindow& a, const TimeWindow& b) {
  return {std::max(a.open, b.open), std::min(a.close, b.close)};
}

TypeView view_of(const Problem& problem, std::int32_t index) {
  const VehicleType& type = problem.vehicle_types[static_cast<std::size_t>(index)];
  TypeView view;
  view.profile = type.profile;
  view.start = view.end = type.shift;
  if (type.start_depot >= 0) {
    const Depot& depot = problem.depots[static_cast<std::size_t>(type.start_depot)];
    view.start_location = depot.location;
    view.start = common(type.shift, depot.window);
  }
  view.start.open = std::max(view.start.open, problem.now);
  if (type.end_depot >= 0) {
    const Depot& depot = problem.depots[static_cast<std::size_t>(type.end_depot)];
    view.end_location = depot.location;
    view.end = common(type.shift, depot.window);
  }
  view.cost_fixed = type.cost_fixed;
  view.cost_per_distance = type.cost_per_distance;
  view.cost_per_time = type.cost_per_time;
  view.cost_per_driving = type.cost_per_driving;
  view.cost_per_time_over = type.cost_per_time_over;
  view.max_driving = type.max_driving;
  view.max_distance = type.max_distance;
  view.max_duration = type.max_duration;
  view.fair_duration = type.cost_per_time_over > 0 ? type.fair_duration : kNoLimit;
  view.max_stops = type.max_stops;
  view.count = type.count;
  view.source = &type;
  view.source_type = index;
  view.trips = type.max_trips;
  view.reloads = type.max_trips > 1;
  view.timeline = view.reloads || !type.breaks.empty();
  return view;
}

// What the steps done have brought about.
void go_through_steps(const Problem& problem, const VehicleState& state, TypeView& view) {
  std::set<std::int32_t> open(state.loaded.begin(), state.loaded.end());
  std::set<std::int32_t> collected;  // loads for the depot
  std::int32_t stops = 0;
  for (std::size_t i = 0; i < state.steps.size(); ++i) {
    const Step& step = state.steps[i];
    const std::int64_t leg = i > 0 ? step.arrival - state.steps[i - 1].departure : 0;
    if (i > 0) view.moved |= step.location != state.steps[i - 1].location;
    if (step.kind != StepKind::rest) view.moved = false;
    view.driving_before += leg;
    view.driven += leg;
    switch (step.kind) {
      case StepKind::pickup: {
        const Order& order = problem.orders[static_cast<std::size_t>(step.order)];
        (order.delivery ? open : collected).insert(step.order);
        ++stops;
        break;
      }
      case StepKind::delivery:
        open.erase(step.order);
        if (!problem.orders[static_cast<std::size_t>(step.order)].collect.empty())
          collected.insert(step.order);
        ++stops;
        break;
      case StepKind::rest:
        ++view.first_rest;
        view.driven = 0;
        break;
      case StepKind::reload:
        --view.trips;
        collected.clear();
        break;
      default:
        break;
    }
  }
  view.max_stops = std::max(0, view.max_stops - stops);
  view.on_board.assign(open.begin(), open.end());
  view.base_load.assign(problem.dimensions.size(), 0);
  for (std::size_t d = 0; d < view.base_load.size(); ++d) {
    for (const std::int32_t order : open)
      view.base_load[d] += problem.orders[static_cast<std::size_t>(order)].load[d];
    for (const std::int32_t number : collected) {
      const Order& order = problem.orders[static_cast<std::size_t>(number)];
      view.base_load[d] += order.delivery ? order.collect[d] : order.load[d];
    }
  }
}

void apply_state(const Problem& problem, const VehicleState& state, TypeView& view) {
  const std::int32_t depot = view.start_location;
  view.state = &state;
  view.driving_before = state.driving;
  view.distance_before = state.distance;
  std::int64_t ready = state.ready > -kNoLimit ? state.ready : problem.now;
  go_through_steps(problem, state, view);
  view.driven += state.driving;
  view.start_location = state.location;
  if (!state.steps.empty()) {
    const Step& last = state.steps.back();
    if (state.location < 0) view.start_location = last.location;
    view.moved |= view.start_location != last.location;
    ready = std::max(ready, last.departure);
    view.distance_before += last.distance;
    view.duration_before = ready - state.steps.front().departure;
    view.start = {ready, ready};
    view.cost_fixed = 0;
  } else {
    view.start = {std::max(ready, view.source->shift.open), view.source->shift.close};
  }
  view.away = !state.steps.empty() || view.start_location != depot;
  view.max_driving -= view.driving_before;
  view.max_distance -= view.distance_before;
  view.max_duration -= view.duration_before;
  view.fair_duration -= view.duration_before;
}

// Of the slices, those that the vehicle may drive in.
void choose_slices(TypeView& view) {
  const VehicleType& type = *view.source;
  view.slices.clear();
  if (type.slices.empty()) return;
  view.slices.push_back({-kNoLimit, type.profile});
  for (const ProfileSlice& slice : type.slices) {
    if (slice.from > view.end.close) break;
    if (slice.from <= view.start.open) view.slices.clear();
    view.slices.push_back(slice);
  }
  view.slices.front().from = -kNoLimit;
  if (view.slices.size() > 1) return;
  view.profile = view.slices.front().profile;
  view.slices.clear();
}

}  // namespace

std::vector<TypeView> make_type_views(const Problem& problem) {
  std::vector<TypeView> views;
  for (std::size_t i = 0; i < problem.vehicle_types.size(); ++i) {
    views.push_back(view_of(problem, static_cast<std::int32_t>(i)));
  }
  std::map<std::pair<std::int32_t, std::int32_t>, const VehicleState*> singles;
  for (const Order& order : problem.orders) {
    if (order.locked_type >= 0) singles[{order.locked_type, order.locked_vehicle}] = nullptr;
  }
  for (const VehicleState& state : problem.vehicle_states)
    singles[{state.vehicle_type, state.vehicle}] = &state;
  for (const auto& [vehicle, state] : singles) {
    TypeView& base = views[static_cast<std::size_t>(vehicle.first)];
    if (base.count < kUnlimitedCount) --base.count;
    TypeView view = view_of(problem, vehicle.first);
    view.vehicle = vehicle.second;
    view.count = 1;
    if (state != nullptr) apply_state(problem, *state, view);
    views.push_back(std::move(view));
  }
  for (TypeView& view : views) {
    choose_slices(view);
    view.timeline |= !view.slices.empty();
    view.time_matters = view.cost_per_time > 0 || view.cost_per_time_over > 0 ||
                        view.source->max_duration < kNoLimit;
    view.usable = view.start.open <= view.start.close && view.end.open <= view.end.close;
  }
  return views;
}

}  // namespace roadgnn::decode::detail
