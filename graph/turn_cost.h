// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace roadgnn::graph {

/// What turning costs under one profile. The angle's share follows OSRM's car profile: a sigmoid of the deviation from
/// straight on, steeper towards the side that crosses oncoming traffic.
struct TurnCostParameters {
  double turn_penalty_s = 0;      ///< limit of the sigmoid for a sharp turn
  double turn_bias = 1;           ///< > 1: turns across oncoming traffic cost more (right-hand traffic)
  double u_turn_penalty_s = 0;
  double traffic_signal_s = 0;
  double stop_s = 0;
  double give_way_s = 0;
  double crossing_s = 0;
};

}  // namespace roadgnn::graph
