// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include <roadgnn/graph/candidate_graph.h>
#include <roadgnn/graph/device.h>
#include <roadgnn/graph/metric.h>
#include <roadgnn/graph/position.h>
#include <roadgnn/graph/router.h>
#include <roadgnn/graph/router_weight.h>

namespace roadgnn::graph {

struct DeviceRouterOptions {
  DeviceAllocator allocate;       ///< where device memory comes from; empty: the driver's allocator
  DeviceStream stream = nullptr;  ///< where all work is queued; outlives the router and its metrics
  std::size_t memory_bytes = 0;   ///< device memory that tables and nearest stops may take beside
                                  ///< the city and its metrics; 0: half of what is free
};

/// A table in device memory: row-major cells as TableBlock's.
struct DeviceTravelTable {
  std::int64_t num_rows = 0, num_columns = 0;
  DeviceArray<std::int32_t> time_ms;
  DeviceArray<std::int32_t> length_m;  ///< empty where lengths were not asked for
};

/// A metric made ready for queries in device memory. Immutable.
class DeviceMetric;

/// The router's heavy work on a GPU: new metrics, tables, nearest stops. Answers are the integers
/// that Router gives. Works on the device that is current when it is made. Thread-safe; calls take
/// turns.
///
/// Metrics are customised level by level of the hierarchy. Tables are restricted sweeps (see
/// Router) with a thread for each source: the 32 threads of a warp read the same arcs, and keep the
/// weights on the way to the root in shared memory.
class DeviceRouter {
 public:
  /// Copies the graph's hierarchy to the device, or makes one first where the graph has none.
  /// Throws Error where there is no device, no memory on it, or no CUDA in this build.
  explicit DeviceRouter(std::shared_ptr<const RoadGraph> graph, DeviceRouterOptions options = {});
  ~DeviceRouter();
  DeviceRouter(const DeviceRouter&) = delete;
  DeviceRouter& operator=(const DeviceRouter&) = delete;

  const RoadGraph& graph() const;

  /// As Router::prepare.
  std::shared_ptr<const DeviceMetric> prepare(Metric metric) const;

  /// As Router::table.
  std::vector<Travel> table(const DeviceMetric& metric, std::span<const Position> sources,
                            std::span<const Position> targets) const;

  /// As Router::stream_table; the cells lie in page-locked memory while the sink is called, and
  /// rows further on are computed meanwhile. The sink must not call this router.
  void stream_table(const DeviceMetric& metric, std::span<const Position> sources,
                    std::span<const Position> targets, bool with_lengths,
                    const std::function<void(const TableBlock&)>& sink) const;

  /// The whole table where the device has room for it. Throws Error where it has not.
  DeviceTravelTable table_on_device(const DeviceMetric& metric, std::span<const Position> sources,
                                    std::span<const Position> targets, bool with_lengths) const;

  /// The candidates of a day's stops, as the oracle of a Router finds them. `threads` of the CPU
  /// sort the lists.
  CandidateGraph nearest(const DeviceMetric& metric, std::span<const Position> stops,
                         std::int32_t k, int threads = 1) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

namespace detail {

/// Copies of a metric's weights: what PreparedMetric::arcs and loops give.
struct HostWeights {
  std::vector<ArcWeights> arcs;
  std::vector<Weight> loops;
};
HostWeights download_weights(const DeviceMetric& metric);

}  // namespace detail
}  // namespace roadgnn::graph
