// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/savings.h>

#include <algorithm>
#include <span>
#include <utility>

namespace roadgnn::decode::detail {
namespace {

// Neighbours of a visit that may come right after it.
constexpr std::size_t kSuccessors = 96;

class Savings {
 public:
  Savings(const Model& model, std::int32_t type, const std::vector<std::int32_t>& orders,
          TravelCache& travel)
      : model_(model),
        type_number_(type),
        type_(model.type(type)),
        travel_(travel),
        route_of_(static_cast<std::size_t>(model.num_visits()), -1) {
    for (const std::int32_t order : orders) {
      const std::int32_t first = model.first_visit(order), second = model.visit(first).partner;
      Part part;
      part.visits.push_back(first);
      if (second >= 0) part.visits.push_back(second);
      for (const std::int32_t visit : part.visits) {
        route_of_[static_cast<std::size_t>(visit)] = static_cast<std::int32_t>(parts_.size());
      }
      part.load.assign(model.load(order), model.load(order) + model.num_dimensions());
      state_.assign(model, type, part.visits, travel);
      part.cost = state_.figures().cost;
      parts_.push_back(std::move(part));
    }
  }

  std::vector<std::vector<std::int32_t>> run() {
    for (const Link& link : links()) try_link(link.from, link.to);
    std::vector<std::vector<std::int32_t>> routes;
    for (Part& part : parts_) {
      if (!part.visits.empty()) routes.push_back(std::move(part.visits));
    }
    return routes;
  }

 private:
  struct Link {
    double saving;
    std::int32_t from, to;
  };

  struct Part {
    std::vector<std::int32_t> visits;
    std::vector<std::int64_t> load;  // of all its orders
    double cost = 0;
  };

  double price(graph::Travel travel) const {
    return type_.cost_per_distance * static_cast<double>(travel.length_m) +
           (type_.cost_per_time + type_.cost_per_driving) * static_cast<double>(travel.time_ms);
  }

  // All pairs of neighbours by what they save, the most first.
  std::vector<Link> links() const {
    std::vector<double> home(route_of_.size(), 0), out(route_of_.size(), 0);
    for (std::int32_t v = 0; v < model_.num_visits(); ++v) {
      const std::int32_t location = model_.visit(v).location;
      home[static_cast<std::size_t>(v)] =
          price(travel_.into(type_.profile, location, type_.end_location));
      out[static_cast<std::size_t>(v)] =
          price(travel_.out_of(type_.profile, type_.start_location, location));
    }
    std::vector<Link> links;
    for (std::int32_t from = 0; from < model_.num_visits(); ++from) {
      const auto f = static_cast<std::size_t>(from);
      if (route_of_[f] < 0) continue;
      const auto neighbours = model_.neighbours(from);
      for (const std::int32_t to :
           neighbours.subspan(0, std::min(kSuccessors, neighbours.size()))) {
        const auto t = static_cast<std::size_t>(to);
        if (route_of_[t] < 0) continue;
        const graph::Travel leg =
            travel_.out_of(type_.profile, model_.visit(from).location, model_.visit(to).location);
        if (!leg.reachable()) continue;
        const double saving = home[f] + out[t] - price(leg);
        if (saving > 0) links.push_back({saving, from, to});
      }
    }
    std::sort(links.begin(), links.end(), [](const Link& a, const Link& b) {
      if (a.saving != b.saving) return a.saving > b.saving;
      return std::pair(a.from, a.to) < std::pair(b.from, b.to);
    });
    return links;
  }

  void try_link(std::int32_t from, std::int32_t to) {
    const std::int32_t a = route_of_[static_cast<std::size_t>(from)];
    const std::int32_t b = route_of_[static_cast<std::size_t>(to)];
    if (a == b) return;
    const Part &first = parts_[static_cast<std::size_t>(a)],
               &second = parts_[static_cast<std::size_t>(b)];
    const bool turn_first = first.visits.back() != from, turn_second = second.visits.front() != to;
    if ((turn_first && first.visits.front() != from) || (turn_second && second.visits.back() != to))
      return;
    if (!fits(first, second)) return;
    merged_.assign(first.visits.begin(), first.visits.end());
    if (turn_first) std::reverse(merged_.begin(), merged_.end());
    const auto middle = static_cast<std::ptrdiff_t>(merged_.size());
    merged_.insert(merged_.end(), second.visits.begin(), second.visits.end());
    if (turn_second) std::reverse(merged_.begin() + middle, merged_.end());
    if ((turn_first || turn_second) && !pickups_lead()) return;
    if (!state_.assign(model_, type_number_, merged_, travel_)) return;
    if (state_.figures().cost >= first.cost + second.cost) return;
    merge(a, b);
  }

