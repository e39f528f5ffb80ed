// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <roadgnn/graph/road_graph.h>

namespace roadgnn::graph {

/// A moment in the week, on the city's own clock; with a date where months and days matter to some
/// streets. Without a date, a value that depends on one counts where it is the worse.
struct Departure {
  std::int32_t minute_of_week = 0;    ///< Monday 00:00 is 0
  std::optional<std::int32_t> month;  ///< 1 .. 12
  std::optional<std::int32_t> day;    ///< of the month, 1 .. 31
};

/// What one vehicle differs in from its profile. Unset fields leave the profile as it is. A street
/// whose posted limit the vehicle exceeds is closed to it; what it avoids is closed too.
struct VehicleLimits {
  std::optional<std::int32_t> height_cm, width_cm, length_cm, weight_kg, axle_load_kg;
  bool hazmat = false, avoid_tolls = false, avoid_ferries = false;
};

/// The weights of the turn-expanded graph under one profile (and time slice): milliseconds and
/// centimetres. Any weights may stand here, such as learned ones; kClosed closes an edge or a turn.
///
/// The arc of turn t from edge-node u to edge-node v weighs `edge_time_ms[edge(u)] +
/// turn_time_ms[t]` milliseconds (or kClosed where either, the edge entered, or the layers of u and
/// v forbid it) and `length_cm[edge(u)]` centimetres. Weights of arcs are compared as pairs: time
/// first, then length.
struct Metric {
  std::vector<std::int32_t> edge_time_ms;  ///< [num_edges]
  std::vector<Access> edge_access;         ///< [num_edges]
  std::vector<std::int32_t> arc_time_ms;   ///< [num_turns], the whole weight of the arc
};

/// The metric of a profile. Without a departure the conservative one. Throws InputError for an
/// unknown profile index.
Metric make_metric(const RoadGraph& graph, int profile, std::optional<Departure> departure = {},
                   const VehicleLimits& limits = {});

/// The metric of given edge times, turn costs and accesses; fills arc_time_ms by the rules above.
/// Throws InputError for arrays of wrong size, negative times, and for ends-only edges that no
/// profile of the city has so (they have no copies).
Metric make_metric(const RoadGraph& graph, std::vector<std::int32_t> edge_time_ms,
                   std::vector<Access> edge_access, std::span<const std::int32_t> turn_time_ms);

}  // namespace roadgnn::graph
