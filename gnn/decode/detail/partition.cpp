// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/partition.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace roadgnn::decode::detail {
namespace {

// Neighbours of each visit that count as a tie between two routes.
constexpr std::size_t kTies = 10;

// Assigns every route to a part: part_of[slot].
class Grower {
 public:
  Grower(const Model& model, const Group& whole, const std::vector<std::int32_t>& route_of)
      : model_(model),
        whole_(whole),
        route_of_(route_of),
        part_of_(whole.routes.size(), -1),
        ties_(whole.routes.size(), 0) {}

  std::vector<std::int32_t> run(std::int32_t target, Rng& rng) {
    std::vector<std::int32_t> order(whole_.routes.size());
    std::iota(order.begin(), order.end(), 0);
    for (std::size_t i = order.size(); i > 1; --i) {
      std::swap(order[i - 1],
                order[static_cast<std::size_t>(rng.below(static_cast<std::int32_t>(i)))]);
    }
    std::int32_t part = 0;
    for (const std::int32_t seed : order) {
      if (part_of_[static_cast<std::size_t>(seed)] < 0) grow(seed, part++, target);
    }
    return std::move(part_of_);
  }

 private:
  void grow(std::int32_t seed, std::int32_t part, std::int32_t target) {
    frontier_.clear();
    std::int32_t size = 0;
    for (std::int32_t next = seed; next >= 0 && size < target; next = closest()) {
      part_of_[static_cast<std::size_t>(next)] = part;
      const RouteState& route = whole_.routes[static_cast<std::size_t>(next)];
      size += static_cast<std::int32_t>(route.num_visits());
      for (const Node& node : route.nodes()) {
        if (node.visit >= 0) add_ties(node.visit);
      }
    }
    for (const std::int32_t slot : frontier_) ties_[static_cast<std::size_t>(slot)] = 0;
  }

  void add_ties(std::int32_t visit) {
    const auto neighbours = model_.neighbours(visit);
    for (std::size_t i = 0; i < std::min(kTies, neighbours.size()); ++i) {
      const std::int32_t slot = route_of_[static_cast<std::size_t>(neighbours[i])];
      if (slot < 0 || part_of_[static_cast<std::size_t>(slot)] >= 0) continue;
      if (ties_[static_cast<std::size_t>(slot)]++ == 0) frontier_.push_back(slot);
    }
  }

  // The free route with most ties per visit to the part so far; -1 if there is none.
  std::int32_t closest() const {
    std::int32_t closest = -1;
    double most = 0;
    for (const std::int32_t slot : frontier_) {
      const auto s = static_cast<std::size_t>(slot);
      if (part_of_[s] >= 0) continue;
      const double ties = ties_[s] / static_cast<double>(whole_.routes[s].num_visits());
      if (ties > most) {
        most = ties;
        closest = slot;
      }
    }
    return closest;
  }

  const Model& model_;
  const Group& whole_;
  const std::vector<std::int32_t>& route_of_;
  std::vector<std::int32_t> part_of_, ties_, frontier_;
};

}  // namespace

std::vector<Group> split(const Model& model, Group& whole, Placement& placement,
                         std::int32_t target, Rng& rng) {
  std::erase_if(whole.routes, [](const RouteState& route) { return route.empty(); });
  std::vector<std::int32_t> route_of(static_cast<std::size_t>(model.num_visits()), -1);
  for (std::size_t slot = 0; slot < whole.routes.size(); ++slot) {
    for (const Node& node : whole.routes[slot].nodes()) {
      if (node.visit >= 0)
        route_of[static_cast<std::size_t>(node.visit)] = static_cast<std::int32_t>(slot);
    }
  }
  std::vector<std::int32_t> part_of(whole.routes.size(), 0);
  if (static_cast<std::int32_t>(whole.visits.size()) > 2 * target) {
    part_of = Grower(model, whole, route_of).run(target, rng);
  }
  const std::int32_t num_parts =
      part_of.empty() ? 1 : 1 + *std::max_element(part_of.begin(), part_of.end());

  std::vector<Group> parts(static_cast<std::size_t>(num_parts));
  for (std::size_t i = 0; i < parts.size(); ++i) {
    parts[i].id = static_cast<std::int32_t>(i);
    parts[i].free_vehicles.assign(static_cast<std::size_t>(model.num_types()), 0);
  }
  const auto add_visit = [&](std::int32_t visit, std::int32_t part) {
    placement[visit] = {.group = part};
    parts[static_cast<std::size_t>(part)].visits.push_back(visit);
  };
  for (const std::int32_t order : whole.absent) {
    const std::int32_t first = model.first_visit(order), second = model.visit(first).partner;
    std::int32_t part = 0;
    for (const std::int32_t visit : {first, second}) {
      if (visit < 0) continue;
      const auto neighbours = model.neighbours(visit);
      const auto nearest = std::find_if(
          neighbours.begin(), neighbours.end(),
          [&](std::int32_t other) { return route_of[static_cast<std::size_t>(other)] >= 0; });
      if (nearest == neighbours.end()) continue;
      part = part_of[static_cast<std::size_t>(route_of[static_cast<std::size_t>(*nearest)])];
      break;
    }
    parts[static_cast<std::size_t>(part)].absent.push_back(order);
    model.for_each_visit(order, [&](std::int32_t visit) { add_visit(visit, part); });
  }
  for (std::size_t slot = 0; slot < whole.routes.size(); ++slot) {
    for (const Node& node : whole.routes[slot].nodes()) {
      if (node.visit < 0) continue;
      const std::int32_t order = model.visit(node.visit).order;
      if (model.problem().orders[static_cast<std::size_t>(order)].group < 0) {
        add_visit(node.visit, part_of[slot]);
      } else if (model.first_visit(order) == node.visit) {
        // The others of its exclusive group may take its place.
        model.for_each_visit(model.head(order),
                             [&](std::int32_t visit) { add_visit(visit, part_of[slot]); });
      }
    }
    parts[static_cast<std::size_t>(part_of[slot])].routes.push_back(std::move(whole.routes[slot]));
  }
  const std::int32_t turn = rng.below(num_parts);
  for (std::size_t type = 0; type < whole.free_vehicles.size(); ++type) {
    const std::int32_t spare = whole.free_vehicles[type];
    for (std::int32_t i = 0; i < num_parts; ++i) {
      parts[static_cast<std::size_t>((i + turn) % num_parts)].free_vehicles[type] =
          spare / num_parts + (i < spare % num_parts ? 1 : 0);
    }
  }
  whole.routes.clear();
  return parts;
}

Group join(const Model& model, std::vector<Group>& parts) {
  Group whole;
  whole.free_vehicles.assign(static_cast<std::size_t>(model.num_types()), 0);
  for (Group& part : parts) {
    for (RouteState& route : part.routes) {
      if (!route.empty()) whole.routes.push_back(std::move(route));
    }
    for (std::size_t type = 0; type < whole.free_vehicles.size(); ++type) {
      whole.free_vehicles[type] += part.free_vehicles[type];
    }
    whole.absent.insert(whole.absent.end(), part.absent.begin(), part.absent.end());
    whole.visits.insert(whole.visits.end(), part.visits.begin(), part.visits.end());
  }
  return whole;
}

}  // namespace roadgnn::decode::detail
