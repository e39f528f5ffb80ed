// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/live_plan.h>

#include <algorithm>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <roadgnn/gnn/decode/detail/cheapest_place.h>
#include <roadgnn/gnn/decode/detail/plan_builder.h>
#include <roadgnn/gnn/decode/detail/reasons.h>
#include <roadgnn/gnn/decode/detail/start_from.h>
#include <roadgnn/gnn/decode/detail/support.h>
#include <roadgnn/gnn/decode/replan.h>
#include <roadgnn/graph/error.h>
#include <roadgnn/graph/parallel.h>

namespace roadgnn::decode {

using namespace detail;  // the parts of this very library

class LivePlan::Impl {
 public:
  Impl(Problem problem, std::shared_ptr<const graph::TravelTimes> travel_times, const Plan& plan)
      : problem_(std::move(problem)), travel_times_(std::move(travel_times)) {
    check_fit(problem_, *travel_times_);
    // Moving a day's orders to a larger place takes longer than an insertion may.
    problem_.orders.reserve(problem_.orders.size() + problem_.orders.size() / 4 + 64);
    start(plan);
    insert_missing();
  }

  const Problem& problem() const { return problem_; }

  LiveInsertion insert(Order order) {
    const double forgone = cost_of_absence(order.group);
    problem_.orders.push_back(std::move(order));
    const auto number = static_cast<std::int32_t>(problem_.orders.size()) - 1;
    const std::int32_t locations =
        std::exchange(problem_.num_locations, travel_times_->num_stops());
    try {
      validate_order(problem_, static_cast<std::size_t>(number));
      count_service(problem_.orders.back());
    } catch (...) {
      problem_.orders.pop_back();
      problem_.num_locations = locations;
      throw;
    }
    if (is_locked_to_any(problem_.orders.back())) {
      start(plan(1));
    } else {
      model_->add_order();
      route_of_.push_back(-1);
    }
    LiveInsertion result = place(number);
    const Order& added = problem_.orders.back();
    if (added.group >= 0) {
      result.cost += cost_of_absence(added.group) - forgone;
    } else if (!result.served) {
      result.cost += added.prize.value_or(0);
    }
    return result;
  }

  bool remove(std::int32_t order) {
    check_order(order);
    const std::int32_t slot = route_of_[at(order)];
    if (model_->done(order) || model_->on_board_of(order) >= 0) return false;
    model_->withdraw(order);
    problem_.orders[at(order)].impossible = "it was withdrawn";
    if (slot < 0) return true;
    route_of_[at(order)] = -1;
    for (const std::int32_t late : take_out(slot, order)) place(late);
    const std::int32_t group = problem_.orders[at(order)].group;
    for (std::int32_t other = 0; group >= 0 && other < model_->num_orders(); ++other) {
      if (problem_.orders[at(other)].group == group && place(other).served) break;
    }
    return true;
  }

  void advance(std::int64_t now) {
    if (now < problem_.now) {
      throw InputError("expected a time of " + format_time(problem_, problem_.now) +
                       " or later, found " + format_time(problem_, now));
    }
    const Plan before = plan(1);
    std::vector<VehicleState> states = states_at(problem_, before, now);
    // Steps that were locked for later stay so.
    for (VehicleState& old : problem_.vehicle_states) {
      const auto same = std::find_if(states.begin(), states.end(), [&](const VehicleState& state) {
        return state.vehicle_type == old.vehicle_type && state.vehicle == old.vehicle;
      });
      if (same == states.end()) {
        states.push_back(std::move(old));
      } else if (same->steps.size() <= old.steps.size()) {
        *same = std::move(old);
      }
    }
    problem_.vehicle_states = std::move(states);
    problem_.now = now;
    start(before);
    insert_missing();
  }

  bool serves(std::int32_t order) const {
    check_order(order);
    return route_of_[at(order)] >= 0 || model_->done(order);
  }

