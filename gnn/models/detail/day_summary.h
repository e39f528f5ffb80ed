// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <roadgnn/gnn/decode/problem.h>
#include <roadgnn/graph/candidate_graph.h>
#include <roadgnn/graph/travel_times.h>

namespace roadgnn::gnn::models::detail {

/// The stops at a location, summed up.
struct Place {
  bool depot = false, delivers = false, takes_back = false, pair_pickup = false;
  bool pair_delivery = false, soft = false, optional = false, grouped = false;
  std::int32_t stops = 0, windows = 0, needs = 0, priority = 0;
  std::int32_t partner = -1;      ///< location of the other end of its pair, the nearest of several
  double partner_travel = 0;      ///< from the pickup to the delivery
  double service = 0, setup = 0;  ///< sum, largest
  double open = 0, close = 0;     ///< of all windows; 0 and infinity for any time
  double release = 0, ride = 0;   ///< after the begin; 0 for none
  double reach_open = 0, reach_close = 0;  ///< what is left of them from and back to a depot
  double from_depot = 0, to_depot = 0;
};

/// Units and figures of a day that every feature refers to.
struct Scale {
  double time = 1, length = 1;  ///< medians of the candidate edges, above 0
  double begin = 0;             ///< first moment that a vehicle may leave
  double horizon = 0;           ///< until the last that it may be back; 0 where nothing bounds it
  double edge_price = 1;        ///< of a median edge, mean over types; above 0
  double mean_service = 0;
  double fleet_load = 0;  ///< all loads / all capacities, the fullest dimension
  double mean_stops = 0;  ///< stops that fill a mean vehicle
  double num_stops = 0;
  double share_windowed = 0, share_paired = 0, mean_width = 0;
  std::vector<double> largest, mean;  ///< [num_dimensions] capacities, above 0
};

/// A day under one profile, ready for features. Locations are the problem's.
struct DaySummary {
  Scale scale;
  std::vector<Place> places;  ///< [num_locations]
  std::vector<double> load;   ///< [num_locations * num_dimensions]
  std::vector<decode::TimeWindow>
      windows;  ///< of all locations, those with several stops or windows
  std::vector<std::int32_t> first_window;  ///< [num_locations + 1]; empty rows: any time
  std::vector<std::uint8_t> fits;          ///< [num_locations * types]
  std::vector<std::int32_t> tail;          ///< [num_candidates]
  std::vector<std::int64_t> first_in;      ///< [num_locations + 1], into in_edge
  std::vector<std::int64_t> in_edge;       ///< [num_candidates] by head, then tail
};

/// Throws InputError where the candidates are not over the problem's locations.
DaySummary summarise(const decode::Problem& problem, const graph::TravelTimes& travel_times,
                     std::int32_t profile, const graph::CandidateGraph& candidates, int threads);

/// Where there is no way it counts as this many median edges.
inline constexpr double kFar = 1e3;

/// asinh(x) to float's precision: this is called for twenty features an edge.
inline float bounded(double x) {
  const auto y = static_cast<float>(std::min(std::abs(x), 1e15));
  const float value = y < 0.01F ? y : std::log(y + std::sqrt(y * y + 1));
  return x < 0 ? -value : value;
}

/// log(x) for x above `least`, else log(least).
inline float log_above(double x, double least = 1e-3) {
  return std::log(static_cast<float>(std::max(x, least)));
}

}  // namespace roadgnn::gnn::models::detail
