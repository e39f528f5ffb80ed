// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/start_from.h>

#include <algorithm>

namespace roadgnn::decode::detail {
namespace {

// The single vehicle that a route belongs to, or its type.
std::int32_t type_of(const Model& model, const Route& route) {
  std::int32_t type = -1;
  for (std::int32_t t = 0; t < model.num_types(); ++t) {
    const TypeView& view = model.type(t);
    if (view.source_type != route.vehicle_type) continue;
    if (view.vehicle == route.vehicle) return t;
    if (view.vehicle < 0) type = t;
  }
  return type;
}

class Starter {
 public:
  Starter(const Model& model, TravelCache& travel)
      : model_(model),
        travel_(travel),
        taken_(static_cast<std::size_t>(model.num_orders()), false) {
    for (std::int32_t type = 0; type < model.num_types(); ++type)
      free_vehicles_.push_back(model.type(type).count);
  }

  std::vector<StartedRoute> run(const Plan& plan) {
    for (const Route& route : plan.routes) take_over(route);
    return std::move(routes_);
  }

  // With what is in none of the routes.
  Group run(const std::vector<std::int32_t>& orders, const Plan& plan) {
    Group group;
    for (StartedRoute& started : run(plan)) group.routes.push_back(std::move(started.route));
    group.free_vehicles = free_vehicles_;
    for (const std::int32_t head : orders) {
      if (!taken_[static_cast<std::size_t>(head)]) group.absent.push_back(head);
      model_.for_each_visit(head, [&](std::int32_t visit) { group.visits.push_back(visit); });
    }
    return group;
  }

 private:
  // Visits of a route that are still to be made, each order once in the plan.
  std::vector<std::int32_t> visits_of(const Route& route, std::int32_t type) {
    std::vector<std::int32_t> visits, orders;
    for (const Step& step : route.steps) {
      if (step.order < 0 || step.order >= model_.num_orders()) continue;
      const std::int32_t first = model_.first_visit(step.order);
      if (first < 0 || !model_.compatible(step.order, type)) continue;
      const std::int32_t head = model_.head(step.order);
      if (head < 0) continue;
      const bool mine = std::find(orders.begin(), orders.end(), step.order) != orders.end();
      if (!mine && taken_[static_cast<std::size_t>(head)]) continue;
      if (!mine) orders.push_back(step.order);
      taken_[static_cast<std::size_t>(head)] = true;
      const Visit& visit = model_.visit(first);
      const bool pickup = step.kind == StepKind::pickup;
      const std::int32_t its = visit.is_pickup == pickup ? first : visit.partner;
      if (its >= 0 && std::find(visits.begin(), visits.end(), its) == visits.end())
        visits.push_back(its);
    }
    // Pairs of which the plan has one end only.
    for (const std::int32_t order : orders) {
      const std::int32_t first = model_.first_visit(order), second = model_.visit(first).partner;
      const auto place = [&](std::int32_t visit) {
        return std::find(visits.begin(), visits.end(), visit) - visits.begin();
      };
      const auto end = static_cast<std::ptrdiff_t>(visits.size());
      if (second >= 0 && !(place(first) < place(second) && place(second) < end))
        drop(visits, order);
    }
    return visits;
  }

  void drop(std::vector<std::int32_t>& visits, std::int32_t order) {
    std::erase_if(visits, [&](std::int32_t visit) { return model_.visit(visit).order == order; });
    taken_[static_cast<std::size_t>(model_.head(order))] = false;
  }

  void take_over(const Route& route) {
    const std::int32_t type = type_of(model_, route);
    if (type < 0 || free_vehicles_[static_cast<std::size_t>(type)] <= 0) return;
    std::vector<std::int32_t> visits = visits_of(route, type);
    RouteState state;
    if (!visits.empty() && !state.assign(model_, type, visits, travel_)) {
      visits = feasible_part(visits, type);
      if (!visits.empty()) state.assign(model_, type, visits, travel_);
    }
    if (visits.empty()) return;
    --free_vehicles_[static_cast<std::size_t>(type)];
    routes_.push_back({std::move(state), route.vehicle});
  }

  // Takes the orders in the sequence of their last visits, without those that do not fit any more.
  std::vector<std::int32_t> feasible_part(const std::vector<std::int32_t>& visits,
                                          std::int32_t type) {
    std::vector<bool> in(visits.size(), false);
    std::vector<std::int32_t> part;
    RouteState state;
    for (std::size_t i = 0; i < visits.size(); ++i) {
      const Visit& visit = model_.visit(visits[i]);
      if (visit.partner >= 0 && visit.is_pickup) continue;
      const auto before = in;
      for (std::size_t j = 0; j <= i; ++j) {
        if (model_.visit(visits[j]).order == visit.order) in[j] = true;
      }
      part.clear();
      for (std::size_t j = 0; j <= i; ++j) {
        if (in[j]) part.push_back(visits[j]);
      }
      if (state.assign(model_, type, part, travel_)) continue;
      in = before;
      taken_[static_cast<std::size_t>(model_.head(visit.order))] = false;
    }
    part.clear();
    for (std::size_t j = 0; j < visits.size(); ++j) {
      if (in[j]) part.push_back(visits[j]);
    }
    return part;
  }

  const Model& model_;
  TravelCache& travel_;
  std::vector<bool> taken_;  // heads
  std::vector<std::int32_t> free_vehicles_;
  std::vector<StartedRoute> routes_;
};

}  // namespace

std::vector<StartedRoute> take_over_routes(const Model& model, const Plan& plan,
                                           TravelCache& travel) {
  return Starter(model, travel).run(plan);
}

Group start_from(const Model& model, const AloneCosts& alone, Placement& placement,
                 const std::vector<std::int32_t>& orders, const Plan& plan, TravelCache& travel) {
  Group group = Starter(model, travel).run(orders, plan);
  Search search(model, alone, placement, group, travel);
  search.insert_absent(Reach::near, Reach::routes);
  return group;
}

}  // namespace roadgnn::decode::detail
