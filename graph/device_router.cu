// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/graph/device_router.h>

#include <algorithm>
#include <mutex>
#include <numeric>
#include <utility>

#include <roadgnn/graph/device_customise.h>
#include <roadgnn/graph/device_nearest.h>
#include <roadgnn/graph/device_tables.h>
#include <roadgnn/graph/hierarchy.h>
#include <roadgnn/graph/parallel.h>
#include <roadgnn/graph/device_launcher.cuh>
#include <roadgnn/graph/device_table_stream.cuh>

namespace roadgnn::graph {

using detail::check_cuda;
using detail::CudaLauncher;
using detail::QuerySides;

namespace {

// Makes a device current for a while.
class DeviceScope {
 public:
  explicit DeviceScope(int device) {
    check_cuda(cudaGetDevice(&before_), "finding the GPU");
    check_cuda(cudaSetDevice(device), "choosing the GPU");
  }
  DeviceScope(const DeviceScope&) = delete;
  DeviceScope& operator=(const DeviceScope&) = delete;
  ~DeviceScope() { cudaSetDevice(before_); }

 private:
  int before_ = 0;
};

int current_device() {
  int device = 0;
  check_cuda(cudaGetDevice(&device), "finding the GPU");
  return device;
}

}  // namespace

class DeviceMetric {
 public:
  std::shared_ptr<const RoadGraph> graph;
  std::shared_ptr<const Hierarchy> hierarchy;
  Metric metric;
  detail::DeviceWeights weights;
  int device = 0;
  DeviceStream stream = nullptr;

  std::vector<QuerySides> sides(std::span<const Position> positions) const {
    std::vector<QuerySides> sides;
    sides.reserve(positions.size());
    for (const Position& position : positions) {
      sides.push_back(detail::query_sides(*graph, *hierarchy, metric, position));
    }
    return sides;
  }
};

struct DeviceRouter::Impl {
  std::shared_ptr<const RoadGraph> graph;
  std::shared_ptr<const Hierarchy> hierarchy;
  DeviceRouterOptions options;
  int device = 0;
  detail::DeviceHierarchy on_device;
  mutable std::mutex one_at_a_time;
  mutable detail::PinnedPieces pieces;

