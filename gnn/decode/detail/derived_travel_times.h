// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include <roadgnn/graph/travel_times.h>

namespace roadgnn::decode::detail {

/// A profile at another speed.
struct ScaledProfile {
  std::int32_t profile = 0;
  double speed_factor = 1;

  friend bool operator==(const ScaledProfile&, const ScaledProfile&) = default;
};

/// Travel times with further profiles, numbered after the given ones: first those at another speed,
/// times divided by a speed factor and rounded to the nearest unit, halves up, lengths as they are;
/// then those that have the least time and the least length of several others. Refers to `base`.
class DerivedTravelTimes : public graph::TravelTimes {
 public:
  using Profiles = std::vector<std::int32_t>;

  DerivedTravelTimes(const graph::TravelTimes& base, std::vector<ScaledProfile> scaled,
                     std::vector<Profiles> least_of)
      : base_(base), scaled_(std::move(scaled)), least_of_(std::move(least_of)) {}

  std::int32_t num_stops() const override { return base_.num_stops(); }
  std::int32_t num_profiles() const override {
    return base_.num_profiles() + static_cast<std::int32_t>(scaled_.size() + least_of_.size());
  }

  graph::Travel at(std::int32_t profile, std::int32_t from, std::int32_t to) const override {
    if (profile < base_.num_profiles()) return base_.at(profile, from, to);
    if (const Profiles* several = several_of(profile)) {
      return least(*several, [&](std::int32_t one) { return at(one, from, to); });
    }
    const ScaledProfile& scaled = of(profile);
    return at_speed(base_.at(scaled.profile, from, to), scaled.speed_factor);
  }

  graph::Travel at_least(std::int32_t profile, std::int32_t from, std::int32_t to) const override {
    if (profile < base_.num_profiles()) return base_.at_least(profile, from, to);
    if (const Profiles* several = several_of(profile)) {
      return least(*several, [&](std::int32_t one) { return at_least(one, from, to); });
    }
    const ScaledProfile& scaled = of(profile);
    return at_speed(base_.at_least(scaled.profile, from, to), scaled.speed_factor);
  }

  // Regions of the first of several profiles tell nothing about the others.
  graph::Region region(std::int32_t profile, std::int32_t stop) const override {
    if (profile < base_.num_profiles()) return base_.region(profile, stop);
    return several_of(profile) ? graph::Region{} : base_.region(of(profile).profile, stop);
  }

  graph::Travel least_between(std::int32_t profile, const graph::Region& from,
                              const graph::Region& to) const override {
    if (profile < base_.num_profiles()) return base_.least_between(profile, from, to);
    if (several_of(profile)) return {0, 0};
    const ScaledProfile& scaled = of(profile);
    return at_speed(base_.least_between(scaled.profile, from, to), scaled.speed_factor);
  }

  graph::CandidateGraph candidates(std::int32_t profile, std::int32_t k,
                                   int threads) const override {
    if (const Profiles* several = several_of(profile)) profile = several->front();
    return base_.candidates(profile < base_.num_profiles() ? profile : of(profile).profile, k,
                            threads);
  }

 private:
  const ScaledProfile& of(std::int32_t profile) const {
    return scaled_[static_cast<std::size_t>(profile - base_.num_profiles())];
  }

  static graph::Travel at_speed(graph::Travel travel, double speed_factor) {
    if (!travel.reachable()) return travel;
    const double time = std::floor(travel.time_ms / speed_factor + 0.5);
    if (time >= graph::kClosed) return {};
    travel.time_ms = static_cast<std::int32_t>(time);
    return travel;
  }

  const Profiles* several_of(std::int32_t profile) const {
    const std::int32_t first = base_.num_profiles() + static_cast<std::int32_t>(scaled_.size());
    return profile < first ? nullptr : &least_of_[static_cast<std::size_t>(profile - first)];
  }

  template <typename Ask>
  static graph::Travel least(const Profiles& several, Ask ask) {
    graph::Travel least;
    for (const std::int32_t one : several) {
      const graph::Travel travel = ask(one);
      least.time_ms = std::min(least.time_ms, travel.time_ms);
      least.length_m = std::min(least.length_m, travel.length_m);
    }
    return least;
  }

  const graph::TravelTimes& base_;
  std::vector<ScaledProfile> scaled_;
  std::vector<Profiles> least_of_;
};

}  // namespace roadgnn::decode::detail
