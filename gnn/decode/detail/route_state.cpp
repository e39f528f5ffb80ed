// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/route_state.h>

#include <algorithm>

#include <roadgnn/gnn/decode/detail/timeline.h>

namespace roadgnn::decode::detail {

void RouteState::reset(const Model& model, std::int32_t type, TravelCache& travel) {
  assign(model, type, {}, travel);
}

bool RouteState::assign(const Model& model, std::int32_t type, std::span<const std::int32_t> visits,
                        TravelCache& travel) {
  const TypeView& view = model.type(type);
  type_ = type;
  dimensions_ = model.num_dimensions();
  nodes_.resize(visits.size() + 2);
  nodes_.front() = Node{};
  nodes_.front().location = view.start_location;
  for (std::size_t i = 0; i < visits.size(); ++i) {
    Node& node = nodes_[i + 1];
    node.visit = visits[i];
    node.location = model.visit(visits[i]).location;
    node.in = travel.into(view.profile, nodes_[i].location, node.location);
  }
  Node& last = nodes_.back();
  last = Node{};
  last.location = view.end_location;
  if (!visits.empty()) {
    last.in = travel.into(view.profile, nodes_[visits.size()].location, last.location);
  }
  return update(model, travel);
}

void RouteState::insert(const Model& model, std::size_t position, std::int32_t visit,
                        TravelCache& travel) {
  const TypeView& view = model.type(type_);
  Node node;
  node.visit = visit;
  node.location = model.visit(visit).location;
  node.in = travel.into(view.profile, nodes_[position].location, node.location);
  Node& next = nodes_[position + 1];
  next.in = travel.out_of(view.profile, node.location, next.location);
  nodes_.insert(nodes_.begin() + static_cast<std::ptrdiff_t>(position) + 1, node);
}

bool RouteState::update(const Model& model, TravelCache& travel) {
  const TypeView& type = model.type(type_);
  figures_ = {};
  if (empty()) {
    // An unused vehicle: the nodes serve to evaluate its first stop.
    nodes_.back().in = {0, 0};
    nodes_.back().latest = type.end.close;
    loads_.assign(3 * dimensions_ * nodes_.size(), 0);
    single_windows_ = true;
    timeline_ = type.timeline;
    figures_.feasible = true;
    return true;
  }
  const bool in_time =
      model.services_by_type() ? update_times<true>(model, type) : update_times<false>(model, type);
  if (!in_time || !update_loads(model)) return false;
  update_figures(model, travel);
  return figures_.feasible;
}

void RouteState::update_figures(const Model& model, TravelCache& travel) {
  const TypeView& type = model.type(type_);
  for (const Node& node : nodes_) {
    if (!model.has_serving_costs() || node.visit < 0) continue;
    const std::int32_t order = model.visit(node.visit).order;
    if (model.first_visit(order) == node.visit) figures_.apart += model.serving_cost(order, type_);
  }
  if (nodes_.size() - 2 > static_cast<std::size_t>(type.max_stops)) return;
  if (timeline_) {
    std::vector<std::int32_t> visits;
    for (std::size_t i = 1; i + 1 < nodes_.size(); ++i) visits.push_back(nodes_[i].visit);
    const TimelineFigures found = Timeline(model, travel).evaluate(type_, visits);
    figures_.feasible = found.feasible;
    figures_.distance = found.distance;
    figures_.driving = found.driving;
    figures_.start = found.start;
    figures_.end = found.end;
    figures_.cost = found.cost + figures_.apart;
    figures_.apart += found.late;
    return;
  }
  const Node& last = nodes_.back();
  figures_.distance = last.distance;
  figures_.driving = last.driving;
  figures_.end = last.depart;
  figures_.start = single_windows_ ? std::min(last.depart - last.pure, last.latest_start)
                                   : latest_departure(model, type, nodes_, last.depart);
  figures_.cost =
      route_cost(type, last.distance, last.driving, figures_.duration()) + figures_.apart;
  figures_.feasible = last.distance <= type.max_distance && last.driving <= type.max_driving &&
                      figures_.duration() <= type.max_duration;
}

// Most problems have one service a stop: asking for the type's would take longer than the rest.
template <bool kByType>
std::int64_t service_of(const Model& model, const Visit& visit, const TypeView& type) {
  if constexpr (kByType) return model.service(visit, type);
  return visit.service;
}

template <bool kByType>
bool RouteState::update_times(const Model& model, const TypeView& type) {
  if (!update_forward<kByType>(model, type)) return false;
  update_backward<kByType>(model, type);
  return true;
}

template <bool kByType>
bool RouteState::update_forward(const Model& model, const TypeView& type) {
  Node& start = nodes_.front();
  start.depart = type.start.open;
  start.pure = 0;
  start.latest_start = type.start.close;
  start.distance = start.driving = 0;
  single_windows_ = true;
  timeline_ = type.timeline;
  for (std::size_t i = 1; i < nodes_.size(); ++i) {
    const Node& previous = nodes_[i - 1];
    Node& node = nodes_[i];
    if (!node.in.reachable()) return false;
    const std::int64_t arrival = previous.depart + node.in.time_ms;
    node.distance = previous.distance + node.in.length_m;
    node.driving = previous.driving + node.in.time_ms;
    node.pure = previous.pure + node.in.time_ms;
    if (node.visit < 0) {
      node.depart = std::max(arrival, type.end.open);
      node.latest_start = std::min(previous.latest_start, type.end.close - node.pure);
      return node.depart <= type.end.close;
    }
    const Visit& visit = model.visit(node.visit);
    single_windows_ &= visit.single_window;
    timeline_ |= visit.timeline;
    if (arrival > visit.close) return false;
    node.latest_start = std::min(previous.latest_start, visit.close - node.pure);
    const std::int64_t service = service_of<kByType>(model, visit, type);
    node.depart = model.earliest_begin(visit, arrival) + service;
    node.pure += service;
  }
  return true;
}

template <bool kByType>
void RouteState::update_backward(const Model& model, const TypeView& type) {
  Node& end = nodes_.back();
  end.latest = type.end.close;
  end.tail_end = type.end.open;
  end.tail_pure = 0;
  for (std::size_t i = nodes_.size() - 1; i-- > 0;) {
    const Node& next = nodes_[i + 1];
    Node& node = nodes_[i];
    const std::int64_t leave_by = next.latest - next.in.time_ms;
    if (node.visit < 0) {
      node.latest = std::min(type.start.close, leave_by);
      return;
    }
    const Visit& visit = model.visit(node.visit);
    const std::int64_t service = service_of<kByType>(model, visit, type);
    node.latest = model.latest_begin(visit, leave_by - service);
    node.tail_pure = service + next.in.time_ms + next.tail_pure;
    node.tail_end = std::max(visit.open + node.tail_pure, next.tail_end);
  }
}

// Most problems have one dimension: loops of a length known beforehand go at twice the speed.
bool RouteState::update_loads(const Model& model) {
  return dimensions_ == 1 ? update_loads<1>(model) : update_loads<0>(model);
}

template <std::size_t kDimensions>
bool RouteState::update_loads(const Model& model) {
  const std::size_t dimensions = kDimensions > 0 ? kDimensions : dimensions_;
  const std::size_t size = nodes_.size(), row = 3 * dimensions;
  loads_.resize(row * size);
  std::int64_t* const first = loads_.data();
  // Rows hold max_before, max_after and load, in this order.
  std::int64_t* const start = first + 2 * dimensions;
  std::fill(start, start + dimensions, 0);
  const auto& base = model.type(type_).base_load;
  std::copy(base.begin(), base.end(), start);
  for (std::size_t i = 1; i + 1 < size; ++i) {
    const Visit& visit = model.visit(nodes_[i].visit);
    if (visit.is_pickup || visit.partner >= 0 || model.on_board_of(visit.order) >= 0) continue;
    const std::int64_t* amount = model.load(visit.order);
    for (std::size_t d = 0; d < dimensions; ++d) start[d] += amount[d];
  }
  std::copy(start, start + dimensions, first);
  for (std::size_t i = 1; i < size; ++i) {
    std::int64_t* const here = first + i * row;
    const std::int64_t* const before = here - row;
    for (std::size_t d = 2 * dimensions; d < row; ++d) here[d] = before[d];
    if (nodes_[i].visit >= 0) {
      const Visit& visit = model.visit(nodes_[i].visit);
      const std::int64_t* amount = model.load(visit.order);
      const std::int64_t sign = visit.is_pickup ? 1 : -1;
      for (std::size_t d = 0; d < dimensions; ++d) here[2 * dimensions + d] += sign * amount[d];
      if (const std::int64_t* collect = model.collect(visit.order)) {
        for (std::size_t d = 0; d < dimensions; ++d) here[2 * dimensions + d] += collect[d];
      }
    }
    for (std::size_t d = 0; d < dimensions; ++d)
      here[d] = std::max(before[d], here[2 * dimensions + d]);
  }
  std::int64_t* const last = first + (size - 1) * row;
  const std::int64_t* capacity = model.capacity(type_);
  for (std::size_t d = 0; d < dimensions; ++d) {
    if (last[d] > capacity[d] && !model.type(type_).reloads) return false;
    last[dimensions + d] = last[2 * dimensions + d];
  }
  for (std::int64_t* here = last; here != first;) {
    here -= row;
    for (std::size_t d = 0; d < dimensions; ++d) {
      here[dimensions + d] = std::max(here[row + dimensions + d], here[2 * dimensions + d]);
    }
  }
  return true;
}

std::int64_t latest_departure(const Model& model, const TypeView& type, std::span<const Node> nodes,
                              std::int64_t end) {
  std::int64_t latest = end;
  for (std::size_t i = nodes.size() - 1; i-- > 0;) {
    latest -= nodes[i + 1].in.time_ms;
    if (nodes[i].visit < 0) break;
    const Visit& visit = model.visit(nodes[i].visit);
    latest = model.latest_begin(visit, latest - model.service(visit, type));
  }
  return std::min(latest, type.start.close);
}

}  // namespace roadgnn::decode::detail
