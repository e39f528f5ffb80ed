// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/search.h>

#include <algorithm>
#include <cmath>

// What an iteration of the search takes out of the plan.

namespace roadgnn::decode::detail {
namespace {

// The paper's parameters: average number of removed stops, longest string, probabilities.
constexpr double kAverageRemoved = 10;
constexpr double kLongestString = 10;
constexpr double kSplitRate = 0.5;
constexpr double kSplitDepth = 0.01;

// How often pairs like the seed's are taken instead of strings, and how many at least and at most.
constexpr double kRelatedRate = 0.3;
constexpr std::int32_t kFewestRelated = 4, kMostRelated = 23;

// What an hour apart counts beside an hour's way, and by how much chance makes any look farther.
constexpr double kApartShare = 0.3, kRelatedNoise = 0.5;

}  // namespace

// Takes orders out around a random visit. False if a route has become infeasible by it (where the
// travel times do not satisfy the triangle inequality).
bool Search::ruin(Rng& rng) {
  const std::int32_t seed = group_->visits[static_cast<std::size_t>(
      rng.below(static_cast<std::int32_t>(group_->visits.size())))];
  ruined_.clear();
  if (model_->visit(seed).partner >= 0 && rng.uniform() < kRelatedRate) {
    choose_related(seed, rng);
  } else {
    choose_strings(seed, rng);
  }
  return remove_chosen();
}

// Strings of the routes around a visit.
void Search::choose_strings(std::int32_t seed, Rng& rng) {
  const double num_routes = static_cast<double>(group_->routes.size() - group_->free_slots.size());
  const double average = static_cast<double>(group_->visits.size()) / std::max(1.0, num_routes);
  const double longest = std::min(kLongestString, average);
  const double most_strings = 4.0 * kAverageRemoved / (1.0 + longest) - 1.0;
  const auto num_strings = static_cast<std::size_t>(rng.uniform() * most_strings + 1.0);

  const auto take = [&](std::int32_t visit) {
    const Place& place = (*placement_)[visit];
    if (place.group != group_->id || place.route < 0) return;
    const std::int32_t slot = place.route;
    if (is_chosen_[static_cast<std::size_t>(model_->head(model_->visit(visit).order))]) return;
    if (std::find(ruined_.begin(), ruined_.end(), slot) != ruined_.end()) return;
    ruined_.push_back(slot);
    const auto size =
        static_cast<double>(group_->routes[static_cast<std::size_t>(slot)].num_visits());
    const auto length = static_cast<std::size_t>(rng.uniform() * std::min(size, longest) + 1.0);
    const bool split = length > 1 && rng.uniform() < kSplitRate;
    choose_string(slot, static_cast<std::size_t>(place.position), length, split, rng);
  };
  take(seed);
  for (const std::int32_t neighbour : model_->neighbours(seed)) {
    if (ruined_.size() >= num_strings) break;
    take(neighbour);
  }
}

// Pairs with both ends near those of the seed's, in place, in time or in both (Shaw, 1998; Ropke
// and Pisinger, "An Adaptive Large Neighborhood Search Heuristic for the Pickup and Delivery
// Problem with Time Windows", Transportation Science 40(4), 2006): such can change places with each
// other, where strings around one end have their other ends anywhere.
void Search::choose_related(std::int32_t seed, Rng& rng) {
  const std::int32_t pickup = model_->first_visit(model_->visit(seed).order);
  const std::int32_t delivery = model_->visit(pickup).partner;
  if ((*placement_)[pickup].route < 0) return;
  const double by_time = rng.uniform() < 0.5 ? kApartShare : 0;
  const double by_place = by_time == 0 || rng.uniform() < 0.5 ? 1 : 0;
  const auto apart = [&](std::int32_t a, std::int32_t b) {
    const Place &one = (*placement_)[a], &other = (*placement_)[b];
    const std::int32_t profile =
        model_->type(group_->routes[static_cast<std::size_t>(one.route)].type()).profile;
    const graph::Travel way =
        inserter_.travel().out_of(profile, model_->visit(a).location, model_->visit(b).location);
    return by_place * static_cast<double>(way.time_ms) +
           by_time * std::abs(static_cast<double>(one.depart - other.depart));
  };
  keys_.clear();
  const auto consider = [&](std::int32_t visit) {
    const std::int32_t order = model_->visit(visit).order;
    const std::int32_t first = model_->first_visit(order), second = model_->visit(first).partner;
    const Place& place = (*placement_)[first];
    if (second < 0 || place.group != group_->id || place.route < 0) return;
    const double key = apart(pickup, first) + apart(delivery, second);
    keys_.emplace_back(key * (1 + kRelatedNoise * rng.uniform()), order);
  };
  consider(pickup);
  for (const std::int32_t end : {pickup, delivery}) {
    for (const std::int32_t neighbour : model_->neighbours(end)) consider(neighbour);
  }
  std::sort(keys_.begin(), keys_.end());
  const auto most =
      static_cast<std::size_t>(kFewestRelated + rng.below(kMostRelated - kFewestRelated + 1));
  for (std::size_t i = 0; i < keys_.size() && chosen_.size() < most; ++i) {
    const std::int32_t order = keys_[i].second;
    choose_order(model_->head(order));
    const std::int32_t slot = (*placement_)[model_->first_visit(order)].route;
    if (std::find(ruined_.begin(), ruined_.end(), slot) == ruined_.end()) ruined_.push_back(slot);
  }
}

// Chooses `length` visits around a position, all in a row or, `split`, with a gap that stays.
void Search::choose_string(std::int32_t slot, std::size_t position, std::size_t length, bool split,
                           Rng& rng) {
  const auto& nodes = group_->routes[static_cast<std::size_t>(slot)].nodes();
  const std::size_t size = nodes.size() - 2;
  length = std::min(length, size);
  std::size_t kept = 0;
  if (split) {
    while (length + kept < size && (kept == 0 || rng.uniform() < kSplitDepth)) ++kept;
  }
  const std::size_t span = length + kept;
  const std::size_t lowest = position >= span ? position - span + 1 : 1;
  const std::size_t highest = std::min(position, size - span + 1);
  const std::size_t first =
      lowest + static_cast<std::size_t>(rng.below(static_cast<std::int32_t>(highest - lowest + 1)));
  const std::size_t gap =
      kept == 0 ? span : static_cast<std::size_t>(rng.below(static_cast<std::int32_t>(length + 1)));
  for (std::size_t i = 0; i < span; ++i) {
    if (i >= gap && i < gap + kept) continue;
    choose_order(model_->head(model_->visit(nodes[first + i].visit).order));
  }
}

void Search::choose_order(std::int32_t order) {
  auto& mark = is_chosen_[static_cast<std::size_t>(order)];
  if (mark) return;
  mark = 1;
  chosen_.push_back(order);
}

bool Search::remove_chosen() {
  for (const std::int32_t slot : ruined_) {
    save(slot);
    RouteState& route = group_->routes[static_cast<std::size_t>(slot)];
    sequence_.clear();
    for (const Node& node : route.nodes()) {
      if (node.visit < 0) continue;
      if (is_chosen_[static_cast<std::size_t>(model_->head(model_->visit(node.visit).order))]) {
        (*placement_)[node.visit].route = -1;
      } else {
        sequence_.push_back(node.visit);
      }
    }
    if (!route.assign(*model_, route.type(), sequence_, inserter_.travel())) return false;
    place(slot);
    release_if_empty(slot);
  }
  return true;
}

}  // namespace roadgnn::decode::detail
