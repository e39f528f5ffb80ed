// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/cheapest_place.h>

#include <algorithm>

namespace roadgnn::decode::detail {

void CheapestPlace::find(std::span<const RouteState> routes, std::int32_t order, double limit) {
  order_ = order;
  visits_[0] = model_->first_visit(order);
  visits_[1] = model_->visit(visits_[0]).partner;
  num_visits_ = visits_[1] < 0 ? 1 : 2;
  cost_ = limit;
  route_ = -1;
  candidates_.clear();
  is_heap_ = false;
  lowest_ = kInfeasible;
  for (std::size_t slot = 0; slot < routes.size(); ++slot) {
    if (!may_take(routes[slot])) continue;
    const auto number = static_cast<std::int32_t>(slot);
    num_visits_ == 1 ? collect_singles(number, routes[slot]) : collect_pairs(number, routes[slot]);
  }
  const auto later = [](const Candidate& a, const Candidate& b) { return a.bound > b.bound; };
  std::make_heap(candidates_.begin(), candidates_.end(), later);
  is_heap_ = true;
  while (!candidates_.empty() && candidates_.front().bound < cost_) {
    std::pop_heap(candidates_.begin(), candidates_.end(), later);
    const Candidate candidate = candidates_.back();
    candidates_.pop_back();
    const RouteState& route = routes[static_cast<std::size_t>(candidate.route)];
    if (num_visits_ == 2 && candidate.second < 0) {
      open_pair(route, candidate);
    } else {
      evaluate(route, candidate);
    }
  }
}

// As far as the vehicle and its loads at both ends tell.
bool CheapestPlace::may_take(const RouteState& route) const {
  const TypeView& type = model_->type(route.type());
  if (route.empty() || !model_->compatible(order_, route.type())) return false;
  if (route.num_visits() + num_visits_ > static_cast<std::size_t>(type.max_stops)) return false;
  if (num_visits_ == 2 || type.reloads || model_->on_board_of(order_) >= 0) return true;
  const Visit& visit = model_->visit(visits_[0]);
  const std::int64_t* load = model_->load(order_);
  const std::int64_t* capacity = model_->capacity(route.type());
  const std::int64_t* least =
      visit.is_pickup ? route.max_after(route.nodes().size() - 1) : route.max_before(0);
  for (std::size_t d = 0; d < model_->num_dimensions(); ++d) {
    if (least[d] + load[d] > capacity[d]) return false;
  }
  return true;
}

// What visits add to the cost at least after a node; infinite where they cannot be there. With
// bounds on the ways or, some microseconds dearer, the ways themselves.
double CheapestPlace::bound(const RouteState& route, std::size_t position,
                            std::span<const std::int32_t> visits, bool exact_ways) const {
  const TypeView& type = model_->type(route.type());
  const Node &before = route.nodes()[position], &after = route.nodes()[position + 1];
  const Node& last = route.nodes().back();
  const auto least = [&](std::int32_t from, std::int32_t to) {
    if (from < 0 || to < 0) return graph::Travel{0, 0};
    return exact_ways ? travel_->into(type.profile, from, to)
                      : model_->travel_times().at_least(type.profile, from, to);
  };
  std::int64_t depart = before.depart, pure = before.pure, latest_start = before.latest_start;
  std::int64_t distance = before.distance, driving = before.driving;
  std::int32_t place = before.location;
  for (const std::int32_t number : visits) {
    const Visit& visit = model_->visit(number);
    // Without any travel it must fit already: most places of a full day are told off here.
    const std::int64_t begin = std::max(depart, visit.open);
    if (begin > visit.close || begin + visit.service > after.latest) return kInfeasible;
    const graph::Travel leg = least(place, visit.location);
    const std::int64_t arrival = depart + leg.time_ms;
    if (arrival > visit.close) return kInfeasible;
    pure += leg.time_ms;
    latest_start = std::min(latest_start, visit.close - pure);
    pure += visit.service;
    depart = model_->earliest_begin(visit, arrival) + visit.service;
    distance += leg.length_m;
    driving += leg.time_ms;
    place = visit.location;
  }
  const graph::Travel out = least(place, after.location);
  const std::int64_t arrival = depart + out.time_ms;
  if (arrival > after.latest) return kInfeasible;
  pure += out.time_ms;
  latest_start = std::min(latest_start, after.latest - pure);
  pure += after.tail_pure;
  distance += out.length_m + last.distance - after.distance;
  driving += out.time_ms + last.driving - after.driving;
  if (distance > type.max_distance || driving > type.max_driving) return kInfeasible;
  const std::int64_t end = std::max(after.tail_end, arrival + after.tail_pure);
  const std::int64_t duration = std::max(pure, end - latest_start);
  if (duration > type.max_duration) return kInfeasible;
  const RouteFigures& figures = route.figures();
  const double now = route.timeline()
                         ? route_cost(type, last.distance, last.driving,
                                      std::max(last.pure, last.depart - last.latest_start))
                         : figures.cost - figures.apart;
  return route_cost(type, distance, driving, duration) - now +
         model_->preference_cost(order_, route.type());
}

void CheapestPlace::collect_singles(std::int32_t slot, const RouteState& route) {
  const bool loads_matter = !model_->type(route.type()).reloads && model_->on_board_of(order_) < 0;
  const bool pickup = model_->visit(visits_[0]).is_pickup;
  const std::int64_t* load = model_->load(order_);
  const std::int64_t* capacity = model_->capacity(route.type());
  const auto fits = [&](std::size_t position) {
    const std::int64_t* most = pickup ? route.max_after(position) : route.max_before(position);
    for (std::size_t d = 0; d < model_->num_dimensions() && loads_matter; ++d) {
      if (most[d] + load[d] > capacity[d]) return false;
    }
    return true;
  };
  for (std::size_t position = 0; position + 1 < route.nodes().size(); ++position) {
    if (!fits(position)) continue;
    const Candidate candidate{bound(route, position, {visits_, 1}), slot,
                              static_cast<std::int32_t>(position), -1};
    if (candidate.bound < lowest_ && candidate.bound < cost_) {
      // Few are the most promising of all before them, and they soon tell off most of the others.
      lowest_ = candidate.bound;
      evaluate(route, candidate);
    } else {
      push(candidate);
    }
  }
}

// Of a pickup's place: what its delivery costs at least right behind it or farther on. Detours at
// two places cost at least what they cost one by one.
void CheapestPlace::collect_pairs(std::int32_t slot, const RouteState& route) {
  const std::size_t places = route.nodes().size() - 1;
  pickups_.resize(places);
  for (std::size_t i = 0; i < places; ++i) pickups_[i] = bound(route, i, {visits_, 1});
  if (*std::min_element(pickups_.begin(), pickups_.end()) >= cost_) return;
  least_behind_.assign(places + 1, kInfeasible);
  for (std::size_t i = places; i-- > 0;)
    least_behind_[i] = std::min(least_behind_[i + 1], bound(route, i, {visits_ + 1, 1}));
  for (std::size_t i = 0; i < places; ++i) {
    if (pickups_[i] >= cost_) continue;
    const double least =
        std::min(bound(route, i, {visits_, 2}), pickups_[i] + least_behind_[i + 1]);
    const Candidate candidate{least, slot, static_cast<std::int32_t>(i), -1};
    push(candidate);
    if (!(least < lowest_ && least < cost_)) continue;
    lowest_ = least;
    try_best_delivery(route, candidate);
  }
}

// The delivery's most promising place for a pickup's, tried ahead of all others.
void CheapestPlace::try_best_delivery(const RouteState& route, Candidate candidate) {
  const std::size_t places = route.nodes().size() - 1;
  const auto first = static_cast<std::size_t>(candidate.first);
  double lowest = bound(route, first, {visits_, 2});
  candidate.second = candidate.first;
  for (std::size_t second = first + 1; second < places; ++second) {
    const double least = pickups_[first] + bound(route, second, {visits_ + 1, 1});
    if (least >= lowest) continue;
    lowest = least;
    candidate.second = static_cast<std::int32_t>(second);
  }
  evaluate(route, candidate);
}

void CheapestPlace::open_pair(const RouteState& route, const Candidate& candidate) {
  const auto first = static_cast<std::size_t>(candidate.first);
  const double pickup = bound(route, first, {visits_, 1});
  const std::int64_t* load = model_->load(order_);
  const std::int64_t* capacity = model_->capacity(route.type());
  const auto fits = [&](std::size_t i) {
    for (std::size_t d = 0; d < model_->num_dimensions(); ++d) {
      if (route.load(i)[d] + load[d] > capacity[d]) return model_->type(route.type()).reloads;
    }
    return true;
  };
  for (std::size_t second = first; second + 1 < route.nodes().size() && fits(second); ++second) {
    const double least = second == first ? bound(route, first, {visits_, 2})
                                         : pickup + bound(route, second, {visits_ + 1, 1});
    push({least, candidate.route, candidate.first, static_cast<std::int32_t>(second)});
  }
}

void CheapestPlace::push(const Candidate& candidate) {
  if (!(candidate.bound < cost_)) return;
  candidates_.push_back(candidate);
  if (is_heap_) {
    std::push_heap(candidates_.begin(), candidates_.end(),
                   [](const Candidate& a, const Candidate& b) { return a.bound > b.bound; });
  }
}

void CheapestPlace::evaluate(const RouteState& route, const Candidate& candidate) {
  const auto first = static_cast<std::size_t>(candidate.first);
  if (num_visits_ == 1 && bound(route, first, {visits_, 1}, true) >= cost_) return;
  trial_ = route;
  if (candidate.second >= 0)
    trial_.insert(*model_, static_cast<std::size_t>(candidate.second), visits_[1], *travel_);
  trial_.insert(*model_, static_cast<std::size_t>(candidate.first), visits_[0], *travel_);
  if (!trial_.update(*model_, *travel_)) return;
  const double cost = trial_.figures().cost - route.figures().cost;
  if (cost >= cost_) return;
  cost_ = cost;
  route_ = candidate.route;
  swap(trial_, changed_);
}

}  // namespace roadgnn::decode::detail
