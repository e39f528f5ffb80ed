// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <roadgnn/gnn/decode/problem.h>
#include <roadgnn/io/coordinates.h>

namespace roadgnn::io {

/// The input of VROOM 1.15 (docs/API.md of VROOM-Project/vroom) as it stands in the file: its
/// names, seconds, metres, [lon, lat].

/// Where a task happens or a vehicle starts: coordinates, a row of the custom matrices, or both.
struct VroomPlace {
  std::optional<Coordinate> location;
  std::optional<std::int32_t> index;
};

/// A job, or one end of a shipment.
struct VroomTask {
  std::uint64_t id = 0;
  std::string description;
  VroomPlace place;
  std::int64_t setup = 0, service = 0;
  std::map<std::string, std::int64_t> setup_per_type, service_per_type;  ///< by VroomVehicle::type
  std::vector<decode::TimeWindow> windows;  ///< ascending, disjoint; empty: any time

  std::int64_t setup_of(const std::string& type) const {
    const auto found = setup_per_type.find(type);
    return found == setup_per_type.end() ? setup : found->second;
  }
  std::int64_t service_of(const std::string& type) const {
    const auto found = service_per_type.find(type);
    return found == service_per_type.end() ? service : found->second;
  }
};

struct VroomJob {
  VroomTask task;
  std::vector<std::int64_t> delivery, pickup;  ///< [num_amounts]
  std::vector<std::int64_t> skills;
  int priority = 0;
};

struct VroomShipment {
  VroomTask pickup, delivery;
  std::vector<std::int64_t> amount;  ///< [num_amounts]
  std::vector<std::int64_t> skills;
  int priority = 0;
};

struct VroomBreak {
  std::uint64_t id = 0;
  std::string description;
  std::vector<decode::TimeWindow> windows;
  std::int64_t service = 0;
  std::vector<std::int64_t> max_load;  ///< [num_amounts] or empty
};

struct VroomCosts {
  std::int64_t fixed = 0, per_hour = 3600, per_task_hour = 0, per_km = 0;
};

enum class VroomStepType : std::uint8_t { start, job, pickup, delivery, rest, end };

struct VroomStep {
  VroomStepType type = VroomStepType::job;
  std::uint64_t id = 0;
};

struct VroomVehicle {
  std::uint64_t id = 0;
  std::string profile = "car", description, type;
  std::optional<VroomPlace> start, end;  ///< one of them at least
  std::vector<std::int64_t> capacity;    ///< [num_amounts]
  std::vector<std::int64_t> skills;
  VroomCosts costs;
  decode::TimeWindow window;
  std::vector<VroomBreak> breaks;  ///< by their first windows
  double speed_factor = 1;
  std::int32_t max_tasks = INT32_MAX;
  std::int64_t max_travel_time = decode::kNoLimit, max_distance = decode::kNoLimit;
  std::vector<VroomStep> steps;
};

/// Square matrices by rows; empty where there is none.
struct VroomMatrices {
  std::vector<std::uint32_t> durations, distances, costs;
};

struct VroomInput {
  std::vector<VroomJob> jobs;
  std::vector<VroomShipment> shipments;
  std::vector<VroomVehicle> vehicles;
  std::size_t num_amounts = 0;
  std::int32_t matrix_size = 0;  ///< rows of the custom matrices; 0: there are none
  std::map<std::string, VroomMatrices> matrices;  ///< by profile

  bool has_matrices() const { return matrix_size > 0; }
};

/// Whether a text is meant to be JSON: its first character that is no blank is a brace.
bool looks_like_json(std::string_view text);

/// Reads VROOM's JSON. Unknown keys are errors, with the nearest known name; so are what VROOM
/// itself refuses (ids twice, amounts of different lengths, windows that overlap, matrices that are
/// not square, missing locations). Throws InputError that lists what is wrong, each by its path,
/// such as `jobs[3].time_windows`.
VroomInput read_vroom(std::string_view text, const std::string& origin);

}  // namespace roadgnn::io
