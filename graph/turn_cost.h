// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace roadgnn::graph {

struct RoadGraph;

/// What turning costs under one profile. The angle's share follows OSRM's car profile: a sigmoid of
/// the deviation from straight on, steeper towards the side that crosses oncoming traffic.
struct TurnCostParameters {
  double turn_penalty_s = 0;  ///< limit of the sigmoid for a sharp turn
  double turn_bias = 1;       ///< > 1: turns across oncoming traffic cost more (right-hand traffic)
  double u_turn_penalty_s = 0;
  double traffic_signal_s = 0;
  double stop_s = 0;
  double give_way_s = 0;
  double crossing_s = 0;
  double oncoming_s = 0;  ///< waiting for a gap: limit for a sharp turn across oncoming traffic
};

/// What a vehicle meets when it goes on from one edge to the next.
struct TurnSituation {
  double angle_deg = 0;   ///< deviation from straight on, right positive, -180 .. 180
  bool junction = false;  ///< more than two roads meet, or the mode changes (onto a ferry); else
                          ///< the road just bends
  bool u_turn = false;    ///< back along the same street
  bool oncoming = false;  ///< more than two roads meet and neither edge is in a roundabout
  bool left_hand_traffic = false;
  bool signals = false, stop = false, give_way = false;  ///< they face who arrives
  bool crossing = false;                                 ///< a pedestrian crossing at the node
};

/// Cost of a turn in milliseconds, rounded half up: the angle's share at junctions and u-turns,
/// penalty / (1 + exp(-(13 / b * |angle| / 180 - 6.5 * b))) with b = bias towards the near side and
/// 1 / bias across oncoming traffic (OSRM's car profile), the u-turn penalty, and what signs and
/// signals cost. A turn across oncoming traffic adds oncoming / (1 + exp(-(13 * |angle| / 180
/// - 3.25))).
std::int32_t turn_cost_ms(const TurnCostParameters& parameters, const TurnSituation& situation);

/// Angle between arriving and leaving bearings (degrees clockwise from north): -180 < angle <= 180,
/// right positive; 0 where either is unknown (NaN).
double turn_angle_deg(double arriving_deg, double leaving_deg);

/// Bearing in degrees in which an edge leaves its tail, taken over its first metres so that the
/// bend of a kerb does not count; NaN where the edge has no extent.
float bearing_at_tail(const RoadGraph& graph, std::int32_t edge);

/// Bearing in which an edge arrives at its head, over its last metres.
float bearing_at_head(const RoadGraph& graph, std::int32_t edge);

}  // namespace roadgnn::graph
