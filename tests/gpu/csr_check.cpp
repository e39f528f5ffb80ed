// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <random>
#include <utility>
#include <vector>

#include <roadgnn/graph/csr.h>
#include <roadgnn/graph/device_csr.h>
#include <roadgnn/tests/gpu/report.h>

namespace roadgnn::graph::testing {
namespace {

struct EdgeList {
  std::int32_t num_nodes;
  std::vector<std::int32_t> tail, head;
};

// A square grid of two-way streets with its edges shuffled: the shape of a city.
EdgeList shuffled_grid(std::int32_t side) {
  EdgeList list{side * side, {}, {}};
  std::vector<std::pair<std::int32_t, std::int32_t>> edges;
  for (std::int32_t y = 0; y < side; ++y) {
    for (std::int32_t x = 0; x < side; ++x) {
      const std::int32_t node = y * side + x;
      if (x + 1 < side) edges.insert(edges.end(), {{node, node + 1}, {node + 1, node}});
      if (y + 1 < side) edges.insert(edges.end(), {{node, node + side}, {node + side, node}});
    }
  }
  std::mt19937 random(7);
  std::shuffle(edges.begin(), edges.end(), random);
  for (const auto& [tail, head] : edges) {
    list.tail.push_back(tail);
    list.head.push_back(head);
  }
  return list;
}

bool equal(const Csr& a, const Csr& b) {
  return a.first_out == b.first_out && a.tail == b.tail && a.head == b.head && a.input == b.input &&
         a.first_in == b.first_in && a.in_edge == b.in_edge;
}

}  // namespace

void check_csr(Report& report) {
  report.title("CSR of a shuffled grid, both ways, copies included (one CPU thread)");
  for (const std::int32_t side : {4, 200, 1000, 3000}) {
    const EdgeList edges = shuffled_grid(side);
    Csr on_cpu, on_gpu;
    const double cpu_ms =
        best_ms([&] { on_cpu = build_csr(edges.num_nodes, edges.tail, edges.head); });
    const double gpu_ms =
        best_ms([&] { on_gpu = build_csr_on_device(edges.num_nodes, edges.tail, edges.head); });
    report.line(
        std::to_string(edges.num_nodes) + " nodes, " + std::to_string(edges.tail.size()) + " edges",
        cpu_ms, gpu_ms, equal(on_cpu, on_gpu));
  }
}

}  // namespace roadgnn::graph::testing
