// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include <roadgnn/graph/travel_times.h>

namespace roadgnn::graph {

struct Coordinate {
  double x = 0, y = 0;
};

/// How an instance set turns a straight line into a whole number, after scaling.
enum class Rounding : std::uint8_t { nearest, down, up };

/// Straight lines between points in the plane: length is distance * length_scale under the rounding
/// rule; time is distance * time_scale under the same rule, one time_scale a profile, unless times
/// have a rule of their own.
///
/// TSPLIB's EUC_2D: scale 1, nearest. CEIL_2D: scale 1, up. DIMACS' VRPTW (cut to one decimal):
/// scale 10, down. "Double precision" sets: a large scale, such as 1000, with times up, so that
/// what is in time when counted is in time.
class CoordinateTravelTimes final : public TravelTimes {
 public:
  /// Throws InputError for coordinates or scales that are not finite, scales that are not positive,
  /// and where the longest line would not fit an entry (kClosed).
  CoordinateTravelTimes(std::vector<Coordinate> points, double length_scale,
                        std::vector<double> time_scales, Rounding rounding)
      : CoordinateTravelTimes(std::move(points), length_scale, std::move(time_scales), rounding,
                              rounding) {}
  CoordinateTravelTimes(std::vector<Coordinate> points, double length_scale,
                        std::vector<double> time_scales, Rounding rounding, Rounding time_rounding);

  std::int32_t num_stops() const override { return static_cast<std::int32_t>(points_.size()); }
  std::int32_t num_profiles() const override {
    return static_cast<std::int32_t>(time_scales_.size());
  }
  Travel at(std::int32_t profile, std::int32_t from, std::int32_t to) const override;
  Travel at_least(std::int32_t profile, std::int32_t from, std::int32_t to) const override {
    return at(profile, from, to);
  }
  Region region(std::int32_t profile, std::int32_t stop) const override;
  Travel least_between(std::int32_t profile, const Region& from, const Region& to) const override;

  /// By a k-d tree, not by asking for every pair.
  CandidateGraph candidates(std::int32_t profile, std::int32_t k, int threads = 1) const override;

 private:
  Travel travel(std::int32_t profile, double dx, double dy) const;

  std::vector<Coordinate> points_;
  double length_scale_;
  std::vector<double> time_scales_;
  Rounding rounding_, time_rounding_;
};

}  // namespace roadgnn::graph
