// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/support.h>

#include <algorithm>
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
  const bool on_the_way = std::any_of(type.breaks.begin(), type.breaks.end(),
                                      [](const Break& rest) { return rest.on_the_way; });
  refuse(!type.slices.empty() && on_the_way, name, "breaks",
         "none on the way where travel times change by the hour");
}

void refuse_unsupported(const Problem& problem) {
  for (const VehicleType& type : problem.vehicle_types) refuse_type(type);
}

}  // namespace

void check_fit(const Problem& problem, const graph::TravelTimes& travel_times) {
  validate(problem);
  refuse_unsupported(problem);
  if (travel_times.num_stops() < problem.num_locations) {
    throw InputError("travel times: expected " + std::to_string(problem.num_locations) +
                     " locations, found " + std::to_string(travel_times.num_stops()));
  }
  for (const VehicleType& type : problem.vehicle_types) {
    const auto check_profile = [&](std::int32_t profile) {
      if (profile < travel_times.num_profiles()) return;
      throw InputError("vehicle type '" + type.id + "': expected a profile below " +
                       std::to_string(travel_times.num_profiles()) + ", found " +
                       std::to_string(profile));
    };
    check_profile(type.profile);
    for (const ProfileSlice& slice : type.slices) check_profile(slice.profile);
  }
}

}  // namespace roadgnn::decode::detail
