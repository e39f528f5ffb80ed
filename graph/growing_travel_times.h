// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include <roadgnn/graph/position.h>
#include <roadgnn/graph/travel_times.h>

namespace roadgnn::graph {

/// Travel between stops that others may join, as orders do that come in during the day.
class GrowingTravelTimes : public TravelTimes {
 public:
  /// Adds a stop that profile p reaches at positions[p] (invalid: not at all) and returns its
  /// number, num_stops() until then. What is known of the other stops stays. Not to be called while
  /// others ask. Throws InputError, and adds nothing, where the number of positions or a place is
  /// wrong.
  virtual std::int32_t add_stop(std::span<const Position> positions) = 0;
};

}  // namespace roadgnn::graph
