// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <roadgnn/graph/growing_travel_times.h>
#include <roadgnn/graph/oracle.h>

namespace roadgnn::graph::detail {

/// A HubOracle that stops may be added to and that knows bounds: times by landmarks (Goldberg and
/// Harrelson, "Computing the Shortest Path: A* Search Meets Graph Theory", 2005), lengths by the
/// straight line between stops.
///
/// Places of stops are points on the straight lines between their edges' ends; where the map has
/// edges shorter than these lines, all lines count as that much shorter.
class GrowingOracle final : public GrowingTravelTimes {
 public:
  GrowingOracle(std::vector<std::shared_ptr<const PreparedMetric>> metrics,
                std::vector<std::vector<Position>> positions, int threads);

  std::int32_t num_stops() const override { return oracle_.num_stops(); }
  std::int32_t num_profiles() const override { return oracle_.num_profiles(); }
  Travel at(std::int32_t profile, std::int32_t from, std::int32_t to) const override {
    return oracle_.at(profile, from, to);
  }
  Travel at_least(std::int32_t profile, std::int32_t from, std::int32_t to) const override;
  Region region(std::int32_t profile, std::int32_t stop) const override;
  Travel least_between(std::int32_t profile, const Region& from, const Region& to) const override;
  CandidateGraph candidates(std::int32_t profile, std::int32_t k, int threads) const override {
    return oracle_.candidates(profile, k, threads);
  }
  std::int32_t add_stop(std::span<const Position> positions) override;

 private:
  static constexpr std::size_t kLandmarks = Region::kLandmarks;
  // Times to landmarks are kept in units of kUnit_ms; what is farther counts as kFar away.
  static constexpr std::int32_t kUnit_ms = 256, kFar = INT16_MAX / 2;
  using Times = Region::Times;

  // What bounds the ways of one stop. A way from a to b takes at least to[b] - to_most[a] and
  // back[a] - back_most[b], by every landmark. One cache line.
  struct alignas(64) Bounds {
    Times to;         // from the landmark to the stop, by its better side
    Times to_most;    // to where its worse side departs
    Times back;       // from the stop to the landmark, by its better side
    Times back_most;  // from where its worse side is reached
  };

  struct Place {
    std::array<float, 3> point{};  // metres from the middle of the earth; of its first side
    float apart = 0;               // metres from there to its other side
  };

  struct Profile {
    std::shared_ptr<const PreparedMetric> metric;
    std::vector<QuerySide> landmarks;
    std::vector<Bounds> stops;
    std::vector<Place> places;
  };

  Place place_of(std::int32_t profile, const Position& position) const;
  void choose_landmarks(std::int32_t profile);
  void measure(std::int32_t profile, std::int32_t stop, Bounds& bounds) const;

  HubOracle oracle_;
  std::vector<Profile> profiles_;
  double straightness_ = 1;  // the least length of an edge per metre between its ends, at most 1
};

}  // namespace roadgnn::graph::detail
