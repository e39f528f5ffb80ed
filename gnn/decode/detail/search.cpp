// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/search.h>

#include <algorithm>
#include <cassert>
#include <cmath>

namespace roadgnn::decode::detail {
namespace {

// The paper's probability.
constexpr double kBlinkRate = 0.01;

// Absent orders that an iteration tries again.
constexpr std::size_t kRetries = 4, kShrinkingRetries = 30;

// Iterations between two questions whether to go on.
constexpr std::int64_t kPoll = 64;

}  // namespace

Search::Search(const Model& model, const AloneCosts& alone, Placement& placement, Group& group,
               TravelCache& travel)
    : model_(&model),
      alone_(&alone),
      placement_(&placement),
      group_(&group),
      inserter_(model, alone, placement, travel),
      local_(model, group, placement, travel),
      is_chosen_(static_cast<std::size_t>(model.num_orders()), 0),
      is_saved_(group.routes.size(), 0),
      is_stale_(group.routes.size(), 1),
      is_queued_(static_cast<std::size_t>(model.num_visits()), 0),
      best_routes_(group.routes.size()),
      is_changed_(group.routes.size(), 1) {
  for (const std::int32_t order : group.absent) {
    current_.unserved += model.weight(order);
    current_.cost += model.prize(order);
  }
  for (std::size_t slot = 0; slot < group.routes.size(); ++slot) {
    current_.cost += group.routes[slot].figures().cost;
    changed_.push_back(static_cast<std::int32_t>(slot));
    stale_.push_back(static_cast<std::int32_t>(slot));
    place(static_cast<std::int32_t>(slot));
  }
  remember();
}

// Writes down where the visits of a route are.
void Search::place(std::int32_t slot) {
  const auto& nodes = group_->routes[static_cast<std::size_t>(slot)].nodes();
  for (std::size_t i = 1; i + 1 < nodes.size(); ++i) {
    Place& place = (*placement_)[nodes[i].visit];
    place.route = slot;
    place.position = static_cast<std::int32_t>(i);
    place.depart = nodes[i].depart;
    place.latest = nodes[i + 1].latest;
    place.before = nodes[i - 1].visit;
    place.inward = nodes[i].in.length_m;
    place.onward = nodes[i + 1].in.length_m;
  }
}

// Keeps a copy of a route before its first change in this iteration.
void Search::save(std::int32_t slot) {
  const auto s = static_cast<std::size_t>(slot);
  if (is_saved_[s]) return;
  is_saved_[s] = 1;
  if (num_saved_ == saved_.size()) saved_.emplace_back();
  saved_[num_saved_].slot = slot;
  saved_[num_saved_].route = group_->routes[s];
  ++num_saved_;
}

void Search::undo() {
  for (std::size_t i = 0; i < num_saved_; ++i) {
    const RouteState& route = group_->routes[static_cast<std::size_t>(saved_[i].slot)];
    for (const Node& node : route.nodes()) {
      if (node.visit >= 0) (*placement_)[node.visit].route = -1;
    }
  }
  for (std::size_t i = 0; i < num_saved_; ++i) {
    const std::int32_t slot = saved_[i].slot;
    RouteState& route = group_->routes[static_cast<std::size_t>(slot)];
    const bool was_used = !saved_[i].route.empty(), is_used = !route.empty();
    if (is_used) ++group_->free_vehicles[static_cast<std::size_t>(route.type())];
    if (was_used) --group_->free_vehicles[static_cast<std::size_t>(saved_[i].route.type())];
    if (is_used && !was_used) group_->free_slots.push_back(slot);
    if (!is_used && was_used) std::erase(group_->free_slots, slot);
    swap(route, saved_[i].route);
    place(slot);
    is_saved_[static_cast<std::size_t>(slot)] = 0;
  }
  num_saved_ = 0;
}

// Copies what has changed since the last best solution.
void Search::remember() {
  for (const std::int32_t slot : changed_) {
    const auto s = static_cast<std::size_t>(slot);
    RouteSequence& copy = best_routes_[s];
    copy.type = group_->routes[s].type();
    copy.visits.clear();
    for (const Node& node : group_->routes[s].nodes()) {
      if (node.visit >= 0) copy.visits.push_back(node.visit);
    }
    is_changed_[s] = 0;
  }
  changed_.clear();
  if (absent_changed_) best_absent_ = group_->absent;
  absent_changed_ = false;
  best_ = current_;
}

void Search::restore_best() {
  for (const std::int32_t slot : changed_) {
    for (const Node& node : group_->routes[static_cast<std::size_t>(slot)].nodes()) {
      if (node.visit >= 0) (*placement_)[node.visit].route = -1;
    }
  }
  for (const std::int32_t slot : changed_) {
    const auto s = static_cast<std::size_t>(slot);
    RouteState& route = group_->routes[s];
    if (!route.empty()) ++group_->free_vehicles[static_cast<std::size_t>(route.type())];
    if (!best_routes_[s].visits.empty()) {
      --group_->free_vehicles[static_cast<std::size_t>(best_routes_[s].type)];
      route.assign(*model_, best_routes_[s].type, best_routes_[s].visits, inserter_.travel());
    } else {
      route.reset(*model_, 0, inserter_.travel());
    }
    place(slot);
    is_changed_[s] = 0;
  }
  changed_.clear();
  group_->free_slots.clear();
  for (std::size_t slot = group_->routes.size(); slot-- > 0;) {
    if (group_->routes[slot].empty()) group_->free_slots.push_back(static_cast<std::int32_t>(slot));
  }
  if (absent_changed_) group_->absent = best_absent_;
  absent_changed_ = false;
  current_ = best_;
}

bool Search::run(std::int64_t iterations, double temperature, Rng& rng,
                 const std::function<bool()>& interrupted) {
  if (group_->visits.empty()) return true;
  for (std::int64_t i = 0; i < iterations; ++i) {
    if (i % kPoll == 0 && interrupted()) return false;
    iterate(temperature, rng);
  }
  return true;
}

bool Search::iterate(double temperature, Rng& rng) {
  chosen_.clear();
  failed_.clear();
  retried_.clear();
  bool accepted = ruin(rng);
  if (accepted) {
    choose_absent(rng);
    sort_chosen(rng);
    // While shrinking, what finds no place near by is tried again soon enough.
    const double worse = -temperature * std::log(1.0 - rng.uniform());
    accepted = recreate(Reach::near, shrinking_ ? Reach::near : Reach::routes, kBlinkRate,
                        budget(worse), rng) &&
               accept(worse);
  }
  for (const std::int32_t order : chosen_) is_chosen_[static_cast<std::size_t>(order)] = 0;
  if (!accepted) {
    undo();
    return false;
  }
  if (!retried_.empty() || !failed_.empty()) {
    std::sort(retried_.rbegin(), retried_.rend());
    for (const std::size_t index : retried_) {
      group_->absent[index] = group_->absent.back();
      group_->absent.pop_back();
    }
    group_->absent.insert(group_->absent.end(), failed_.begin(), failed_.end());
    absent_changed_ = true;
  }
  for (std::size_t i = 0; i < num_saved_; ++i) {
    const auto slot = static_cast<std::size_t>(saved_[i].slot);
    is_saved_[slot] = 0;
    mark_changed(saved_[i].slot);
  }
  num_saved_ = 0;
  if (current_ < best_) remember();
  return true;
}

void Search::mark_changed(std::int32_t slot) {
  auto& mark = is_changed_[static_cast<std::size_t>(slot)];
  if (!mark) changed_.push_back(slot);
  mark = 1;
  auto& stale = is_stale_[static_cast<std::size_t>(slot)];
  if (!stale) stale_.push_back(slot);
  stale = 1;
}

// Judges what the iteration has made; takes it into account where it is accepted.
bool Search::accept(double allowed) {
  Objective before, after;
  for (const std::size_t index : retried_) {
    before.unserved += model_->weight(group_->absent[index]);
    before.cost += model_->prize(group_->absent[index]);
  }
  for (const std::int32_t order : failed_) {
    after.unserved += model_->weight(order);
    after.cost += model_->prize(order);
  }
  for (std::size_t i = 0; i < num_saved_; ++i) {
    before.cost += saved_[i].route.figures().cost;
    after.cost += group_->routes[static_cast<std::size_t>(saved_[i].slot)].figures().cost;
  }
  double left_before = before.unserved, left_after = after.unserved;
  if (!absences_.empty()) {
    for (const std::size_t index : retried_) {
      const std::int32_t order = group_->absent[index];
      left_before +=
          model_->weight(order) * static_cast<double>(absences_[static_cast<std::size_t>(order)]);
    }
    for (const std::int32_t order : failed_) {
      left_after +=
          model_->weight(order) * static_cast<double>(absences_[static_cast<std::size_t>(order)]++);
    }
  }
  const double worse = after.cost - before.cost;
  const Objective made{current_.unserved + after.unserved - before.unserved, current_.cost + worse};
  // Absences lead away from what is cheap: a new best is taken whatever they say.
  if (!(made < best_)) {
    if (left_after > left_before) return false;
    if (left_after == left_before && worse >= allowed) return false;
  }
  current_ = made;
  return true;
}

bool Search::shrink(std::int64_t iterations, double temperature, Rng& rng,
                    const std::function<bool()>& interrupted) {
  const std::size_t fewest = fewest_routes();
  std::vector<std::int32_t> aside(group_->free_vehicles.size(), 0);
  std::swap(aside, group_->free_vehicles);
  shrinking_ = true;
  std::int64_t done = 0;
  bool stopped = false;
  for (; done < iterations && !stopped; ++done) {
    if (group_->absent.empty()) {
      if (num_routes() <= fewest) break;
      dissolve_route(aside);
    }
    stopped = done % kPoll == 0 && interrupted();
    if (!stopped) iterate(temperature, rng);
  }
  shrinking_ = false;
  for (std::size_t type = 0; type < aside.size(); ++type) {
    group_->free_vehicles[type] += aside[type];
  }
  restore_best();
  return !stopped && run(iterations - done, temperature, rng, interrupted);
}

// A bound from the loads, for orders that all go the same way; 1 otherwise.
std::size_t Search::fewest_routes() const {
  std::vector<std::int64_t> load(model_->num_dimensions(), 0), capacity(load.size(), 0);
  for (const std::int32_t v : group_->visits) {
    const Visit& visit = model_->visit(v);
    if (visit.partner >= 0 || visit.is_pickup) return 1;
    for (std::size_t d = 0; d < load.size(); ++d) load[d] += model_->load(visit.order)[d];
  }
  for (std::int32_t type = 0; type < model_->num_types(); ++type) {
    for (std::size_t d = 0; d < load.size(); ++d) {
      capacity[d] = std::max(capacity[d], model_->capacity(type)[d]);
    }
  }
  std::int64_t fewest = 1;
  for (std::size_t d = 0; d < load.size(); ++d) {
    if (capacity[d] > 0) fewest = std::max(fewest, (load[d] + capacity[d] - 1) / capacity[d]);
  }
  return static_cast<std::size_t>(fewest);
}

// The route whose orders have been absent least often.
void Search::dissolve_route(std::vector<std::int32_t>& aside) {
  std::int32_t chosen = -1;
  double least = 0;
  for (std::size_t slot = 0; slot < group_->routes.size(); ++slot) {
    if (group_->routes[slot].empty()) continue;
    double sum = 0;
    for (const Node& node : group_->routes[slot].nodes()) {
      if (node.visit < 0) continue;
      const auto order = static_cast<std::size_t>(model_->visit(node.visit).order);
      sum += 1.0 + static_cast<double>(absences_[order]);
    }
    if (chosen >= 0 && sum >= least) continue;
    least = sum;
    chosen = static_cast<std::int32_t>(slot);
  }
  RouteState& route = group_->routes[static_cast<std::size_t>(chosen)];
  for (const Node& node : route.nodes()) {
    if (node.visit < 0) continue;
    (*placement_)[node.visit].route = -1;
    const std::int32_t order = model_->visit(node.visit).order;
    if (model_->first_visit(order) != node.visit) continue;
    group_->absent.push_back(order);
    current_.unserved += model_->weight(order);
    current_.cost += model_->prize(order);
  }
  current_.cost -= route.figures().cost;
  ++aside[static_cast<std::size_t>(route.type())];
  route.reset(*model_, 0, inserter_.travel());
  group_->free_slots.push_back(chosen);
  mark_changed(chosen);
  absent_changed_ = true;
}

void Search::release_if_empty(std::int32_t slot) {
  const RouteState& route = group_->routes[static_cast<std::size_t>(slot)];
  if (!route.empty()) return;
  group_->free_slots.push_back(slot);
  ++group_->free_vehicles[static_cast<std::size_t>(route.type())];
}

void Search::choose_absent(Rng& rng) {
  const std::size_t all = group_->absent.size();
  const std::size_t count = std::min(shrinking_ ? kShrinkingRetries : kRetries, all);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t index =
        count == all ? i : static_cast<std::size_t>(rng.below(static_cast<std::int32_t>(all)));
    const std::int32_t order = group_->absent[index];
    if (is_chosen_[static_cast<std::size_t>(order)]) continue;
    choose_order(order);
    retried_.push_back(index);
  }
}

