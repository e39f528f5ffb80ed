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

void refuse_type(const VehicleType& type) {
  const std::string name = "vehicle type '" + type.id + "'";
  refuse(!type.slices.empty(), name, "slices", "one profile for all day");
}

}  // namespace

void refuse_unsupported(const Problem& problem) {
  for (const VehicleType& type : problem.vehicle_types) refuse_type(type);
  refuse(problem.fewest_vehicles, "problem", "fewest_vehicles", "an objective of cost alone");
}

}  // namespace roadgnn::decode::detail
