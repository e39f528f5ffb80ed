// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/turn_cost.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include <roadgnn/graph/edge_shape.h>
#include <roadgnn/graph/types.h>

namespace roadgnn::graph {
namespace {

constexpr double kBearingMetres = 12;
constexpr double kDegrees = 180 / 3.14159265358979323846;

// Bearing from point(0) to the place 12 m further along the points.
template <class Point>
float bearing_along(std::int32_t num_points, const Point& point) {
  const LocalPlane plane(point(0));
  double x = 0, y = 0, walked = 0;
  for (std::int32_t i = 1; i < num_points && walked < kBearingMetres; ++i) {
    const double next_x = plane.x(point(i)), next_y = plane.y(point(i));
    const double step = std::hypot(next_x - x, next_y - y);
    const double share = walked + step > kBearingMetres ? (kBearingMetres - walked) / step : 1;
    x += share * (next_x - x);
    y += share * (next_y - y);
    walked += step;
  }
  if (x == 0 && y == 0) return std::numeric_limits<float>::quiet_NaN();
  return static_cast<float>(std::atan2(x, y) * kDegrees);
}

}  // namespace

float bearing_at_tail(const RoadGraph& graph, std::int32_t edge) {
  const EdgeShape shape(graph, edge);
  return bearing_along(shape.num_points(), [&](std::int32_t i) { return shape[i]; });
}

float bearing_at_head(const RoadGraph& graph, std::int32_t edge) {
  const EdgeShape shape(graph, edge);
  const std::int32_t last = shape.num_points() - 1;
  const float back = bearing_along(last + 1, [&](std::int32_t i) { return shape[last - i]; });
  return back > 0 ? back - 180 : back + 180;
}

double turn_angle_deg(double arriving_deg, double leaving_deg) {
  const double angle = leaving_deg - arriving_deg;
  if (std::isnan(angle)) return 0;
  if (angle > 180) return angle - 360;
  if (angle <= -180) return angle + 360;
  return angle;
}

std::int32_t turn_cost_ms(const TurnCostParameters& parameters, const TurnSituation& situation) {
  double seconds = 0;
  if (situation.junction || situation.u_turn) {
    const bool near_side = (situation.angle_deg >= 0) != situation.left_hand_traffic;
    const double bias = near_side ? parameters.turn_bias : 1 / parameters.turn_bias;
    const double angle = std::abs(situation.angle_deg) / 180;
    seconds += parameters.turn_penalty_s / (1 + std::exp(-(13 / bias * angle - 6.5 * bias)));
  }
  const bool across =
      situation.left_hand_traffic ? situation.angle_deg > 0 : situation.angle_deg < 0;
  if (situation.oncoming && across && !situation.u_turn) {
    const double angle = std::abs(situation.angle_deg) / 180;
    seconds += parameters.oncoming_s / (1 + std::exp(-(13 * angle - 3.25)));
  }
  if (situation.u_turn) seconds += parameters.u_turn_penalty_s;
  if (situation.signals) seconds += parameters.traffic_signal_s;
  if (situation.stop) seconds += parameters.stop_s;
  if (situation.give_way) seconds += parameters.give_way_s;
  if (situation.crossing) seconds += parameters.crossing_s;
  return static_cast<std::int32_t>(
      std::clamp(std::floor(seconds * 1000 + 0.5), 0.0, kClosed - 1.0));
}

}  // namespace roadgnn::graph
