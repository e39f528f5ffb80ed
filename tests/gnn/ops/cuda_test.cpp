// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <functional>
#include <utility>
#include <vector>

#include <roadgnn/gnn/ops/ops.h>

#include "random_graph.h"

namespace roadgnn::gnn::ops {
namespace {

constexpr at::ScalarType kTypes[] = {at::kDouble, at::kFloat, at::kBFloat16, at::kHalf};
constexpr Reduce kReduces[] = {Reduce::kSum, Reduce::kMean, Reduce::kMax};
const std::vector<std::pair<std::int64_t, std::int64_t>> kHeadsAndWidths = {
    {1, 128}, {8, 16}, {3, 5}, {1, 1}, {2, 200}, {4, 33}};

class CudaOps : public testing::Test {
 protected:
  void SetUp() override {
    if (!at::hasCUDA()) GTEST_SKIP() << "no GPU, or LibTorch without its CUDA part";
    at::manual_seed(1);
  }

  static Adjacency to_gpu(const Adjacency& graph) {
    return {graph.first_out.cuda(), graph.head.cuda(), graph.t_first_out.cuda(),
            graph.t_head.cuda(), graph.t_edge.cuda()};
  }

  using Function = std::function<at::Tensor(const Adjacency&, const std::vector<at::Tensor>&)>;

  /// The result, and the gradients of its product with a random tensor, on both devices.
  static void expect_same_on_both(const Function& function, const std::vector<at::Tensor>& inputs,
                                  double tolerance) {
    const auto run = [&](const Adjacency& graph, at::Device device) {
      std::vector<at::Tensor> leaves, results;
      for (const at::Tensor& input : inputs) {
        leaves.push_back(input.to(device).detach().requires_grad_());
      }
      at::Tensor out = function(graph, leaves);
      at::manual_seed(2);
      out.backward(at::randn(out.sizes()).to(out.scalar_type()).to(device));
      results.push_back(out.detach());
      for (const at::Tensor& leaf : leaves) results.push_back(leaf.grad());
      return results;
    };
    const std::vector<at::Tensor> expected = run(graph(), at::kCPU);

    const std::vector<at::Tensor> results = run(to_gpu(graph()), at::kCUDA);

    for (std::size_t i = 0; i < results.size(); ++i) {
      const at::Tensor got = results[i].cpu().to(at::kDouble);
      EXPECT_TRUE(at::allclose(got, expected[i].to(at::kDouble), tolerance, tolerance))
          << "result " << i << " differs by "
          << (got - expected[i].to(at::kDouble)).abs().max().item<double>();
    }
  }

  static const Adjacency& graph() {
    static const Adjacency graph = with_transpose(make_random_graph(3, 60, 50), 50);
    return graph;
  }
};

TEST_F(CudaOps, SumMeanAndMaximumEqualTheCpus) {
  for (const auto type : kTypes) {
    for (const auto& [heads, width] : kHeadsAndWidths) {
      const at::Tensor x = at::randn({50, heads, width}).to(type);
      const at::Tensor weight = at::randn({graph().num_edges(), heads}).to(type);
      for (const Reduce reduce : kReduces) {
        expect_same_on_both(
            [reduce](const Adjacency& g, const std::vector<at::Tensor>& in) {
              return spmm(g, in[0], in[1], reduce);
            },
            {weight, x}, 4 * tolerance(type) * 10);
        expect_same_on_both(
            [reduce](const Adjacency& g, const std::vector<at::Tensor>& in) {
              return spmm(g, {}, in[0], reduce);
            },
            {x}, 4 * tolerance(type));
        expect_same_on_both(
            [reduce](const Adjacency& g, const std::vector<at::Tensor>& in) {
              return scatter_heads(g, gather_rows(g, in[0]), reduce);
            },
            {at::randn({60, heads, width}).to(type)}, 4 * tolerance(type));
      }
    }
  }
}

TEST_F(CudaOps, ProductsSoftmaxAndAttentionEqualTheCpus) {
  for (const auto type : kTypes) {
    for (const auto& [heads, width] : kHeadsAndWidths) {
      const at::Tensor q = at::randn({60, heads, width}).to(type);
      const at::Tensor k = at::randn({50, heads, width}).to(type);
      const at::Tensor edge = at::randn({graph().num_edges(), heads, width}).to(type);
      const at::Tensor bias = at::randn({graph().num_edges(), heads}).to(type);
      expect_same_on_both(
          [](const Adjacency& g, const std::vector<at::Tensor>& in) {
            return sddmm(g, in[0], in[1], in[2]);
          },
          {q, k, edge}, 40 * tolerance(type));
      expect_same_on_both([](const Adjacency& g,
                             const std::vector<at::Tensor>& in) { return edge_softmax(g, in[0]); },
                          {bias}, 4 * tolerance(type));
      expect_same_on_both(
          [](const Adjacency& g, const std::vector<at::Tensor>& in) {
            return neighbour_attention(g, in[0], in[1], in[2], in[3]);
          },
          {q, k, k.flip(0), bias}, 20 * tolerance(type));
    }
  }
}

TEST_F(CudaOps, TransposeEqualsTheCpus) {
  const Adjacency& g = graph();
  const CsrGraph csr(g.first_out.cuda(), g.head.cuda(), {}, 50);

  const Adjacency made = make_adjacency(csr);

  EXPECT_TRUE(made.t_first_out.cpu().equal(g.t_first_out));
  EXPECT_TRUE(made.t_head.cpu().equal(g.t_head));
  EXPECT_TRUE(made.t_edge.cpu().equal(g.t_edge));
}

}  // namespace
}  // namespace roadgnn::gnn::ops
