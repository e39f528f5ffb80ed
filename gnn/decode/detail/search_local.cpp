// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
//
// Local search and changes of vehicles: the parts of Search that only ever make the plan cheaper.
#include <algorithm>
#include <cassert>

#include <roadgnn/gnn/decode/detail/search.h>

namespace roadgnn::decode::detail {

void Search::enqueue(std::int32_t visit) {
  auto& mark = is_queued_[static_cast<std::size_t>(visit)];
  if (mark) return;
  mark = 1;
  queue_.push_back(visit);
}

void Search::descend() {
  local_.begin();
  queue_.clear();
  for (const std::int32_t slot : stale_) {
    is_stale_[static_cast<std::size_t>(slot)] = 0;
    for (const Node& node : group_->routes[static_cast<std::size_t>(slot)].nodes()) {
      if (node.visit >= 0) enqueue(node.visit);
    }
  }
  stale_.clear();
  for (std::size_t next = 0; next < queue_.size(); ++next) {
    const std::int32_t visit = queue_[next];
    is_queued_[static_cast<std::size_t>(visit)] = 0;
    const Move& move = local_.find(visit);
    if (!move.found() || !carry_out(move)) continue;
    enqueue(visit);
  }
  for (const std::int32_t slot : stale_) is_stale_[static_cast<std::size_t>(slot)] = 0;
  stale_.clear();
  if (current_ < best_) remember();
}

bool Search::carry_out(const Move& move) {
  std::vector<std::int32_t> ends, first, second;
  for (const Move::Route* route : {&move.a, &move.b}) {
    if (route->slot < 0) continue;
    for (const Piece& piece : route->span()) {
      if (piece.empty()) continue;
      const auto& nodes = group_->routes[static_cast<std::size_t>(piece.slot)].nodes();
      ends.push_back(nodes[static_cast<std::size_t>(piece.first)].visit);
      ends.push_back(nodes[static_cast<std::size_t>(piece.last)].visit);
    }
  }
  local_.evaluator().visits(move.a.span(), first);
  if (move.b.slot >= 0) local_.evaluator().visits(move.b.span(), second);
  double worse = 0;
  bool feasible = true;
  const auto rebuild = [&](std::int32_t slot, const std::vector<std::int32_t>& visits,
                           RouteState& spare) {
    if (slot < 0) return;
    RouteState& route = group_->routes[static_cast<std::size_t>(slot)];
    feasible &= spare.assign(*model_, route.type(), visits, inserter_.travel());
    worse += spare.figures().cost - route.figures().cost;
  };
  rebuild(move.a.slot, first, spare_[0]);
  rebuild(move.b.slot, second, spare_[1]);
  if (!feasible) {
    assert(false);
    return false;
  }
  current_.cost += worse;
  for (int i = 0; i < 2; ++i) {
    const std::int32_t slot = i == 0 ? move.a.slot : move.b.slot;
    if (slot < 0) continue;
    swap(group_->routes[static_cast<std::size_t>(slot)], spare_[i]);
    place(slot);
    release_if_empty(slot);
    mark_changed(slot);
    local_.changed(slot);
  }
  for (const std::int32_t visit : ends) {
    if (visit >= 0) enqueue(visit);
  }
  return true;
}

void Search::change_types() {
  RouteState other, best;
  for (std::size_t slot = 0; slot < group_->routes.size(); ++slot) {
    RouteState& route = group_->routes[slot];
    if (route.empty()) continue;
    sequence_.clear();
    for (const Node& node : route.nodes()) {
      if (node.visit >= 0) sequence_.push_back(node.visit);
    }
    double least = route.figures().cost;
    std::int32_t chosen = -1;
    for (std::int32_t type = 0; type < model_->num_types(); ++type) {
      if (type == route.type() || group_->free_vehicles[static_cast<std::size_t>(type)] <= 0)
        continue;
      const bool fits = std::all_of(sequence_.begin(), sequence_.end(), [&](std::int32_t visit) {
        return model_->compatible(model_->visit(visit).order, type);
      });
      if (!fits || !other.assign(*model_, type, sequence_, inserter_.travel())) continue;
      if (other.figures().cost >= least) continue;
      least = other.figures().cost;
      chosen = type;
      swap(best, other);
    }
    if (chosen < 0) continue;
    ++group_->free_vehicles[static_cast<std::size_t>(route.type())];
    --group_->free_vehicles[static_cast<std::size_t>(chosen)];
    current_.cost += best.figures().cost - route.figures().cost;
    swap(route, best);
    mark_changed(static_cast<std::int32_t>(slot));
  }
  if (current_ < best_) remember();
}

}  // namespace roadgnn::decode::detail
