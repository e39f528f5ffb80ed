// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/layers/conv.h>

#include <cmath>
#include <functional>
#include <optional>
#include <vector>

#include <gmock/gmock.h>
#include <roadgnn/gnn/layers/attention_graph.h>
#include <roadgnn/gnn/layers/network.h>
#include <roadgnn/gnn/train/gradcheck.h>
#include <roadgnn/graph/error.h>
#include <torch/nn/modules/activation.h>

#include "fixtures.h"

namespace roadgnn::gnn::layers {
namespace {

using at::Tensor;
using ops::Reduce;
using testing::HasSubstr;
using torch::nn::Linear;

torch::nn::Sequential make_network() {
  return torch::nn::Sequential(Linear(5, 6), torch::nn::ReLU(), Linear(6, 4));
}

/// gradcheck of a module's output in its input, the edge values and every parameter.
template <class Holder, class Forward>
void expect_derivatives(Holder module, const Tensor& x, const Tensor& edge, Forward forward) {
  module->to(at::kDouble);
  std::vector<Tensor> inputs{x.clone().requires_grad_()};
  if (edge.defined()) inputs.push_back(edge.clone().requires_grad_());
  const Tensor last = inputs.back();
  for (const Tensor& parameter : module->parameters()) inputs.push_back(parameter);
  const auto function = [&](const std::vector<Tensor>& given) {
    return forward(module, given[0], last);
  };

  EXPECT_EQ(train::gradcheck(function, inputs), std::nullopt);
}

TEST(GCNConv, EqualsPyG) {
  const Fixtures f;
  const Tensor &x = f.tensor("x"), &weight = f.tensor("edge_weight");
  const auto make = [&](const char* name, GCNConvOptions options) {
    options.in_channels = 5, options.out_channels = 4;
    return f.filled(name, GCNConv(options));
  };

  f.expect_output("gcn", make("gcn", {})(x, f.graph));
  f.expect_output("gcn_weighted", make("gcn_weighted", {})(x, f.graph, weight));
  f.expect_output("gcn_improved", make("gcn_improved", {.improved = true})(x, f.graph, weight));
  f.expect_output("gcn_no_loops",
                  make("gcn_no_loops", {.add_self_loops = false})(x, f.graph, weight));
  f.expect_output("gcn_plain",
                  make("gcn_plain", {.normalize = false, .bias = false})(x, f.graph, weight));
}

TEST(GCNConv, KeepsItsNormalisationWhereCached) {
  const Fixtures f;
  GCNConv conv = f.filled(
      "gcn_weighted", GCNConv(GCNConvOptions{.in_channels = 5, .out_channels = 4, .cached = true}));

  conv(f.tensor("x"), f.graph, f.tensor("edge_weight"));

  f.expect_output("gcn_weighted", conv(f.tensor("x"), f.graph, f.tensor("edge_weight") * 3));
}

TEST(SAGEConv, EqualsPyG) {
  const Fixtures f;
  const Tensor& x = f.tensor("x");
  const auto make = [&](const char* name, SAGEConvOptions options) {
    options.in_channels = 5, options.out_channels = 4;
    return f.filled(name, SAGEConv(options));
  };

  f.expect_output("sage", make("sage", {})(x, f.graph));
  f.expect_output(
      "sage_max",
      make("sage_max", {.aggr = Reduce::kMax, .normalize = true, .project = true})(x, f.graph));
  f.expect_output(
      "sage_sum",
      make("sage_sum", {.aggr = Reduce::kSum, .root_weight = false, .bias = false})(x, f.graph));
}

TEST(SAGEConv, EqualsPyGWhereRowsAreOtherNodes) {
  const Fixtures f;
  SAGEConv conv = f.filled(
      "sage_bipartite",
      SAGEConv(SAGEConvOptions{.in_channels = 5, .out_channels = 4, .in_channels_target = 3}));

  f.expect_output("sage_bipartite",
                  conv->forward_bipartite(f.tensor("x"), f.tensor("targets"), f.graph));
}

TEST(SAGEConv, TakesMessagesFromOtherNodes) {
  SAGEConv conv(SAGEConvOptions{.in_channels = 2, .out_channels = 3, .in_channels_target = 4});
  const ops::Adjacency graph = {
      at::tensor({0, 1}, at::kInt), at::tensor({2}, at::kInt), {}, {}, {}};
  const Tensor x = at::randn({3, 2}), target = at::randn({1, 4});

  const Tensor out = conv->forward_bipartite(x, target, graph);

  EXPECT_TRUE(at::allclose(out, conv->lin_l(x.slice(0, 2, 3)) + conv->lin_r(target)));
  EXPECT_THROW(conv->forward_bipartite(x, x, graph), InputError);
}

TEST(GINEConv, EqualsPyG) {
  const Fixtures f;
  const Tensor& x = f.tensor("x");

  f.expect_output("gine",
                  f.filled("gine", GINEConv(GINEConvOptions{.nn = make_network(), .eps = 0.3}))(
                      x, f.graph, f.tensor("wide_edge")));
  f.expect_output(
      "gine_edge",
      f.filled("gine_edge",
               GINEConv(GINEConvOptions{.nn = make_network(), .train_eps = true, .edge_dim = 3}))(
          x, f.graph, f.tensor("edge_attr")));
}

TEST(GATv2Conv, EqualsPyG) {
  const Fixtures f;
  const Tensor &x = f.tensor("x"), &edge = f.tensor("edge_attr");
  const auto make = [&](const char* name, GATv2ConvOptions options) {
    options.in_channels = 5, options.out_channels = 4;
    return f.filled(name, GATv2Conv(options));
  };

  f.expect_output("gatv2", make("gatv2", {})(x, f.graph));
  f.expect_output("gatv2_edge", make("gatv2_edge", {.heads = 3, .edge_dim = 3, .residual = true})(
                                    x, f.graph, edge));
  f.expect_output("gatv2_mean", make("gatv2_mean", {.heads = 2,
                                                    .concat = false,
                                                    .negative_slope = 0.1,
                                                    .add_self_loops = false,
                                                    .bias = false})(x, f.graph));
  f.expect_output("gatv2_shared",
                  make("gatv2_shared", {.heads = 2, .share_weights = true})(x, f.graph));
  f.expect_output("gatv2_constant",
                  make("gatv2_constant", {.edge_dim = 3, .fill_value = 0.7})(x, f.graph, edge));
  f.expect_output("gatv2_max",
                  make("gatv2_max", {.edge_dim = 3, .fill_value = Reduce::kMax})(x, f.graph, edge));
  f.expect_output("gatv2_sum",
                  make("gatv2_sum", {.edge_dim = 3, .fill_value = Reduce::kSum})(x, f.graph, edge));
}

TEST(TransformerConv, EqualsPyG) {
  const Fixtures f;
  const Tensor& x = f.tensor("x");
  const auto make = [&](const char* name, TransformerConvOptions options) {
    options.in_channels = 5, options.out_channels = 4;
    return f.filled(name, TransformerConv(options));
  };

  f.expect_output("transformer", make("transformer", {})(x, f.graph));
  f.expect_output("transformer_edge",
                  make("transformer_edge", {.heads = 3, .beta = true, .edge_dim = 3})(
                      x, f.graph, f.tensor("edge_attr")));
  // Without root_weight PyG keeps lin_skip, unused; so do we.
  f.expect_output(
      "transformer_mean",
      make("transformer_mean", {.heads = 2, .concat = false, .bias = false, .root_weight = false})(
          x, f.graph));
}

TEST(GraphNetwork, EqualsPyGsModels) {
  const Fixtures f;
  const auto make = [&](const char* name, GraphNetworkOptions options) {
    options.in_channels = 5, options.hidden_channels = 6, options.out_channels = 4;
    return f.filled(name, GraphNetwork(options))(f.tensor("x"), f.graph);
  };

  f.expect_output("stack", make("stack", {.conv = Conv::kGCN, .num_layers = 3}));
  f.expect_output("stack_cat",
                  make("stack_cat", {.num_layers = 3, .norm = Norm::kBatch, .jk = Jump::kCat}));
  f.expect_output(
      "stack_max",
      make("stack_max",
           {.num_layers = 3, .act_first = true, .norm = Norm::kLayer, .jk = Jump::kMax}));
  f.expect_output("stack_gat",
                  make("stack_gat",
                       {.conv = Conv::kGATv2, .heads = 2, .norm = Norm::kLayer, .jk = Jump::kMax}));
  f.expect_output("stack_last", make("stack_last", {.conv = Conv::kGCN, .jk = Jump::kLast}));
}

TEST(Layers, HaveTheDerivativesOfTheirFormulas) {
  at::manual_seed(1);
  const Fixtures f;
  const Tensor &x = f.tensor("x"), &attr = f.tensor("edge_attr"), none;
  const auto plain = [&](auto& layer, const Tensor& in, const Tensor&) {
    return layer(in, f.graph);
  };
  const auto with_edge = [&](auto& layer, const Tensor& in, const Tensor& edge) {
    return layer(in, f.graph, edge);
  };

  expect_derivatives(GCNConv(GCNConvOptions{.in_channels = 5, .out_channels = 2}), x, none, plain);
  expect_derivatives(GCNConv(GCNConvOptions{.in_channels = 5, .out_channels = 2}), x,
                     f.tensor("edge_weight"), with_edge);
  for (const Reduce aggr : {Reduce::kSum, Reduce::kMean, Reduce::kMax}) {
    expect_derivatives(
        SAGEConv(SAGEConvOptions{
            .in_channels = 5, .out_channels = 2, .aggr = aggr, .normalize = true, .project = true}),
        x, none, plain);
  }
  expect_derivatives(
      GINEConv(GINEConvOptions{.nn = make_network(), .train_eps = true, .edge_dim = 3}), x, attr,
      with_edge);
  expect_derivatives(
      GATv2Conv(GATv2ConvOptions{
          .in_channels = 5, .out_channels = 2, .heads = 2, .edge_dim = 3, .residual = true}),
      x, attr, with_edge);
  expect_derivatives(
      TransformerConv(TransformerConvOptions{.in_channels = 5, .out_channels = 2, .heads = 2}), x,
      none, plain);
  expect_derivatives(
      TransformerConv(TransformerConvOptions{
          .in_channels = 5, .out_channels = 2, .heads = 2, .beta = true, .edge_dim = 3}),
      x, attr, with_edge);
}

TEST(Layers, HaveTheDerivativesOfTheirFormulasInTheirOtherForms) {
  at::manual_seed(4);
  const Fixtures f;
  const Tensor &x = f.tensor("x"), &weight = f.tensor("edge_weight"), none;
  const auto plain = [&](auto& layer, const Tensor& in, const Tensor&) {
    return layer(in, f.graph);
  };
  const auto with_edge = [&](auto& layer, const Tensor& in, const Tensor& edge) {
    return layer(in, f.graph, edge);
  };

  expect_derivatives(
      GCNConv(GCNConvOptions{.in_channels = 5, .out_channels = 2, .add_self_loops = false}), x,
      weight, with_edge);
  expect_derivatives(
      GCNConv(GCNConvOptions{.in_channels = 5, .out_channels = 2, .normalize = false}), x, weight,
      with_edge);
  expect_derivatives(SAGEConv(SAGEConvOptions{.in_channels = 5, .out_channels = 2}), x, none,
                     [&](SAGEConv& layer, const Tensor& in, const Tensor&) {
                       return layer->forward_bipartite(in, in.flip(0), f.graph);
                     });
  expect_derivatives(GINEConv(GINEConvOptions{.nn = make_network(), .eps = 0.3}), x,
                     f.tensor("wide_edge"), with_edge);
  expect_derivatives(GATv2Conv(GATv2ConvOptions{.in_channels = 5,
                                                .out_channels = 2,
                                                .heads = 2,
                                                .concat = false,
                                                .add_self_loops = false,
                                                .share_weights = true}),
                     x, none, plain);
  expect_derivatives(GATv2Conv(GATv2ConvOptions{
                         .in_channels = 5, .out_channels = 2, .edge_dim = 1, .fill_value = 0.7}),
                     x, weight, with_edge);
  expect_derivatives(
      TransformerConv(TransformerConvOptions{
          .in_channels = 5, .out_channels = 2, .heads = 2, .concat = false, .bias = false}),
      x, none, plain);
}

TEST(GraphNetwork, HasTheDerivativesOfItsFormulaWithEveryJumpAndNorm) {
  at::manual_seed(5);
  const Fixtures f;
  const auto plain = [&](GraphNetwork& network, const Tensor& in, const Tensor&) {
    return network(in, f.graph);
  };
  const auto make = [](Conv conv, Norm norm, std::optional<Jump> jump) {
    return GraphNetwork(GraphNetworkOptions{.conv = conv,
                                            .in_channels = 5,
                                            .hidden_channels = 5,
                                            .out_channels = 2,
                                            .act_first = jump == Jump::kMax,
                                            .norm = norm,
                                            .jk = jump,
                                            .residual = true});
  };

  expect_derivatives(make(Conv::kGCN, Norm::kNone, {}), f.tensor("x"), Tensor(), plain);
  expect_derivatives(make(Conv::kSAGE, Norm::kLayer, Jump::kCat), f.tensor("x"), Tensor(), plain);
  expect_derivatives(make(Conv::kSAGE, Norm::kBatch, Jump::kMax), f.tensor("x"), Tensor(), plain);
  expect_derivatives(make(Conv::kTransformer, Norm::kLayer, Jump::kLast), f.tensor("x"), Tensor(),
                     plain);
}

TEST(Layers, StartWithinPyGsBounds) {
  at::manual_seed(2);
  const GCNConv gcn(GCNConvOptions{.in_channels = 60, .out_channels = 40});
  const GATv2Conv gat(GATv2ConvOptions{.in_channels = 60, .out_channels = 40});
  const auto largest = [](const Tensor& tensor) { return tensor.abs().max().item<float>(); };

  EXPECT_NEAR(largest(gcn->lin->weight), std::sqrt(6.0 / 100), 0.01);
  EXPECT_NEAR(largest(gat->att), std::sqrt(6.0 / 41), 0.06);
  EXPECT_LE(largest(gat->lin_l->bias), std::sqrt(1.0 / 60));
  EXPECT_EQ(largest(gcn->bias), 0);
}

TEST(Layers, AddTheirInputWhereResidual) {
  const Fixtures f;
  at::manual_seed(3);
  GraphNetworkOptions options{.in_channels = 5, .hidden_channels = 5, .jk = Jump::kLast};
  GraphNetwork bare(options);
  options.residual = true;
  GraphNetwork residual(options);
  train::load_into(*residual, train::state_of(*bare), "bare");
  bare->to(at::kDouble), residual->to(at::kDouble);
  auto& first = *bare->convs[0]->as<SAGEConvImpl>();
  auto& second = *bare->convs[1]->as<SAGEConvImpl>();
  const Tensor& x = f.tensor("x");

  const Tensor y = first.forward(x, f.graph).relu() + x;
  const Tensor expected = bare->lin(second.forward(y, f.graph).relu() + y);

  EXPECT_TRUE(at::allclose(residual(x, f.graph), expected));
}

TEST(Layers, AreClonedWithWeightsOfTheirOwn) {
  const Fixtures f;
  GINEConv conv = f.filled("gine", GINEConv(GINEConvOptions{.nn = make_network(), .eps = 0.3}));

  GINEConv copy(std::dynamic_pointer_cast<GINEConvImpl>(conv->clone()));
  for (Tensor& parameter : conv->parameters()) parameter.data().zero_();

  f.expect_output("gine", copy(f.tensor("x"), f.graph, f.tensor("wide_edge")));
}

TEST(Layers, RefuseWrongShapesInOneLine) {
  const Fixtures f;
  const auto complaint = [](const std::function<void()>& call) -> std::string {
    try {
      call();
    } catch (const InputError& error) {
      return error.what();
    }
    return "accepted";
  };
  GCNConv gcn(GCNConvOptions{.in_channels = 5, .out_channels = 4});
  GATv2Conv gat(GATv2ConvOptions{.in_channels = 5, .out_channels = 4, .edge_dim = 3});
  const Tensor x = at::ones({9, 5});

  EXPECT_EQ(complaint([&] {
              gcn(at::ones({8, 5}), f.graph);
            }),
            "GCNConv: x: expected [9, 5], found [8, 5]");
  EXPECT_THAT(complaint([&] { gcn(x, f.graph, at::ones({2})); }), HasSubstr("edge_weight"));
  EXPECT_THAT(complaint([&] { gat(x, f.graph); }), HasSubstr("edge_attr: expected features"));
  EXPECT_THAT(complaint([&] { gat(x, f.graph, at::ones({4, 3})); }), HasSubstr("found [4, 3]"));
  EXPECT_THAT(complaint([&] { GCNConv(GCNConvOptions{.in_channels = 5}); }),
              HasSubstr("out_channels: expected at least 1"));
  EXPECT_THAT(complaint([&] { jumping_knowledge({}, Jump::kMax); }), HasSubstr("at least one"));
}

TEST(Layers, RefuseWrongTypesEmptyNetworksAndNodesThatAreNotThere) {
  const Fixtures f;
  const auto complaint = [](const std::function<void()>& call) -> std::string {
    try {
      call();
    } catch (const InputError& error) {
      return error.what();
    }
    return "accepted";
  };
  const Tensor x = at::ones({9, 5}), wide = x.to(at::kDouble);
  const std::string expected = "Conv: x: expected Float on cpu as the weights, found Double on cpu";
  GCNConv gcn(GCNConvOptions{.in_channels = 5, .out_channels = 4});
  SAGEConv sage(SAGEConvOptions{.in_channels = 5, .out_channels = 4});
  GINEConv gine(GINEConvOptions{.nn = torch::nn::Sequential(torch::nn::Linear(5, 4))});
  GATv2Conv gat(GATv2ConvOptions{.in_channels = 5, .out_channels = 4, .edge_dim = 2});
  TransformerConv transformer(TransformerConvOptions{.in_channels = 5, .out_channels = 4});
  const Tensor edges = at::ones({f.graph.num_edges(), 5});
  ops::Adjacency outside = f.graph;
  outside.head = outside.head.clone();
  outside.head[0] = 9;

  EXPECT_EQ(complaint([&] { gcn(wide, f.graph); }), "GCN" + expected);
  EXPECT_EQ(complaint([&] { sage(wide, f.graph); }), "SAGE" + expected);
  EXPECT_EQ(complaint([&] { gine(wide, f.graph, edges); }), "GINE" + expected);
  EXPECT_EQ(complaint([&] { transformer(wide, f.graph); }), "Transformer" + expected);
  EXPECT_THAT(complaint([&] { sage(x.to(at::kLong), f.graph); }), HasSubstr("found Long on cpu"));
  EXPECT_THAT(complaint([&] { sage(x.to(at::kMeta), f.graph); }), HasSubstr("found Float on meta"));
  EXPECT_THAT(complaint([&] { gine(Tensor(), f.graph, edges); }), HasSubstr("x: expected"));
  EXPECT_THAT(complaint([&] { gcn(x, f.graph, edges.select(1, 0).to(at::kDouble)); }),
              HasSubstr("edge_weight: expected Float on cpu"));
  EXPECT_THAT(complaint([&] { gat(x, f.graph, edges.slice(1, 0, 2).to(at::kDouble)); }),
              HasSubstr("edge_attr: expected Float on cpu"));
  EXPECT_THAT(complaint([&] { sage(x, outside); }), HasSubstr("head"));
  EXPECT_THAT(complaint([&] { transformer(x, outside); }), HasSubstr("head"));
  EXPECT_THAT(complaint([&] { sage(x, ops::Adjacency{}); }), HasSubstr("first_out"));
  EXPECT_THAT(complaint([&] { GINEConv(GINEConvOptions{.nn = torch::nn::Sequential()}); }),
              HasSubstr("found an empty Sequential"));
  EXPECT_THAT(complaint([&] {
                GATv2Conv(GATv2ConvOptions{.in_channels = 5, .out_channels = 4, .edge_dim = 0});
              }),
              HasSubstr("edge_dim: expected at least 1, found 0"));
}

TEST(Layers, RefuseGraphsThatAreNone) {
  const Fixtures f;
  const Tensor x = at::ones({9, 5}), attr = at::ones({f.graph.num_edges(), 5});
  GCNConv gcn(GCNConvOptions{.in_channels = 5, .out_channels = 4});
  SAGEConv sage(SAGEConvOptions{.in_channels = 5, .out_channels = 4});
  GINEConv gine(GINEConvOptions{.nn = torch::nn::Sequential(Linear(5, 4))});
  GATv2Conv gat(GATv2ConvOptions{.in_channels = 5, .out_channels = 4});
  TransformerConv transformer(TransformerConvOptions{.in_channels = 5, .out_channels = 4});
  std::vector<ops::Adjacency> wrong(5, f.graph);
  wrong[0] = {};
  wrong[1].first_out = f.graph.first_out.clone();
  wrong[1].first_out[3] = 100;
  wrong[2].head = f.graph.head.slice(0, 1);
  wrong[3].head = f.graph.head.to(at::kFloat);
  wrong[4].first_out = f.graph.first_out.to(at::kMeta);

  for (const ops::Adjacency& graph : wrong) {
    EXPECT_THROW(gcn(x, graph), InputError);
    EXPECT_THROW(sage(x, graph), InputError);
    EXPECT_THROW(gine(x, graph, attr), InputError);
    EXPECT_THROW(gat(x, graph), InputError);
    EXPECT_THROW(transformer(x, graph), InputError);
    EXPECT_THROW(with_self_loops(graph), InputError);
    EXPECT_THROW(make_attention_graph(graph), InputError);
  }
}

TEST(Layers, RefuseWhatCannotBeJoinedAndDropoutThatIsNone) {
  const Tensor a = at::ones({3, 4}), b = at::ones({3, 5}), c = at::ones({2, 4});

  EXPECT_EQ(jumping_knowledge({a, b}, Jump::kCat).size(1), 9);
  EXPECT_THROW(jumping_knowledge({a, b}, Jump::kMax), InputError);
  EXPECT_THROW(jumping_knowledge({a, c}, Jump::kCat), InputError);
  EXPECT_THROW(jumping_knowledge({a, Tensor()}, Jump::kMax), InputError);
  EXPECT_THROW(jumping_knowledge({Tensor(), a}, Jump::kCat), InputError);
  EXPECT_THROW(jumping_knowledge({a, a.to(at::kDouble)}, Jump::kMax), InputError);
  EXPECT_THROW(
      GraphNetwork(GraphNetworkOptions{.in_channels = 2, .hidden_channels = 2, .dropout = 1.5}),
      InputError);
  EXPECT_THROW(GATv2Conv(GATv2ConvOptions{.in_channels = 2, .out_channels = 2, .dropout = -0.1}),
               InputError);
  EXPECT_THROW(
      TransformerConv(TransformerConvOptions{.in_channels = 2, .out_channels = 2, .dropout = 1}),
      InputError);
}

TEST(GCNConv, RefusesAnotherGraphThanTheOneWhoseNormalisationItKeeps) {
  const Fixtures f;
  GCNConv conv(GCNConvOptions{.in_channels = 5, .out_channels = 4, .cached = true});
  conv(at::ones({9, 5}), f.graph);
  const ops::Adjacency other =
      ops::make_adjacency(CsrGraph(at::zeros({4}, at::kInt), at::empty({0}, at::kInt), {}, 3));

  EXPECT_THROW(conv(at::ones({3, 5}), other), InputError);
}

}  // namespace
}  // namespace roadgnn::gnn::layers
