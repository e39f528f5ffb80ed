// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/dijkstra.h>
#include <roadgnn/graph/parallel.h>
#include <roadgnn/io/leg_finder.h>

namespace roadgnn::io {

LegFinder legs_by_dijkstra(std::shared_ptr<const graph::RoadGraph> graph,
                           std::span<const graph::Metric> metrics, int threads) {
  // One query object per thread and profile, made when it is first needed.
  using Queries = std::vector<std::unique_ptr<graph::Dijkstra>>;
  const auto queries = std::make_shared<Queries>(
      static_cast<std::size_t>(graph::resolve_threads(threads)) * metrics.size());
  return [graph = std::move(graph), metrics, queries](int thread, std::int32_t profile,
                                                      const graph::Position& from,
                                                      const graph::Position& to) {
    const auto p = static_cast<std::size_t>(profile);
    auto& query = (*queries)[static_cast<std::size_t>(thread) * metrics.size() + p];
    if (!query) query = std::make_unique<graph::Dijkstra>(*graph, metrics[p]);
    return query->run(from, to);
  };
}

}  // namespace roadgnn::io
