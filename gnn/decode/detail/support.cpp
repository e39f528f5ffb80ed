// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/support.h>

#include <string>

#include <roadgnn/graph/error.h>

namespace roadgnn::decode::detail {
namespace {

void refuse(bool asked, const std::string& name, const char* field, const char* expected) {
  if (asked) {
    throw InputError(name + "." + field + ": expected " + expected +
                     " (the solver cannot do more yet), found one");
  }
}

void refuse_stop(const std::string& name, const std::optional<Stop>& stop) {
  if (!stop) return;
  refuse(stop->late_cost > 0, name, "late_cost", "no price for lateness");
  refuse(stop->setup > 0, name, "setup", "no set-up time");
}

void refuse_order(const Order& order) {
  const std::string name = "order '" + order.id + "'";
  refuse_stop(name + ".pickup", order.pickup);
  refuse_stop(name + ".delivery", order.delivery);
  refuse(order.prize.has_value(), name, "prize", "no prize");
  refuse(order.group >= 0, name, "group", "no exclusive group");
  refuse(order.release != -kNoLimit, name, "release", "no release time");
  refuse(order.max_ride != kNoLimit, name, "max_ride", "no longest ride");
  refuse(!order.collect.empty(), name, "collect", "no load to collect");
  refuse(!order.allowed_types.empty(), name, "allowed_types", "no list of types");
  refuse(!order.preferred_types.empty(), name, "preferred_types", "no list of types");
  refuse(order.locked_type >= 0, name, "locked_type", "no locked vehicle");
}

void refuse_type(const VehicleType& type) {
  const std::string name = "vehicle type '" + type.id + "'";
  refuse(type.start_depot < 0, name, "start_depot", "a depot to start from, not -1");
  refuse(type.cost_per_driving > 0, name, "cost_per_driving", "no price of driving");
  refuse(type.max_duration != kNoLimit, name, "max_duration", "no longest duration");
  refuse(type.cost_per_time_over > 0, name, "cost_per_time_over", "no price of imbalance");
  refuse(type.speed_factor != 1, name, "speed_factor", "no speed factor");
  refuse(!type.slices.empty(), name, "slices", "one profile for all day");
  refuse(!type.breaks.empty(), name, "breaks", "no break");
  refuse(type.max_trips > 1, name, "max_trips", "one trip");
}

}  // namespace

void refuse_unsupported(const Problem& problem) {
  for (const Order& order : problem.orders) refuse_order(order);
  for (const VehicleType& type : problem.vehicle_types) refuse_type(type);
  refuse(!problem.vehicle_states.empty(), "problem", "vehicle_states", "no vehicle on its way");
  refuse(problem.now != -kNoLimit, "problem", "now", "a day that has not begun");
  refuse(problem.fewest_vehicles, "problem", "fewest_vehicles", "an objective of cost alone");
}

}  // namespace roadgnn::decode::detail
