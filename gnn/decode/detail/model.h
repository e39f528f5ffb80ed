// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <roadgnn/gnn/decode/detail/type_view.h>
#include <roadgnn/gnn/decode/problem.h>
#include <roadgnn/gnn/decode/scorer.h>
#include <roadgnn/graph/travel_times.h>

namespace roadgnn::decode::detail {

/// "Any time", far enough from the ends of int64 that a day can be added or subtracted.
inline constexpr std::int64_t kFarPast = -kNoLimit;

/// A visit is one stop of one order as the search sees it: a number of its own, whatever its
/// location.
struct Visit {
  std::int32_t order = -1;
  std::int32_t location = -1;
  std::int32_t partner = -1;  ///< the order's other visit, or -1
  bool is_pickup = false;
  bool single_window = true;     ///< `open` and `close` say it all
  bool soft = false;             ///< may begin later, at a price: `close` is kNoLimit
  bool timeline = false;         ///< Timeline evaluates routes with it; the fields say what is sure
  std::int64_t open = kFarPast;  ///< of the first window
  std::int64_t close = kNoLimit;  ///< of the last window
  std::int64_t service = 0;       ///< by the type that takes least, see Model::service
};

/// The problem in the form the search works on; immutable once made and read by many threads.
class Model {
 public:
  /// Asks for candidates and scores. Visits are numbered so that neighbours in space have near
  /// numbers. `max_neighbours` is the length of a visit's neighbour list.
  Model(const Problem& problem, const graph::TravelTimes& travel_times, const Scorer& scorer,
        std::int32_t candidates_per_stop, std::int32_t max_neighbours, int threads);

  /// Without candidates: no visit has neighbours, and numbers are as the orders come.
  Model(const Problem& problem, const graph::TravelTimes& travel_times);

  /// Takes in the problem's last order, which has been added since. Not while others read.
  void add_order();

  /// From now on there is nothing to do for an order. Not while others read.
  void withdraw(std::int32_t order) { first_visit_[static_cast<std::size_t>(order)] = -1; }

  const Problem& problem() const { return *problem_; }
  const graph::TravelTimes& travel_times() const { return *travel_times_; }

  std::int32_t num_visits() const { return static_cast<std::int32_t>(visits_.size()); }
  std::int32_t num_orders() const { return static_cast<std::int32_t>(first_visit_.size()); }
  std::int32_t num_types() const { return static_cast<std::int32_t>(types_.size()); }
  std::size_t num_dimensions() const { return num_dimensions_; }

  const Visit& visit(std::int32_t v) const { return visits_[static_cast<std::size_t>(v)]; }
  const TypeView& type(std::int32_t t) const { return types_[static_cast<std::size_t>(t)]; }

  /// The pickup of a pair or the only visit of an order (of what is left of it); -1 for impossible
  /// orders and those that need nothing any more.
  std::int32_t first_visit(std::int32_t order) const {
    return first_visit_[static_cast<std::size_t>(order)];
  }

  /// [num_dimensions]
  const std::int64_t* load(std::int32_t order) const {
    return loads_.data() + static_cast<std::size_t>(order) * num_dimensions_;
  }
  const std::int64_t* capacity(std::int32_t type) const {
    return capacities_.data() + static_cast<std::size_t>(type) * num_dimensions_;
  }

  /// Taken in where the load is delivered, [num_dimensions]; null where no order has such.
  const std::int64_t* collect(std::int32_t order) const {
    return collects_.empty() ? nullptr
                             : collects_.data() + static_cast<std::size_t>(order) * num_dimensions_;
  }

  /// Skills are offered, each capacity alone is large enough, and no list or lock forbids it.
  bool compatible(std::int32_t order, std::int32_t type) const {
    return compatible_[static_cast<std::size_t>(order) * types_.size() +
                       static_cast<std::size_t>(type)] != 0;
  }

