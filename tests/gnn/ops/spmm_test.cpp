// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include <roadgnn/gnn/ops/ops.h>
#include <roadgnn/gnn/train/gradcheck.h>
#include <roadgnn/graph/error.h>

#include "random_graph.h"

namespace roadgnn::gnn::ops {
namespace {

using testing::HasSubstr;
using train::gradcheck;

constexpr Reduce kReduces[] = {Reduce::kSum, Reduce::kMean, Reduce::kMax};
constexpr at::ScalarType kTypes[] = {at::kDouble, at::kFloat, at::kBFloat16, at::kHalf};

at::Tensor random(at::IntArrayRef shape, at::ScalarType type = at::kDouble) {
  return at::randn(shape, at::kDouble).to(type);
}

void expect_close(const at::Tensor& result, const at::Tensor& expected, double tolerance) {
  ASSERT_EQ(result.sizes(), expected.sizes());
  EXPECT_TRUE(at::allclose(result.to(at::kDouble), expected.to(at::kDouble), tolerance, tolerance))
      << "differs by "
      << (result.to(at::kDouble) - expected.to(at::kDouble)).abs().max().item<double>();
}

TEST(Spmm, EqualsTheDenseMatrixProduct) {
  at::manual_seed(1);
  const Adjacency graph = make_random_graph(1, 30, 40);
  const at::Tensor x = random({40, 7}), weight = random({graph.num_edges()});
  const at::Tensor dense = at::zeros({30, 40}, at::kDouble)
                               .index_put({tails(graph), graph.head.to(at::kLong)}, weight,
                                          /*accumulate=*/true);

  const at::Tensor sums = spmm(graph, weight, x);

  expect_close(sums, dense.mm(x), 1e-12);
}

TEST(Spmm, ReducesRowsAsLibTorchDoesForEveryTypeAndWidth) {
  at::manual_seed(2);
  for (const auto type : kTypes) {
    for (const std::int64_t width : {1, 3, 16, 33, 64, 100, 128, 200, 300}) {
      const Adjacency graph = make_random_graph(static_cast<unsigned>(width), 25, 25);
      const at::Tensor x = random({25, width}, type), weight = random({graph.num_edges()}, type);
      for (const Reduce reduce : kReduces) {
        for (const at::Tensor& w : {at::Tensor(), weight}) {
          const at::Tensor result =
              spmm(graph, w.defined() ? std::optional(w) : std::nullopt, x, reduce);

          const at::Tensor wide = w.defined() ? w.to(at::kDouble) : w;
          expect_close(result, naive_spmm(graph, wide, x.to(at::kDouble), reduce), tolerance(type));
        }
      }
    }
  }
}

TEST(Spmm, TakesWeightsPerHead) {
  at::manual_seed(3);
  for (const auto type : kTypes) {
    for (const auto& [heads, width] : std::vector<std::pair<std::int64_t, std::int64_t>>{
             {8, 16}, {2, 64}, {3, 5}, {4, 8}, {1, 128}, {2, 200}}) {
      const Adjacency graph = make_random_graph(7, 20, 30);
      const at::Tensor x = random({30, heads, width}, type);
      const at::Tensor weight = random({graph.num_edges(), heads}, type);
      for (const Reduce reduce : kReduces) {
        expect_close(spmm(graph, weight, x, reduce),
                     naive_spmm(graph, weight.to(at::kDouble), x.to(at::kDouble), reduce),
                     tolerance(type));
      }
    }
  }
}

TEST(Spmm, TakesInt32AndInt64Indices) {
  at::manual_seed(4);
  for (const auto offsets : {at::kInt, at::kLong}) {
    for (const auto heads : {at::kInt, at::kLong}) {
      const Adjacency graph = with_transpose(make_random_graph(5, 20, 20, offsets, heads), 20);
      const at::Tensor x = random({20, 6}).requires_grad_();
      const at::Tensor weight = random({graph.num_edges()}).requires_grad_();
      for (const Reduce reduce : kReduces) {
        const auto function = [&](const std::vector<at::Tensor>& inputs) {
          return spmm(graph, inputs[0], inputs[1], reduce);
        };
        EXPECT_EQ(gradcheck(function, {weight, x}), std::nullopt);
      }
    }
  }
}

TEST(Spmm, HasTheDerivativesOfItsFormula) {
  at::manual_seed(5);
  const Adjacency bare = make_random_graph(6, 12, 9);
  for (const Adjacency& graph : {bare, with_transpose(bare, 9)}) {
    const at::Tensor weight = random({graph.num_edges()}).requires_grad_();
    const at::Tensor head_weight = random({graph.num_edges(), 2}).requires_grad_();
    const at::Tensor x = random({9, 2, 5}).requires_grad_();
    for (const Reduce reduce : kReduces) {
      const auto weighted = [&](const std::vector<at::Tensor>& inputs) {
        return spmm(graph, inputs[0], inputs[1], reduce);
      };
      const auto unweighted = [&](const std::vector<at::Tensor>& inputs) {
        return spmm(graph, {}, inputs[0], reduce);
      };
      EXPECT_EQ(gradcheck(weighted, {weight, x}), std::nullopt);
      EXPECT_EQ(gradcheck(weighted, {head_weight, x}), std::nullopt);
      EXPECT_EQ(gradcheck(weighted, {weight.detach(), x}), std::nullopt);
      EXPECT_EQ(gradcheck(weighted, {weight, x.detach()}), std::nullopt);
      EXPECT_EQ(gradcheck(unweighted, {x}), std::nullopt);
    }
  }
}

TEST(Spmm, HasGradientsOfLibTorchInFloat32ForWideRows) {
  at::manual_seed(6);
  const Adjacency graph = with_transpose(make_random_graph(8, 40, 30), 30);
  const at::Tensor x = random({30, 8, 16}), weight = random({graph.num_edges(), 8});
  const at::Tensor up = random({40, 8, 16});
  for (const Reduce reduce : kReduces) {
    const auto gradients = [&](at::ScalarType type, bool naive) {
      const at::Tensor xs = x.to(type).detach().requires_grad_();
      const at::Tensor ws = weight.to(type).detach().requires_grad_();
      const at::Tensor out =
          naive ? naive_spmm(graph, ws, xs, reduce) : spmm(graph, ws, xs, reduce);
      out.backward(up.to(type));
      return std::pair(xs.grad(), ws.grad());
    };
    const auto [grad_x, grad_weight] = gradients(at::kFloat, false);
    const auto [expected_x, expected_weight] = gradients(at::kDouble, true);
    expect_close(grad_x, expected_x, 2e-5);
    expect_close(grad_weight, expected_weight, 2e-5);
  }
}

TEST(Spmm, OfNothingIsNothing) {
  const Adjacency graph = make_random_graph(1, 0, 4);

  EXPECT_EQ(spmm(graph, {}, at::ones({4, 3})).sizes(), at::IntArrayRef({0, 3}));
  EXPECT_EQ(spmm(make_random_graph(1, 3, 0), {}, at::ones({0, 3})).sum().item<float>(), 0);
  EXPECT_EQ(spmm(make_random_graph(1, 3, 5), {}, at::ones({5, 0})).sizes(),
            at::IntArrayRef({3, 0}));
}

TEST(Spmm, CarriesNotANumberToTheMaximum) {
  const Adjacency graph = {at::tensor({0, 2}, at::kInt), at::tensor({0, 1}, at::kInt), {}, {}, {}};
  const at::Tensor x = at::tensor({1.0, std::nan("")}).view({2, 1});

  EXPECT_TRUE(spmm(graph, {}, x, Reduce::kMax).isnan().all().item<bool>());
}

TEST(Spmm, GivesAWeightNothingForInfiniteFeaturesThatAreNoMaximum) {
  const Adjacency graph =
      with_transpose({at::tensor({0, 2}, at::kInt), at::tensor({0, 1}, at::kInt), {}, {}, {}}, 2);
  const at::Tensor loser = at::full({1, 19}, -INFINITY), winner = at::full({1, 19}, 0.5F);
  const at::Tensor x = at::cat({loser, winner}), weight = at::ones({2}).requires_grad_();

  spmm(graph, weight, x, Reduce::kMax).sum().backward();

  expect_close(weight.grad(), at::tensor({0.0F, 9.5F}), 1e-6);
}

TEST(Spmm, WritesIntoTheCallersTensor) {
  at::manual_seed(7);
  const Adjacency graph = make_random_graph(9, 20, 20);
  const at::Tensor x = random({20, 32}, at::kFloat);
  at::Tensor out = at::full({20, 32}, 7.0F);
  const void* memory = out.data_ptr();

  spmm_out(out, graph, {}, x, Reduce::kMean);

  EXPECT_EQ(out.data_ptr(), memory);
  expect_close(out, spmm(graph, {}, x, Reduce::kMean), 0);
}

template <class Call>
std::string complaint(const Call& call) {
  try {
    call();
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Spmm, RefusesWrongArgumentsInOneLine) {
  const Adjacency graph = {
      at::tensor({0, 1, 3}, at::kInt), at::tensor({2, 0, 1}, at::kInt), {}, {}, {}};
  const at::Tensor x = at::ones({3, 4});
  const auto with = [&](const Adjacency& g, const std::optional<at::Tensor>& weight,
                        const at::Tensor& features) {
    return complaint([&] { spmm(g, weight, features); });
  };

  EXPECT_EQ(with(graph, {}, x), "accepted");
  EXPECT_EQ(with(graph, at::ones({4}), x),
            "roadgnn::spmm: weight: expected Float [3] on cpu, found Float [4] on cpu");
  EXPECT_THAT(with(graph, at::ones({3}, at::kDouble), x), HasSubstr("found Double [3]"));
  EXPECT_THAT(with(graph, {}, at::ones({3})), HasSubstr("x: expected"));
  EXPECT_THAT(with(graph, {}, at::ones({3, 4}, at::kInt)), HasSubstr("found Int [3, 4]"));
  EXPECT_THAT(with(graph, {}, at::ones({2, 4})),
              HasSubstr("head: expected indices from 0 to 1, found 2"));
  EXPECT_THAT(with(graph, {}, at::ones({3, 4}, at::kMeta)), HasSubstr("first_out: expected"));
  EXPECT_THAT(with({at::tensor({0, 1, 2}, at::kInt), graph.head, {}, {}, {}}, {}, x),
              HasSubstr("first_out: expected offsets from 0 to 3, found from 0 to 2"));
  EXPECT_THAT(with({at::tensor({0, 4, 3}, at::kInt), graph.head, {}, {}, {}}, {}, x),
              HasSubstr("ascending"));
  EXPECT_THAT(with({graph.first_out, at::tensor({2, 0, -1}, at::kLong), {}, {}, {}}, {}, x),
              HasSubstr("found -1"));
  EXPECT_THAT(with({graph.first_out, graph.head, graph.first_out, {}, {}}, {}, x),
              HasSubstr("all three or none"));
  at::Tensor small = at::ones({2, 3});
  EXPECT_THAT(complaint([&] { spmm_out(small, graph, {}, x); }),
              HasSubstr("out: expected Float [2, 4]"));
  at::Tensor mine = x.slice(0, 0, 2);
  EXPECT_THAT(complaint([&] { spmm_out(mine, graph, {}, x); }), HasSubstr("memory of its own"));
  at::Tensor out = at::ones({2, 4});
  EXPECT_THAT(complaint([&] { spmm_out(out, graph, {}, x.detach().requires_grad_()); }),
              HasSubstr("requires a gradient"));
}

TEST(Spmm, RefusesATransposeOutOfRangeInBackward) {
  Adjacency graph = with_transpose(make_random_graph(3, 5, 5), 5);
  graph.t_head = graph.t_head + 100;
  const at::Tensor x = random({5, 4}).requires_grad_();

  EXPECT_THAT(complaint([&] { spmm(graph, {}, x).sum().backward(); }),
              HasSubstr("t_head: expected indices from 0 to 4"));
}

TEST(Spmm, RefusesSecondDerivativesByName) {
  const Adjacency graph = make_random_graph(3, 5, 5);
  const at::Tensor x = random({5, 4}).requires_grad_();
  const at::Tensor weight = random({graph.num_edges()}).requires_grad_();
  const at::Tensor out = spmm(graph, weight, x).pow(2).sum();
  out.backward({}, /*retain_graph=*/true, /*create_graph=*/true);

  EXPECT_ANY_THROW(x.grad().sum().backward());
}

TEST(SegmentReduce, ReducesRowsAsLibTorchDoes) {
  at::manual_seed(8);
  const Adjacency graph = make_random_graph(4, 20, 20);
  for (const at::Tensor& values : {random({graph.num_edges()}), random({graph.num_edges(), 5}),
                                   random({graph.num_edges(), 2, 40})}) {
    for (const Reduce reduce : kReduces) {
      expect_close(segment_reduce(graph, values, reduce),
                   naive_reduce_rows(graph.first_out, values, reduce), 1e-12);
    }
  }
}

TEST(SegmentReduce, HasTheDerivativesOfItsFormula) {
  at::manual_seed(9);
  const Adjacency graph = with_transpose(make_random_graph(4, 8, 6), 6);
  const at::Tensor values = random({graph.num_edges(), 3}).requires_grad_();
  for (const Reduce reduce : kReduces) {
    const auto rows = [&](const std::vector<at::Tensor>& inputs) {
      return segment_reduce(graph, inputs[0], reduce);
    };
    const auto columns = [&](const std::vector<at::Tensor>& inputs) {
      return scatter_heads(graph, inputs[0], reduce);
    };
    EXPECT_EQ(gradcheck(rows, {values}), std::nullopt);
    EXPECT_EQ(gradcheck(columns, {values}), std::nullopt);
  }
}

TEST(SegmentReduce, ScattersByHead) {
  at::manual_seed(10);
  const Adjacency graph = with_transpose(make_random_graph(4, 20, 15), 15);
  const at::Tensor values = random({graph.num_edges(), 4});

  const at::Tensor sums = scatter_heads(graph, values);

  expect_close(sums, at::zeros({15, 4}, at::kDouble).index_add(0, graph.head, values), 1e-12);
}

TEST(EdgeGather, GivesEveryEdgeItsRowsAndItsHeadsFeatures) {
  at::manual_seed(11);
  const Adjacency graph = with_transpose(make_random_graph(4, 20, 15), 15);
  const at::Tensor rows = random({20, 3, 2}), columns = random({15, 9});

  expect_close(gather_rows(graph, rows), rows.index_select(0, tails(graph)), 0);
  expect_close(gather_heads(graph, columns), columns.index_select(0, graph.head), 0);
}

TEST(EdgeGather, HasTheDerivativesOfItsFormula) {
  at::manual_seed(12);
  const Adjacency graph = with_transpose(make_random_graph(4, 6, 7), 7);
  const at::Tensor rows = random({6, 3}).requires_grad_();
  const at::Tensor columns = random({7, 2}).requires_grad_();

  EXPECT_EQ(gradcheck([&](const auto& inputs) { return gather_rows(graph, inputs[0]); }, {rows}),
            std::nullopt);
  EXPECT_EQ(
      gradcheck([&](const auto& inputs) { return gather_heads(graph, inputs[0]); }, {columns}),
      std::nullopt);
}

TEST(Transpose, IsTheStableSortByHead) {
  for (const auto type : {at::kInt, at::kLong}) {
    const Adjacency graph = make_random_graph(13, 30, 20, type, type);
    const CsrGraph csr(graph.first_out, graph.head.to(at::kInt), {}, 20);

    const Adjacency made = make_adjacency(csr), expected = with_transpose(graph, 20);

    expect_close(made.t_first_out, expected.t_first_out, 0);
    expect_close(made.t_head, expected.t_head, 0);
    expect_close(made.t_edge, expected.t_edge, 0);
  }
}

}  // namespace
}  // namespace roadgnn::gnn::ops