// The order in which orders are inserted again. Priority leads where not everything is served.
void Search::sort_chosen(Rng& rng) {
  enum {
    kRandom = 4,
    kDemand = 8,
    kFar = 10,
    kClose = 11,
    kShortWindow = 13,
    kEarly = 15,
    kLate = 17
  };
  const std::int32_t choice = rng.below(kLate);
  const auto key = [&](std::int32_t order) {
    const Visit& visit = model_->visit(model_->first_visit(order));
    const Visit& last = visit.partner >= 0 ? model_->visit(visit.partner) : visit;
    if (choice < kRandom) return rng.uniform();
    if (choice < kDemand) {
      double share = 0;
      for (std::size_t d = 0; d < model_->num_dimensions(); ++d) {
        share += static_cast<double>(model_->load(order)[d]);
      }
      return -share;
    }
    if (choice < kFar) return -alone_->least(order);
    if (choice < kClose) return alone_->least(order);
    if (choice < kShortWindow)
      return static_cast<double>(last.close) - static_cast<double>(visit.open);
    if (choice < kEarly) return static_cast<double>(visit.open);
    return -static_cast<double>(last.close);
  };
  keys_.clear();
  for (const std::int32_t order : chosen_) keys_.emplace_back(key(order), order);
  // Not always, or several orders could never take the place of one that counts for more.
  const bool by_priority = !group_->absent.empty() && choice >= kRandom;
  std::sort(keys_.begin(), keys_.end(), [&](const auto& a, const auto& b) {
    if (by_priority) {
      const double first = model_->weight(a.second), second = model_->weight(b.second);
      if (first != second) return first > second;
    }
    return a < b;
  });
  for (std::size_t i = 0; i < keys_.size(); ++i) chosen_[i] = keys_[i].second;
}

