// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include <roadgnn/graph/nearest.h>
#include <roadgnn/graph/oracle_labels.h>
#include <roadgnn/graph/position.h>
#include <roadgnn/graph/router.h>
#include <roadgnn/graph/router_metric.h>
#include <roadgnn/graph/travel_times.h>

namespace roadgnn::graph::detail {

/// Any-pair travel between a day's stops from hub labels of the edges they lie on. Memory is linear
/// in those edges.
class HubOracle : public TravelTimes {
 public:
  HubOracle(std::vector<std::shared_ptr<const PreparedMetric>> metrics,
            const std::vector<std::vector<Position>>& positions, int threads,
            NearestStops nearest = {});

  std::int32_t num_stops() const override { return num_stops_; }
  std::int32_t num_profiles() const override { return static_cast<std::int32_t>(profiles_.size()); }
  Travel at(std::int32_t profile, std::int32_t from, std::int32_t to) const override;
  CandidateGraph candidates(std::int32_t profile, std::int32_t k, int threads) const override;

  /// The same, found as told in place of by whoever the constructor was given.
  CandidateGraph candidates(std::int32_t profile, std::int32_t k, NearestMethod method,
                            int threads) const;

  std::int64_t num_bytes() const;

  /// Adds a stop that profile p reaches at positions[p], and returns its number. Not while others
  /// ask. Throws InputError, and adds nothing, where the number of positions or a place is wrong.
  std::int32_t add_stop(std::span<const Position> positions);

  /// Room for so many stops more, so that adding one takes no time in proportion to all.
  void make_room(std::int32_t more);

  /// The fastest way from the vertex where one side departs to that where another is reached,
  /// kNoWay or more where there is none or where it is not known.
  Weight between(std::int32_t profile, std::int32_t departing_slot,
                 std::int32_t arriving_slot) const {
    const HubLabels& labels = *profiles_[profile].labels;
    if (labels.departing(departing_slot).times == nullptr ||
        labels.arriving(arriving_slot).times == nullptr) {
      return kNoWay;
    }
    return labels.between(departing_slot, arriving_slot);
  }

  /// A stop's sides; their vertices are slots of the labels.
  const QuerySides& sides(std::int32_t profile, std::int32_t stop) const {
    return profiles_[profile].stops[stop];
  }

 private:
  // Numbers for places whose sides are all closed: no way leads there, but a stop is no way from
  // another at its place.
  class ClosedPlaces {
   public:
    std::int32_t name(const Position& position);

   private:
    std::map<std::array<std::int32_t, 5>, std::int32_t> names_;
  };

  // A stop as most questions need it: one cache line. The sides' labels agree on what stands above
  // the sides' parting, so a stop that parts from both of them further up asks them at once.
  struct alignas(64) Ends {
    HubLabels::Label departing[2], arriving[2];  // the same twice where there is one side
    std::int32_t share_ms[2] = {0, 0}, offset_cm[2] = {0, 0};
    std::int32_t departing_slot = -1, arriving_slot = -1;  // of the first side
    std::int32_t street = -1;
    std::uint16_t departing_parting = 0, arriving_parting = 0;  // 0: ask side by side always
  };
  // The vertices of a side are slots of the labels.
  struct Profile {
    std::shared_ptr<const PreparedMetric> metric;
    std::vector<QuerySides> stops;
    std::unique_ptr<HubLabels> labels;
    std::vector<Ends> ends;
    ClosedPlaces closed;
  };
  static QuerySides name_sides(Profile& profile, const Position& position);
  static void add_ends(Profile& profile, QuerySides& sides);
  static Ends ends_of(const QuerySides& sides, const HubLabels& labels, const RoadGraph& graph);
  static Travel ask_side_by_side(const Profile& data, const QuerySides& from, const QuerySides& to);

  std::int32_t num_stops_ = 0;
  std::vector<Profile> profiles_;
  NearestStops nearest_;
};

}  // namespace roadgnn::graph::detail
