// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/relaxed_trip.h>

#include <algorithm>

#include <roadgnn/gnn/decode/detail/route_state.h>

namespace roadgnn::decode::detail {
namespace {

std::int64_t raised(std::int64_t limit, std::int64_t amount) {
  return std::min(kNoLimit, limit >= kNoLimit - amount ? kNoLimit : limit + amount);
}

void relax_window(std::optional<Stop>& stop, std::int64_t amount) {
  if (!stop || stop->windows.empty()) return;
  std::int64_t& close = stop->windows.back().close;
  close = raised(close, amount);
}

void relax(Problem& problem, Limit limit, std::int64_t amount) {
  Order& order = problem.orders.front();
  VehicleType& type = problem.vehicle_types.front();
  switch (limit) {
    case Limit::capacity:
      for (std::size_t d = 0; d < order.load.size(); ++d) {
        const std::int64_t collect = order.collect.empty() ? 0 : order.collect[d];
        if (std::max(order.load[d], collect) > type.capacity[d])
          type.capacity[d] = raised(type.capacity[d], amount);
      }
      break;
    case Limit::pickup_window:
      relax_window(order.pickup, amount);
      break;
    case Limit::delivery_window:
      relax_window(order.delivery, amount);
      break;
    case Limit::shift:
      type.shift.close = raised(type.shift.close, amount);
      for (Depot& depot : problem.depots) depot.window.close = raised(depot.window.close, amount);
      break;
    case Limit::driving:
      type.max_driving = raised(type.max_driving, amount);
      break;
    case Limit::distance:
      type.max_distance = raised(type.max_distance, amount);
      break;
    case Limit::duration:
      type.max_duration = raised(type.max_duration, amount);
      break;
    case Limit::stops:
      type.max_stops += static_cast<std::int32_t>(
          std::min<std::int64_t>(amount, INT32_MAX - std::max(0, type.max_stops)));
      break;
    case Limit::ride:
      order.max_ride = raised(order.max_ride, amount);
      break;
  }
}

}  // namespace

class RelaxedTrip::Places final : public graph::TravelTimes {
 public:
  Places(const graph::TravelTimes& all, const std::vector<std::int32_t>& locations)
      : all_(all), locations_(locations) {}

  std::int32_t num_stops() const override { return static_cast<std::int32_t>(locations_.size()); }
  std::int32_t num_profiles() const override { return all_.num_profiles(); }
  graph::Travel at(std::int32_t profile, std::int32_t from, std::int32_t to) const override {
    return all_.at(profile, locations_[static_cast<std::size_t>(from)],
                   locations_[static_cast<std::size_t>(to)]);
  }

 private:
  const graph::TravelTimes& all_;
  const std::vector<std::int32_t>& locations_;
};

RelaxedTrip::RelaxedTrip(const Model& model, std::int32_t order, const TypeView& type)
    : model_(&model) {
  const Problem& whole = model.problem();
  problem_.dimensions = whole.dimensions;
  problem_.skills = whole.skills;
  problem_.units = whole.units;
  problem_.shown_unit = whole.shown_unit;
  problem_.now = whole.now;
  problem_.vehicle_types = {*type.source};
  VehicleType& vehicle = problem_.vehicle_types.front();
  vehicle.count = 1;
  for (Break& rest : vehicle.breaks) rest.location = local(rest.location);

  problem_.orders = {whole.orders[static_cast<std::size_t>(order)]};
  Order& its = problem_.orders.front();
  its.group = its.locked_type = its.locked_vehicle = -1;
  its.allowed_types.clear();
  its.preferred_types.clear();
  its.needs.clear();
  for (auto* stop : {&its.pickup, &its.delivery}) {
    if (!*stop) continue;
    (*stop)->location = local((*stop)->location);
    for (auto* times : {&(*stop)->service_by_type, &(*stop)->setup_by_type}) {
      if (!times->empty()) *times = {(*times)[static_cast<std::size_t>(type.source_type)]};
    }
  }

  const auto keep_depot = [&](std::int32_t& number) {
    if (number < 0) return;
    const Depot& depot = whole.depots[static_cast<std::size_t>(number)];
    number = static_cast<std::int32_t>(problem_.depots.size());
    problem_.depots.push_back(depot);
    problem_.depots.back().location = local(depot.location);
  };
  if (vehicle.reload_depots.empty() && vehicle.max_trips > 1)
    vehicle.reload_depots = {vehicle.start_depot};
  keep_depot(vehicle.start_depot);
  keep_depot(vehicle.end_depot);
  for (std::int32_t& depot : vehicle.reload_depots) keep_depot(depot);
  problem_.num_locations = static_cast<std::int32_t>(locations_.size());
}

std::int32_t RelaxedTrip::local(std::int32_t location) {
  if (location < 0) return location;
  const auto found = std::find(locations_.begin(), locations_.end(), location);
  if (found == locations_.end()) {
    locations_.push_back(location);
    return static_cast<std::int32_t>(locations_.size()) - 1;
  }
  return static_cast<std::int32_t>(found - locations_.begin());
}

bool RelaxedTrip::is_feasible(Limit limit, std::int64_t amount) const {
  Problem relaxed = problem_;
  relax(relaxed, limit, amount);
  const Places places(model_->travel_times(), locations_);
  const Model model(relaxed, places);
  const std::int32_t first = model.first_visit(0);
  if (first < 0 || !model.compatible(0, 0)) return false;
  const std::int32_t visits[] = {first, model.visit(first).partner};
  TravelCache travel(model.travel_times(), 0);
  RouteState route;
  return route.assign(model, 0, {visits, visits[1] < 0 ? 1U : 2U}, travel);
}

std::optional<std::int64_t> RelaxedTrip::least(Limit limit) const {
  std::int64_t low = 0, high = 1;  // too little, and perhaps enough
  while (!is_feasible(limit, high)) {
    low = high;
    if (high >= kNoLimit / 2) return std::nullopt;
    high = high < kNoLimit / 32 ? high * 16 : kNoLimit / 2;
  }
  while (high - low > 1) {
    const std::int64_t middle = low + (high - low) / 2;
    (is_feasible(limit, middle) ? high : low) = middle;
  }
  return high;
}

}  // namespace roadgnn::decode::detail
