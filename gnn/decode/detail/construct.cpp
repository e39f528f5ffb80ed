// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/construct.h>

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include <roadgnn/gnn/decode/detail/partition.h>
#include <roadgnn/gnn/decode/detail/savings.h>
#include <roadgnn/gnn/decode/detail/search.h>
#include <roadgnn/graph/parallel.h>

namespace roadgnn::decode::detail {
namespace {

// Visits of a neighbourhood, and vehicles it should have at least.
constexpr std::int64_t kChunkVisits = 2000, kChunkVehicles = 16;

// Positions that the last resort, every order in every place, may look at.
constexpr std::int64_t kExhaustive = 20'000'000;

std::int64_t num_chunks(const Model& model) {
  std::int64_t vehicles = 0;
  for (std::int32_t type = 0; type < model.num_types(); ++type) vehicles += model.type(type).count;
  return std::max<std::int64_t>(
      1, std::min(model.num_visits() / kChunkVisits, vehicles / kChunkVehicles));
}

// What an order costs in a well-filled vehicle of each type: its share of the fixed cost, and the
// time and distance of serving it after a near neighbour.
std::vector<double> cost_per_order(const Model& model, TravelCache& travel) {
  constexpr std::int32_t kSamples = 1000;
  constexpr std::size_t kNeighbour = 3;
  const std::int32_t step = std::max(1, model.num_visits() / kSamples);
  std::vector<double> costs;
  for (std::int32_t t = 0; t < model.num_types(); ++t) {
    const TypeView& type = model.type(t);
    double samples = 0, time = 0, distance = 0;
    std::vector<double> load(model.num_dimensions(), 0);
    for (std::int32_t v = 0; v < model.num_visits(); v += step) {
      const Visit& visit = model.visit(v);
      if (!model.compatible(visit.order, t)) continue;
      const auto neighbours = model.neighbours(v);
      if (neighbours.empty()) continue;
      const std::int32_t next = neighbours[std::min(kNeighbour, neighbours.size() - 1)];
      const graph::Travel leg =
          travel.into(type.profile, visit.location, model.visit(next).location);
      if (!leg.reachable()) continue;
      samples += 1;
      time += static_cast<double>(model.service(visit, type)) + leg.time_ms;
      distance += leg.length_m;
      for (std::size_t d = 0; d < load.size(); ++d)
        load[d] += static_cast<double>(model.load(visit.order)[d]);
    }
    samples = std::max(samples, 1.0);
    double orders = static_cast<double>(std::min(type.max_stops, model.num_visits() + 1));
    const double day = static_cast<double>(type.end.close) - static_cast<double>(type.start.open);
    if (time > 0) orders = std::min(orders, day * samples / time);
    for (std::size_t d = 0; d < load.size(); ++d) {
      if (load[d] > 0)
        orders = std::min(orders, static_cast<double>(model.capacity(t)[d]) * samples / load[d]);
    }
    costs.push_back(type.cost_fixed / std::max(1.0, orders) +
                    type.cost_per_distance * distance / samples +
                    type.cost_per_time * time / samples);
  }
  return costs;
}

Objective objective_of(const Model& model, const Group& group) {
  Objective objective;
  for (const std::int32_t order : group.absent) objective.unserved += model.weight(order);
  for (const RouteState& route : group.routes) objective.cost += route.figures().cost;
  return objective;
}

Group build_by_insertion(const Model& model, const AloneCosts& alone, Placement& placement,
                         const std::vector<std::int32_t>& orders,
                         const std::vector<std::unique_ptr<TravelCache>>& travel) {
  const std::int64_t count = num_chunks(model);
  std::vector<Group> chunks(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    chunks[i].id = static_cast<std::int32_t>(i);
    for (std::int32_t type = 0; type < model.num_types(); ++type) {
      const std::int64_t spare = model.type(type).count;
      chunks[i].free_vehicles.push_back(static_cast<std::int32_t>(
          spare / count + (static_cast<std::int64_t>(i) < spare % count ? 1 : 0)));
    }
  }
  std::vector<std::pair<std::int32_t, std::int32_t>> sequence;  // first visit, order
  for (const std::int32_t order : orders) sequence.emplace_back(model.first_visit(order), order);
  std::sort(sequence.begin(), sequence.end());
  for (const auto& [first, order] : sequence) {
    // Vehicles that are one of a kind are spare in the first neighbourhood.
    const bool bound = model.on_board_of(order) >= 0 ||
                       model.problem().orders[static_cast<std::size_t>(order)].locked_type >= 0;
    const auto chunk =
        static_cast<std::size_t>(bound ? 0 : std::int64_t{first} * count / model.num_visits());
    chunks[chunk].absent.push_back(order);
    model.for_each_visit(order, [&](std::int32_t visit) {
      placement[visit].group = static_cast<std::int32_t>(chunk);
      chunks[chunk].visits.push_back(visit);
    });
  }
  InsertionRule rule;
  rule.free_waiting = true;
  rule.type_cost = cost_per_order(model, *travel.front());
  const auto types_for = [&](std::int32_t order) {
    int types = 0;
    for (std::int32_t type = 0; type < model.num_types(); ++type) {
      types += alone.at(order, type) < kInfeasible;
    }
    return types;
  };
  const auto any_time = [&](std::int32_t order) {
    const Visit& visit = model.visit(model.first_visit(order));
    return visit.close == kNoLimit &&
           (visit.partner < 0 || model.visit(visit.partner).close == kNoLimit);
  };
  // Priority first, then what fits few vehicles and few hours; the rest fills the gaps.
  const auto urgent_first = [&](std::int32_t a, std::int32_t b) {
    return std::tuple(-model.weight(a), types_for(a), any_time(a)) <
           std::tuple(-model.weight(b), types_for(b), any_time(b));
  };
  const auto fill = [&](Group& group, TravelCache& cache) {
    std::stable_sort(group.absent.begin(), group.absent.end(), urgent_first);
    Search search(model, alone, placement, group, cache);
    search.set_rule(rule);
    search.insert_absent(Reach::near, Reach::group);
  };
  graph::parallel_for(count, 1, static_cast<int>(travel.size()),
                      [&](std::int64_t begin, std::int64_t end, int thread) {
                        for (auto i = begin; i < end; ++i) {
                          fill(chunks[static_cast<std::size_t>(i)],
                               *travel[static_cast<std::size_t>(thread)]);
                        }
                      });

  Group whole = join(model, chunks);
  placement.clear();
  if (whole.absent.empty()) return whole;
  std::stable_sort(whole.absent.begin(), whole.absent.end(), urgent_first);
  Search search(model, alone, placement, whole, *travel.front());
  search.insert_absent(Reach::near, Reach::routes);
  const auto left = static_cast<std::int64_t>(whole.absent.size());
  if (left * model.num_visits() <= kExhaustive) search.insert_absent(Reach::group, Reach::group);
  return whole;
}

bool any_windows(const Model& model) {
  for (std::int32_t v = 0; v < model.num_visits(); ++v) {
    if (model.visit(v).close < kNoLimit || model.visit(v).open > kFarPast) return true;
  }
  return false;
}

}  // namespace

Group construct(const Model& model, const AloneCosts& alone, Placement& placement,
                const std::vector<std::int32_t>& orders,
                const std::vector<std::unique_ptr<TravelCache>>& travel) {
  std::optional<Group> best;
  const auto offer = [&](Group group) {
    placement.clear();
    if (!best || objective_of(model, group) < objective_of(model, *best)) best = std::move(group);
  };
  for (std::int32_t type = 0; type < model.num_types(); ++type) {
    if (!savings_apply(model, alone, type, orders)) continue;
    Group saved = build_by_savings(model, type, orders, *travel.front());
    placement.clear();
    Search search(model, alone, placement, saved, *travel.front());
    if (!saved.absent.empty()) search.insert_absent(Reach::near, Reach::routes);
    search.change_types();
    offer(std::move(saved));
  }
  // Windows may make insertion the better way.
  if (!best || !best->absent.empty() || any_windows(model)) {
    offer(build_by_insertion(model, alone, placement, orders, travel));
  }
  return *std::move(best);
}

}  // namespace roadgnn::decode::detail
