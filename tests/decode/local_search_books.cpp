// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include "local_search_books.h"

#include <algorithm>
#include <random>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include <roadgnn/gnn/decode/detail/search.h>

#include "search_books.h"

namespace roadgnn::decode::detail::testing {
namespace {

class Comparison {
 public:
  Comparison(const Model& model, const Group& group, const Placement& placement, std::uint64_t seed)
      : model_(model),
        group_(group),
        placement_(placement),
        travel_(model.travel_times(), 8),
        pieces_(model, group, travel_),
        random_(seed) {
    for (std::size_t slot = 0; slot < group.routes.size(); ++slot) {
      if (pieces_.prepare(static_cast<std::int32_t>(slot)))
        slots_.push_back(static_cast<std::int32_t>(slot));
    }
  }

  void random_pieces(int tries, Evaluations& evaluations) {
    for (int i = 0; i < tries && !slots_.empty(); ++i) {
      const std::vector<Piece> pieces = random_route();
      const double quick = pieces_.cost(pieces);
      const double full = cost_of(pieces);

      ASSERT_EQ(quick < kInfeasible, full < kInfeasible);
      ++evaluations.all;
      if (full == kInfeasible) continue;
      ++evaluations.feasible;
      ASSERT_NEAR(quick, full, 1e-6 * (1 + full));
      ASSERT_LE(pieces_.least_cost(pieces), full + 1e-6 * (1 + full));
    }
  }

  void moves(Evaluations& evaluations) {
    LocalSearch local(model_, group_, placement_, travel_);
    for (const std::int32_t visit : group_.visits) {
      const Move& move = local.find(visit);
      if (!move.found()) continue;
      double gain = 0;
      std::multiset<std::int32_t> before, after;
      for (const Move::Route* part : {&move.a, &move.b}) {
        if (part->slot < 0) continue;
        const RouteState& old = group_.routes[static_cast<std::size_t>(part->slot)];
        gain += old.figures().cost;
        for (const Node& node : old.nodes()) {
          if (node.visit >= 0) before.insert(node.visit);
        }
        std::vector<std::int32_t> visits;
        pieces_.visits(part->span(), visits);
        after.insert(visits.begin(), visits.end());
        gain -= full_cost(old.type(), visits);
      }
      ASSERT_NEAR(move.gain, gain, 1e-6 * (1 + std::abs(gain)));
      ASSERT_EQ(before, after);
      ++evaluations.improving;
    }
    evaluations.moves += local.evaluated();
  }

 private:
  std::int32_t below(std::int32_t bound) {
    return static_cast<std::int32_t>(random_() % static_cast<std::uint64_t>(bound));
  }

  std::int32_t end_of(std::int32_t slot) const {
    const RouteState& route = group_.routes[static_cast<std::size_t>(slot)];
    return static_cast<std::int32_t>(route.nodes().size()) - 1;
  }

  std::vector<Piece> random_route() {
    const std::int32_t slot = slots_[static_cast<std::size_t>(below(count()))];
    std::vector<Piece> pieces{{slot, 0, below(end_of(slot)), false}};
    for (std::int32_t middle = below(3); middle > 0; --middle) {
      const std::int32_t other = slots_[static_cast<std::size_t>(below(count()))];
      if (!pieces_.alike(slot, other)) continue;
      std::int32_t first = 1 + below(end_of(other) - 1), last = 1 + below(end_of(other) - 1);
      if (first > last && below(3) > 0) std::swap(first, last);
      pieces.push_back({other, first, last, below(2) == 0});
    }
    std::int32_t other = slots_[static_cast<std::size_t>(below(count()))];
    if (!pieces_.same_end(slot, other)) other = slot;
    pieces.push_back({other, 1 + below(end_of(other)), end_of(other), false});
    return pieces;
  }

  std::int32_t count() const { return static_cast<std::int32_t>(slots_.size()); }

  // Without preferences.
  double cost_of(const std::vector<Piece>& pieces) {
    std::vector<std::int32_t> visits;
    pieces_.visits(pieces, visits);
    const std::int32_t type = group_.routes[static_cast<std::size_t>(pieces.front().slot)].type();
    RouteState route;
    if (!route.assign(model_, type, visits, travel_)) return kInfeasible;
    return route.figures().cost - route.figures().apart;
  }

  // With everything that a route must keep.
  double full_cost(std::int32_t type, const std::vector<std::int32_t>& visits) {
    std::set<std::int32_t> seen;
    for (const std::int32_t number : visits) {
      const Visit& visit = model_.visit(number);
      if (!model_.compatible(visit.order, type)) return kInfeasible;
      if (visit.partner >= 0 && !visit.is_pickup && !seen.count(visit.partner)) return kInfeasible;
      seen.insert(number);
    }
    for (const std::int32_t number : visits) {
      const std::int32_t partner = model_.visit(number).partner;
      if (partner >= 0 && !seen.count(partner)) return kInfeasible;
    }
    RouteState route;
    return route.assign(model_, type, visits, travel_) ? route.figures().cost : kInfeasible;
  }

  const Model& model_;
  const Group& group_;
  const Placement& placement_;
  TravelCache travel_;
  PieceEvaluator pieces_;
  std::mt19937_64 random_;
  std::vector<std::int32_t> slots_;
};

}  // namespace

void compare_evaluations(const Problem& problem, const graph::TravelTimes& travel_times,
                         std::uint64_t seed, int tries, Evaluations& evaluations) {
  const Model model(problem, travel_times, *make_proximity_scorer(), 16, 32, 1);
  const AloneCosts alone(model, 1);
  Placement placement(model.num_visits());
  TravelCache travel(model.travel_times(), 8);
  Group group = all_absent(model);
  std::erase_if(group.absent, [&](std::int32_t order) {
    return model.first_visit(order) < 0 || model.head(order) != order;
  });
  std::erase_if(group.visits, [&](std::int32_t visit) { return model.visit(visit).order < 0; });
  Search search(model, alone, placement, group, travel);
  search.insert_absent(Reach::near, Reach::group);

  Comparison comparison(model, group, placement, seed);
  comparison.random_pieces(tries, evaluations);
  if (!::testing::Test::HasFatalFailure()) comparison.moves(evaluations);
}

}  // namespace roadgnn::decode::detail::testing
