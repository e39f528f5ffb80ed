// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <roadgnn/graph/candidate_graph.h>
#include <roadgnn/graph/region.h>
#include <roadgnn/graph/types.h>

namespace roadgnn::graph {

/// Travel between any two of a day's stops, per profile. Implemented by the road router's oracle,
/// by a dense matrix, by coordinates under a rounding rule and by plain Dijkstra. Stops are indices
/// 0 .. num_stops-1; `profile` is an index local to the object. Instance sets without roads count
/// in their own units where a city counts ms and metres.
///
/// All const members may be called from several threads.
class TravelTimes {
 public:
  virtual ~TravelTimes() = default;

  virtual std::int32_t num_stops() const = 0;
  virtual std::int32_t num_profiles() const = 0;

  /// Travel from one stop to another; {0, 0} from a stop to itself, unreachable where there is no
  /// way.
  virtual Travel at(std::int32_t profile, std::int32_t from, std::int32_t to) const = 0;

  /// What no way from one stop to another is faster and shorter than, known sooner than `at`;
  /// {0, 0} where nothing is known.
  virtual Travel at_least(std::int32_t /*profile*/, std::int32_t /*from*/,
                          std::int32_t /*to*/) const {
    return {0, 0};
  }

  /// Where a stop lies, for `least_between`; by default not known.
  virtual Region region(std::int32_t /*profile*/, std::int32_t /*stop*/) const { return {}; }

  /// What no way from a stop of one region to one of another is faster and shorter than, as
  /// `at_least`. Both are merged of regions of the profile.
  virtual Travel least_between(std::int32_t /*profile*/, const Region& /*from*/,
                               const Region& /*to*/) const {
    return {0, 0};
  }

  /// The k nearest successors and predecessors of every stop, exactly. The default asks for every
  /// pair.
  virtual CandidateGraph candidates(std::int32_t profile, std::int32_t k, int threads = 1) const;
};

}  // namespace roadgnn::graph
