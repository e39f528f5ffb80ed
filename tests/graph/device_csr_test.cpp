// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/graph/device_csr.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

#include <roadgnn/graph/error.h>

namespace roadgnn::graph {
namespace {

struct EdgeList {
  std::int32_t num_nodes;
  std::vector<std::int32_t> tail, head;
};

// Repeated edges, loops, empty rows and one dense row.
EdgeList random_edges(std::int32_t num_nodes, std::size_t num_edges, std::uint32_t seed) {
  std::mt19937 random(seed);
  EdgeList list{num_nodes, {}, {}};
  for (std::size_t i = 0; i < num_edges; ++i) {
    const auto node = [&] {
      return static_cast<std::int32_t>(random() % static_cast<std::uint32_t>(num_nodes));
    };
    list.tail.push_back(i % 10 == 0 ? num_nodes / 2 : node());
    list.head.push_back(node());
  }
  return list;
}

void expect_equal(const Csr& a, const Csr& b) {
  EXPECT_EQ(a.first_out, b.first_out);
  EXPECT_EQ(a.tail, b.tail);
  EXPECT_EQ(a.head, b.head);
  EXPECT_EQ(a.input, b.input);
  EXPECT_EQ(a.first_in, b.first_in);
  EXPECT_EQ(a.in_edge, b.in_edge);
}

// What the kernels do, step by step on the host.
Csr csr_by_sorted_keys(const EdgeList& edges) {
  const auto num_edges = static_cast<std::int32_t>(edges.tail.size());
  std::vector<std::int32_t> index(edges.tail.size());
  std::iota(index.begin(), index.end(), 0);
  const auto at = [](const std::vector<std::int32_t>& values, std::int32_t i) {
    return values[static_cast<std::size_t>(i)];
  };
  const auto mark_all = [&](const std::vector<std::int32_t>& rows) {
    std::vector<std::int32_t> first(static_cast<std::size_t>(edges.num_nodes) + 1, -1);
    for (std::int32_t i = num_edges; i >= 0; --i) {  // in any order
      mark_row_starts(i, rows.data(), num_edges, edges.num_nodes, first.data());
    }
    return first;
  };

  Csr csr;
  csr.input = index;
  std::stable_sort(csr.input.begin(), csr.input.end(), [&](std::int32_t a, std::int32_t b) {
    return csr_key(at(edges.tail, a), at(edges.head, a)) <
           csr_key(at(edges.tail, b), at(edges.head, b));
  });
  for (const std::int32_t i : csr.input) {
    const std::uint64_t key = csr_key(at(edges.tail, i), at(edges.head, i));
    csr.tail.push_back(csr_key_tail(key));
    csr.head.push_back(csr_key_head(key));
  }
  csr.first_out = mark_all(csr.tail);
  csr.in_edge = index;
  std::stable_sort(csr.in_edge.begin(), csr.in_edge.end(), [&](std::int32_t a, std::int32_t b) {
    return at(csr.head, a) < at(csr.head, b);
  });
  std::vector<std::int32_t> rows;
  for (const std::int32_t i : csr.in_edge) rows.push_back(at(csr.head, i));
  csr.first_in = mark_all(rows);
  return csr;
}

TEST(DeviceCsr, ItsStepsDoneOnTheHostGiveTheReference) {
  for (const std::size_t num_edges : {0, 1, 7, 5000}) {
    const EdgeList edges = random_edges(300, num_edges, 1);

    const Csr stepwise = csr_by_sorted_keys(edges);

    expect_equal(stepwise, build_csr(edges.num_nodes, edges.tail, edges.head));
  }
}

TEST(DeviceCsr, IsEquivalentToTheReference) {
  if (!find_device()) GTEST_SKIP() << "no CUDA device, or built without CUDA";
  for (const std::size_t num_edges : {0, 1, 7, 5000, 1000000}) {
    const EdgeList edges = random_edges(30000, num_edges, 2);

    const Csr built = build_csr_on_device(edges.num_nodes, edges.tail, edges.head);

    expect_equal(built, build_csr(edges.num_nodes, edges.tail, edges.head));
  }
}

TEST(DeviceCsr, IsRefusedWithAReasonWhereThereIsNoDevice) {
  if (find_device()) GTEST_SKIP() << "this machine has a CUDA device";

  EXPECT_THROW(build_csr_on_device(1, {}, {}), Error);
}

}  // namespace
}  // namespace roadgnn::graph
