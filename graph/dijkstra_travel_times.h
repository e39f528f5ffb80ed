// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <roadgnn/graph/metric.h>
#include <roadgnn/graph/position.h>
#include <roadgnn/graph/road_graph.h>
#include <roadgnn/graph/travel_times.h>

namespace roadgnn::graph {

/// Travel between a day's stops by a plain search on the road graph for every question, which ends
/// once the target is reached: nothing of the router is involved, so plans can be checked
/// independently of it. A question takes time in proportion to the roads as near as the target.
class DijkstraTravelTimes : public TravelTimes {
 public:
  /// One metric and one row of positions per profile, as in Router::oracle.
  DijkstraTravelTimes(std::shared_ptr<const RoadGraph> graph, std::vector<Metric> metrics,
                      std::vector<std::vector<Position>> positions);
  ~DijkstraTravelTimes() override;

  std::int32_t num_stops() const override;
  std::int32_t num_profiles() const override;
  Travel at(std::int32_t profile, std::int32_t from, std::int32_t to) const override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace roadgnn::graph