  // Deliveries from the depot, or pickups for it, add up; pairs come and go.
  bool fits(const Part& first, const Part& second) const {
    if (model_.visit(first.visits.front()).partner >= 0) return true;
    const std::int64_t* capacity = model_.capacity(type_number_);
    if (model_.visit(first.visits.front()).is_pickup !=
        model_.visit(second.visits.front()).is_pickup)
      return true;
    for (std::size_t d = 0; d < first.load.size(); ++d) {
      if (first.load[d] + second.load[d] > capacity[d]) return false;
    }
    return true;
  }

  bool pickups_lead() const {
    return std::all_of(merged_.begin(), merged_.end(),
                       [&](std::int32_t visit) { return model_.visit(visit).partner < 0; });
  }

  // The visits of the shorter one move.
  void merge(std::int32_t a, std::int32_t b) {
    Part* into = &parts_[static_cast<std::size_t>(a)];
    Part* from = &parts_[static_cast<std::size_t>(b)];
    if (into->visits.size() < from->visits.size()) {
      std::swap(into, from);
      std::swap(a, b);
    }
    for (const std::int32_t visit : from->visits) route_of_[static_cast<std::size_t>(visit)] = a;
    for (std::size_t d = 0; d < into->load.size(); ++d) into->load[d] += from->load[d];
    into->cost = state_.figures().cost;
    into->visits = merged_;
    from->visits = {};
  }

  const Model& model_;
  std::int32_t type_number_;
  const TypeView& type_;
  TravelCache& travel_;
  std::vector<Part> parts_;
  std::vector<std::int32_t> route_of_;  // [num_visits] index into parts_
  std::vector<std::int32_t> merged_;
  RouteState state_;
};

}  // namespace

bool savings_apply(const Model& model, const AloneCosts& alone, std::int32_t type,
                   const std::vector<std::int32_t>& orders) {
  if (model.type(type).timeline || !model.problem().groups.empty()) return false;
  for (std::int32_t v = 0; v < model.num_visits(); ++v) {
    if (model.visit(v).timeline || model.optional(model.visit(v).order)) return false;
  }
  if (model.num_types() == 1) return true;
  return static_cast<std::size_t>(model.type(type).count) >= orders.size() &&
         std::all_of(orders.begin(), orders.end(),
                     [&](std::int32_t order) { return alone.at(order, type) < kInfeasible; });
}

Group build_by_savings(const Model& model, std::int32_t type,
                       const std::vector<std::int32_t>& orders, TravelCache& travel) {
  auto routes = Savings(model, type, orders, travel).run();
  const auto count = static_cast<std::size_t>(model.type(type).count);
  Group group;
  if (routes.size() > count) {
    std::stable_sort(routes.begin(), routes.end(), [&](const auto& a, const auto& b) {
      double first = 0, second = 0;
      for (const std::int32_t visit : a) first += model.weight(model.visit(visit).order);
      for (const std::int32_t visit : b) second += model.weight(model.visit(visit).order);
      return first > second;
    });
    for (std::size_t i = count; i < routes.size(); ++i) {
      for (const std::int32_t visit : routes[i]) {
        const std::int32_t order = model.visit(visit).order;
        if (model.first_visit(order) == visit) group.absent.push_back(order);
      }
    }
    routes.resize(count);
  }
  for (std::int32_t t = 0; t < model.num_types(); ++t) {
    group.free_vehicles.push_back(static_cast<std::int32_t>(model.type(t).count));
  }
  group.free_vehicles[static_cast<std::size_t>(type)] =
      static_cast<std::int32_t>(count - routes.size());
  for (const auto& visits : routes) {
    group.routes.emplace_back();
    group.routes.back().assign(model, type, visits, travel);
  }
  for (const std::int32_t order : orders) {
    const std::int32_t first = model.first_visit(order), second = model.visit(first).partner;
    group.visits.push_back(first);
    if (second >= 0) group.visits.push_back(second);
  }
  return group;
}

}  // namespace roadgnn::decode::detail