// Looks farther where nothing is found near by.
bool Search::recreate(Reach first, Reach last, double blink_rate, double budget, Rng& rng) {
  for (const std::int32_t head : chosen_) {
    Insertion best;
    best.cost = budget;
    bool too_dear = false;
    std::int32_t chosen = head;
    for (Reach reach = first; reach <= last && !best.found();
         reach = static_cast<Reach>(static_cast<int>(reach) + 1)) {
      model_->for_each_alternative(head, [&](std::int32_t order) {
        const Insertion insertion = inserter_.find(
            *group_, order, reach, reach == Reach::near ? blink_rate : 0, rng, best.cost);
        too_dear |= inserter_.too_dear();
        if (!insertion.found()) return;
        best = insertion;
        chosen = order;
      });
      if (budget < kInfeasible && too_dear && !best.found()) return false;
    }
    if (!worth_it(head, best, blink_rate, rng) || !apply(chosen, best)) {
      if (budget < kInfeasible) return false;
      failed_.push_back(head);
    } else {
      budget -= best.cost;
    }
  }
  return true;
}

// What the insertions may cost together where the result has to be at most `worse` than before:
// they cost something each (where travel satisfies the triangle inequality), so once it is spent
// the iteration is lost. Infinite where orders may stay out.
double Search::budget(double worse) const {
  if (!retried_.empty()) return kInfeasible;
  for (const std::int32_t order : chosen_) {
    if (model_->optional(order)) return kInfeasible;
  }
  for (std::size_t i = 0; i < num_saved_; ++i) {
    worse += saved_[i].route.figures().cost -
             group_->routes[static_cast<std::size_t>(saved_[i].slot)].figures().cost;
  }
  return worse;
}

