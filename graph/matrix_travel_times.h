// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <roadgnn/graph/travel_times.h>

namespace roadgnn::graph {

/// Travel between stops from explicit square matrices, one a profile.
class MatrixTravelTimes final : public TravelTimes {
 public:
  /// `matrices` has one entry per profile, each [num_stops * num_stops] by rows (from) and columns
  /// (to). Throws InputError where a size does not fit, a value is negative, or a way from a stop
  /// to itself is not {0, 0}.
  MatrixTravelTimes(std::int32_t num_stops, std::vector<std::vector<Travel>> matrices);

  std::int32_t num_stops() const override { return num_stops_; }
  std::int32_t num_profiles() const override { return static_cast<std::int32_t>(matrices_.size()); }
  Travel at(std::int32_t profile, std::int32_t from, std::int32_t to) const override {
    return matrices_[static_cast<std::size_t>(profile)]
                    [static_cast<std::size_t>(from) * static_cast<std::size_t>(num_stops_) +
                     static_cast<std::size_t>(to)];
  }
  Travel at_least(std::int32_t profile, std::int32_t from, std::int32_t to) const override {
    return at(profile, from, to);
  }

 private:
  std::int32_t num_stops_;
  std::vector<std::vector<Travel>> matrices_;
};

}  // namespace roadgnn::graph
