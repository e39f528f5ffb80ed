// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include <roadgnn/gnn/ops/ops.h>
#include <roadgnn/gnn/train/gradcheck.h>
#include <roadgnn/graph/error.h>

#include "random_graph.h"

namespace roadgnn::gnn::ops {
namespace {

using testing::HasSubstr;
using train::gradcheck;

constexpr at::ScalarType kTypes[] = {at::kDouble, at::kFloat, at::kBFloat16, at::kHalf};
const std::vector<std::pair<std::int64_t, std::int64_t>> kHeadsAndWidths = {
    {8, 16}, {1, 128}, {2, 64}, {3, 5}, {4, 8}, {2, 200}, {20, 4}, {1, 1}};

at::Tensor random(at::IntArrayRef shape, at::ScalarType type = at::kDouble) {
  return at::randn(shape, at::kDouble).to(type);
}

void expect_close(const at::Tensor& result, const at::Tensor& expected, double tolerance) {
  ASSERT_EQ(result.sizes(), expected.sizes());
  EXPECT_TRUE(at::allclose(result.to(at::kDouble), expected.to(at::kDouble), tolerance, tolerance))
      << "differs by "
      << (result.to(at::kDouble) - expected.to(at::kDouble)).abs().max().item<double>();
}

at::Tensor wide(const at::Tensor& tensor) {
  return tensor.to(at::kDouble);
}

TEST(Sddmm, EqualsTheDenseProductAtEveryEdge) {
  at::manual_seed(1);
  const Adjacency graph = make_random_graph(1, 30, 40);
  const at::Tensor a = random({30, 7}), b = random({40, 7});

  const at::Tensor dots = sddmm(graph, a, b);

  expect_close(dots, a.mm(b.t()).index({tails(graph), graph.head.to(at::kLong)}), 1e-12);
}

TEST(Sddmm, EqualsLibTorchForEveryTypeHeadsAndWidth) {
  at::manual_seed(2);
  for (const auto type : kTypes) {
    for (const auto& [heads, width] : kHeadsAndWidths) {
      const Adjacency graph = make_random_graph(3, 20, 25);
      const at::Tensor a = random({20, heads, width}, type), b = random({25, heads, width}, type);
      const at::Tensor edge = random({graph.num_edges(), heads, width}, type);
      const double allowed = tolerance(type) * std::sqrt(static_cast<double>(width));

      expect_close(sddmm(graph, a, b), naive_sddmm(graph, wide(a), wide(b)), allowed);
      expect_close(sddmm(graph, a, b, edge), naive_sddmm(graph, wide(a), wide(b), wide(edge)),
                   allowed);
    }
  }
}

TEST(Sddmm, HasTheDerivativesOfItsFormula) {
  at::manual_seed(3);
  const Adjacency bare = make_random_graph(4, 8, 7);
  for (const Adjacency& graph : {bare, with_transpose(bare, 7)}) {
    const at::Tensor a = random({8, 2, 3}).requires_grad_(), b = random({7, 2, 3}).requires_grad_();
    const at::Tensor edge = random({graph.num_edges(), 2, 3}).requires_grad_();
    const auto function = [&](const std::vector<at::Tensor>& inputs) {
      return sddmm(graph, inputs[0], inputs[1], inputs[2]);
    };
    const auto plain = [&](const std::vector<at::Tensor>& inputs) {
      return sddmm(graph, inputs[0], inputs[1]);
    };

    EXPECT_EQ(gradcheck(function, {a, b, edge}), std::nullopt);
    EXPECT_EQ(gradcheck(function, {a.detach(), b, edge.detach()}), std::nullopt);
    EXPECT_EQ(gradcheck(plain, {a.detach().select(1, 0).clone().requires_grad_(),
                                b.detach().select(1, 1).clone().requires_grad_()}),
              std::nullopt);
  }
}

TEST(EdgeSoftmax, EqualsLibTorchRowByRow) {
  at::manual_seed(4);
  const Adjacency graph = make_random_graph(5, 40, 50);
  for (const auto type : kTypes) {
    for (const std::int64_t heads : {1, 2, 3, 8, 16, 20}) {
      const at::Tensor logits = random({graph.num_edges(), heads}, type) * 3;
      expect_close(edge_softmax(graph, logits), naive_softmax(graph, wide(logits)),
                   tolerance(type));
    }
    const at::Tensor logits = random({graph.num_edges()}, type) * 3;
    expect_close(edge_softmax(graph, logits), naive_softmax(graph, wide(logits)), tolerance(type));
  }
}

TEST(EdgeSoftmax, IsStableForLargeLogits) {
  const Adjacency graph = {at::tensor({0, 2}, at::kInt), at::tensor({0, 1}, at::kInt), {}, {}, {}};

  const at::Tensor p = edge_softmax(graph, at::tensor({1e30F, -1e30F}));

  EXPECT_EQ(p[0].item<float>(), 1);
  EXPECT_EQ(p[1].item<float>(), 0);
}

TEST(EdgeSoftmax, HasTheDerivativesOfItsFormula) {
  at::manual_seed(5);
  const Adjacency graph = make_random_graph(6, 9, 7);
  const at::Tensor logits = random({graph.num_edges(), 3}).requires_grad_();

  EXPECT_EQ(gradcheck([&](const auto& inputs) { return edge_softmax(graph, inputs[0]); }, {logits}),
            std::nullopt);
}

TEST(NeighbourAttention, EqualsSddmmSoftmaxAndSpmmForEveryTypeHeadsAndWidth) {
  at::manual_seed(6);
  const Adjacency graph = make_random_graph(7, 30, 90);
  for (const auto type : kTypes) {
    for (const auto& [heads, width] : kHeadsAndWidths) {
      const at::Tensor q = random({30, heads, width}, type), k = random({90, heads, width}, type);
      const at::Tensor v = random({90, heads, width}, type);
      const double scale = 1 / std::sqrt(static_cast<double>(width));
      for (const at::Tensor& bias : {at::Tensor(), random({graph.num_edges()}, type),
                                     random({graph.num_edges(), heads}, type)}) {
        const at::Tensor result = neighbour_attention(
            graph, q, k, v, bias.defined() ? std::optional(bias) : std::nullopt);

        expect_close(result,
                     naive_attention(graph, wide(q), wide(k), wide(v),
                                     bias.defined() ? wide(bias) : bias, scale),
                     tolerance(type));
      }
    }
  }
}

TEST(NeighbourAttention, OfAllPairsIsScaledDotProductAttention) {
  at::manual_seed(7);
  const std::int64_t n = 50, heads = 4, width = 16;
  const Adjacency graph = {
      at::arange(0, n * n + 1, n, at::kInt), at::arange(n, at::kInt).repeat({n}), {}, {}, {}};
  const at::Tensor q = random({n, heads, width}, at::kFloat),
                   k = random({n, heads, width}, at::kFloat);
  const at::Tensor v = random({n, heads, width}, at::kFloat);

  const at::Tensor result = neighbour_attention(graph, q, k, v);

  const at::Tensor expected = at::scaled_dot_product_attention(q.transpose(0, 1).unsqueeze(0),
                                                               k.transpose(0, 1).unsqueeze(0),
                                                               v.transpose(0, 1).unsqueeze(0))
                                  .squeeze(0)
                                  .transpose(0, 1);
  expect_close(result, expected, 2e-5);
}

TEST(NeighbourAttention, HasTheDerivativesOfItsFormula) {
  at::manual_seed(8);
  const Adjacency bare = make_random_graph(8, 6, 7);
  for (const Adjacency& graph : {bare, with_transpose(bare, 7)}) {
    const at::Tensor q = random({6, 2, 3}).requires_grad_(), k = random({7, 2, 3}).requires_grad_();
    const at::Tensor v = random({7, 2, 3}).requires_grad_();
    const at::Tensor bias = random({graph.num_edges()}).requires_grad_();
    const at::Tensor head_bias = random({graph.num_edges(), 2}).requires_grad_();
    const auto biased = [&](const std::vector<at::Tensor>& inputs) {
      return neighbour_attention(graph, inputs[0], inputs[1], inputs[2], inputs[3], 0.7);
    };
    const auto plain = [&](const std::vector<at::Tensor>& inputs) {
      return neighbour_attention(graph, inputs[0], inputs[1], inputs[2]);
    };

    EXPECT_EQ(gradcheck(biased, {q, k, v, bias}), std::nullopt);
    EXPECT_EQ(gradcheck(biased, {q, k, v, head_bias}), std::nullopt);
    EXPECT_EQ(gradcheck(plain, {q, k, v}), std::nullopt);
  }
}

TEST(NeighbourAttention, HasGradientsOfLibTorchInFloat32) {
  at::manual_seed(9);
  const Adjacency graph = with_transpose(make_random_graph(9, 40, 70), 70);
  for (const auto& [heads, width] : kHeadsAndWidths) {
    const std::vector<at::Tensor> inputs = {random({40, heads, width}), random({70, heads, width}),
                                            random({70, heads, width}),
                                            random({graph.num_edges(), heads})};
    const at::Tensor up = random({40, heads, width});
    const auto gradients = [&, width = width](at::ScalarType type, bool naive) {
      std::vector<at::Tensor> leaves, grads;
      for (const at::Tensor& input : inputs)
        leaves.push_back(input.to(type).detach().requires_grad_());
      const double scale = 1 / std::sqrt(static_cast<double>(width));
      const at::Tensor out =
          naive ? naive_attention(graph, leaves[0], leaves[1], leaves[2], leaves[3], scale)
                : neighbour_attention(graph, leaves[0], leaves[1], leaves[2], leaves[3]);
      out.backward(up.to(type));
      for (const at::Tensor& leaf : leaves) grads.push_back(leaf.grad());
      return grads;
    };

    const auto result = gradients(at::kFloat, false), expected = gradients(at::kDouble, true);

    for (std::size_t i = 0; i < result.size(); ++i) expect_close(result[i], expected[i], 1e-4);
  }
}

TEST(NeighbourAttention, GivesNoWeightToScoresOfMinusInfinity) {
  at::manual_seed(11);
  const std::int64_t n = 100;
  const Adjacency graph = {
      at::tensor({std::int64_t{0}, n}, at::kInt), at::arange(n, at::kInt), {}, {}, {}};
  const at::Tensor q = random({1, 8, 16}, at::kFloat), k = random({n, 8, 16}, at::kFloat);
  at::Tensor bias = at::zeros({n});
  bias.slice(0, 0, 70).fill_(-std::numeric_limits<float>::infinity());

  const at::Tensor out = neighbour_attention(graph, q, k, k, bias);

  const at::Tensor rest = k.slice(0, 70);
  const Adjacency short_graph = {
      at::tensor({std::int64_t{0}, n - 70}, at::kInt), at::arange(n - 70, at::kInt), {}, {}, {}};
  expect_close(out, neighbour_attention(short_graph, q, rest, rest), 1e-5);
}

TEST(NeighbourAttention, GivesZerosToAStopWithoutCandidates) {
  const Adjacency graph = {at::tensor({0, 0, 1}, at::kInt), at::tensor({0}, at::kInt), {}, {}, {}};
  const at::Tensor ones = at::ones({2, 4});

  const at::Tensor out = neighbour_attention(graph, ones, ones, ones);

  EXPECT_EQ(out[0].sum().item<float>(), 0);
  EXPECT_EQ(out[1].sum().item<float>(), 4);
}

TEST(NeighbourAttention, WritesIntoTheCallersTensor) {
  at::manual_seed(10);
  const Adjacency graph = make_random_graph(9, 20, 20);
  const at::Tensor q = random({20, 2, 8}, at::kFloat);
  at::Tensor out = at::full({20, 2, 8}, 7.0F), dots = at::empty({graph.num_edges(), 2});
  at::Tensor p = at::empty({graph.num_edges(), 2});

  neighbour_attention_out(out, graph, q, q, q);
  sddmm_out(dots, graph, q, q);
  edge_softmax_out(p, graph, dots);

  expect_close(out, neighbour_attention(graph, q, q, q), 0);
  expect_close(dots, sddmm(graph, q, q), 0);
  expect_close(p, edge_softmax(graph, dots), 0);
}

TEST(NeighbourAttention, RefusesWrongArgumentsInOneLine) {
  const Adjacency graph = make_random_graph(9, 5, 5);
  const at::Tensor x = at::ones({5, 2, 8});
  const auto complaint = [&](const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                             const std::optional<at::Tensor>& bias) -> std::string {
    try {
      neighbour_attention(graph, q, k, v, bias);
    } catch (const InputError& error) {
      return error.what();
    }
    return "accepted";
  };

  EXPECT_EQ(complaint(x, x, x, {}), "accepted");
  EXPECT_EQ(complaint(at::ones({4, 2, 8}), x, x, {}),
            "roadgnn::neighbour_attention: q: expected Float [5, 2, 8] on cpu, "
            "found Float [4, 2, 8] on cpu");
  EXPECT_THAT(complaint(x, x, at::ones({5, 2, 4}), {}), HasSubstr("v: expected"));
  EXPECT_THAT(complaint(x, x, x, at::ones({3})), HasSubstr("bias: expected"));
  EXPECT_THAT(complaint(at::ones({5, 2, 8}, at::kHalf), x, x, {}), HasSubstr("found Half"));
}

}  // namespace
}  // namespace roadgnn::gnn::ops
