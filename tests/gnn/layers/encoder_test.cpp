// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/layers/encoder.h>

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <roadgnn/gnn/train/gradcheck.h>
#include <roadgnn/graph/error.h>

#include "../ops/random_graph.h"
#include "fixtures.h"

namespace roadgnn::gnn::layers {
namespace {

using at::Tensor;

constexpr EncoderLayerOptions kSmall{.width = 8, .heads = 2, .feed_forward = 16};

EncoderLayerOptions pre_norm() {
  EncoderLayerOptions options = kSmall;
  options.activation = Activation::kGELU;
  options.norm_first = true;
  return options;
}

ops::Adjacency complete_graph(std::int64_t n) {
  return ops::make_adjacency(
      CsrGraph(at::arange(0, n * n + 1, n, at::kInt), at::arange(n, at::kInt).repeat({n}), {}, n));
}

/// A graph with stop i renamed to place[i]; `edge[e]` is the old edge of the new edge e.
std::pair<ops::Adjacency, Tensor> renamed(const ops::Adjacency& graph, const Tensor& place) {
  const Tensor rows = place.index_select(0, ops::tails(graph));
  const Tensor heads = place.index_select(0, graph.head.to(at::kLong));
  const Tensor order = rows.argsort(/*stable=*/true, 0, false);
  const Tensor first_out =
      at::cat({at::zeros({1}, at::kLong), rows.bincount({}, place.size(0)).cumsum(0)});
  return {ops::make_adjacency(
              CsrGraph(first_out, heads.index_select(0, order).to(at::kInt), {}, place.size(0))),
          order};
}

std::set<std::pair<std::int64_t, std::int64_t>> pairs(const ops::Adjacency& graph) {
  const Tensor tail = ops::tails(graph);
  std::set<std::pair<std::int64_t, std::int64_t>> result;
  for (std::int64_t e = 0; e < graph.num_edges(); ++e)
    result.emplace(tail[e].item<std::int64_t>(), graph.head[e].item<std::int64_t>());
  return result;
}

TEST(EncoderLayer, ComputesTheSameInBlocksOfRowsWhereNoGradientIsAskedFor) {
  at::manual_seed(3);
  const ops::Adjacency graph = ops::make_random_graph(5, 1300, 1300);
  const Tensor x = at::randn({1300, 8}), bias = at::randn({graph.num_edges(), 2});
  for (const EncoderLayerOptions& options : {kSmall, pre_norm()}) {
    EncoderLayer layer(options);
    const Tensor at_once = layer->forward_sparse(x, graph, bias);
    const at::NoGradGuard no_grad;

    const Tensor in_blocks = layer->forward_sparse(x, graph, bias);

    EXPECT_FALSE(in_blocks.requires_grad());
    EXPECT_TRUE(at::allclose(in_blocks, at_once, 1e-5, 1e-5));
    const c10::InferenceMode guard;
    EXPECT_TRUE(at::equal(layer->forward_sparse(x, graph, bias), in_blocks));
  }
}

TEST(EncoderLayer, EqualsPyTorchsTransformerEncoderLayer) {
  const Fixtures f;

  f.expect_output("encoder_post",
                  f.filled("encoder_post", EncoderLayer(kSmall))(f.tensor("encoder_post.x")));
  f.expect_output("encoder_pre",
                  f.filled("encoder_pre", EncoderLayer(pre_norm()))(f.tensor("encoder_pre.x")));
}

TEST(EncoderLayer, OverACompleteGraphEqualsFullAttention) {
  at::manual_seed(1);
  for (const auto& options : {kSmall, pre_norm()}) {
    EncoderLayer layer(options);
    layer->to(at::kDouble);
    const Tensor x = at::randn({11, 8}, at::kDouble);

    EXPECT_TRUE(at::allclose(layer->forward_sparse(x, complete_graph(11)), layer(x), 1e-10, 1e-10));
  }
}

TEST(EncoderLayer, HasTheDerivativesOfItsFormula) {
  at::manual_seed(2);
  const ops::Adjacency graph = ops::with_transpose(ops::make_random_graph(2, 6, 6), 6);
  EncoderLayer layer(pre_norm());
  layer->to(at::kDouble);
  std::vector<Tensor> inputs{at::randn({6, 8}, at::kDouble).requires_grad_(),
                             at::randn({graph.num_edges(), 2}, at::kDouble).requires_grad_()};
  for (const Tensor& parameter : layer->parameters()) inputs.push_back(parameter);

  EXPECT_EQ(train::gradcheck(
                [&](const auto& in) { return layer->forward_sparse(in[0], graph, in[1]); }, inputs),
            std::nullopt);
  inputs.erase(inputs.begin() + 1);
  EXPECT_EQ(train::gradcheck([&](const auto& in) { return layer(in[0]); }, inputs), std::nullopt);
}

TEST(EncoderLayer, AlongAGraphEqualsScaledDotProductAttentionWithItsMask) {
  at::manual_seed(6);
  const std::int64_t n = 30;
  const ops::Adjacency graph = ops::make_random_graph(9, n, n);
  EncoderLayer layer(pre_norm());
  layer->to(at::kDouble);
  const Tensor x = at::randn({n, 8}, at::kDouble);
  const Tensor bias = at::randn({graph.num_edges(), 2}, at::kDouble);
  // Edges that are repeated add their weights: a logarithm of a sum of exponentials.
  const Tensor places = ops::tails(graph) * n + graph.head;
  const Tensor mask = at::zeros({n * n, 2}, at::kDouble)
                          .index_add(0, places, bias.exp())
                          .log()
                          .view({n, n, 2})
                          .permute({2, 0, 1});
  const Tensor alone = graph.first_out.diff().eq(0);
  const auto& attention = *layer->self_attn;
  const Tensor qkv = at::linear(layer->norm1(x), attention.in_proj_weight, attention.in_proj_bias)
                         .view({n, 3, 2, 4})
                         .permute({1, 2, 0, 3});
  const Tensor mixed = at::scaled_dot_product_attention(qkv[0], qkv[1], qkv[2], mask)
                           .transpose(0, 1)
                           .flatten(1)
                           .masked_fill(alone.unsqueeze(1), 0);
  const Tensor y = x + layer->self_attn->out_proj(mixed);
  const Tensor expected = y + layer->linear2(at::gelu(layer->linear1(layer->norm2(y))));

  const Tensor result = layer->forward_sparse(x, graph, bias);

  ASSERT_TRUE(alone.any().item<bool>());
  EXPECT_TRUE(at::allclose(result, expected, 1e-9, 1e-9));
}

TEST(EncoderLayer, DropsAttentionOnlyWhileTraining) {
  at::manual_seed(3);
  EncoderLayerOptions options = kSmall;
  options.dropout = 0.5;
  EncoderLayer layer(options);
  const Tensor x = at::randn({7, 8});
  const ops::Adjacency graph = complete_graph(7);

  EXPECT_FALSE(at::allclose(layer->forward_sparse(x, graph), layer->forward_sparse(x, graph)));
  layer->eval();
  EXPECT_TRUE(at::allclose(layer->forward_sparse(x, graph), layer(x), 1e-5, 1e-5));
}

TEST(Encoder, IsInvariantToTheOrderOfTheStops) {
  at::manual_seed(4);
  const std::int64_t n = 30;
  const ops::Adjacency candidates = ops::make_random_graph(5, n, n);
  const Tensor place = at::randperm(n, at::kLong), keys = at::randint(1 << 30, {n}, at::kLong);
  const auto [moved, edge] = renamed(candidates, place);
  const AttentionGraphOptions options{.global_tokens = 2, .expander_degree = 4, .seed = 7};
  Encoder encoder(EncoderOptions{.layer = pre_norm(), .global_tokens = 2});
  encoder->to(at::kDouble);
  const Tensor x = at::randn({n, 8}, at::kDouble);
  const Tensor bias = at::randn({candidates.num_edges(), 2}, at::kDouble);
  const Tensor back = place.argsort();

  const Tensor out =
      encoder->forward_sparse(x, make_attention_graph(candidates, options, keys), bias);
  const Tensor moved_out = encoder->forward_sparse(
      x.index_select(0, back), make_attention_graph(moved, options, keys.index_select(0, back)),
      bias.index_select(0, edge));

  EXPECT_TRUE(at::allclose(moved_out.index_select(0, place), out, 1e-9, 1e-9));
}

TEST(Encoder, PassesWordFarThroughGlobalTokensAndExpanderEdges) {
  at::manual_seed(5);
  const std::int64_t n = 40;
  const ops::Adjacency lonely =
      ops::make_adjacency(CsrGraph(at::zeros({n + 1}, at::kInt), at::empty({0}, at::kInt), {}, n));
  const auto reach = [&](const AttentionGraphOptions& options) {
    Encoder encoder(
        EncoderOptions{.layer = kSmall, .num_layers = 2, .global_tokens = options.global_tokens});
    encoder->to(at::kDouble);
    const Tensor x = at::randn({n, 8}, at::kDouble).requires_grad_();
    encoder->forward_sparse(x, make_attention_graph(lonely, options))[0].pow(2).sum().backward();
    return x.grad().abs().sum(1).gt(1e-14).sum().item<std::int64_t>();
  };

  EXPECT_EQ(reach({}), 1);
  EXPECT_EQ(reach({.global_tokens = 1}), n);
  EXPECT_GT(reach({.expander_degree = 4}), 10);
}

TEST(Encoder, HasTheDerivativesOfItsFormula) {
  at::manual_seed(7);
  const ops::Adjacency candidates = ops::make_random_graph(8, 5, 5);
  const AttentionGraph graph =
      make_attention_graph(candidates, {.global_tokens = 2, .expander_degree = 2});
  EncoderLayerOptions small = pre_norm();
  small.width = 4, small.feed_forward = 5;
  Encoder encoder(EncoderOptions{.layer = small, .num_layers = 2, .global_tokens = 2});
  encoder->to(at::kDouble);
  std::vector<Tensor> inputs{at::randn({5, 4}, at::kDouble).requires_grad_(),
                             at::randn({candidates.num_edges(), 2}, at::kDouble).requires_grad_()};
  for (const Tensor& parameter : encoder->parameters()) inputs.push_back(parameter);

  EXPECT_EQ(
      train::gradcheck([&](const auto& in) { return encoder->forward_sparse(in[0], graph, in[1]); },
                       inputs),
      std::nullopt);
}

TEST(AttentionGraph, AddsCyclesThatDependOnTheSeedAlone) {
  const std::int64_t n = 50;
  const ops::Adjacency candidates = ops::make_random_graph(6, n, n);
  const auto make = [&](std::uint64_t seed) {
    return make_attention_graph(candidates, {.expander_degree = 4, .seed = seed});
  };

  const AttentionGraph one = make(1), again = make(1), other = make(2);

  EXPECT_TRUE(one.graph.head.equal(again.graph.head));
  EXPECT_FALSE(one.graph.head.equal(other.graph.head));
  const auto all = pairs(one.graph);
  for (const auto& pair : pairs(candidates)) EXPECT_TRUE(all.contains(pair));
  const Tensor added = one.edge.eq(one.num_candidates).nonzero().squeeze(1);
  for (std::int64_t i = 0; i < added.size(0); ++i) {
    const std::int64_t e = added[i].item<std::int64_t>();
    const auto from = ops::tails(one.graph)[e].item<std::int64_t>();
    const auto to = one.graph.head[e].item<std::int64_t>();
    EXPECT_TRUE(all.contains({to, from})) << from << ' ' << to;
  }
  EXPECT_LE(added.size(0), 5 * n);
  EXPECT_GE(added.size(0), 3 * n);
}

TEST(AttentionGraph, GivesEveryCandidateItsBiasAndAddedPairsNone) {
  const ops::Adjacency candidates = {
      at::tensor({0, 2, 2}, at::kInt), at::tensor({1, 1}, at::kInt), {}, {}, {}};

  const AttentionGraph graph = make_attention_graph(candidates, {.global_tokens = 1});

  EXPECT_TRUE(graph.graph.first_out.equal(at::tensor({0, 4, 6, 9}, at::kLong)));
  EXPECT_TRUE(graph.graph.head.equal(at::tensor({1, 1, 0, 2, 1, 2, 0, 1, 2}, at::kInt)));
  EXPECT_TRUE(graph.spread(at::tensor({5.0, 7.0}))
                  .equal(at::tensor({5.0, 7.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0})));
  EXPECT_THROW(graph.spread(at::ones({3})), InputError);
  EXPECT_THROW(make_attention_graph(candidates, {.expander_degree = 3}), InputError);
}

TEST(Encoder, WorksForOneStopAndRefusesWrongShapes) {
  Encoder encoder(EncoderOptions{.layer = kSmall});
  const AttentionGraph one = make_attention_graph(
      {at::zeros({2}, at::kInt), at::empty({0}, at::kInt), {}, {}, {}}, {.expander_degree = 2});

  EXPECT_EQ(encoder->forward_sparse(at::ones({1, 8}), one).sizes(), at::IntArrayRef({1, 8}));
  EXPECT_THROW(encoder->forward_sparse(at::ones({2, 8}), one), InputError);
  EXPECT_THROW(encoder->forward_sparse(at::ones({1, 7}), one), InputError);
  EXPECT_THROW(EncoderLayer(EncoderLayerOptions{.width = 10, .heads = 4}), InputError);
}

TEST(Encoder, RefusesWrongArgumentsInOneLine) {
  using testing::HasSubstr;
  const auto complaint = [](const std::function<void()>& call) -> std::string {
    try {
      call();
    } catch (const InputError& error) {
      EXPECT_THAT(error.what(), testing::Not(HasSubstr("\n")));
      return error.what();
    }
    return "accepted";
  };
  const std::int64_t n = 6;
  const ops::Adjacency candidates = ops::make_random_graph(8, n, n);
  const std::int64_t m = candidates.num_edges();
  Encoder encoder(EncoderOptions{.layer = kSmall, .global_tokens = 1});
  const AttentionGraph graph = make_attention_graph(candidates, {.global_tokens = 1});
  const Tensor x = at::ones({n, 8}), bias = at::ones({m, 2});
  const auto sparse = [&](const Tensor& states, const AttentionGraph& whom,
                          const std::optional<Tensor>& by_edge) {
    return complaint([&] { encoder->forward_sparse(states, whom, by_edge); });
  };
  AttentionGraph elsewhere = graph;
  elsewhere.edge = graph.edge.to(at::kMeta);

  EXPECT_EQ(sparse(x, graph, bias), "accepted");
  EXPECT_EQ(sparse(at::ones({n, 7}), graph, bias), "encoder: x: expected [any, 8], found [6, 7]");
  EXPECT_THAT(sparse(Tensor(), graph, bias), HasSubstr("x: expected [any, 8], found none"));
  EXPECT_THAT(sparse(x.to(at::kDouble), graph, bias), HasSubstr("found Double on cpu"));
  EXPECT_THAT(sparse(x.to(at::kMeta), graph, bias), HasSubstr("found Float on meta"));
  EXPECT_THAT(sparse(x, graph, bias.to(at::kDouble)), HasSubstr("bias: expected Float on cpu"));
  EXPECT_THAT(sparse(x, graph, at::ones({m, 3})), HasSubstr("bias: expected"));
  EXPECT_THAT(sparse(x, graph, at::ones({m + 1})), HasSubstr("candidate edges, found ["));
  EXPECT_THAT(sparse(x, graph, Tensor()), HasSubstr("bias: expected"));
  EXPECT_THAT(sparse(x, elsewhere, bias), HasSubstr("found it on meta"));
  EXPECT_THAT(sparse(x, AttentionGraph(), {}), HasSubstr("expected 0 stops"));
  EXPECT_THAT(sparse(x, make_attention_graph(candidates), bias), HasSubstr("0 global tokens"));
  EXPECT_THAT(complaint([&] { encoder(at::ones({2, n, 7})); }), HasSubstr("x: expected"));
  EXPECT_THAT(complaint([&] { encoder(at::ones({8})); }), HasSubstr("x: expected"));
  EncoderLayer layer(kSmall);
  EXPECT_THAT(complaint([&] {
                layer->forward_sparse(at::ones({n + 1, 8}), candidates);
              }),
              HasSubstr("expected Float [6, 2, 4]"));
  EXPECT_THAT(complaint([] { EncoderLayer(EncoderLayerOptions{.feed_forward = 0}); }),
              HasSubstr("feed_forward: expected at least 1, found 0"));
  EXPECT_THAT(complaint([] { EncoderLayer(EncoderLayerOptions{.heads = 0}); }),
              HasSubstr("heads: expected at least 1"));
  EXPECT_THAT(complaint([] { EncoderLayer(EncoderLayerOptions{.dropout = 1}); }),
              HasSubstr("dropout: expected a number from 0 to below 1"));
}

TEST(AttentionGraph, IsRefusedWhereTheCandidatesAreNoGraphOfTheirStops) {
  const ops::Adjacency outside = {
      at::tensor({0, 1}, at::kInt), at::tensor({1}, at::kInt), {}, {}, {}};
  const ops::Adjacency torn = {at::tensor({0, 5}, at::kInt), at::tensor({0}, at::kInt), {}, {}, {}};
  const ops::Adjacency fine = {at::tensor({0, 1}, at::kInt), at::tensor({0}, at::kInt), {}, {}, {}};

  EXPECT_THROW(make_attention_graph(outside), InputError);
  EXPECT_THROW(make_attention_graph(torn), InputError);
  EXPECT_THROW(make_attention_graph(fine, {.global_tokens = -1}), InputError);
  EXPECT_THROW(make_attention_graph(fine, {}, at::zeros({2}, at::kLong)), InputError);
  EXPECT_THROW(make_attention_graph(fine, {}, at::zeros({1})), InputError);
}

}  // namespace
}  // namespace roadgnn::gnn::layers