  Route route(std::int32_t vehicle_type, std::int32_t vehicle) const {
    TravelCache travel(model_->travel_times(), 0);
    for (std::size_t slot = 0; slot < routes_.size(); ++slot) {
      if (vehicle_of_[slot] == vehicle &&
          model_->type(routes_[slot].type()).source_type == vehicle_type) {
        return build(sequence_of(slot), travel);
      }
    }
    for (const Numbered& idle : idle_vehicles()) {
      const TypeView& type = model_->type(idle.route.type);
      if (type.source_type == vehicle_type && type.vehicle == vehicle) return build(idle, travel);
    }
    return {vehicle_type, vehicle, {}};
  }

  Plan plan(int threads) const {
    std::vector<Numbered> sequences = idle_vehicles();
    for (std::size_t slot = 0; slot < routes_.size(); ++slot)
      sequences.push_back(sequence_of(slot));
    Plan plan;
    plan.routes.resize(sequences.size());
    graph::parallel_for(static_cast<std::int64_t>(sequences.size()), 16, threads,
                        [&](std::int64_t begin, std::int64_t end, int) {
                          TravelCache travel(model_->travel_times(), 0);
                          for (std::int64_t r = begin; r < end; ++r) {
                            plan.routes[static_cast<std::size_t>(r)] =
                                build(sequences[static_cast<std::size_t>(r)], travel);
                          }
                        });
    std::sort(plan.routes.begin(), plan.routes.end(), [](const Route& a, const Route& b) {
      return std::tuple(a.vehicle_type, a.vehicle) < std::tuple(b.vehicle_type, b.vehicle);
    });
    for (const Route& route : plan.routes) {
      plan.cost += route.cost;
      plan.distance += route.distance;
      plan.duration += route.duration;
    }
    list_unserved(plan);
    return plan;
  }

 private:
  struct Numbered {
    RouteSequence route;
    std::int32_t vehicle = -1;
  };

  static std::size_t at(std::int32_t index) { return static_cast<std::size_t>(index); }

  void check_order(std::int32_t order) const {
    if (order >= 0 && order < model_->num_orders()) return;
    throw InputError("expected an order's index below " + std::to_string(model_->num_orders()) +
                     ", found " + std::to_string(order));
  }

  // Keeps a route's sums within 64 bits.
  void count_service(const Order& order) {
    constexpr std::int64_t kLargest = kNoLimit / 4;
    std::int64_t sum = service_sum_;
    for (const auto* stop : {&order.pickup, &order.delivery}) {
      if (*stop) sum += std::min(longest_service_time(**stop), kLargest);
    }
    if (sum > kLargest)
      throw InputError("order '" + order.id + "': expected services whose sum is within 62 bits");
    service_sum_ = sum;
  }

  // Routes as in a plan, as far as they are feasible.
  void start(const Plan& plan) {
    problem_.num_locations = travel_times_->num_stops();
    model_ = std::make_unique<Model>(problem_, *travel_times_);
    travel_ = std::make_unique<TravelCache>(model_->travel_times(), kCacheRows);
    place_ = std::make_unique<CheapestPlace>(*model_, *travel_);
    routes_.clear();
    vehicle_of_.clear();
    numbers_.clear();
    free_vehicles_.clear();
    route_of_.assign(problem_.orders.size(), -1);
    service_sum_ = 0;
    for (const Order& order : problem_.orders) count_service(order);
    for (std::int32_t type = 0; type < model_->num_types(); ++type) {
      const TypeView& view = model_->type(type);
      free_vehicles_.push_back(view.count);
      if (view.vehicle >= 0) numbers_.emplace(view.source_type, view.vehicle);
    }
    for (StartedRoute& started : take_over_routes(*model_, plan, *travel_))
      add_route(std::move(started.route), started.vehicle);
  }

  // The most important ones first.
  void insert_missing() {
    std::vector<std::int32_t> missing;
    for (std::int32_t order = 0; order < model_->num_orders(); ++order) {
      if (!serves(order) && model_->first_visit(order) >= 0) missing.push_back(order);
    }
    std::stable_sort(missing.begin(), missing.end(), [&](std::int32_t a, std::int32_t b) {
      return model_->weight(a) > model_->weight(b);
    });
    for (const std::int32_t order : missing) place(order);
  }

