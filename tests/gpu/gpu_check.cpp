// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Checks the CUDA kernels against the CPU and prints a table of times. Needs nothing but the CUDA
// toolkit, so that it builds on a machine that has a GPU and little else. Run by tests/gpu.sh.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <random>
#include <vector>

#include <roadgnn/graph/csr.h>
#include <roadgnn/graph/device.h>
#include <roadgnn/graph/device_csr.h>

namespace {

using namespace roadgnn::graph;

constexpr int kNoDevice = 77;  // what CTest is told to read as "skipped"

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

// Least of five runs, in milliseconds, after one that is not counted.
double best_ms(const std::function<void()>& work) {
  work();
  double best = 1e300;
  for (int i = 0; i < 5; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    const auto end = std::chrono::steady_clock::now();
    best = std::min(best, std::chrono::duration<double, std::milli>(end - begin).count());
  }
  return best;
}

int run() {
  const auto device = find_device();
  if (!device) {
    std::printf("skipped: no CUDA device, or built without CUDA\n");
    return kNoDevice;
  }
  std::printf("%s, %.0f GiB\n\n", device->name.c_str(),
              static_cast<double>(device->memory_bytes) / (1 << 30));
  std::printf("%-34s %12s %12s %10s %10s %7s\n", "kernel", "nodes", "edges", "CPU ms", "GPU ms",
              "equal");
  bool all_equal = true;
  for (const std::int32_t side : {4, 200, 1000, 3000}) {
    const EdgeList edges = shuffled_grid(side);
    Csr on_cpu, on_gpu;
    const double cpu_ms =
        best_ms([&] { on_cpu = build_csr(edges.num_nodes, edges.tail, edges.head); });
    const double gpu_ms =
        best_ms([&] { on_gpu = build_csr_on_device(edges.num_nodes, edges.tail, edges.head); });
    const bool same = equal(on_cpu, on_gpu);
    all_equal = all_equal && same;
    std::printf("%-34s %12d %12zu %10.2f %10.2f %7s\n", "CSR both ways (copies included)",
                edges.num_nodes, edges.tail.size(), cpu_ms, gpu_ms, same ? "yes" : "NO");
  }
  return all_equal ? 0 : 1;
}

}  // namespace

int main() {
  try {
    return run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "gpu_check: %s\n", error.what());
    return 1;
  }
}
