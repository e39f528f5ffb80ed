// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <roadgnn/gnn/ops/cpu/kernels.h>

#include "random_graph.h"

namespace roadgnn::gnn::ops {
namespace {

using detail::IndexArray;
using detail::Kernels;
using detail::KernelSet;

constexpr at::ScalarType kTypes[] = {at::kDouble, at::kFloat, at::kBFloat16, at::kHalf};

/// Heads and width that take every way through the kernels: whole blocks, several heads a block,
/// last parts, heads that do not divide a vector, rows wider than a block.
const std::vector<std::pair<std::int64_t, std::int64_t>> kShapes = {
    {1, 128}, {8, 16}, {2, 64},  {4, 32},  {1, 1},  {1, 19}, {3, 5},
    {16, 4},  {2, 8},  {1, 300}, {2, 200}, {20, 3}, {4, 16}, {1, 16}};

/// One call's tensors, so that every kernel set can work on the same ones.
struct Case {
  at::ScalarType type;
  std::int64_t heads, width, rows = 40, columns = 60;
  Adjacency graph = with_transpose(make_random_graph(17, 40, 60), 60);
  at::Tensor q, x, values, edge_x, weight, grad, arg;

  Case(at::ScalarType element, std::int64_t num_heads, std::int64_t head_width)
      : type(element), heads(num_heads), width(head_width) {
    at::manual_seed(width);
    q = random({rows, heads, width});
    grad = random({rows, heads, width});
    x = random({columns, heads, width});
    values = random({columns, heads, width});
    edge_x = random({edges(), heads, width});
    weight = random({edges(), heads});
  }

