// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <roadgnn/graph/travel_times.h>
#include <roadgnn/io/instances/vrplib_nodes.h>

namespace roadgnn::io {

/// Travel for the VRP with backhauls: a vehicle makes all its deliveries before it collects, and
/// makes one at least. There is no way from a backhaul to a linehaul customer and none from a depot
/// to a backhaul.
class BackhaulTravelTimes final : public graph::TravelTimes {
 public:
  BackhaulTravelTimes(std::shared_ptr<const graph::TravelTimes> all,
                      std::vector<BackhaulRole> roles)
      : all_(std::move(all)), roles_(std::move(roles)) {}

  std::int32_t num_stops() const override { return all_->num_stops(); }
  std::int32_t num_profiles() const override { return all_->num_profiles(); }
  graph::Travel at(std::int32_t profile, std::int32_t from, std::int32_t to) const override {
    const BackhaulRole a = roles_[static_cast<std::size_t>(from)];
    const BackhaulRole b = roles_[static_cast<std::size_t>(to)];
    const bool forbidden = (a == BackhaulRole::backhaul && b == BackhaulRole::linehaul) ||
                           (a == BackhaulRole::depot && b == BackhaulRole::backhaul);
    return forbidden ? graph::Travel{} : all_->at(profile, from, to);
  }

 private:
  std::shared_ptr<const graph::TravelTimes> all_;
  std::vector<BackhaulRole> roles_;  ///< [num_stops]
};

}  // namespace roadgnn::io
