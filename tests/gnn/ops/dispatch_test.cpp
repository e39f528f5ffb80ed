// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <c10/core/InferenceMode.h>
#include <gtest/gtest.h>

#include <roadgnn/gnn/ops/ops.h>

#include "random_graph.h"

namespace roadgnn::gnn::ops {
namespace {

Adjacency on(at::Device device, const Adjacency& graph) {
  return {graph.first_out.to(device), graph.head.to(device), graph.t_first_out.to(device),
          graph.t_head.to(device), graph.t_edge.to(device)};
}

TEST(MetaKernels, GiveTheShapesOfTheRealOnes) {
  const Adjacency real = with_transpose(make_random_graph(1, 20, 30), 30);
  const Adjacency graph = on(at::kMeta, real);
  const at::Tensor q = at::empty({20, 2, 8}, at::kMeta), k = at::empty({30, 2, 8}, at::kMeta);
  const at::Tensor scores = at::empty({real.num_edges(), 2}, at::kMeta);

  EXPECT_EQ(spmm(graph, scores, k, Reduce::kMax).sizes(), at::IntArrayRef({20, 2, 8}));
  EXPECT_EQ(sddmm(graph, q, k).sizes(), scores.sizes());
  EXPECT_EQ(edge_softmax(graph, scores).sizes(), scores.sizes());
  EXPECT_EQ(neighbour_attention(graph, q, k, k, scores).sizes(), q.sizes());
  EXPECT_EQ(segment_reduce(graph, scores).sizes(), at::IntArrayRef({20, 2}));
  EXPECT_EQ(gather_heads(graph, k).sizes(), at::IntArrayRef({real.num_edges(), 2, 8}));
}

TEST(MetaKernels, GiveTheShapesOfGradients) {
  const Adjacency graph = on(at::kMeta, with_transpose(make_random_graph(1, 20, 30), 30));
  const at::Tensor x = at::empty({30, 8}, at::kMeta).requires_grad_();
  const at::Tensor weight = at::empty({graph.num_edges()}, at::kMeta).requires_grad_();

  const at::Tensor out = spmm(graph, weight, x);
  out.backward(at::empty_like(out));

  EXPECT_EQ(x.grad().sizes(), x.sizes());
  EXPECT_EQ(weight.grad().sizes(), weight.sizes());
}

/// Autocast to bfloat16 on the CPU while it lives.
struct Autocast {
  Autocast() {
    at::autocast::set_autocast_dtype(at::kCPU, at::kBFloat16);
    at::autocast::set_autocast_enabled(at::kCPU, true);
    at::autocast::increment_nesting();
  }
  ~Autocast() {
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    at::autocast::set_autocast_enabled(at::kCPU, false);
  }
};

TEST(Autocast, LowersProductsAndKeepsTheSoftmaxInFloat32) {
  const Adjacency graph = make_random_graph(1, 20, 20);
  const at::Tensor x = at::randn({20, 2, 8}).requires_grad_();
  const at::Tensor logits = at::randn({graph.num_edges(), 2}, at::kBFloat16);
  at::Tensor sums, attended, products, softmax;
  {
    const Autocast autocast;
    sums = spmm(graph, {}, x);
    attended = neighbour_attention(graph, x, x, x);
    products = sddmm(graph, x, x);
    softmax = edge_softmax(graph, logits);
  }

  sums.sum().backward();

  EXPECT_EQ(sums.scalar_type(), at::kBFloat16);
  EXPECT_EQ(attended.scalar_type(), at::kBFloat16);
  EXPECT_EQ(products.scalar_type(), at::kBFloat16);
  EXPECT_EQ(softmax.scalar_type(), at::kFloat);
  EXPECT_EQ(x.grad().scalar_type(), at::kFloat);
}

TEST(Threads, DoNotChangeResults) {
  const Adjacency graph = with_transpose(make_random_graph(2, 20000, 20000), 20000);
  const at::Tensor x = at::randn({20000, 8, 8});
  const auto run = [&](int threads) {
    at::set_num_threads(threads);
    const at::Tensor leaf = x.detach().requires_grad_();
    const at::Tensor out = neighbour_attention(graph, leaf, leaf, spmm(graph, {}, leaf));
    out.sum().backward();
    at::set_num_threads(1);
    return std::pair(out.detach(), leaf.grad());
  };

  const auto [alone, grad_alone] = run(1);
  const auto [together, grad_together] = run(3);

  EXPECT_TRUE(alone.equal(together));
  EXPECT_TRUE(grad_alone.equal(grad_together));
}

TEST(Inference, WorksInInferenceMode) {
  const Adjacency graph = make_random_graph(3, 20, 20);
  const c10::InferenceMode guard;
  const at::Tensor x = at::randn({20, 8});
  at::Tensor out = at::empty({20, 8});

  spmm_out(out, graph, {}, x);

  EXPECT_TRUE(out.equal(spmm(graph, {}, x)));
}

}  // namespace
}  // namespace roadgnn::gnn::ops
