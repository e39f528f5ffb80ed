// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/dijkstra_travel_times.h>

#include <mutex>
#include <span>
#include <string>
#include <utility>

#include <roadgnn/graph/dijkstra.h>
#include <roadgnn/graph/error.h>

namespace roadgnn::graph {

// Searches keep their scratch memory; as many exist per profile as have asked at a time.
struct DijkstraTravelTimes::Impl {
  using Searches = std::vector<std::unique_ptr<Dijkstra>>;

  std::shared_ptr<const RoadGraph> graph;
  std::vector<Metric> metrics;
  std::vector<std::vector<Position>> positions;
  std::mutex mutex;
  std::vector<Searches> idle;

  std::unique_ptr<Dijkstra> take(std::int32_t profile) {
    {
      const std::lock_guard lock(mutex);
      Searches& searches = idle[static_cast<std::size_t>(profile)];
      if (!searches.empty()) {
        auto search = std::move(searches.back());
        searches.pop_back();
        return search;
      }
    }
    return std::make_unique<Dijkstra>(*graph, metrics[static_cast<std::size_t>(profile)]);
  }

  void put_back(std::int32_t profile, std::unique_ptr<Dijkstra> search) {
    const std::lock_guard lock(mutex);
    idle[static_cast<std::size_t>(profile)].push_back(std::move(search));
  }
};

DijkstraTravelTimes::DijkstraTravelTimes(std::shared_ptr<const RoadGraph> graph,
                                         std::vector<Metric> metrics,
                                         std::vector<std::vector<Position>> positions)
    : impl_(std::make_unique<Impl>()) {
  if (metrics.size() != positions.size()) {
    throw InputError(
        "travel times need one row of positions per metric: " + std::to_string(metrics.size()) +
        " metrics, " + std::to_string(positions.size()) + " rows");
  }
  for (const auto& row : positions) {
    if (row.size() != positions[0].size()) {
      throw InputError("the rows of positions differ in length: " + std::to_string(row.size()) +
                       " and " + std::to_string(positions[0].size()));
    }
  }
  impl_->graph = std::move(graph);
  impl_->idle.resize(metrics.size());
  impl_->metrics = std::move(metrics);
  impl_->positions = std::move(positions);
}

DijkstraTravelTimes::~DijkstraTravelTimes() = default;

std::int32_t DijkstraTravelTimes::num_stops() const {
  return impl_->positions.empty() ? 0 : static_cast<std::int32_t>(impl_->positions[0].size());
}

std::int32_t DijkstraTravelTimes::num_profiles() const {
  return static_cast<std::int32_t>(impl_->positions.size());
}

Travel DijkstraTravelTimes::at(std::int32_t profile, std::int32_t from, std::int32_t to) const {
  if (from == to) return {0, 0};
  const auto& positions = impl_->positions[static_cast<std::size_t>(profile)];
  auto search = impl_->take(profile);
  const Travel travel = search->run(positions[static_cast<std::size_t>(from)],
                                    std::span(&positions[static_cast<std::size_t>(to)], 1))[0];
  impl_->put_back(profile, std::move(search));
  return travel;
}

}  // namespace roadgnn::graph
