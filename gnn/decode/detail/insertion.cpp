// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/insertion.h>

#include <algorithm>
#include <span>

namespace roadgnn::decode::detail {

Inserter::Inserter(const Model& model, const AloneCosts& alone, const Placement& placement,
                   TravelCache& travel)
    : model_(&model),
      alone_(&alone),
      placement_(&placement),
      travel_(&travel),
      after_visit_(static_cast<std::size_t>(model.num_visits()), 0),
      timeline_(model, travel) {
  for (std::int32_t type = 0; type < model.num_types(); ++type) {
    const double price = model.type(type).cost_per_distance;
    least_per_metre_ = type == 0 ? price : std::min(least_per_metre_, price);
  }
}

// The constant-time figures are but a bound. All visits of an order are the timeline's or none.
bool Inserter::by_timeline(const RouteState& route, std::int32_t order) const {
  if (route.timeline()) return true;
  const Visit& visit = model_->visit(model_->first_visit(order));
  return visit.timeline || (visit.partner >= 0 && model_->visit(visit.partner).timeline);
}

// Cost of inserting a visit, or a pair, where `bound` says what it costs at least.
double Inserter::timeline_cost(const RouteState& route, std::size_t first, std::size_t second,
                               std::int32_t visit, double bound) {
  const std::int32_t partner = model_->visit(visit).partner;
  visits_.clear();
  for (std::size_t i = 0; i + 1 < route.nodes().size(); ++i) {
    if (i > 0) visits_.push_back(route.nodes()[i].visit);
    if (i == first) visits_.push_back(visit);
    if (partner >= 0 && i == second) visits_.push_back(partner);
  }
  const TimelineFigures found = timeline_.evaluate(route.type(), visits_);
  if (!found.feasible) return kInfeasible;
  if (rule_.free_waiting) return bound + found.late;
  double apart = model_->serving_cost(model_->visit(visit).order, route.type());
  for (std::size_t i = 1; model_->has_serving_costs() && i + 1 < route.nodes().size(); ++i) {
    const std::int32_t number = route.nodes()[i].visit, order = model_->visit(number).order;
    if (model_->first_visit(order) == number) apart += model_->serving_cost(order, route.type());
  }
  return found.cost + apart - route.figures().cost;
}

// Goes on to a visit. False where it is reached too late.
bool Inserter::advance(const TypeView& type, Head& head, const Visit& visit,
                       graph::Travel travel) const {
  const std::int64_t arrival = head.depart + travel.time_ms;
  const std::int64_t service = model_->service(visit, type);
  if (!travel.reachable() || arrival > visit.close) return false;
  head.pure += travel.time_ms;
  head.latest_start = std::min(head.latest_start, visit.close - head.pure);
  head.pure += service;
  head.depart = model_->earliest_begin(visit, arrival) + service;
  head.distance += travel.length_m;
  head.driving += travel.time_ms;
  head.location = visit.location;
  return true;
}

double Inserter::close(const RouteState& route, const Head& before, std::int32_t visit,
                       std::size_t next, const Pair& pair) {
  const std::int32_t profile = model_->type(route.type()).profile;
  const std::int32_t location = model_->visit(visit).location;
  return close(route, before, visit, next, pair, travel_->into(profile, before.location, location),
               travel_->out_of(profile, location, route.nodes()[next].location));
}

// Cost of visiting `visit` from the head and going on with node `next`. `pair` is only needed to
// rebuild the sequence.
double Inserter::close(const RouteState& route, const Head& before, std::int32_t visit,
                       std::size_t next, const Pair& pair, graph::Travel in, graph::Travel out) {
  const TypeView& type = model_->type(route.type());
  const Node& node = route.nodes()[next];
  const Node& last = route.nodes().back();
  const Visit& inserted = model_->visit(visit);
  Head head = before;
  if (!advance(type, head, inserted, in)) return kInfeasible;
  const std::int64_t arrival = head.depart + out.time_ms;
  if (!out.reachable() || arrival > node.latest) return kInfeasible;
  const std::int64_t distance = head.distance + out.length_m + (last.distance - node.distance);
  const std::int64_t driving = head.driving + out.time_ms + (last.driving - node.driving);
  if (distance > type.max_distance || driving > type.max_driving) return kInfeasible;

  std::int64_t duration = 0;
  if (type.time_matters && !(rule_.free_waiting && type.max_duration >= kNoLimit / 2)) {
    const bool pickup_single = pair.visit < 0 || model_->visit(pair.visit).single_window;
    if ((route.single_windows() && inserted.single_window && pickup_single) ||
        by_timeline(route, inserted.order)) {
      const std::int64_t pure = head.pure + out.time_ms + node.tail_pure;
      const std::int64_t end = std::max(node.tail_end, arrival + node.tail_pure);
      const std::int64_t latest_start =
          std::min(head.latest_start, node.latest - head.pure - out.time_ms);
      duration = std::max(pure, end - latest_start);
    } else {
      duration = exact_duration(route, visit, next, pair);
    }
  }
  if (duration > type.max_duration) return kInfeasible;
  if (rule_.free_waiting) {
    const std::int64_t longer = head.pure + out.time_ms + node.tail_pure - last.pure;
    return type.cost_per_distance * static_cast<double>(distance - last.distance) +
           type.cost_per_driving * static_cast<double>(driving - last.driving) +
           type.cost_per_time * static_cast<double>(longer) +
           model_->serving_cost(inserted.order, route.type());
  }
  return route_cost(type, distance, driving, duration) + route.figures().apart +
         model_->serving_cost(inserted.order, route.type()) - route.figures().cost;
}

// Goes through the whole sequence, as stops with several windows ask for.
std::int64_t Inserter::exact_duration(const RouteState& route, std::int32_t visit, std::size_t next,
                                      const Pair& pair) {
  const TypeView& type = model_->type(route.type());
  sequence_.clear();
  const auto append = [&](std::int32_t number, std::int32_t location) {
    Node node;
    node.visit = number;
    node.location = location;
    if (!sequence_.empty()) {
      node.in = travel_->into(type.profile, sequence_.back().location, location);
    }
    sequence_.push_back(node);
  };
  for (std::size_t i = 0; i < route.nodes().size(); ++i) {
    if (i == next) append(visit, model_->visit(visit).location);
    append(route.nodes()[i].visit, route.nodes()[i].location);
    if (pair.visit >= 0 && i == pair.position) {
      append(pair.visit, model_->visit(pair.visit).location);
    }
  }
  std::int64_t depart = type.start.open;
  for (std::size_t i = 1; i + 1 < sequence_.size(); ++i) {
    const Visit& place = model_->visit(sequence_[i].visit);
    depart = model_->earliest_begin(place, depart + sequence_[i].in.time_ms) +
             model_->service(place, type);
  }
  const std::int64_t end = std::max(depart + sequence_.back().in.time_ms, type.end.open);
  return end - latest_departure(*model_, type, sequence_, end);
}

double Inserter::cost_of(const RouteState& route, std::size_t position, std::int32_t visit) {
  const double bound = bound_of(route, position, visit, kInfeasible);
  if (bound == kInfeasible || !by_timeline(route, model_->visit(visit).order)) return bound;
  return timeline_cost(route, position, position, visit, bound);
}

bool Inserter::loads_fit(const RouteState& route, std::size_t position,
                         const Visit& inserted) const {
  if (model_->type(route.type()).reloads) return true;
  const bool on_board = model_->on_board_of(inserted.order) >= 0;
  const std::int64_t* load = model_->load(inserted.order);
  const std::int64_t* capacity = model_->capacity(route.type());
  const std::int64_t* highest =
      inserted.is_pickup ? route.max_after(position) : route.max_before(position);
  for (std::size_t d = 0; d < model_->num_dimensions() && !on_board; ++d) {
    if (highest[d] + load[d] > capacity[d]) return false;
  }
  if (const std::int64_t* collect = model_->collect(inserted.order)) {
    for (std::size_t d = 0; d < model_->num_dimensions(); ++d) {
      if (route.max_after(position)[d] + collect[d] > capacity[d]) return false;
    }
  }
  return true;
}

double Inserter::bound_of(const RouteState& route, std::size_t position, std::int32_t visit,
                          double limit) {
  const Visit& inserted = model_->visit(visit);
  if (!loads_fit(route, position, inserted)) return kInfeasible;
  if (route.num_visits() + 1 > static_cast<std::size_t>(model_->type(route.type()).max_stops)) {
    return kInfeasible;
  }
  // Without any travel it must fit already: most places of a full day are told off here.
  const Node &before = route.nodes()[position], &after = route.nodes()[position + 1];
  const std::int64_t begin = std::max(before.depart, inserted.open);
  if (begin > inserted.close || begin + inserted.service > after.latest) return kInfeasible;
  const TypeView& type = model_->type(route.type());
  const graph::Travel in = travel_->into(type.profile, before.location, inserted.location);
  const graph::Travel out = travel_->out_of(type.profile, inserted.location, after.location);
  const std::int64_t detour = std::int64_t{in.length_m} + out.length_m - after.in.length_m;
  if (type.cost_per_distance * static_cast<double>(detour) >= limit) {
    too_dear_ = true;
    return kInfeasible;
  }
  return close(route, head_of(before), visit, position + 1, {}, in, out);
}

double Inserter::cost_of(const RouteState& route, std::size_t first, std::size_t second,
                         std::int32_t pickup) {
  const TypeView& type = model_->type(route.type());
  const Visit& from = model_->visit(pickup);
  const std::int64_t* load = model_->load(from.order);
  const std::int64_t* capacity = model_->capacity(route.type());
  for (std::size_t d = 0; d < model_->num_dimensions() && !type.reloads; ++d) {
    for (std::size_t i = first; i <= second; ++i) {
      if (route.load(i)[d] + load[d] > capacity[d]) return kInfeasible;
    }
  }
  if (route.num_visits() + 2 > static_cast<std::size_t>(type.max_stops)) return kInfeasible;
  Head head = head_of(route.nodes()[first]);
  if (!advance(type, head, from, travel_->into(type.profile, head.location, from.location))) {
    return kInfeasible;
  }
  for (std::size_t i = first + 1; i <= second; ++i) {
    const Visit& visit = model_->visit(route.nodes()[i].visit);
    if (!advance(type, head, visit, travel_->into(type.profile, head.location, visit.location))) {
      return kInfeasible;
    }
  }
  const double bound = close(route, head, from.partner, second + 1, {pickup, first});
  if (bound == kInfeasible || !by_timeline(route, from.order)) return bound;
  return timeline_cost(route, first, second, pickup, bound);
}

Insertion Inserter::find(const Group& group, std::int32_t order, Reach reach, double blink_rate,
                         Rng& rng, double limit) {
  Insertion best;
  best.cost = limit;
  too_dear_ = false;
  const std::int32_t visit = model_->first_visit(order);
  const bool pair = model_->visit(visit).partner >= 0;
  begin_marks(group.routes.size());
  if (!pair && reach == Reach::near) {
    search_near(group, visit, blink_rate, rng, best);
  } else {
    collect_routes(group, order, reach);
    for (const std::int32_t slot : slots_) {
      if (pair) {
        try_pair(group, slot, visit, blink_rate, rng, best);
        continue;
      }
      const std::size_t end = group.routes[static_cast<std::size_t>(slot)].nodes().size() - 1;
      for (std::size_t position = 0; position < end; ++position) {
        try_single(group, slot, position, visit, blink_rate, rng, best);
      }
    }
  }
  if (rule_.type_cost.empty() || reach == Reach::group) {
    try_empty(group, order, blink_rate, rng, best);
  }
  return best;
}

void Inserter::begin_marks(std::size_t slots) {
  if (route_seen_.size() < slots) {
    route_seen_.resize(slots, 0);
    route_fits_.resize(slots, 0);
  }
  if (++stamp_ != 0) return;
  for (auto* marks : {&after_visit_, &route_seen_}) {
    std::fill(marks->begin(), marks->end(), 0);
  }
  stamp_ = 1;
}

// Whether an order of one visit can be in a route at all, as far as skills and loads tell.
bool Inserter::may_take(const RouteState& route, std::int32_t visit) const {
  const Visit& inserted = model_->visit(visit);
  if (!model_->compatible(inserted.order, route.type())) return false;
  if (model_->type(route.type()).reloads || model_->on_board_of(inserted.order) >= 0) return true;
  const std::int64_t* load = model_->load(inserted.order);
  const std::int64_t* capacity = model_->capacity(route.type());
  // The least loaded place: a delivery rides from the start on, a pickup to the end.
  const std::int64_t* least =
      inserted.is_pickup ? route.max_after(route.nodes().size() - 2) : route.max_before(0);
  for (std::size_t d = 0; d < model_->num_dimensions(); ++d) {
    if (least[d] + load[d] > capacity[d]) return false;
  }
  return true;
}

// Tries an order of one visit next to its neighbours and at the ends of their routes.
void Inserter::search_near(const Group& group, std::int32_t visit, double blink_rate, Rng& rng,
                           Insertion& best) {
  const Visit& inserted = model_->visit(visit);
  const auto try_after = [&](std::int32_t before) {
    std::uint32_t& stamp = after_visit_[static_cast<std::size_t>(before)];
    if (stamp == stamp_) return;
    stamp = stamp_;
    const Place& place = (*placement_)[before];
    const std::int64_t begin = std::max(place.depart, inserted.open);
    if (begin > inserted.close || begin + inserted.service > place.latest) return;
    try_single(group, place.route, static_cast<std::size_t>(place.position), visit, blink_rate, rng,
               best);
  };
  const auto neighbours = model_->neighbours(visit);
  const auto radii = model_->neighbour_radii(visit);
  for (std::size_t i = 0; i < neighbours.size(); ++i) {
    const std::int32_t neighbour = neighbours[i];
    const Place& place = (*placement_)[neighbour];
    if (place.group != group.id || place.route < 0) continue;
    const auto slot = static_cast<std::size_t>(place.route);
    if (route_seen_[slot] != stamp_) {
      route_seen_[slot] = stamp_;
      const RouteState& route = group.routes[slot];
      route_fits_[slot] = may_take(route, visit);
      if (route_fits_[slot]) {
        try_single(group, place.route, 0, visit, blink_rate, rng, best);
        try_after(route.nodes()[route.nodes().size() - 2].visit);
      }
    }
    if (!route_fits_[slot]) continue;
    // Both ends of a leg that was not tried with a nearer neighbour are at least so far away.
    const std::int64_t both = 2 * std::int64_t{radii[i]};
    if (least_per_metre_ * static_cast<double>(both - place.onward) < best.cost) {
      try_after(neighbour);
    } else {
      too_dear_ = true;
    }
    if (place.before < 0) continue;
    if (least_per_metre_ * static_cast<double>(both - place.inward) < best.cost) {
      try_after(place.before);
    } else {
      too_dear_ = true;
    }
  }
}

// The routes to try everywhere: all of the group's, or those of the order's neighbours.
void Inserter::collect_routes(const Group& group, std::int32_t order, Reach reach) {
  slots_.clear();
  if (reach == Reach::group) {
    for (std::size_t slot = 0; slot < group.routes.size(); ++slot) {
      const RouteState& route = group.routes[slot];
      if (route.empty() || !model_->compatible(order, route.type())) continue;
      slots_.push_back(static_cast<std::int32_t>(slot));
    }
    return;
  }
  const std::int32_t first = model_->first_visit(order);
  for (const std::int32_t visit : {first, model_->visit(first).partner}) {
    if (visit < 0) continue;
    for (const std::int32_t neighbour : model_->neighbours(visit)) {
      const Place& place = (*placement_)[neighbour];
      if (place.group != group.id || place.route < 0) continue;
      const auto slot = static_cast<std::size_t>(place.route);
      if (route_seen_[slot] == stamp_) continue;
      route_seen_[slot] = stamp_;
      if (model_->compatible(order, group.routes[slot].type())) slots_.push_back(place.route);
    }
  }
}

void Inserter::try_single(const Group& group, std::int32_t slot, std::size_t position,
                          std::int32_t visit, double blink_rate, Rng& rng, Insertion& best) {
  if (blink_rate > 0 && rng.uniform() < blink_rate) return;
  const RouteState& route = group.routes[static_cast<std::size_t>(slot)];
  double cost = bound_of(route, position, visit, best.cost);
  too_dear_ |= cost < kInfeasible;
  if (cost < best.cost && by_timeline(route, model_->visit(visit).order))
    cost = timeline_cost(route, position, position, visit, cost);
  if (cost < best.cost) {
    best = {cost, slot, route.type(), static_cast<std::int32_t>(position), -1};
  }
}

// The least that a visit adds to a route after a node, counting distance alone; infinite where even
// the visit alone comes too late or makes the rest late.
double Inserter::detour(const TypeView& type, const Node& before, const Node& after,
                        const Visit& visit, TravelCache::Rows& travel) {
  const std::int64_t soonest = std::max(before.depart, visit.open);
  if (soonest > visit.close || soonest + visit.service > after.latest) return kInfeasible;
  const graph::Travel in = travel.into(before.location), out = travel.out_of(after.location);
  const std::int64_t begin = std::max(before.depart + in.time_ms, visit.open);
  if (begin > visit.close || begin + visit.service + out.time_ms > after.latest) return kInfeasible;
  const std::int64_t longer = std::int64_t{in.length_m} + out.length_m - after.in.length_m;
  return type.cost_per_distance * static_cast<double>(longer);
}

// A pair with the delivery farther on costs at least the detours of both; one after the other, at
// least that of the pickup (where travel satisfies the triangle inequality). These bounds leave few
// places to be walked.
void Inserter::try_pair(const Group& group, std::int32_t slot, std::int32_t pickup,
                        double blink_rate, Rng& rng, Insertion& best) {
  const RouteState& route = group.routes[static_cast<std::size_t>(slot)];
  const TypeView& type = model_->type(route.type());
  if (route.num_visits() + 2 > static_cast<std::size_t>(type.max_stops)) return;
  const std::span<const Node> nodes = route.nodes();
  const std::size_t places = nodes.size() - 1;
  const Visit &from = model_->visit(pickup), &to = model_->visit(from.partner);
  delivery_detour_.assign(places, kInfeasible);
  least_from_.resize(places + 1);
  least_from_[places] = kInfeasible;
  TravelCache::Rows delivery(*travel_, type.profile, to.location);
  std::size_t soonest = places;
  // Nodes leave later and may be reached later the farther on they are: the places that the clock
  // allows lie together.
  while (soonest > 0 && to.open + to.service <= nodes[soonest].latest) {
    --soonest;
    delivery_detour_[soonest] = detour(type, nodes[soonest], nodes[soonest + 1], to, delivery);
    least_from_[soonest] = std::min(least_from_[soonest + 1], delivery_detour_[soonest]);
  }
  std::fill_n(least_from_.begin(), soonest, least_from_[soonest]);
  TravelCache::Rows collection(*travel_, type.profile, from.location);
  for (std::size_t first = 0; first < places && nodes[first].depart <= from.close; ++first) {
    const double bound = detour(type, nodes[first], nodes[first + 1], from, collection);
    too_dear_ |= bound < kInfeasible;
    if (bound + std::min(0.0, least_from_[first + 1]) >= best.cost) continue;
    if (blink_rate > 0 && rng.uniform() < blink_rate) continue;
    walk_pair(route, slot, first, pickup, bound, blink_rate, rng, best);
  }
}

// With the pickup after node `first`, goes along the route and tries the delivery.
void Inserter::walk_pair(const RouteState& route, std::int32_t slot, std::size_t first,
                         std::int32_t pickup, double bound, double blink_rate, Rng& rng,
                         Insertion& best) {
  const TypeView& type = model_->type(route.type());
  const auto& nodes = route.nodes();
  const Visit& from = model_->visit(pickup);
  const std::int64_t* load = model_->load(from.order);
  const std::int64_t* capacity = model_->capacity(route.type());
  const auto fits = [&](std::size_t i) {
    if (type.reloads) return true;
    for (std::size_t d = 0; d < model_->num_dimensions(); ++d) {
      if (route.load(i)[d] + load[d] > capacity[d]) return false;
    }
    return true;
  };
  Head head = head_of(nodes[first]);
  if (!fits(first)) return;
  if (!advance(type, head, from, travel_->into(type.profile, head.location, from.location))) {
    return;
  }
  for (std::size_t second = first;; ++second) {
    const bool promising = second == first || bound + delivery_detour_[second] < best.cost;
    if (promising && !(blink_rate > 0 && rng.uniform() < blink_rate)) {
      double cost = close(route, head, from.partner, second + 1, {pickup, first});
      if (cost < best.cost && by_timeline(route, from.order))
        cost = timeline_cost(route, first, second, pickup, cost);
      if (cost < best.cost) {
        best = {cost, slot, route.type(), static_cast<std::int32_t>(first),
                static_cast<std::int32_t>(second)};
      }
    }
    const Node& next = nodes[second + 1];
    if (next.visit < 0 || bound + least_from_[second + 1] >= best.cost || !fits(second + 1)) break;
    const graph::Travel travel =
        second == first ? travel_->out_of(type.profile, head.location, next.location) : next.in;
    if (head.depart + travel.time_ms > next.latest) break;
    if (!advance(type, head, model_->visit(next.visit), travel)) break;
  }
}

void Inserter::try_empty(const Group& group, std::int32_t order, double blink_rate, Rng& rng,
                         Insertion& best) const {
  const bool last_resort = !rule_.type_cost.empty();
  if (last_resort && best.found()) return;
  for (std::int32_t type = 0; type < model_->num_types(); ++type) {
    if (group.free_vehicles[static_cast<std::size_t>(type)] <= 0) continue;
    // Types are few: a blink has to come more often to be seen.
    if (blink_rate > 0 && rng.uniform() < 10 * blink_rate) continue;
    double cost = alone_->at(order, type);
    if (last_resort && cost < kInfeasible) cost = rule_.type_cost[static_cast<std::size_t>(type)];
    if (cost < best.cost) {
      best = {cost, -1, type, 0, model_->visit(model_->first_visit(order)).partner < 0 ? -1 : 0};
    }
  }
}

}  // namespace roadgnn::decode::detail