  std::int64_t memory_bytes() const {
    if (options.memory_bytes > 0) return static_cast<std::int64_t>(options.memory_bytes);
    std::size_t free = 0, total = 0;
    check_cuda(cudaMemGetInfo(&free, &total), "asking for the GPU's memory");
    return static_cast<std::int64_t>(free / 2);
  }
};

DeviceRouter::DeviceRouter(std::shared_ptr<const RoadGraph> graph, DeviceRouterOptions options)
    : impl_(std::make_unique<Impl>()) {
  if (!find_device()) throw Error("a GPU was asked for, but there is no CUDA device");
  impl_->graph = std::move(graph);
  impl_->hierarchy = impl_->graph->hierarchy;
  if (!impl_->hierarchy) impl_->hierarchy = make_hierarchy(*impl_->graph);
  impl_->options = std::move(options);
  if (!impl_->options.allocate) impl_->options.allocate = driver_allocator();
  impl_->device = current_device();
  CudaLauncher launcher(impl_->options.allocate, impl_->options.stream);
  impl_->on_device = detail::upload_hierarchy(launcher, *impl_->graph, *impl_->hierarchy);
  launcher.wait();
}

DeviceRouter::~DeviceRouter() = default;

const RoadGraph& DeviceRouter::graph() const {
  return *impl_->graph;
}

std::shared_ptr<const DeviceMetric> DeviceRouter::prepare(Metric metric) const {
  detail::check_metric(*impl_->graph, metric);
  const std::lock_guard lock(impl_->one_at_a_time);
  const DeviceScope scope(impl_->device);
  CudaLauncher launcher(impl_->options.allocate, impl_->options.stream);
  auto prepared = std::make_shared<DeviceMetric>();
  prepared->graph = impl_->graph;
  prepared->hierarchy = impl_->hierarchy;
  prepared->device = impl_->device;
  prepared->stream = impl_->options.stream;
  prepared->weights = detail::customise(launcher, impl_->on_device, metric.arc_time_ms);
  prepared->metric = std::move(metric);
  launcher.wait();
  return prepared;
}

std::vector<Travel> DeviceRouter::table(const DeviceMetric& metric,
                                        std::span<const Position> sources,
                                        std::span<const Position> targets) const {
  std::vector<Travel> table(sources.size() * targets.size());
  stream_table(metric, sources, targets, true, [&](const TableBlock& block) {
    Travel* out = table.data() + block.first_row * static_cast<std::int64_t>(targets.size());
    for (std::size_t i = 0; i < block.time_ms.size(); ++i) {
      if (block.time_ms[i] >= 0) out[i] = {block.time_ms[i], block.length_m[i]};
    }
  });
  return table;
}

void DeviceRouter::stream_table(const DeviceMetric& metric, std::span<const Position> sources,
                                std::span<const Position> targets, bool with_lengths,
                                const std::function<void(const TableBlock&)>& sink) const {
  const std::vector<QuerySides> source_sides = metric.sides(sources);
  const std::vector<QuerySides> target_sides = metric.sides(targets);
  const std::lock_guard lock(impl_->one_at_a_time);
  const DeviceScope scope(impl_->device);
  CudaLauncher launcher(impl_->options.allocate, impl_->options.stream);
  const auto stream = [&]<class Lane>(Lane) {
    detail::DeviceTable<Lane, CudaLauncher> table(launcher, impl_->on_device, metric.weights,
                                                  targets, target_sides);
    detail::stream_blocks(launcher, table, sources, source_sides, targets.size(), with_lengths,
                          impl_->memory_bytes(), impl_->pieces, sink);
  };
  if (with_lengths) {
    stream(detail::Weight{});
  } else {
    stream(std::uint32_t{});
  }
}

DeviceTravelTable DeviceRouter::table_on_device(const DeviceMetric& metric,
                                                std::span<const Position> sources,
                                                std::span<const Position> targets,
                                                bool with_lengths) const {
  const std::vector<QuerySides> source_sides = metric.sides(sources);
  const std::vector<QuerySides> target_sides = metric.sides(targets);
  const std::lock_guard lock(impl_->one_at_a_time);
  const DeviceScope scope(impl_->device);
  CudaLauncher launcher(impl_->options.allocate, impl_->options.stream);
  DeviceTravelTable cells;
  cells.num_rows = static_cast<std::int64_t>(sources.size());
  cells.num_columns = static_cast<std::int64_t>(targets.size());
  cells.time_ms = launcher.array<std::int32_t>(cells.num_rows * cells.num_columns);
  if (with_lengths) {
    cells.length_m = launcher.array<std::int32_t>(cells.num_rows * cells.num_columns);
  }
  const auto fill = [&]<class Lane>(Lane) {
    detail::DeviceTable<Lane, CudaLauncher> table(launcher, impl_->on_device, metric.weights,
                                                  targets, target_sides);
    const std::int64_t block =
        detail::rows_that_fit(cells.num_rows, table.bytes_per_row(), impl_->memory_bytes());
    for (std::int64_t first = 0; first < cells.num_rows; first += block) {
      const auto begin = static_cast<std::size_t>(first);
      const auto count = static_cast<std::size_t>(std::min(block, cells.num_rows - first));
      detail::CellOutput output;
      output.time_ms = cells.time_ms.data.get() + first * cells.num_columns;
      if (with_lengths) output.length_m = cells.length_m.data.get() + first * cells.num_columns;
      output.num_columns = cells.num_columns;
      table.run(sources.subspan(begin, count), std::span(source_sides).subspan(begin, count),
                output);
    }
    launcher.wait();
  };
  if (with_lengths) {
    fill(detail::Weight{});
  } else {
    fill(std::uint32_t{});
  }
  return cells;
}

CandidateGraph DeviceRouter::nearest(const DeviceMetric& metric, std::span<const Position> stops,
                                     std::int32_t k, int threads) const {
  const std::vector<QuerySides> sides = metric.sides(stops);
  k = std::clamp(k, 0, static_cast<std::int32_t>(stops.size()));
  // Neighbours on the map lie side by side on the device.
  const std::vector<std::int32_t> lanes = detail::lanes_of(sides);
  const std::vector<std::int32_t> ids(lanes.begin(),
                                      lanes.begin() + static_cast<std::ptrdiff_t>(stops.size()));
  std::vector<Position> positions;
  std::vector<QuerySides> ordered;
  for (const std::int32_t id : ids) {
    positions.push_back(stops[id]);
    ordered.push_back(sides[id]);
  }
  detail::NearestLists successors, predecessors;
  {
    const std::lock_guard lock(impl_->one_at_a_time);
    const DeviceScope scope(impl_->device);
    CudaLauncher launcher(impl_->options.allocate, impl_->options.stream);
    detail::DeviceNearest<CudaLauncher> lists(launcher, impl_->on_device, metric.weights, positions,
                                              ordered, ids, k, impl_->memory_bytes());
    successors = lists.successors();
    predecessors = lists.predecessors();
  }
  return detail::join_lists(successors, predecessors, ids, k, resolve_threads(threads));
}

namespace detail {

HostWeights download_weights(const DeviceMetric& metric) {
  const DeviceScope scope(metric.device);
  HostWeights host{to_host(metric.weights.arcs, metric.stream),
                   to_host(metric.weights.loops, metric.stream)};
  check_cuda(cudaStreamSynchronize(static_cast<cudaStream_t>(metric.stream)),
             "copying from the GPU");
  return host;
}

}  // namespace detail
}  // namespace roadgnn::graph
