// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include <roadgnn/gnn/models/detail/day_summary.h>
#include <roadgnn/gnn/models/features.h>

namespace roadgnn::gnn::models::detail {

/// What the writers of features read.
struct DayView {
  const decode::Problem& problem;
  const graph::TravelTimes& travel_times;
  const graph::CandidateGraph& candidates;
  const DaySummary& day;
  std::int32_t profile = 0;
  int threads = 1;
};

/// Row-major, one row of k...Features values per location, candidate edge and vehicle type.
void write_stop_features(const DayView& view, std::span<float> out);
void write_edge_features(const DayView& view, std::span<float> out);
void write_type_features(const DayView& view, std::span<float> out);

}  // namespace roadgnn::gnn::models::detail