  bool is_locked_to_any(const Order& order) const {
    if (order.locked_type < 0) return false;
    for (std::int32_t type = 0; type < model_->num_types(); ++type) {
      const TypeView& view = model_->type(type);
      if (view.source_type == order.locked_type && view.vehicle == order.locked_vehicle)
        return false;
    }
    return true;
  }

  // Gives a route its vehicle: with the wanted number, if it is free.
  std::int32_t add_route(RouteState route, std::int32_t wanted) {
    const TypeView& type = model_->type(route.type());
    std::int32_t number = type.vehicle;
    if (number < 0) {
      number = wanted;
      if (number < 0 || number >= type.source->count ||
          numbers_.count({type.source_type, number}) > 0) {
        number = 0;
        while (numbers_.count({type.source_type, number}) > 0) ++number;
      }
      numbers_.emplace(type.source_type, number);
    }
    --free_vehicles_[at(route.type())];
    const auto slot = static_cast<std::int32_t>(routes_.size());
    routes_.push_back(std::move(route));
    vehicle_of_.push_back(number);
    note_route(slot);
    return slot;
  }

  // A route has changed, or has another slot.
  void note_route(std::int32_t slot) {
    place_->note(slot, routes_[at(slot)]);
    for (const Node& node : routes_[at(slot)].nodes()) {
      if (node.visit >= 0) route_of_[at(model_->visit(node.visit).order)] = slot;
    }
  }

  void drop_route(std::int32_t slot) {
    const TypeView& type = model_->type(routes_[at(slot)].type());
    ++free_vehicles_[at(routes_[at(slot)].type())];
    if (type.vehicle < 0) numbers_.erase({type.source_type, vehicle_of_[at(slot)]});
    swap(routes_[at(slot)], routes_.back());
    std::swap(vehicle_of_[at(slot)], vehicle_of_.back());
    routes_.pop_back();
    vehicle_of_.pop_back();
    if (at(slot) < routes_.size()) note_route(slot);
  }

  // Takes an order out of its route; returns those that are too late without it, out of it, too.
  std::vector<std::int32_t> take_out(std::int32_t slot, std::int32_t order) {
    std::vector<std::int32_t> visits, late;
    for (const Node& node : routes_[at(slot)].nodes()) {
      if (node.visit >= 0 && model_->visit(node.visit).order != order) visits.push_back(node.visit);
    }
    const std::int32_t type = routes_[at(slot)].type();
    if (visits.empty()) {
      drop_route(slot);
      return late;
    }
    RouteState left;
    if (!left.assign(*model_, type, visits, *travel_)) {
      for (const std::int32_t visit : visits) {
        const std::int32_t other = model_->visit(visit).order;
        if (model_->first_visit(other) == visit) late.push_back(other);
        route_of_[at(other)] = -1;
      }
      auto started =
          take_over_routes(*model_, plan_of(type, vehicle_of_[at(slot)], visits), *travel_);
      if (started.empty()) {
        drop_route(slot);
        return late;
      }
      left = std::move(started.front().route);
    }
    swap(routes_[at(slot)], left);
    note_route(slot);
    std::erase_if(late, [&](std::int32_t other) { return route_of_[at(other)] >= 0; });
    return late;
  }

  Plan plan_of(std::int32_t type, std::int32_t vehicle, const std::vector<std::int32_t>& visits) {
    Plan plan;
    Route& route = plan.routes.emplace_back();
    route.vehicle_type = model_->type(type).source_type;
    route.vehicle = vehicle;
    for (const std::int32_t number : visits) {
      const Visit& visit = model_->visit(number);
      Step& step = route.steps.emplace_back();
      step.kind = visit.is_pickup ? StepKind::pickup : StepKind::delivery;
      step.order = visit.order;
    }
    return plan;
  }

