// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/device_csr_graph.h>

#include <gtest/gtest.h>

#include <memory>
#include <numeric>
#include <vector>

#include <ATen/ops/equal.h>
#include <roadgnn/graph/csr.h>
#include <roadgnn/graph/error.h>

namespace roadgnn::gnn {
namespace {

// A ring of two-way streets; only what message passing reads is filled in.
std::shared_ptr<const graph::RoadGraph> make_ring(std::int32_t num_nodes) {
  std::vector<std::int32_t> tail, head;
  for (std::int32_t v = 0; v < num_nodes; ++v) {
    const std::int32_t next = (v + 1) % num_nodes;
    tail.insert(tail.end(), {v, next});
    head.insert(head.end(), {next, v});
  }
  const graph::Csr csr = graph::build_csr(num_nodes, tail, head);
  auto ring = std::make_shared<graph::RoadGraph>();
  ring->first_out = csr.first_out;
  ring->head = csr.head;
  ring->tail = csr.tail;
  ring->first_in = csr.first_in;
  ring->in_edge = csr.in_edge;
  ring->lat_e7 = std::vector<std::int32_t>(static_cast<std::size_t>(num_nodes), 0);
  return ring;
}

TEST(DeviceCsrGraph, SeesTheRoadGraphInDeviceMemoryWithoutACopy) {
  if (!graph::find_device()) GTEST_SKIP() << "no CUDA device, or built without CUDA";
  const auto ring = make_ring(1000);
  const graph::DeviceRoadGraph on_device = graph::upload(*ring, torch_allocator(), nullptr);

  const CsrGraph graph = make_csr_graph(on_device);

  EXPECT_EQ(graph.head().data_ptr(), on_device.head.data.get());
  EXPECT_TRUE(at::equal(graph.to(at::kCPU).head(), make_csr_graph(ring).head()));
  EXPECT_TRUE(
      at::equal(graph.transpose().to(at::kCPU).head(), make_csr_graph(ring).transpose().head()));
}

TEST(DeviceCsrGraph, KeepsTheDeviceMemoryAlive) {
  if (!graph::find_device()) GTEST_SKIP() << "no CUDA device, or built without CUDA";
  const auto ring = make_ring(1000);
  auto on_device = graph::upload(*ring, graph::driver_allocator(), nullptr);
  const std::weak_ptr<std::int32_t> memory = on_device.head.data;

  {
    const CsrGraph graph = make_csr_graph(on_device);
    on_device = {};
    EXPECT_FALSE(memory.expired());
  }

  EXPECT_TRUE(memory.expired());
}

TEST(TorchAllocator, IsRefusedWithAReasonWhereThereIsNoDevice) {
  if (graph::find_device()) GTEST_SKIP() << "this machine has a CUDA device";

  EXPECT_THROW(torch_allocator(), Error);
}

}  // namespace
}  // namespace roadgnn::gnn
