// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/router.h>

#include <utility>

#include <roadgnn/graph/error.h>
#include <roadgnn/graph/growing_oracle.h>
#include <roadgnn/graph/hierarchy.h>
#include <roadgnn/graph/oracle.h>
#include <roadgnn/graph/router_metric.h>
#include <roadgnn/graph/router_query.h>
#include <roadgnn/graph/table.h>

namespace roadgnn::graph {

struct Router::Impl {
  std::shared_ptr<const RoadGraph> graph;
  std::shared_ptr<const Hierarchy> hierarchy;
};

Router::Router(std::shared_ptr<const RoadGraph> graph) : impl_(std::make_unique<Impl>()) {
  impl_->graph = std::move(graph);
  impl_->hierarchy = impl_->graph->hierarchy;
  if (!impl_->hierarchy) impl_->hierarchy = make_hierarchy(*impl_->graph);
}

Router::~Router() = default;

const RoadGraph& Router::graph() const {
  return *impl_->graph;
}

std::shared_ptr<const PreparedMetric> Router::prepare(Metric metric, int threads,
                                                      Customisation customisation) const {
  return std::make_shared<const PreparedMetric>(impl_->graph, impl_->hierarchy, std::move(metric),
                                                threads, customisation);
}

Travel Router::travel(const PreparedMetric& metric, const Position& from,
                      const Position& to) const {
  return detail::PointQuery(metric).travel(from, to);
}

Path Router::path(const PreparedMetric& metric, const Position& from, const Position& to) const {
  return detail::PointQuery(metric).path(from, to);
}

std::vector<Travel> Router::table(const PreparedMetric& metric, std::span<const Position> sources,
                                  std::span<const Position> targets, int threads) const {
  std::vector<Travel> table(sources.size() * targets.size());
  stream_table(metric, sources, targets, true, threads, [&](const TableBlock& block) {
    Travel* out = table.data() + block.first_row * static_cast<std::int64_t>(targets.size());
    for (std::size_t i = 0; i < block.time_ms.size(); ++i) {
      if (block.time_ms[i] >= 0) out[i] = {block.time_ms[i], block.length_m[i]};
    }
  });
  return table;
}

void Router::stream_table(const PreparedMetric& metric, std::span<const Position> sources,
                          std::span<const Position> targets, bool with_lengths, int threads,
                          const std::function<void(const TableBlock&)>& sink) const {
  detail::stream_table(metric, sources, targets, with_lengths, threads, sink);
}

std::unique_ptr<TravelTimes> Router::oracle(
    std::vector<std::shared_ptr<const PreparedMetric>> metrics,
    std::vector<std::vector<Position>> positions, int threads, NearestStops nearest) const {
  return std::make_unique<detail::HubOracle>(std::move(metrics), positions, threads,
                                             std::move(nearest));
}

std::unique_ptr<GrowingTravelTimes> Router::growing_oracle(
    std::vector<std::shared_ptr<const PreparedMetric>> metrics,
    std::vector<std::vector<Position>> positions, int threads) const {
  return std::make_unique<detail::GrowingOracle>(std::move(metrics), std::move(positions), threads);
}

}  // namespace roadgnn::graph
