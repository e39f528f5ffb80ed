// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/cheapest_place.h>

#include <algorithm>

namespace roadgnn::decode::detail {
namespace {

constexpr std::ptrdiff_t kRoutesFirst = 8;

}  // namespace

void CheapestPlace::note(std::int32_t slot, const RouteState& route) {
  const auto s = static_cast<std::size_t>(slot);
  if (blocks_.size() <= s) blocks_.resize(s + 1);
  blocks_[s] = RouteBlocks(*model_, route);
}

void CheapestPlace::note(std::span<const RouteState> routes) {
  for (std::size_t slot = 0; slot < routes.size(); ++slot)
    note(static_cast<std::int32_t>(slot), routes[slot]);
}

void CheapestPlace::find(std::span<const RouteState> routes, std::int32_t order, double limit) {
  order_ = order;
  visits_[0] = model_->first_visit(order);
  visits_[1] = model_->visit(visits_[0]).partner;
  num_visits_ = visits_[1] < 0 ? 1 : 2;
  for (std::size_t i = 0; i < num_visits_; ++i) {
    const Visit& visit = model_->visit(visits_[i]);
    stays_[i] = {visit.open, visit.close, visit.service, 0, 0};
  }
  ends_.assign(ends_.size(), {});
  cost_ = limit;
  route_ = -1;
  candidates_.clear();
  deliveries_.clear();
  is_heap_ = false;
  for (std::size_t slot = 0; slot < routes.size(); ++slot) {
    if (!may_take(routes[slot])) continue;
    const auto number = static_cast<std::int32_t>(slot);
    if (num_visits_ == 1) {
      collect_blocks(number, routes[slot]);
    } else {
      push({least_of_pair(number, routes[slot]), number, Kind::route});
    }
  }
  // Whatever runs of a pair's routes allow is looked at: a good place known early tells off most.
  if (num_visits_ == 2 && candidates_.size() > kRoutesFirst) {
    const auto others = candidates_.begin() + kRoutesFirst;
    std::nth_element(candidates_.begin(), others, candidates_.end(),
                     [](const Candidate& a, const Candidate& b) { return b.is_later_than(a); });
    later_.assign(others, candidates_.end());
    candidates_.erase(others, candidates_.end());
    search(routes);
    candidates_.swap(later_);
  }
  search(routes);
}

// Opens candidates until what is left costs more than the best found.
void CheapestPlace::search(std::span<const RouteState> routes) {
  const auto later = [](const Candidate& a, const Candidate& b) { return a.is_later_than(b); };
  std::make_heap(candidates_.begin(), candidates_.end(), later);
  is_heap_ = true;
  while (!candidates_.empty() && candidates_.front().bound < cost_) {
    std::pop_heap(candidates_.begin(), candidates_.end(), later);
    const Candidate candidate = candidates_.back();
    candidates_.pop_back();
    open(routes[static_cast<std::size_t>(candidate.route)], candidate);
  }
}

void CheapestPlace::open(const RouteState& route, const Candidate& candidate) {
  switch (candidate.kind) {
    case Kind::route:
      return open_route(route, candidate.route);
    case Kind::block:
      return open_block(route, candidate);
    case Kind::pickup:
      return open_pickup(route, candidate);
    case Kind::place:
      return evaluate(route, candidate);
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
    const std::int64_t begin = std::max(depart, visit.open), service = model_->service(visit, type);
    if (begin > visit.close || begin + service > after.latest) return kInfeasible;
    const graph::Travel leg = least(place, visit.location);
    const std::int64_t arrival = depart + leg.time_ms;
    if (arrival > visit.close) return kInfeasible;
    pure += leg.time_ms;
    latest_start = std::min(latest_start, visit.close - pure);
    pure += service;
    depart = model_->earliest_begin(visit, arrival) + service;
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
  return route_cost(type, distance, driving, duration) - constant_time_cost(*model_, route) +
         model_->serving_cost(order_, route.type());
}

const CheapestPlace::Ends& CheapestPlace::ends(std::int32_t profile) {
  const auto p = static_cast<std::size_t>(profile);
  if (ends_.size() <= p) ends_.resize(p + 1);
  Ends& ends = ends_[p];
  if (ends.known) return ends;
  ends.known = true;
  const graph::TravelTimes& travel_times = model_->travel_times();
  for (std::size_t i = 0; i < num_visits_; ++i)
    ends.region[i] = travel_times.region(profile, model_->visit(visits_[i]).location);
  if (num_visits_ == 2) {
    ends.between = travel_times.at_least(profile, model_->visit(visits_[0]).location,
                                         model_->visit(visits_[1]).location);
  }
  return ends;
}

void CheapestPlace::collect_blocks(std::int32_t slot, const RouteState& route) {
  const std::int32_t profile = model_->type(route.type()).profile;
  const graph::Region& region = ends(profile).region[0];
  const double preference = model_->serving_cost(order_, route.type());
  const graph::TravelTimes& travel_times = model_->travel_times();
  const RouteBlocks& its = blocks_[static_cast<std::size_t>(slot)];
  for (std::size_t i = 0; i < its.blocks().size(); ++i) {
    const RouteBlocks::Block& block = its.blocks()[i];
    const double least =
        its.bound(*model_, block, travel_times.least_between(profile, block.from, region),
                  travel_times.least_between(profile, region, block.to), stays_[0]);
    push({least + preference, slot, Kind::block, static_cast<std::int32_t>(i)});
  }
}

void CheapestPlace::bound_blocks_of_pair(std::int32_t slot, const RouteState& route) {
  const std::int32_t profile = model_->type(route.type()).profile;
  const Ends& its_ends = ends(profile);
  const graph::Travel between = its_ends.between;
  stays_[2] = {stays_[0].open, stays_[0].close, stays_[0].time + between.time_ms + stays_[1].time,
               between.length_m, between.time_ms};
  const graph::TravelTimes& travel_times = model_->travel_times();
  const RouteBlocks& its = blocks_[static_cast<std::size_t>(slot)];
  of_blocks_.resize(its.blocks().size());
  double pickup = kInfeasible, delivery = kInfeasible;
  for (std::size_t i = 0; i < of_blocks_.size(); ++i) {
    const RouteBlocks::Block& block = its.blocks()[i];
    PairBounds& bounds = of_blocks_[i];
    graph::Travel in[2], out[2];
    for (std::size_t e = 0; e < 2; ++e) {
      in[e] = travel_times.least_between(profile, block.from, its_ends.region[e]);
      out[e] = travel_times.least_between(profile, its_ends.region[e], block.to);
    }
    bounds.pickup = its.bound(*model_, block, in[0], out[0], stays_[0]);
    bounds.delivery = its.bound(*model_, block, in[1], out[1], stays_[1]);
    bounds.both = its.bound(*model_, block, in[0], out[1], stays_[2]);
    bounds.pickup_so_far = pickup = std::min(pickup, bounds.pickup);
  }
  for (std::size_t i = of_blocks_.size(); i-- > 0;) {
    delivery = std::min(delivery, of_blocks_[i].delivery);
    of_blocks_[i].delivery_from_here = delivery;
  }
}

// Detours at two places cost at least what they cost one by one; at the same place, the way from
// pickup to delivery is part of it.
double CheapestPlace::least_of_pair(std::int32_t slot, const RouteState& route) {
  bound_blocks_of_pair(slot, route);
  double least = kInfeasible;
  for (const PairBounds& bounds : of_blocks_)
    least = std::min({least, bounds.both, bounds.pickup + bounds.delivery_from_here});
  return least + model_->serving_cost(order_, route.type());
}

void CheapestPlace::open_block(const RouteState& route, const Candidate& candidate) {
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
  const RouteBlocks& its = blocks_[static_cast<std::size_t>(candidate.route)];
  const RouteBlocks::Block& block = its.blocks()[static_cast<std::size_t>(candidate.first)];
  for (std::int32_t place = block.first; place <= block.last; ++place) {
    const auto position = static_cast<std::size_t>(place);
    if (!fits(position)) continue;
    push({bound(route, position, {visits_, 1}), candidate.route, Kind::place, place});
  }
}

// Of a pickup's place: what its delivery costs at least right behind it or farther on. Places are
// only looked at in blocks that allow less than the best found.
void CheapestPlace::open_route(const RouteState& route, std::int32_t slot) {
  const std::size_t places = route.nodes().size() - 1, begin = deliveries_.size();
  const double preference = model_->serving_cost(order_, route.type());  // counts once
  bound_blocks_of_pair(slot, route);
  deliveries_.resize(begin + places, kInfeasible);
  double least_behind = kInfeasible;
  for (std::size_t b = of_blocks_.size(); b-- > 0;) {
    const RouteBlocks::Block& block = blocks_[static_cast<std::size_t>(slot)].blocks()[b];
    const PairBounds& bounds = of_blocks_[b];
    const double limit = cost_ - preference;
    const bool both = bounds.both < limit;
    const bool pickup_only = bounds.pickup + bounds.delivery_from_here < limit;
    const bool delivery_only = bounds.pickup_so_far + bounds.delivery < limit;
    if (!both && !pickup_only && !delivery_only) continue;
    for (auto i = static_cast<std::size_t>(block.last) + 1;
         i-- > static_cast<std::size_t>(block.first);) {
      if (both || pickup_only) {
        const double pickup = bound(route, i, {visits_, 1});
        if (pickup < cost_) {
          push({std::min(bound(route, i, {visits_, 2}), pickup + least_behind), slot, Kind::pickup,
                static_cast<std::int32_t>(i), static_cast<std::int32_t>(begin)});
        }
      }
      if (!delivery_only) continue;
      deliveries_[begin + i] = bound(route, i, {visits_ + 1, 1}) - preference;
      least_behind = std::min(least_behind, deliveries_[begin + i]);
    }
  }
}

void CheapestPlace::open_pickup(const RouteState& route, const Candidate& candidate) {
  const auto first = static_cast<std::size_t>(candidate.first);
  const double pickup = bound(route, first, {visits_, 1}, true);
  const double* delivery = deliveries_.data() + candidate.second;
  const std::int64_t* load = model_->load(order_);
  const std::int64_t* capacity = model_->capacity(route.type());
  const auto fits = [&](std::size_t i) {
    for (std::size_t d = 0; d < model_->num_dimensions(); ++d) {
      if (route.load(i)[d] + load[d] > capacity[d]) return model_->type(route.type()).reloads;
    }
    return true;
  };
  for (std::size_t second = first; second + 1 < route.nodes().size() && fits(second); ++second) {
    const double least =
        second == first ? bound(route, first, {visits_, 2}) : pickup + delivery[second];
    push({least, candidate.route, Kind::place, candidate.first, static_cast<std::int32_t>(second)});
  }
}

void CheapestPlace::push(const Candidate& candidate) {
  if (!(candidate.bound < cost_)) return;
  candidates_.push_back(candidate);
  if (is_heap_) {
    std::push_heap(candidates_.begin(), candidates_.end(),
                   [](const Candidate& a, const Candidate& b) { return a.is_later_than(b); });
  }
}

// The bound of a place by the ways themselves.
double CheapestPlace::least_by_ways(const RouteState& route, const Candidate& candidate) const {
  const auto first = static_cast<std::size_t>(candidate.first);
  if (num_visits_ == 1 || candidate.second == candidate.first)
    return bound(route, first, {visits_, num_visits_}, true);
  const auto second = static_cast<std::size_t>(candidate.second);
  const std::span<const std::int32_t> delivery{visits_ + 1, 1};
  // The pickup's ways are in it already.
  return candidate.bound - bound(route, second, delivery) + bound(route, second, delivery, true);
}

void CheapestPlace::evaluate(const RouteState& route, const Candidate& candidate) {
  if (least_by_ways(route, candidate) >= cost_) return;
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