  /// Numbers of the locations, [num_stops of travel_times]: neighbours in space have near ones.
  std::span<const std::int32_t> ranks() const { return rank_; }

  /// How long a visit takes a type, without setup.
  std::int64_t service(const Visit& visit, const TypeView& type) const {
    if (!services_by_type_) return visit.service;
    const auto& more = stop(visit).service_by_type;
    return visit.service + (more.empty() ? 0 : more[static_cast<std::size_t>(type.source_type)]);
  }

  bool services_by_type() const { return services_by_type_; }

  /// Whether all visits take the one as long as the other, without setup.
  bool serve_alike(const TypeView& a, const TypeView& b) const {
    return services_[static_cast<std::size_t>(a.source_type)] ==
           services_[static_cast<std::size_t>(b.source_type)];
  }

  /// The visits worth being next to `v`, best score first. Symmetric in intent, not in fact.
  std::span<const std::int32_t> neighbours(std::int32_t v) const {
    const auto first = first_neighbour_[static_cast<std::size_t>(v)];
    const auto last = first_neighbour_[static_cast<std::size_t>(v) + 1];
    return {neighbours_.data() + first, neighbours_.data() + last};
  }

  /// For each of them the metres that it and all behind it in the list are away at least.
  std::span<const std::int32_t> neighbour_radii(std::int32_t v) const {
    const auto first = first_neighbour_[static_cast<std::size_t>(v)];
    const auto last = first_neighbour_[static_cast<std::size_t>(v) + 1];
    return {neighbour_radii_.data() + first, neighbour_radii_.data() + last};
  }

  /// Added to the cost where a type serves an order: its services at their price, and what it costs
  /// if the order prefers other types.
  double serving_cost(std::int32_t order, std::int32_t type) const {
    return serving_costs_.empty() ? 0
                                  : serving_costs_[static_cast<std::size_t>(order) * types_.size() +
                                                   static_cast<std::size_t>(type)];
  }

  /// Problem::fewest_vehicles: part of each TypeView::cost_fixed, more than all else of a plan can
  /// cost; 0 where the number of vehicles does not matter.
  double vehicle_weight() const { return vehicle_weight_; }

  bool has_serving_costs() const { return !serving_costs_.empty(); }

  /// The vehicle (a type with one) that an order is on board of; -1 for most.
  std::int32_t on_board_of(std::int32_t order) const {
    return on_board_of_.empty() ? -1 : on_board_of_[static_cast<std::size_t>(order)];
  }

  /// The last moment at which the delivery of an order on board may begin.
  std::int64_t deadline(const Visit& visit) const {
    return deadlines_.empty() ? kNoLimit : deadlines_[static_cast<std::size_t>(visit.order)];
  }

  const Stop& stop(const Visit& visit) const {
    const Order& order = problem_->orders[static_cast<std::size_t>(visit.order)];
    return visit.is_pickup ? *order.pickup : *order.delivery;
  }

  /// Weight of leaving an order out, before the search's scale: 1 + priority, or as
  /// Problem::left_out_by_stops says; nothing for optional ones, and by far the most for what is on
  /// board.
  double weight(std::int32_t order) const { return weights_[static_cast<std::size_t>(order)]; }

  /// The order that stands for its exclusive group where orders are absent: its first member that
  /// can be served; the order itself where it is in no group; -1 where another one of its group has
  /// been picked up or served for good.
  std::int32_t head(std::int32_t order) const {
    return heads_.empty() ? order : heads_[static_cast<std::size_t>(order)];
  }

  /// Calls `each` with the orders that a head stands for.
  template <typename Each>
  void for_each_alternative(std::int32_t of_head, Each each) const {
    const std::int32_t group = problem_->orders[static_cast<std::size_t>(of_head)].group;
    if (group < 0) return each(of_head);
    for (const std::int32_t order : alternatives_[static_cast<std::size_t>(group)]) each(order);
  }

