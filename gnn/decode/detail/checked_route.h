// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <roadgnn/gnn/decode/plan.h>
#include <roadgnn/gnn/decode/problem.h>
#include <roadgnn/graph/travel_times.h>

namespace roadgnn::decode::detail {

template <typename Value>
bool lists(const std::vector<Value>& list, Value value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

inline bool is_stop(const Step& step) {
  return step.kind == StepKind::pickup || step.kind == StepKind::delivery;
}

inline bool begins_trip(const Step& step) {
  return step.kind == StepKind::start || step.kind == StepKind::reload;
}

const char* kind_name(StepKind kind);

/// A route under check, its vehicle, and where to say what is wrong with it. What the checks of
/// places and of times have in common; the type and the state are found by the former.
class CheckedRoute {
 public:
  CheckedRoute(const Problem& problem, const graph::TravelTimes& travel_times, const Route& route,
               std::vector<std::string>& violations)
      : problem_(problem),
        travel_times_(travel_times),
        route_(route),
        steps_(route.steps),
        violations_(violations) {}

 protected:
  template <typename... Parts>
  void say(const Parts&... parts) {
    std::ostringstream text;
    (text << ... << parts);
    violations_.push_back(text.str());
  }

  const Order& order_of(const Step& step) const {
    return problem_.orders[static_cast<std::size_t>(step.order)];
  }

  const Stop& stop_of(const Step& step) const {
    const Order& order = order_of(step);
    return step.kind == StepKind::pickup ? *order.pickup : *order.delivery;
  }

  /// "vehicle van #3, delivery of order 17".
  std::string describe(const Step& step) const;

  std::string at(std::int64_t time) const { return format_time(problem_, time); }
  std::string amount(std::size_t dimension, std::int64_t load) const {
    return format_load(problem_, dimension, load);
  }

  std::int32_t location_of_depot(std::int32_t depot) const {
    return problem_.depots[static_cast<std::size_t>(depot)].location;
  }

  bool is_loaded(std::int32_t order) const {
    return state_ != nullptr && lists(state_->loaded, order);
  }

  /// The steps up to this one are as the vehicle's state says.
  bool in_past(std::size_t i) const { return i < past_; }

  /// Of the last step before that has a place, or where the vehicle is now.
  std::int32_t place_before(std::size_t i) const;

  /// The trip that step i belongs to: from its start or reload to the next one or the end.
  std::pair<std::size_t, std::size_t> trip_of(std::size_t i) const;

  bool from_depot(const Step& step) const {
    return step.kind == StepKind::delivery && !order_of(step).pickup;
  }

  const Problem& problem_;
  const graph::TravelTimes& travel_times_;
  const Route& route_;
  const std::vector<Step>& steps_;
  std::vector<std::string>& violations_;
  const VehicleType* type_ = nullptr;
  const VehicleState* state_ = nullptr;
  std::size_t past_ = 0;  ///< how many steps the vehicle's state has fixed
  std::string name_;
};

/// Goes along a route whose places are right with the clock, the odometer and the hours at the
/// wheel: times, breaks, rides, limits, cost.
void check_route_times(const CheckedRoute& route);

}  // namespace roadgnn::decode::detail
