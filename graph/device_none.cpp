// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// What a build without CUDA answers.
#include <roadgnn/graph/device.h>
#include <roadgnn/graph/device_csr.h>
#include <roadgnn/graph/device_road_graph.h>
#include <roadgnn/graph/device_router.h>
#include <roadgnn/graph/error.h>

namespace roadgnn::graph {
namespace {

[[noreturn]] void refuse() {
  throw Error("a GPU was asked for, but this build has no CUDA kernels");
}

}  // namespace

bool built_with_cuda() {
  return false;
}

std::optional<DeviceInfo> find_device() {
  return std::nullopt;
}

DeviceAllocator driver_allocator() {
  refuse();
}

DeviceCsr build_device_csr(std::int32_t, const DeviceArray<std::int32_t>&,
                           const DeviceArray<std::int32_t>&, const DeviceAllocator&, DeviceStream) {
  refuse();
}

Csr build_csr_on_device(std::int32_t, std::span<const std::int32_t>,
                        std::span<const std::int32_t>) {
  refuse();
}

DeviceRoadGraph upload(const RoadGraph&, const DeviceAllocator&, DeviceStream) {
  refuse();
}

struct DeviceRouter::Impl {};

DeviceRouter::DeviceRouter(std::shared_ptr<const RoadGraph>, DeviceRouterOptions) {
  refuse();
}

DeviceRouter::~DeviceRouter() = default;

const RoadGraph& DeviceRouter::graph() const {
  refuse();
}

std::shared_ptr<const DeviceMetric> DeviceRouter::prepare(Metric) const {
  refuse();
}

std::vector<Travel> DeviceRouter::table(const DeviceMetric&, std::span<const Position>,
                                        std::span<const Position>) const {
  refuse();
}

void DeviceRouter::stream_table(const DeviceMetric&, std::span<const Position>,
                                std::span<const Position>, bool,
                                const std::function<void(const TableBlock&)>&) const {
  refuse();
}

DeviceTravelTable DeviceRouter::table_on_device(const DeviceMetric&, std::span<const Position>,
                                                std::span<const Position>, bool) const {
  refuse();
}

CandidateGraph DeviceRouter::nearest(const DeviceMetric&, std::span<const Position>, std::int32_t,
                                     int) const {
  refuse();
}

detail::HostWeights detail::download_weights(const DeviceMetric&) {
  refuse();
}

}  // namespace roadgnn::graph
