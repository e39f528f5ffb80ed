// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/local_search.h>

#include <algorithm>

namespace roadgnn::decode::detail {
namespace {

// Visits that change their route together.
constexpr std::int32_t kLongest = 3;

// Neighbours looked at, at first and at most.
constexpr std::size_t kNarrow = 12, kWide = 96;

// Less is taken for rounding.
constexpr double kLeastGain = 1e-7;

}  // namespace

LocalSearch::LocalSearch(const Model& model, const Group& group, const Placement& placement,
                         TravelCache& travel)
    : model_(&model),
      group_(&group),
      placement_(&placement),
      travel_(&travel),
      evaluator_(model, group, travel),
      width_(static_cast<std::size_t>(model.num_visits()), kNarrow) {
  for (const std::int32_t visit : group.visits) pairs_ |= model.visit(visit).partner >= 0;
}

void LocalSearch::begin() {
  if (++stamp_ != 0) return;
  std::fill(seen_.begin(), seen_.end(), 0);
  stamp_ = 1;
}

void LocalSearch::changed(std::int32_t slot) {
  if (static_cast<std::size_t>(slot) < seen_.size()) seen_[static_cast<std::size_t>(slot)] = 0;
}

bool LocalSearch::ready(std::int32_t slot) {
  const auto s = static_cast<std::size_t>(slot);
  if (seen_.size() <= s) {
    seen_.resize(group_->routes.size(), 0);
    usable_.resize(group_->routes.size(), 0);
  }
  if (seen_[s] != stamp_) {
    seen_[s] = stamp_;
    usable_[s] = evaluator_.prepare(slot);
  }
  return usable_[s];
}

LocalSearch::At LocalSearch::at(std::int32_t visit) const {
  const Place& place = (*placement_)[visit];
  const auto& nodes = group_->routes[static_cast<std::size_t>(place.route)].nodes();
  return {place.route, place.position, static_cast<std::int32_t>(nodes.size()) - 1};
}

double LocalSearch::price(std::int32_t from, std::int32_t to, const TypeView& type) {
  const graph::Travel travel = travel_->out_of(type.profile, from, to);
  return type.cost_per_distance * static_cast<double>(travel.length_m) +
         (type.cost_per_time + type.cost_per_driving) * static_cast<double>(travel.time_ms);
}

// A move that saves replaces a leg at one of the ends of a new leg by this shorter one, or else
// does so seen from the new leg's other end: only neighbours nearer than the visit's own legs need
// to be looked at.
const Move& LocalSearch::find(std::int32_t visit) {
  best_.gain = kLeastGain;
  best_.a.slot = best_.b.slot = -1;
  const Place& place = (*placement_)[visit];
  if (place.route >= 0 && place.group == group_->id && ready(place.route)) {
    const At u = at(visit);
    const RouteState& route = group_->routes[static_cast<std::size_t>(u.slot)];
    const TypeView& type = model_->type(route.type());
    const auto location = [&](std::int32_t node) {
      return route.nodes()[static_cast<std::size_t>(node)].location;
    };
    const std::int32_t here = location(u.node);
    const double in = price(location(u.node - 1), here, type);
    const double out = price(here, location(u.node + 1), type);
    const auto neighbours = model_->neighbours(visit);
    std::uint8_t& width = width_[static_cast<std::size_t>(visit)];
    for (const std::int32_t other :
         neighbours.subspan(0, std::min<std::size_t>(width, neighbours.size()))) {
      const Place& there = (*placement_)[other];
      if (there.group != group_->id || there.route < 0) continue;
      const std::int32_t location_there = model_->visit(other).location;
      const bool before = price(location_there, here, type) < in;
      const bool after = price(here, location_there, type) < out;
      if ((!before && !after) || !ready(there.route)) continue;
      const At v = at(other);
      if (v.slot == u.slot) {
        if (before) within(u, v, true);
        if (after) within(u, v, false);
      } else if (evaluator_.alike(u.slot, v.slot)) {
        if (before) between(u, v, true);
        if (after) between(u, v, false);
      }
    }
    const bool found = best_.a.slot >= 0;
    width = static_cast<std::uint8_t>(found ? kNarrow : std::min<std::size_t>(kWide, 2 * width));
  }
  if (best_.a.slot < 0) best_.gain = 0;
  return best_;
}

// Moves after which u follows v, or v follows u.
void LocalSearch::between(const At& u, const At& v, bool v_first) {
  for (std::int32_t length = 1; length <= kLongest; ++length) {
    for (const bool reversed : {false, true}) {
      if (reversed && (length == 1 || pairs_)) continue;
      const std::int32_t from = v_first != reversed ? u.node : u.node - length + 1;
      if (from < 1 || from + length > u.end) continue;
      if (pairs_ && !closed(u.slot, from, from + length - 1)) continue;
      for (std::int32_t taken = 0; taken <= length; ++taken) {
        exchange(u, from, length, reversed, v, v_first ? v.node : v.node - 1 - taken, taken);
      }
    }
  }
  if (evaluator_.same_end(u.slot, v.slot)) exchange_tails(u, v, v_first);
}

// Visits of u's route take the place of `taken` ones after node `after` of v's.
void LocalSearch::exchange(const At& u, std::int32_t from, std::int32_t length, bool reversed,
                           const At& v, std::int32_t after, std::int32_t taken) {
  if (after < 0 || after + taken >= v.end) return;
  if (pairs_ && taken > 0 && !closed(v.slot, after + 1, after + taken)) return;
  consider({{u.slot, 0, from - 1, false},
            {v.slot, after + 1, after + taken, false},
            {u.slot, from + length, u.end, false}},
           {{v.slot, 0, after, false},
            {u.slot, from, from + length - 1, reversed},
            {v.slot, after + taken + 1, v.end, false}});
}

void LocalSearch::exchange_tails(const At& u, const At& v, bool v_first) {
  const std::int32_t last_u = v_first ? u.node - 1 : u.node;
  const std::int32_t last_v = v_first ? v.node : v.node - 1;
  if (!evaluator_.pair_open(u.slot, last_u) && !evaluator_.pair_open(v.slot, last_v)) {
    consider({{u.slot, 0, last_u, false}, {v.slot, last_v + 1, v.end, false}},
             {{v.slot, 0, last_v, false}, {u.slot, last_u + 1, u.end, false}});
  }
  if (pairs_) return;
  // Beginnings go together and so do ends: one of the two is turned round.
  if (v_first) {
    consider(
        {{u.slot, 0, 0, false}, {v.slot, v.node, v.end - 1, true}, {u.slot, u.node, u.end, false}},
        {{v.slot, 0, v.node - 1, false},
         {u.slot, 1, u.node - 1, true},
         {v.slot, v.end, v.end, false}});
  } else {
    consider({{u.slot, 0, u.node, false}, {v.slot, 1, v.node, true}, {u.slot, u.end, u.end, false}},
             {{v.slot, 0, 0, false},
              {u.slot, u.node + 1, u.end - 1, true},
              {v.slot, v.node + 1, v.end, false}});
  }
}

void LocalSearch::within(const At& u, const At& v, bool v_first) {
  for (std::int32_t length = 1; length <= kLongest; ++length) {
    for (const bool reversed : {false, true}) {
      if (reversed && (length == 1 || pairs_)) continue;
      const std::int32_t from = v_first != reversed ? u.node : u.node - length + 1;
      if (from < 1 || from + length > u.end) continue;
      relocate(u, from, length, reversed, v_first ? v.node : v.node - 1);
    }
  }
  if (pairs_) return;
  const std::int32_t first = std::min(u.node, v.node), second = std::max(u.node, v.node);
  const bool same = (u.node < v.node) != v_first;  // the earlier one is to come first
  if (same) {
    consider({{u.slot, 0, first, false},
              {u.slot, first + 1, second, true},
              {u.slot, second + 1, u.end, false}},
             {});
    consider({{u.slot, 0, first - 1, false},
              {u.slot, first, second - 1, true},
              {u.slot, second, u.end, false}},
             {});
  }
}

// Up to three visits go to after another node of their route.
void LocalSearch::relocate(const At& u, std::int32_t from, std::int32_t length, bool reversed,
                           std::int32_t after) {
  const std::int32_t behind = from + length;
  if (after >= from - 1 && after < behind) return;
  const Piece moved{u.slot, from, behind - 1, reversed};
  if (after < from) {
    consider({{u.slot, 0, after, false},
              moved,
              {u.slot, after + 1, from - 1, false},
              {u.slot, behind, u.end, false}},
             {});
  } else {
    consider({{u.slot, 0, from - 1, false},
              {u.slot, behind, after, false},
              moved,
              {u.slot, after + 1, u.end, false}},
             {});
  }
}

// Whether the pairs among a few visits are complete.
bool LocalSearch::closed(std::int32_t slot, std::int32_t first, std::int32_t last) const {
  const auto& nodes = group_->routes[static_cast<std::size_t>(slot)].nodes();
  for (std::int32_t i = first; i <= last; ++i) {
    const std::int32_t partner = model_->visit(nodes[static_cast<std::size_t>(i)].visit).partner;
    if (partner < 0) continue;
    const std::int32_t there = (*placement_)[partner].position;
    if (there < first || there > last) return false;
  }
  return true;
}

void LocalSearch::consider(std::initializer_list<Piece> a, std::initializer_list<Piece> b) {
  ++evaluated_;
  const std::span<const Piece> first(a.begin(), a.size()), second(b.begin(), b.size());
  const RouteState& old_first = group_->routes[static_cast<std::size_t>(a.begin()->slot)];
  const RouteState* old_second =
      b.size() > 0 ? &group_->routes[static_cast<std::size_t>(b.begin()->slot)] : nullptr;
  double before = old_first.figures().cost, least_second = 0;
  if (old_second) {
    before += old_second->figures().cost;
    least_second = evaluator_.least_cost(second);
  }
  const double limit = before - best_.gain;
  if (evaluator_.least_cost(first) + least_second >= limit) return;
  double after = evaluator_.cost(first);
  if (after + least_second >= limit) return;
  if (old_second) after += evaluator_.cost(second);
  if (after >= limit) return;
  const auto add_apart = [&](std::span<const Piece> pieces, std::int32_t type) {
    evaluator_.visits(pieces, sequence_);
    after += evaluator_.apart(type, sequence_);
  };
  add_apart(first, old_first.type());
  if (old_second) add_apart(second, old_second->type());
  if (after >= limit) return;
  best_.gain = before - after;
  const auto write = [](Move::Route& route, std::initializer_list<Piece> pieces) {
    route.slot = pieces.size() > 0 ? pieces.begin()->slot : -1;
    route.num_pieces = static_cast<std::int32_t>(pieces.size());
    std::copy(pieces.begin(), pieces.end(), route.pieces);
  };
  write(best_.a, a);
  write(best_.b, b);
}

}  // namespace roadgnn::decode::detail