// An optional order has to pay for itself, or now and then to be given a chance that it might
// together with others.
bool Search::worth_it(std::int32_t head, const Insertion& insertion, double blink_rate, Rng& rng) {
  constexpr double kChance = 0.2;
  if (!insertion.found() || !model_->optional(head)) return insertion.found();
  return insertion.cost < model_->prize(head) || (blink_rate > 0 && rng.uniform() < kChance);
}

bool Search::apply(std::int32_t order, const Insertion& insertion) {
  const std::int32_t visit = model_->first_visit(order);
  const std::int32_t slot = insertion.route >= 0 ? insertion.route : open_route(insertion.type);
  save(slot);
  RouteState& route = group_->routes[static_cast<std::size_t>(slot)];
  if (insertion.route < 0) {
    route.reset(*model_, insertion.type, inserter_.travel());
    --group_->free_vehicles[static_cast<std::size_t>(insertion.type)];
  }
  if (insertion.second >= 0) {
    route.insert(*model_, static_cast<std::size_t>(insertion.second), model_->visit(visit).partner,
                 inserter_.travel());
  }
  route.insert(*model_, static_cast<std::size_t>(insertion.first), visit, inserter_.travel());
  if (!route.update(*model_, inserter_.travel())) {
    assert(false);
    take_out(slot, order);
    return false;
  }
  place(slot);
  return true;
}