  std::int64_t edges() const { return graph.num_edges(); }
  at::Tensor random(at::IntArrayRef shape) const { return at::randn(shape).to(type); }
  at::Tensor result(at::IntArrayRef shape) const { return at::full(shape, 99).to(type); }
  static IndexArray index(const at::Tensor& tensor) { return {tensor.const_data_ptr(), false}; }
};

using Results = std::vector<at::Tensor>;

/// Every kernel's results.
Results run(const Kernels& kernels, const Case& c) {
  const IndexArray first_out = Case::index(c.graph.first_out), head = Case::index(c.graph.head);
  const IndexArray t_first_out = Case::index(c.graph.t_first_out);
  const IndexArray t_head = Case::index(c.graph.t_head), t_edge = Case::index(c.graph.t_edge);
  Results results;
  const auto rows = [&] { return results.emplace_back(c.result({c.rows, c.heads, c.width})); };
  const auto columns = [&] {
    return results.emplace_back(c.result({c.columns, c.heads, c.width}));
  };
  const auto scores = [&] { return results.emplace_back(c.result({c.edges(), c.heads})); };

  for (const bool mean : {false, true}) {
    detail::SpmmArgs sum{.first_out = first_out, .head = head, .edge = {}, .degree_of = {}};
    sum.weight = c.weight.data_ptr();
    sum.x = c.x.data_ptr();
    sum.heads = c.heads;
    sum.width = c.width;
    sum.mean = mean;
    sum.stream = !mean;
    sum.out = rows().data_ptr();
    kernels.spmm(sum, 0, c.rows);
    sum.accumulate = true;
    kernels.spmm(sum, 0, c.rows / 2);

    detail::SpmmArgs back{
        .first_out = t_first_out, .head = t_head, .edge = t_edge, .degree_of = {}};
    if (mean) back.degree_of = first_out;
    back.x = c.grad.data_ptr();
    back.heads = c.heads;
    back.width = c.width;
    back.scale = 0.5;
    back.out = columns().data_ptr();
    kernels.spmm(back, 0, c.columns);

    detail::SpmmBackwardArgs both{
        .t_first_out = t_first_out, .t_head = t_head, .t_edge = t_edge, .first_out = first_out};
    both.weight = mean ? nullptr : c.weight.data_ptr();
    both.x = c.x.data_ptr();
    both.grad = c.grad.data_ptr();
    both.heads = c.heads;
    both.width = c.width;
    both.mean = mean;
    both.stream = mean;
    both.grad_x = columns().data_ptr();
    both.grad_weight = scores().data_ptr();
    kernels.spmm_backward(both, 0, c.columns);
    detail::SpmmBackwardArgs by_features = both;
    by_features.x = nullptr;
    by_features.grad_weight = nullptr;
    by_features.grad_x = columns().data_ptr();
    kernels.spmm_backward(by_features, 0, c.columns);

    const at::Tensor arg = results.emplace_back(at::full({c.rows, c.heads, c.width}, -7, at::kInt));
    detail::SpmmArgs max = sum;
    max.accumulate = false;
    if (mean) max.weight = nullptr;
    max.out = rows().data_ptr();
    max.arg = arg.mutable_data_ptr<std::int32_t>();
    kernels.spmm_max(max, 0, c.rows);
    for (const bool weights : {false, true}) {
      both.arg = max.arg;
      both.mean = false;
      both.x = weights ? c.x.data_ptr() : nullptr;
      both.grad_x = columns().data_ptr();
      both.grad_weight = weights ? scores().data_ptr() : nullptr;
      kernels.spmm_max_backward(both, 0, c.columns);
    }

    detail::GatherArgs gather{.first_out = t_first_out, .edge = t_edge};
    gather.x = c.x.data_ptr();
    gather.heads = c.heads;
    gather.width = c.width;
    gather.mean = mean;
    gather.weight = mean ? c.weight.data_ptr() : nullptr;
    gather.out = results.emplace_back(c.result({c.edges(), c.heads, c.width})).data_ptr();
    kernels.gather(gather, 0, c.columns);
    gather.first_out = first_out;
    gather.edge = {};
    gather.x = c.q.data_ptr();
    gather.arg = max.arg;
    gather.out = results.emplace_back(c.result({c.edges(), c.heads, c.width})).data_ptr();
    kernels.gather(gather, 0, c.rows);

    detail::SddmmArgs dot{.first_out = first_out, .head = head};
    dot.a = c.q.data_ptr();
    dot.b = c.x.data_ptr();
    dot.edge_feature = mean ? nullptr : c.edge_x.data_ptr();
    dot.heads = c.heads;
    dot.width = c.width;
    dot.mean = mean;
    dot.out = scores().data_ptr();
    kernels.sddmm(dot, 0, c.rows);
  }

  detail::SoftmaxArgs softmax{.first_out = first_out};
  softmax.in = c.weight.data_ptr();
  softmax.heads = c.heads;
  softmax.out = scores().data_ptr();
  kernels.softmax(softmax, 0, c.rows);
  const at::Tensor p = results.back(), grad_p = c.weight * 2;
  softmax.in = p.data_ptr();
  softmax.grad = grad_p.data_ptr();
  softmax.out = scores().data_ptr();
  kernels.softmax_backward(softmax, 0, c.rows);

  const at::Tensor bias = c.weight.select(1, 0).contiguous();
  for (int biases = 0; biases < 3; ++biases) {
    detail::AttentionArgs attention{.first_out = first_out, .head = head};
    attention.q = c.q.data_ptr();
    attention.k = c.x.data_ptr();
    attention.v = c.values.data_ptr();
    attention.bias = biases == 0 ? nullptr : biases == 1 ? bias.data_ptr() : c.weight.data_ptr();
    attention.bias_heads = biases == 2 ? c.heads : 1;
    attention.scale = 1 / std::sqrt(static_cast<double>(c.width));
    attention.heads = c.heads;
    attention.width = c.width;
    const auto type = c.type == at::kDouble ? at::kDouble : at::kFloat;
    attention.out = rows().data_ptr();
    attention.lse = results.emplace_back(at::full({c.rows, c.heads}, 99.0, type)).data_ptr();
    kernels.attention(attention, 0, c.rows);

    detail::AttentionBackwardArgs backward{.forward = attention};
    backward.grad = c.grad.data_ptr();
    backward.grad_q = rows().data_ptr();
    backward.grad_score = scores().data_ptr();
    backward.p = scores().data_ptr();
    kernels.attention_backward(backward, 0, c.rows);
  }
  return results;
}

void expect_equivalent_to_reference(const KernelSet* set) {
  if (set == nullptr) GTEST_SKIP() << "this processor has no such instructions";
  for (int t = 0; t < 4; ++t) {
    for (const auto& [heads, width] : kShapes) {
      const Case c(kTypes[t], heads, width);

      const Results results = run(set->of[t], c);

      const Results expected = run(detail::reference_kernels().of[t], c);
      ASSERT_EQ(results.size(), expected.size());
      for (std::size_t i = 0; i < results.size(); ++i) {
        const at::Tensor got = results[i].to(at::kDouble), want = expected[i].to(at::kDouble);
        // Sums of `width` products and of a dense row's entries.
        const double allowed = 4 * tolerance(kTypes[t]);
        EXPECT_TRUE(at::allclose(got, want, allowed,
                                 allowed * std::sqrt(static_cast<double>(width)),
                                 /*equal_nan=*/true))
            << set->name << ", result " << i << ", " << c10::toString(kTypes[t]) << ", heads "
            << heads << ", width " << width << ": differs by "
            << (got - want).abs().max().item<double>();
      }
    }
  }
}

TEST(Avx2Kernels, AreEquivalentToTheReference) {
  expect_equivalent_to_reference(detail::avx2_kernels());
}

TEST(Avx512Kernels, AreEquivalentToTheReference) {
  expect_equivalent_to_reference(detail::avx512_kernels());
}

}  // namespace
}  // namespace roadgnn::gnn::ops