  // Another order of its group is served.
  bool is_spoken_for(std::int32_t order) const {
    const std::int32_t group = problem_.orders[at(order)].group;
    if (group < 0) return false;
    for (std::int32_t other = 0; other < model_->num_orders(); ++other) {
      if (problem_.orders[at(other)].group != group || other == order) continue;
      if (serves(other) || model_->on_board_of(other) >= 0) return true;
    }
    return false;
  }

  LiveInsertion place(std::int32_t order) {
    LiveInsertion result;
    result.order = order;
    std::vector<double> alone(at(model_->num_types()), kInfeasible);
    if (model_->first_visit(order) >= 0 && !is_spoken_for(order)) {
      find_alone_costs(*model_, order, *travel_, alone);
      if (place_cheaply(order, alone, result)) return result;
    }
    result.unserved = why_not(order);
    return result;
  }

  // What is paid while nothing of a group is served; infinite where one of it has to be.
  double prize_of_group(std::int32_t group) const {
    double prize = 0;
    for (const Order& order : problem_.orders) {
      if (order.group == group) prize = std::max(prize, order.prize.value_or(kInfeasible));
    }
    return prize;
  }

  // The prize that a group costs now.
  double cost_of_absence(std::int32_t group) const {
    if (group < 0 || at(group) >= problem_.groups.size()) return 0;
    for (std::int32_t order = 0; order < model_->num_orders(); ++order) {
      if (problem_.orders[at(order)].group == group && serves(order)) return 0;
    }
    const double prize = prize_of_group(group);
    return prize < kInfeasible ? prize : 0;
  }

  bool place_cheaply(std::int32_t order, const std::vector<double>& alone, LiveInsertion& result) {
    const Order& its = problem_.orders[at(order)];
    double limit = its.group >= 0 ? prize_of_group(its.group) : its.prize.value_or(kInfeasible);
    std::int32_t unused = -1;
    const auto consider_unused = [&](bool on_its_way) {
      for (std::int32_t type = 0; type < model_->num_types(); ++type) {
        if (free_vehicles_[at(type)] <= 0 || !(alone[at(type)] < limit)) continue;
        if (is_on_its_way(type) != on_its_way) continue;
        unused = type;
        limit = alone[at(type)];
      }
    };
    // Where fewer vehicles are better whatever they cost, another one leaves only if it has to.
    consider_unused(true);
    if (!problem_.fewest_vehicles) consider_unused(false);
    place_->find(routes_, order, limit);
    if (problem_.fewest_vehicles && !place_->found() && unused < 0 && limit == kInfeasible)
      consider_unused(false);
    std::int32_t slot = place_->route();
    if (place_->found()) {
      swap(routes_[at(slot)], place_->changed());
      note_route(slot);
    } else if (unused >= 0) {
      const std::int32_t first = model_->first_visit(order);
      const std::int32_t visits[] = {first, model_->visit(first).partner};
      RouteState route;
      route.assign(*model_, unused, {visits, visits[1] < 0 ? 1U : 2U}, *travel_);
      slot = add_route(std::move(route), -1);
    } else {
      return false;
    }
    result.served = true;
    result.cost = place_->found() ? place_->cost() : limit;
    if (!place_->found() && !is_on_its_way(routes_[at(slot)].type()))
      result.cost -= model_->vehicle_weight();
    result.vehicle_type = model_->type(routes_[at(slot)].type()).source_type;
    result.vehicle = vehicle_of_[at(slot)];
    return true;
  }

  bool is_on_its_way(std::int32_t type) const {
    const VehicleState* state = model_->type(type).state;
    return state != nullptr && !state->steps.empty();
  }

  Numbered sequence_of(std::size_t slot) const {
    Numbered numbered;
    numbered.vehicle = vehicle_of_[slot];
    numbered.route.type = routes_[slot].type();
    for (const Node& node : routes_[slot].nodes()) {
      if (node.visit >= 0) numbered.route.visits.push_back(node.visit);
    }
    return numbered;
  }

