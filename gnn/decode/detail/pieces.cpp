// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/pieces.h>

#include <algorithm>

namespace roadgnn::decode::detail {
namespace {

std::int32_t end_of(const RouteState& route) {
  return static_cast<std::int32_t>(route.nodes().size()) - 1;
}

// The start and an end are among the nodes.
std::int32_t num_visits(std::span<const Piece> pieces) {
  std::int32_t nodes = 0;
  for (const Piece& piece : pieces) nodes += std::max(0, piece.last - piece.first + 1);
  return nodes - 2;
}

}  // namespace

bool PieceEvaluator::prepare(std::int32_t slot) {
  const RouteState& made = route(slot);
  const TypeView& type = model_->type(made.type());
  if (made.empty() || made.timeline() || !made.single_windows() || type.state != nullptr) {
    return false;
  }
  if (routes_.size() <= static_cast<std::size_t>(slot)) {
    routes_.resize(static_cast<std::size_t>(slot) + 1);
  }
  Prepared& prepared = routes_[static_cast<std::size_t>(slot)];
  prepare_loads(made, prepared);
  prepare_back(made, prepared);
  return true;
}

void PieceEvaluator::prepare_loads(const RouteState& made, Prepared& prepared) const {
  const auto& nodes = made.nodes();
  const std::size_t dimensions = model_->num_dimensions(), size = nodes.size() * dimensions;
  for (auto* loads :
       {&prepared.before, &prepared.after, &prepared.back_before, &prepared.back_after}) {
    loads->assign(size, {});
  }
  prepared.open_pairs.assign(nodes.size(), 0);
  for (std::size_t i = 1; i + 1 < nodes.size(); ++i) {
    const Visit& visit = model_->visit(nodes[i].visit);
    const std::int32_t opened = visit.partner < 0 ? 0 : visit.is_pickup ? 1 : -1;
    prepared.open_pairs[i] = prepared.open_pairs[i - 1] + opened;
    for (std::size_t d = 0; d < dimensions; ++d) {
      const std::size_t here = i * dimensions + d, previous = here - dimensions;
      const LoadSegment own = load_of(*model_, visit, d);
      prepared.before[here] = joined(prepared.before[previous], own);
      prepared.back_before[here] = joined(own, prepared.back_before[previous]);
    }
  }
  for (std::size_t i = nodes.size() - 1; i-- > 1;) {
    const Visit& visit = model_->visit(nodes[i].visit);
    for (std::size_t d = 0; d < dimensions; ++d) {
      const std::size_t here = i * dimensions + d, next = here + dimensions;
      const LoadSegment own = load_of(*model_, visit, d);
      prepared.after[here] = joined(own, prepared.after[next]);
      prepared.back_after[here] = joined(prepared.back_after[next], own);
    }
  }
}

void PieceEvaluator::prepare_back(const RouteState& made, Prepared& prepared) const {
  const auto& nodes = made.nodes();
  const TypeView& type = model_->type(made.type());
  const std::int32_t profile = type.profile;
  const std::size_t last = nodes.size() - 2;
  const auto segment_of = [&](std::size_t i) {
    const Visit& visit = model_->visit(nodes[i].visit);
    return Segment::of(visit, model_->service(visit, type));
  };
  prepared.distance_back.assign(nodes.size(), 0);
  prepared.back_to_first.resize(nodes.size());
  prepared.back_from_last.resize(nodes.size());
  for (std::size_t i = 1; i <= last; ++i) {
    const Segment own = segment_of(i);
    if (i == 1) {
      prepared.back_to_first[i] = own;
      continue;
    }
    const graph::Travel travel = travel_->out_of(profile, own.last, nodes[i - 1].location);
    prepared.back_to_first[i] = joined(own, travel, prepared.back_to_first[i - 1]);
    prepared.distance_back[i] = prepared.distance_back[i - 1] + travel.length_m;
  }
  prepared.back_from_last[last] = segment_of(last);
  for (std::size_t i = last; i-- > 1;) {
    const Segment own = segment_of(i);
    const graph::Travel travel = travel_->into(profile, nodes[i + 1].location, own.first);
    prepared.back_from_last[i] = joined(prepared.back_from_last[i + 1], travel, own);
  }
}

bool PieceEvaluator::alike(std::int32_t a, std::int32_t b) const {
  const TypeView &one = model_->type(route(a).type()), &other = model_->type(route(b).type());
  return one.profile == other.profile && model_->serve_alike(one, other);
}

bool PieceEvaluator::same_end(std::int32_t a, std::int32_t b) const {
  const TypeView &one = model_->type(route(a).type()), &other = model_->type(route(b).type());
  return alike(a, b) && one.end_location == other.end_location && one.end.open == other.end.open &&
         one.end.close == other.end.close;
}

std::int32_t PieceEvaluator::location_at_start(const Piece& piece) const {
  const std::int32_t node = piece.reversed ? piece.last : piece.first;
  return route(piece.slot).nodes()[static_cast<std::size_t>(node)].location;
}

std::int32_t PieceEvaluator::location_at_end(const Piece& piece) const {
  const std::int32_t node = piece.reversed ? piece.first : piece.last;
  return route(piece.slot).nodes()[static_cast<std::size_t>(node)].location;
}

double PieceEvaluator::least_cost(std::span<const Piece> pieces) const {
  const TypeView& type = model_->type(route(pieces.front().slot).type());
  std::int64_t distance = 0, driving = 0, pure = 0;
  std::int32_t at = -1;
  for (const Piece& piece : pieces) {
    if (piece.empty()) continue;
    const auto& nodes = route(piece.slot).nodes();
    const Node& first = nodes[static_cast<std::size_t>(piece.first)];
    const Node& last = nodes[static_cast<std::size_t>(piece.last)];
    if (&piece != &pieces.front()) {
      const graph::Travel travel = travel_->into(type.profile, at, location_at_start(piece));
      if (!travel.reachable()) return kInfeasible;
      distance += travel.length_m;
      driving += travel.time_ms;
      pure += travel.time_ms;
    }
    at = location_at_end(piece);
    if (piece.reversed) {
      distance += distance_back(piece.slot, piece.first, piece.last);
    } else {
      distance += last.distance - first.distance;
      driving += last.driving - first.driving;
      pure += last.pure - first.pure;
    }
  }
  if (num_visits(pieces) == 0) return 0;
  return type.cost_fixed + type.cost_per_distance * static_cast<double>(distance) +
         type.cost_per_driving * static_cast<double>(driving) +
         type.cost_per_time * static_cast<double>(pure);
}

Segment PieceEvaluator::prefix(const Piece& piece) const {
  const auto& nodes = route(piece.slot).nodes();
  const Node& node = nodes[static_cast<std::size_t>(piece.last)];
  return {nodes.front().location, node.location, node.depart,  node.pure,
          node.latest_start,      node.distance, node.driving, true};
}

Segment PieceEvaluator::suffix(const Piece& piece) const {
  const auto& nodes = route(piece.slot).nodes();
  const Node& node = nodes[static_cast<std::size_t>(piece.first)];
  const Node& end = nodes.back();
  return {node.location,
          end.location,
          node.tail_end,
          node.tail_pure,
          node.latest,
          end.distance - node.distance,
          end.driving - node.driving,
          true};
}

Segment PieceEvaluator::walked(const Piece& piece) const {
  const auto& nodes = route(piece.slot).nodes();
  const TypeView& type = model_->type(route(piece.slot).type());
  const std::int32_t step = piece.reversed ? -1 : 1;
  std::int32_t i = piece.reversed ? piece.last : piece.first;
  const auto segment_of = [&](std::int32_t node) {
    const Visit& visit = model_->visit(nodes[static_cast<std::size_t>(node)].visit);
    return Segment::of(visit, model_->service(visit, type));
  };
  Segment segment = segment_of(i);
  for (std::int32_t left = piece.last - piece.first; left > 0 && segment.feasible; --left) {
    i += step;
    const Segment next = segment_of(i);
    const graph::Travel travel = piece.reversed
                                     ? travel_->into(type.profile, segment.last, next.first)
                                     : nodes[static_cast<std::size_t>(i)].in;
    segment = joined(segment, travel, next);
  }
  return segment;
}

Segment PieceEvaluator::segment(const Piece& piece) const {
  const std::int32_t end = end_of(route(piece.slot));
  const Prepared& prepared = routes_[static_cast<std::size_t>(piece.slot)];
  if (!piece.reversed && piece.first == 0) return prefix(piece);
  if (!piece.reversed && piece.last == end) return suffix(piece);
  if (piece.reversed && piece.first == 1) {
    return prepared.back_to_first[static_cast<std::size_t>(piece.last)];
  }
  if (piece.reversed && piece.last == end - 1) {
    return prepared.back_from_last[static_cast<std::size_t>(piece.first)];
  }
  return walked(piece);
}

LoadSegment PieceEvaluator::load(const Piece& piece, std::size_t d) const {
  const std::int32_t end = end_of(route(piece.slot));
  const Prepared& prepared = routes_[static_cast<std::size_t>(piece.slot)];
  const auto at = [&](const std::vector<LoadSegment>& loads, std::int32_t node) {
    return loads[static_cast<std::size_t>(node) * model_->num_dimensions() + d];
  };
  if (!piece.reversed && piece.first == 0) return at(prepared.before, piece.last);
  if (!piece.reversed && piece.last == end) return at(prepared.after, piece.first);
  if (piece.reversed && piece.first == 1) return at(prepared.back_before, piece.last);
  if (piece.reversed && piece.last == end - 1) return at(prepared.back_after, piece.first);
  LoadSegment sum;
  for (std::int32_t k = 0; k <= piece.last - piece.first; ++k) {
    const std::int32_t node = piece.reversed ? piece.last - k : piece.first + k;
    const Node& place = route(piece.slot).nodes()[static_cast<std::size_t>(node)];
    sum = joined(sum, load_of(*model_, model_->visit(place.visit), d));
  }
  return sum;
}

bool PieceEvaluator::loads_fit(std::span<const Piece> pieces) const {
  const std::int64_t* capacity = model_->capacity(route(pieces.front().slot).type());
  for (std::size_t d = 0; d < model_->num_dimensions(); ++d) {
    LoadSegment sum;
    for (const Piece& piece : pieces) {
      if (!piece.empty()) sum = joined(sum, load(piece, d));
    }
    if (sum.from_depot + sum.peak > capacity[d]) return false;
  }
  return true;
}

double PieceEvaluator::cost(std::span<const Piece> pieces, double limit) const {
  const std::int32_t visits = num_visits(pieces);
  if (visits == 0) return 0;
  if (limit < kInfeasible && least_cost(pieces) >= limit) return kInfeasible;
  const TypeView& type = model_->type(route(pieces.front().slot).type());
  Segment whole;
  for (const Piece& piece : pieces) {
    if (piece.empty()) continue;
    const Segment next = segment(piece);
    whole = &piece == &pieces.front()
                ? next
                : joined(whole, travel_->into(type.profile, whole.last, next.first), next);
    if (!whole.feasible) return kInfeasible;
  }
  const std::int64_t duration = std::max(whole.pure, whole.ready - whole.latest);
  if (visits > type.max_stops || whole.distance > type.max_distance ||
      whole.driving > type.max_driving || duration > type.max_duration || !loads_fit(pieces)) {
    return kInfeasible;
  }
  return route_cost(type, whole.distance, whole.driving, duration);
}

void PieceEvaluator::visits(std::span<const Piece> pieces,
                            std::vector<std::int32_t>& visits) const {
  visits.clear();
  for (const Piece& piece : pieces) {
    const auto& nodes = route(piece.slot).nodes();
    for (std::int32_t k = 0; k <= piece.last - piece.first; ++k) {
      const std::int32_t node = piece.reversed ? piece.last - k : piece.first + k;
      const std::int32_t visit = nodes[static_cast<std::size_t>(node)].visit;
      if (visit >= 0) visits.push_back(visit);
    }
  }
}

double PieceEvaluator::apart(std::int32_t type, std::span<const std::int32_t> visits) {
  on_board_.clear();
  double cost = 0;
  for (const std::int32_t number : visits) {
    const Visit& visit = model_->visit(number);
    if (!model_->compatible(visit.order, type)) return kInfeasible;
    if (model_->first_visit(visit.order) == number) {
      cost += model_->serving_cost(visit.order, type);
    }
    if (visit.partner < 0) continue;
    if (visit.is_pickup) {
      on_board_.push_back(visit.order);
    } else if (std::erase(on_board_, visit.order) == 0) {
      return kInfeasible;
    }
  }
  return on_board_.empty() ? cost : kInfeasible;
}

}  // namespace roadgnn::decode::detail