// Back to what a route was before an order was put into it.
void Search::take_out(std::int32_t slot, std::int32_t order) {
  RouteState& route = group_->routes[static_cast<std::size_t>(slot)];
  sequence_.clear();
  for (const Node& node : route.nodes()) {
    if (node.visit >= 0 && model_->visit(node.visit).order != order)
      sequence_.push_back(node.visit);
  }
  route.assign(*model_, route.type(), sequence_, inserter_.travel());
  if (!sequence_.empty()) return;
  ++group_->free_vehicles[static_cast<std::size_t>(route.type())];
  group_->free_slots.push_back(slot);
}

std::int32_t Search::open_route(std::int32_t) {
  if (group_->free_slots.empty()) {
    group_->free_slots.push_back(static_cast<std::int32_t>(group_->routes.size()));
    group_->routes.emplace_back();
    group_->routes.back().reset(*model_, 0, inserter_.travel());
    is_saved_.push_back(0);
    is_changed_.push_back(0);
    is_stale_.push_back(0);
    best_routes_.emplace_back();
  }
  const std::int32_t slot = group_->free_slots.back();
  group_->free_slots.pop_back();
  return slot;
}

void Search::insert_absent(Reach first, Reach last) {
  Rng rng(0);  // not drawn from: nothing is passed over
  chosen_ = group_->absent;
  failed_.clear();
  recreate(first, last, 0, kInfeasible, rng);
  chosen_.clear();
  group_->absent = failed_;
  absent_changed_ = true;
  current_ = {};
  for (const std::int32_t order : group_->absent) {
    current_.unserved += model_->weight(order);
    current_.cost += model_->prize(order);
  }
  for (const RouteState& route : group_->routes) current_.cost += route.figures().cost;
  for (std::size_t i = 0; i < num_saved_; ++i) {
    const auto slot = static_cast<std::size_t>(saved_[i].slot);
    is_saved_[slot] = 0;
    mark_changed(saved_[i].slot);
  }
  num_saved_ = 0;
  if (current_ < best_) remember();
}

}  // namespace roadgnn::decode::detail
