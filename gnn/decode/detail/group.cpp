// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/decode/detail/group.h>

#include <algorithm>

#include <roadgnn/graph/parallel.h>

namespace roadgnn::decode::detail {

void find_alone_costs(const Model& model, std::int32_t order, TravelCache& travel,
                      std::span<double> costs) {
  std::fill(costs.begin(), costs.end(), kInfeasible);
  const std::int32_t first = model.first_visit(order);
  if (first < 0) return;
  const std::int32_t visits[] = {first, model.visit(first).partner};
  const std::size_t count = visits[1] < 0 ? 1 : 2;
  RouteState route;
  for (std::int32_t type = 0; type < model.num_types(); ++type) {
    if (!model.compatible(order, type)) continue;
    if (!route.assign(model, type, {visits, count}, travel)) continue;
    costs[static_cast<std::size_t>(type)] = route.figures().cost;
  }
}

AloneCosts::AloneCosts(const Model& model, int threads)
    : num_types_(static_cast<std::size_t>(model.num_types())),
      costs_(static_cast<std::size_t>(model.num_orders()) * num_types_, kInfeasible) {
  graph::parallel_for(
      model.num_orders(), 512, threads, [&](std::int64_t begin, std::int64_t end, int) {
        TravelCache travel(model.travel_times(), 0);
        for (auto order = static_cast<std::int32_t>(begin); order < end; ++order) {
          find_alone_costs(
              model, order, travel,
              {costs_.data() + static_cast<std::size_t>(order) * num_types_, num_types_});
        }
      });
}

double AloneCosts::least(std::int32_t order) const {
  double least = kInfeasible;
  for (std::size_t type = 0; type < num_types_; ++type) {
    least = std::min(least, costs_[static_cast<std::size_t>(order) * num_types_ + type]);
  }
  return least;
}

}  // namespace roadgnn::decode::detail
