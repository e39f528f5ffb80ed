// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

namespace roadgnn::graph {

/// A place on a directed edge.
struct EdgePosition {
  std::int32_t edge = -1;
  std::int32_t offset_cm = 0;  ///< from the edge's tail, 0 .. length_cm

  friend bool operator==(const EdgePosition&, const EdgePosition&) = default;
};

/// A place on the street network where a vehicle stops: one edge position, or two on the opposite
/// edges of a two-way street (either side will do). A vehicle may arrive on one side and leave on
/// the other.
struct Position {
  std::array<EdgePosition, 2>
      sides;  ///< sides[0] is set unless the position is nowhere; sides[1] only if num_sides == 2
  std::int32_t num_sides = 0;

  bool valid() const { return num_sides > 0; }
  friend bool operator==(const Position&, const Position&) = default;
};

/// Time from an edge's tail to an offset along it: the rounded share of the edge's time. What
/// remains is `edge_time - share`, so the parts always add up.
constexpr std::int32_t share_of_edge(std::int32_t edge_value, std::int32_t offset_cm,
                                     std::int32_t length_cm) {
  if (length_cm <= 0) return 0;
  const std::int64_t product = std::int64_t{edge_value} * offset_cm;
  return static_cast<std::int32_t>((product + length_cm / 2) / length_cm);
}

}  // namespace roadgnn::graph
