// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <roadgnn/gnn/decode/plan.h>
#include <roadgnn/gnn/decode/problem.h>

namespace roadgnn::gnn::train {

/// What good plans of a problem do, as shares from 0 to 1: the sum of the weights of the plans that
/// do it. Locations are the problem's, depots among them.
struct Labels {
  std::vector<std::int32_t> from, to;  ///< [num_used] by from, then to: the next stop after a stop
  std::vector<float> share;            ///< [num_used]
  std::vector<std::uint8_t> best;      ///< [num_used] 1 where the best plan does it
  std::vector<float> first, last;      ///< [num_locations] a trip begins, ends with it
  std::vector<float> type;             ///< [num_locations * types] a vehicle of the type serves it
  std::int32_t num_types = 0;
};

/// Labels from plans of one problem. A plan's weight falls by e for each `temperature` that it
/// costs more than the best, as a share of that; plans that leave out more than the best weigh
/// nothing. Breaks are passed over; a reload ends a trip. Throws InputError without plans.
Labels label_by(const decode::Problem& problem, std::span<const decode::Plan> plans,
                double temperature = 0.01);

/// Labels of the same plans, half of each weight driven backwards; `best` stays with the edges of
/// the best plan as it is. For problems whose plans are as good either way.
Labels both_ways(const Labels& labels);

}  // namespace roadgnn::gnn::train