  // Vehicles on their way that have nothing more to do but end their routes.
  std::vector<Numbered> idle_vehicles() const {
    std::vector<Numbered> idle;
    for (std::int32_t type = 0; type < model_->num_types(); ++type) {
      if (is_on_its_way(type) && free_vehicles_[at(type)] > 0)
        idle.push_back({{type, {}}, model_->type(type).vehicle});
    }
    return idle;
  }

  Route build(const Numbered& numbered, TravelCache& travel) const {
    Route route = build_route(*model_, numbered.route, travel);
    route.vehicle = numbered.vehicle;
    return route;
  }

  Unserved why_not(std::int32_t order) const {
    if (is_spoken_for(order) && problem_.orders[at(order)].impossible.empty())
      return {order, Reason::group, "another order of its group is served"};
    std::vector<double> alone(at(model_->num_types()), kInfeasible);
    TravelCache travel(model_->travel_times(), 0);
    find_alone_costs(*model_, order, travel, alone);
    bool has_place = false;
    if (problem_.orders[at(order)].prize && model_->first_visit(order) >= 0) {
      for (std::size_t type = 0; type < alone.size(); ++type)
        has_place |= free_vehicles_[type] > 0 && alone[type] < kInfeasible;
      CheapestPlace place(*model_, travel);
      if (!has_place) {
        place.note(routes_);
        place.find(routes_, order, kInfeasible);
        has_place = place.found();
      }
    }
    return explain(*model_, alone, order, has_place);
  }

  void list_unserved(Plan& plan) const {
    for (std::int32_t order = 0; order < model_->num_orders(); ++order) {
      const Order& its = problem_.orders[at(order)];
      if (serves(order)) continue;
      plan.unserved.push_back(why_not(order));
      if (its.group < 0) plan.cost += its.prize.value_or(0);
    }
    for (std::size_t group = 0; group < problem_.groups.size(); ++group)
      plan.cost += cost_of_absence(static_cast<std::int32_t>(group));
  }

  // Rows of the travel cache, as a power of two: 4 MiB at most.
  static constexpr int kCacheRows = 10;

  Problem problem_;
  std::shared_ptr<const graph::TravelTimes> travel_times_;
  std::unique_ptr<Model> model_;
  std::unique_ptr<TravelCache> travel_;
  std::unique_ptr<CheapestPlace> place_;
  std::vector<RouteState> routes_;
  std::vector<std::int32_t> vehicle_of_;  // of each route, its number in its type
  std::set<std::pair<std::int32_t, std::int32_t>> numbers_;  // in use or reserved, by type
  std::vector<std::int32_t> free_vehicles_;                  // [types of the model]
  std::vector<std::int32_t> route_of_;                       // [orders] -1: in none
  std::int64_t service_sum_ = 0;
};

LivePlan::LivePlan(Problem problem, std::shared_ptr<const graph::TravelTimes> travel_times,
                   const Plan& plan)
    : impl_(std::make_unique<Impl>(std::move(problem), std::move(travel_times), plan)) {}

LivePlan::~LivePlan() = default;
LivePlan::LivePlan(LivePlan&&) noexcept = default;
LivePlan& LivePlan::operator=(LivePlan&&) noexcept = default;

LiveInsertion LivePlan::insert(Order order) {
  return impl_->insert(std::move(order));
}

bool LivePlan::remove(std::int32_t order) {
  return impl_->remove(order);
}

void LivePlan::advance(std::int64_t now) {
  impl_->advance(now);
}

const Problem& LivePlan::problem() const {
  return impl_->problem();
}

bool LivePlan::serves(std::int32_t order) const {
  return impl_->serves(order);
}

Route LivePlan::route(std::int32_t vehicle_type, std::int32_t vehicle) const {
  return impl_->route(vehicle_type, vehicle);
}

Plan LivePlan::plan(int threads) const {
  return impl_->plan(threads);
}

}  // namespace roadgnn::decode
