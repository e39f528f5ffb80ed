// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include <roadgnn/io/generate_orders.h>

namespace roadgnn::io {

/// Random whole numbers that are the same on any machine.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  /// From `low` to `high`, both included.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(high - low + 1));
  }

  /// Small values more often than large ones.
  std::int64_t low_between(std::int64_t low, std::int64_t high) {
    const std::int64_t first = between(low, high);
    return std::min(first, between(low, high));
  }

  bool percent(std::int64_t chance) { return between(1, 100) <= chance; }

 private:
  std::mt19937_64 engine_;
};

/// Draws places where people live: at addresses as far as the map has them, else along the streets.
/// A stretch of 20 m of residential streets counts as one door: where a zone has addresses for half
/// of its doors, half of the places drawn in it are addresses.
class StreetSampler {
 public:
  /// Throws InputError where no street will do.
  StreetSampler(const graph::RoadGraph& graph, const std::vector<PopulationZone>& zones);

  /// An address, or a place within some 20 m of a street.
  Coordinate draw(Dice& dice) const;

 private:
  struct Area {
    std::vector<std::int32_t> edges;
    std::vector<std::int64_t> weight_up_to;  ///< running sum over `edges`
    std::int64_t residential_cm = 0;
    std::vector<std::int32_t> addresses;
    std::int64_t address_percent = 0;  ///< of the places drawn
  };

  void add(Area& area, std::int32_t edge) const;
  static void set_address_percent(Area& area);
  Coordinate draw_on_street(const Area& area, Dice& dice) const;

  const graph::RoadGraph& graph_;
  std::vector<Area> areas_;
  std::vector<std::int64_t> population_up_to_;  ///< running sum over `areas_`
};

/// The nodes at which a trip of each of `profiles` may begin and end, in ascending order.
std::vector<std::int32_t> nodes_open_to(const graph::RoadGraph& graph,
                                        const std::vector<int>& profiles);

}  // namespace roadgnn::io