  /// Calls `each` with the visits of the orders that a head stands for.
  template <typename Each>
  void for_each_visit(std::int32_t of_head, Each each) const {
    for_each_alternative(of_head, [&](std::int32_t order) {
      const std::int32_t first = first_visit(order), second = visit(first).partner;
      each(first);
      if (second >= 0) each(second);
    });
  }

  /// Everything of it was done before.
  bool done(std::int32_t order) const {
    return first_visit(order) < 0 &&
           problem_->orders[static_cast<std::size_t>(order)].impossible.empty();
  }

  /// What leaving out an optional order costs; 0 for others. For a head, what leaving out all of
  /// its group does; so is `weight`.
  double prize(std::int32_t order) const {
    return prizes_.empty() ? 0 : prizes_[static_cast<std::size_t>(order)];
  }
  bool optional(std::int32_t order) const { return weight(order) == 0; }

  /// When service at a visit begins at the earliest on arrival at `time`; beyond `close` where it
  /// cannot.
  std::int64_t earliest_begin(const Visit& visit, std::int64_t time) const;

  /// The latest moment not after `time` at which service may begin; kFarPast - 1 where there is
  /// none.
  std::int64_t latest_begin(const Visit& visit, std::int64_t time) const;

 private:
  struct Candidates;

  void add_everything(const std::vector<std::int32_t>& locations);
  void add_types();
  void tell_services_apart();
  bool fits(std::int32_t order, std::int32_t type) const;
  double weight_of(const Order& order) const;
  void add_price(std::int32_t order);
  void add_serving_costs(std::int32_t order);
  void add_groups();
  void settle_vehicles();
  void weigh_vehicles();
  void add_loads(std::int32_t order);
  void add_visits(const std::vector<std::int32_t>& locations);
  void add_visits_of(std::int32_t order, bool pickup_left);
  void add_neighbours(const std::vector<Candidates>& candidates, std::int32_t max_neighbours,
                      int threads);

  const Problem* problem_;
  const graph::TravelTimes* travel_times_;
  std::size_t num_dimensions_;
  std::vector<Visit> visits_;
  std::vector<std::int32_t> rank_;
  std::vector<TypeView> types_;
  std::vector<std::int32_t> first_visit_;
  std::vector<std::int64_t> loads_, capacities_, collects_, deadlines_;
  bool services_by_type_ = false;
  std::vector<std::int32_t> services_;  // [vehicle types] the same number: always take as long
  std::vector<std::int32_t> on_board_of_, heads_;
  std::vector<std::vector<std::int32_t>> alternatives_;  // [groups]
  std::vector<double> weights_, prizes_, serving_costs_;
  double vehicle_weight_ = 0;
  std::unique_ptr<graph::TravelTimes> derived_;
  std::vector<std::uint8_t> compatible_;
  std::vector<std::size_t> first_neighbour_;
  std::vector<std::int32_t> neighbours_, neighbour_radii_;
};

inline std::int64_t Model::earliest_begin(const Visit& visit, std::int64_t time) const {
  if (visit.single_window) return time < visit.open ? visit.open : time;
  for (const TimeWindow& window : stop(visit).windows) {
    if (time <= window.close) return time < window.open ? window.open : time;
  }
  return visit.soft ? time : kNoLimit;
}

inline std::int64_t Model::latest_begin(const Visit& visit, std::int64_t time) const {
  if (visit.single_window) {
    const std::int64_t begin = time < visit.close ? time : visit.close;
    return begin < visit.open ? kFarPast - 1 : begin;
  }
  const auto& windows = stop(visit).windows;
  for (auto window = windows.rbegin(); window != windows.rend(); ++window) {
    if (window->open > time) continue;
    if (visit.soft && window == windows.rbegin()) return time;
    return time < window->close ? time : window->close;
  }
  return kFarPast - 1;
}

}  // namespace roadgnn::decode::detail
