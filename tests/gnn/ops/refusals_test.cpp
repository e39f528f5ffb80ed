// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Every operator refuses every wrong argument by one line that names the operator and the argument.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <roadgnn/gnn/ops/ops.h>
#include <roadgnn/graph/error.h>

#include "random_graph.h"

namespace roadgnn::gnn::ops {
namespace {

using at::Tensor;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string complaint(const std::function<void()>& call) {
  try {
    call();
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

auto one_line(const std::string& op, const std::string& argument) {
  return AllOf(StartsWith("roadgnn::" + op + ": " + argument + ": expected "),
               HasSubstr(", found "), Not(HasSubstr("\n")));
}

constexpr std::int64_t kRows = 6, kColumns = 8, kWidth = 4;

/// What every operator is called with here, all of it right; tests make one thing wrong.
struct Call {
  Adjacency graph = with_transpose(make_random_graph(3, kRows, kColumns), kColumns);
  Tensor q = at::ones({kRows, kWidth}), x = at::ones({kColumns, kWidth}), v = x;
  Tensor by_edge = at::ones({graph.num_edges()});
  Tensor rows_by_edge = at::ones({graph.num_edges(), kWidth});
};

struct Operator {
  std::string name;
  std::function<void(const Call&)> run;
  bool reads_heads = true;
};

const std::vector<Operator>& operators() {
  static const std::vector<Operator> all = {
      {"spmm", [](const Call& c) { spmm(c.graph, c.by_edge, c.x); }},
      {"spmm", [](const Call& c) { spmm(c.graph, c.by_edge, c.x, Reduce::kMax); }},
      {"sddmm", [](const Call& c) { sddmm(c.graph, c.q, c.x, c.rows_by_edge); }},
      {"neighbour_attention",
       [](const Call& c) { neighbour_attention(c.graph, c.q, c.x, c.v, c.by_edge); }},
      {"edge_softmax", [](const Call& c) { edge_softmax(c.graph, c.by_edge); }, false},
      {"segment_reduce", [](const Call& c) { segment_reduce(c.graph, c.by_edge); }, false},
      {"segment_reduce", [](const Call& c) { segment_reduce(c.graph, c.by_edge, Reduce::kMax); },
       false},
      {"edge_gather", [](const Call& c) { gather_rows(c.graph, c.q); }, false},
  };
  return all;
}

TEST(Operators, AcceptTheRightCall) {
  for (const Operator& op : operators())
    EXPECT_EQ(complaint([&] { op.run(Call()); }), "accepted") << op.name;
}

TEST(Operators, RefuseOffsetsThatAreNone) {
  const Call right;
  const Tensor good = right.graph.first_out;
  Tensor descending = good.clone(), short_by_one = good.clone(), late = good.clone();
  descending[2] = good[-1] + 1;
  short_by_one[-1] -= 1;
  late[0] = 1;
  for (const Tensor& wrong :
       {Tensor(), at::empty({0}, at::kInt), good.unsqueeze(1), good.to(at::kFloat),
        good.to(at::kShort), at::stack({good, good}, 1).select(1, 0), good.to(at::kMeta),
        descending, short_by_one, late, good.slice(0, 0, kRows)}) {
    Call call;
    call.graph.first_out = wrong;
    for (const Operator& op : operators())
      EXPECT_THAT(complaint([&] { op.run(call); }), StartsWith("roadgnn::" + op.name + ": "))
          << wrong;
  }
}

TEST(Operators, RefuseHeadsOutOfRangeOrOfAnotherType) {
  const Call right;
  const Tensor good = right.graph.head;
  Tensor above = good.clone(), below = good.clone();
  above[1] = kColumns;
  below[0] = -1;
  const Tensor far = above.to(at::kLong) + (std::int64_t{1} << 40);
  for (const Tensor& wrong :
       {Tensor(), good.to(at::kFloat), good.unsqueeze(0), good.to(at::kMeta), above, below, far}) {
    Call call;
    call.graph.head = wrong;
    for (const Operator& op : operators()) {
      if (!op.reads_heads) continue;
      EXPECT_THAT(complaint([&] { op.run(call); }), one_line(op.name, "head")) << wrong;
    }
  }
}

TEST(Operators, RefuseFeaturesOfWrongShapeTypeOrDevice) {
  const auto expect = [](const std::string& op, const std::string& argument, Tensor Call::*member,
                         const std::vector<Tensor>& wrong) {
    for (const Tensor& tensor : wrong) {
      Call call;
      call.*member = tensor;
      for (const Operator& each : operators()) {
        if (each.name != op) continue;
        const std::string found = complaint([&] { each.run(call); });
        EXPECT_THAT(found, testing::AnyOf(one_line(op, argument), one_line(op, "first_out")))
            << argument << ' ' << tensor.toString();
      }
    }
  };
  const std::int64_t m = Call().graph.num_edges();
  const Tensor x = Call().x, q = Call().q;

  expect("spmm", "x", &Call::x,
         {Tensor(), at::ones({kColumns}), x.to(at::kInt), x.to(at::kMeta), at::ones({8, 1, 1, 4})});
  expect(
      "spmm", "weight", &Call::by_edge,
      {at::ones({m + 1}), at::ones({m}, at::kDouble), at::ones({m}, at::kMeta), at::ones({m, 2})});
  expect("sddmm", "b", &Call::x, {Tensor(), at::ones({kColumns}), x.to(at::kBool)});
  expect("sddmm", "a", &Call::q,
         {Tensor(), at::ones({kRows + 1, kWidth}), at::ones({kRows, 1, kWidth}), q.to(at::kHalf),
          q.to(at::kMeta)});
  expect("sddmm", "edge_feature", &Call::rows_by_edge,
         {at::ones({m, 1}), at::ones({m + 1, kWidth}), at::ones({m, kWidth}, at::kHalf)});
  expect("neighbour_attention", "k", &Call::x, {Tensor(), at::ones({kColumns}), x.to(at::kInt)});
  expect("neighbour_attention", "q", &Call::q,
         {Tensor(), at::ones({kRows, 1}), q.to(at::kDouble), q.to(at::kMeta)});
  expect("neighbour_attention", "v", &Call::v,
         {Tensor(), at::ones({kColumns, 2}), x.to(at::kBFloat16), x.to(at::kMeta)});
  expect(
      "neighbour_attention", "bias", &Call::by_edge,
      {at::ones({m + 1}), at::ones({m, 2}), at::ones({m}, at::kDouble), at::ones({m}, at::kMeta)});
  expect(
      "edge_softmax", "logits", &Call::by_edge,
      {Tensor(), at::ones({m, 2, 2}), at::ones({m}, at::kLong), at::ones({}), at::ones({m + 1})});
  expect("segment_reduce", "values", &Call::by_edge,
         {Tensor(), at::ones({m}, at::kLong), at::ones({}), at::ones({m + 1})});
  expect("edge_gather", "x", &Call::q,
         {Tensor(), at::ones({kRows + 1, 2}), at::ones({kRows}, at::kLong), at::ones({})});
}

TEST(Operators, RefuseATransposeThatIsIncompleteOrOfAnotherGraph) {
  const Call right;
  std::vector<Adjacency> wrong(4, right.graph);
  wrong[0].t_edge = Tensor();
  wrong[1].t_first_out = right.graph.t_first_out.slice(0, 0, kColumns);
  wrong[2].t_head = right.graph.t_head.slice(0, 1);
  wrong[3].t_edge = right.graph.t_edge.to(at::kFloat);
  for (const Adjacency& graph : wrong) {
    Call call;
    call.graph = graph;
    for (const Operator& op : operators()) {
      if (!op.reads_heads || op.name == "edge_softmax") continue;
      EXPECT_THAT(complaint([&] { op.run(call); }), StartsWith("roadgnn::" + op.name + ": t_"));
    }
  }
}

TEST(Operators, RefuseAWrongTransposeInBackwardToo) {
  Call call;
  call.graph.t_edge = call.graph.t_edge + call.graph.num_edges();
  for (const Operator& op : operators()) {
    if (!op.reads_heads) continue;
    Call with_gradients = call;
    with_gradients.x = with_gradients.v = at::ones({kColumns, kWidth}).requires_grad_();
    with_gradients.by_edge.requires_grad_();
    const auto backward = [&] {
      const Adjacency& graph = with_gradients.graph;
      if (op.name == "spmm") spmm(graph, with_gradients.by_edge, with_gradients.x).sum().backward();
      if (op.name == "sddmm") sddmm(graph, with_gradients.q, with_gradients.x).sum().backward();
      if (op.name == "neighbour_attention") {
        neighbour_attention(graph, with_gradients.q, with_gradients.x, with_gradients.v)
            .sum()
            .backward();
      }
    };

    EXPECT_THAT(complaint(backward), HasSubstr("t_edge: expected indices from 0 to "));
  }
}

TEST(Operators, NameWhatNeedsTheTransposeWhereThereIsNone) {
  const Adjacency bare = make_random_graph(3, kRows, kColumns);

  EXPECT_THAT(complaint([&] {
                gather_heads(bare, at::ones({kColumns, 2}));
              }),
              one_line("gather_heads", "graph"));
  EXPECT_THAT(complaint([&] { scatter_heads(bare, at::ones({bare.num_edges()})); }),
              one_line("scatter_heads", "graph"));
}

TEST(Operators, RefuseATransposeThatDoesNotScatterEveryEdge) {
  const Call right;
  Adjacency outside = right.graph;
  outside.t_edge = outside.t_edge + 1;

  EXPECT_THAT(complaint([&] { gather_heads(outside, right.x); }), one_line("edge_gather", "edge"));
  EXPECT_THAT(complaint([&] { scatter_heads(outside, right.by_edge); }),
              one_line("segment_reduce", "edge"));
}

TEST(Operators, RefuseAnOutputOfWrongShapeTypeDeviceOrLayout) {
  const Call c;
  const std::int64_t m = c.graph.num_edges();
  const auto expect = [](const std::string& op, const std::vector<std::int64_t>& shape,
                         const std::function<void(Tensor&)>& run) {
    std::vector<std::int64_t> longer = shape, twice = shape;
    longer[0] += 1;
    twice[0] *= 2;
    Tensor fits = at::empty(shape);
    EXPECT_EQ(complaint([&] { run(fits); }), "accepted");
    for (Tensor out : {Tensor(), at::empty(longer), at::empty(shape, at::kDouble),
                       at::empty(shape, at::kMeta), at::empty(twice).slice(0, 0, {}, 2)}) {
      EXPECT_THAT(complaint([&] { run(out); }), one_line(op, "out"));
    }
  };

  expect("spmm", {kRows, kWidth}, [&](Tensor& out) { spmm_out(out, c.graph, {}, c.x); });
  expect("sddmm", {m}, [&](Tensor& out) { sddmm_out(out, c.graph, c.q, c.x); });
  expect("edge_softmax", {m}, [&](Tensor& out) { edge_softmax_out(out, c.graph, c.by_edge); });
  expect("neighbour_attention", {kRows, kWidth},
         [&](Tensor& out) { neighbour_attention_out(out, c.graph, c.q, c.x, c.v); });
  expect("segment_reduce", {kRows},
         [&](Tensor& out) { segment_reduce_out(out, c.graph, c.by_edge); });
}

TEST(Operators, RefuseAGraphWithHeadsThatItDoesNotHave) {
  const Adjacency graph = make_random_graph(3, kRows, kColumns);

  EXPECT_THROW(CsrGraph(graph.first_out, graph.head, {}, 1), InputError);
}

}  // namespace
}  // namespace roadgnn::gnn::ops
