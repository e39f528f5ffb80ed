// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/layers/conv.h>

#include <array>
#include <cmath>
#include <memory>
#include <string>

#include <ATen/ATen.h>
#include <roadgnn/gnn/csr_graph.h>
#include <roadgnn/gnn/layers/detail/input_checks.h>
#include <roadgnn/graph/error.h>

namespace roadgnn::gnn::layers {

namespace {

using at::Tensor;
using detail::check_dropout;
using detail::check_graph;
using detail::check_input;
using detail::check_matrix;
using detail::check_positive;
using detail::check_type;
using detail::shape;
using ops::Adjacency;
using ops::Reduce;
using torch::nn::Linear;
using torch::nn::LinearOptions;

void check_edge_dim(const char* layer, const std::optional<std::int64_t>& edge_dim) {
  check_positive(layer, "edge_dim", edge_dim.value_or(1));
}

/// Edge features as given with one column where they are [m]; checks that they are there exactly
/// where the layer has weights for them.
OptionalTensor checked_edge_attr(const char* layer, const OptionalTensor& edge_attr,
                                 const Adjacency& graph,
                                 const std::optional<std::int64_t>& edge_dim,
                                 const Tensor& weight) {
  if (!edge_dim && !edge_attr) return {};
  if (edge_dim.has_value() != edge_attr.has_value()) {
    throw InputError(std::string(layer) + ": edge_attr: expected " +
                     (edge_dim ? "features of width " + std::to_string(*edge_dim) + ", found none"
                               : std::string("none without edge_dim, found ") + shape(*edge_attr)));
  }
  const Tensor matrix = edge_attr->dim() == 1 ? edge_attr->unsqueeze(1) : *edge_attr;
  check_matrix(layer, "edge_attr", matrix, graph.num_edges(), *edge_dim);
  check_type(layer, "edge_attr", matrix, weight);
  return matrix;
}

Tensor tails(const Adjacency& graph) {
  const std::optional<std::int64_t> known(graph.num_edges());
  return at::repeat_interleave(graph.first_out.diff().to(at::kLong), known);
}

void glorot(const Tensor& weight) {
  const at::NoGradGuard no_grad;
  const double bound = std::sqrt(6.0 / static_cast<double>(weight.size(-2) + weight.size(-1)));
  weight.uniform_(-bound, bound);
}

void set_zero(const Tensor& bias) {
  const at::NoGradGuard no_grad;
  if (bias.defined()) bias.zero_();
}

void reset_glorot(Linear& linear) {
  linear->reset_parameters();
  glorot(linear->weight);
}

Tensor merge_heads(const Tensor& x, bool concat) {
  return concat ? x.flatten(1) : x.mean(1);
}

}  // namespace

Tensor LoopedGraph::values(const Tensor& by_edge, const Tensor& by_loop) const {
  const Tensor all = at::cat({by_edge.index_select(0, kept), by_loop});
  const Tensor order = at::empty({all.size(0)}, place.options());
  order.index_copy_(0, at::cat({place, loop}), at::arange(all.size(0), place.options()));
  return all.index_select(0, order);
}

LoopedGraph with_self_loops(const Adjacency& graph) {
  check_graph("with_self_loops", graph);
  const std::int64_t n = graph.num_rows();
  const Tensor tail = tails(graph), head = graph.head.to(at::kLong);
  LoopedGraph result;
  result.kept = tail.ne(head).nonzero().squeeze(1);
  const Tensor kept_tail = tail.index_select(0, result.kept);
  // One loop a row: a kept edge has as many loops before it as rows.
  result.place = at::arange(result.kept.size(0), tail.options()) + kept_tail;
  const Tensor nodes = at::arange(n, tail.options());
  const Tensor ends = kept_tail.bincount({}, n).cumsum(0);
  result.loop = ends + nodes;
  const Tensor first_out =
      at::cat({at::zeros({1}, tail.options()), result.loop + 1}).to(graph.first_out.scalar_type());
  const Tensor new_head = at::empty({result.kept.size(0) + n}, tail.options());
  new_head.index_copy_(0, result.place, head.index_select(0, result.kept));
  new_head.index_copy_(0, result.loop, nodes);
  result.graph = ops::make_adjacency(CsrGraph(first_out, new_head.to(at::kInt), {}, n));
  return result;
}

GCNConvImpl::GCNConvImpl(const GCNConvOptions& given) : options(given) {
  check_positive("GCNConv", "in_channels", options.in_channels);
  check_positive("GCNConv", "out_channels", options.out_channels);
  if (options.add_self_loops.value_or(false) && !options.normalize) {
    throw InputError("GCNConv: add_self_loops: expected false without normalize, found true");
  }
  reset();
}

void GCNConvImpl::reset() {
  lin = register_module(
      "lin", Linear(LinearOptions(options.in_channels, options.out_channels).bias(false)));
  bias = options.bias ? register_parameter("bias", at::empty({options.out_channels}))
                      : register_parameter("bias", {}, /*requires_grad=*/false);
  reset_parameters();
}

void GCNConvImpl::reset_parameters() {
  reset_glorot(lin);
  set_zero(bias);
  cache_.reset();
}

GCNConvImpl::Norm GCNConvImpl::norm(const Adjacency& graph, const OptionalTensor& edge_weight,
                                    const Tensor& x) const {
  Norm result{edge_weight, {}, {}};
  const std::int64_t n = graph.num_rows();
  if (options.add_self_loops.value_or(true)) {
    const Tensor tail = tails(graph);
    const Tensor loops = tail.eq(graph.head).nonzero().squeeze(1);
    result.loop = at::full({n}, options.improved ? 2.0 : 1.0, x.options());
    if (loops.size(0) > 0) {
      const Tensor weight = edge_weight ? *edge_weight : at::ones({graph.num_edges()}, x.options());
      const Tensor nodes = tail.index_select(0, loops);
      // Of several loops of a node the last one stays.
      const Tensor last = at::full({n}, -1, nodes.options())
                              .scatter_reduce(0, nodes, loops, "amax", /*include_self=*/true);
      result.loop = at::where(last.ge(0), weight.index_select(0, last.clamp_min(0)), result.loop);
      result.weight = weight.index_fill(0, loops, 0);
    }
  }
  Tensor degree = result.weight ? ops::segment_reduce(graph, *result.weight)
                                : graph.first_out.diff().to(x.scalar_type());
  if (result.loop.defined()) degree = degree + result.loop;
  const Tensor scale = degree.pow(-0.5);
  result.scale = scale.masked_fill(scale.isinf(), 0).unsqueeze(1);
  if (result.loop.defined()) result.loop = result.loop.unsqueeze(1);
  return result;
}

Tensor GCNConvImpl::forward(const Tensor& x, const Adjacency& graph,
                            const OptionalTensor& edge_weight) {
  check_graph("GCNConv", graph, lin->weight.device());
  check_input("GCNConv", "x", x, graph.num_rows(), options.in_channels, lin->weight);
  if (edge_weight && (edge_weight->dim() != 1 || edge_weight->size(0) != graph.num_edges())) {
    throw InputError("GCNConv: edge_weight: expected [" + std::to_string(graph.num_edges()) +
                     "], found " + shape(*edge_weight));
  }
  if (edge_weight) check_type("GCNConv", "edge_weight", *edge_weight, lin->weight);
  Tensor out = lin(x);
  if (!options.normalize) {
    out = ops::spmm(graph, edge_weight, out);
  } else {
    const Norm factors = cache_ ? *cache_ : norm(graph, edge_weight, x);
    check_matrix("GCNConv", "x, as the first call's", x, factors.scale.size(0), x.size(1));
    if (options.cached && !cache_) cache_ = factors;
    const Tensor sent = out * factors.scale;
    out = ops::spmm(graph, factors.weight, sent);
    if (factors.loop.defined()) out = out + sent * factors.loop;
    out = out * factors.scale;
  }
  return bias.defined() ? out + bias : out;
}

SAGEConvImpl::SAGEConvImpl(const SAGEConvOptions& given) : options(given) {
  check_positive("SAGEConv", "in_channels", options.in_channels);
  check_positive("SAGEConv", "out_channels", options.out_channels);
  check_positive("SAGEConv", "in_channels_target", options.in_channels_target.value_or(1));
  reset();
}

void SAGEConvImpl::reset() {
  const std::int64_t in = options.in_channels, out = options.out_channels;
  if (options.project) lin = register_module("lin", Linear(in, in));
  lin_l = register_module("lin_l", Linear(LinearOptions(in, out).bias(options.bias)));
  if (options.root_weight) {
    lin_r = register_module(
        "lin_r", Linear(LinearOptions(options.in_channels_target.value_or(in), out).bias(false)));
  }
}

void SAGEConvImpl::reset_parameters() {
  if (lin) lin->reset_parameters();
  lin_l->reset_parameters();
  if (lin_r) lin_r->reset_parameters();
}

Tensor SAGEConvImpl::forward(const Tensor& x, const Adjacency& graph) {
  return forward_bipartite(x, x, graph);
}

Tensor SAGEConvImpl::forward_bipartite(const Tensor& x, const Tensor& x_target,
                                       const Adjacency& graph) {
  check_graph("SAGEConv", graph, lin_l->weight.device());
  check_input("SAGEConv", "x", x, -1, options.in_channels, lin_l->weight);
  Tensor out = lin_l(ops::spmm(graph, {}, lin ? lin(x).relu() : x, options.aggr));
  if (lin_r) {
    check_input("SAGEConv", "x_target", x_target, graph.num_rows(),
                options.in_channels_target.value_or(options.in_channels), lin_l->weight);
    out = out + lin_r(x_target);
  }
  if (options.normalize) out = out / out.norm(2, 1, /*keepdim=*/true).clamp_min(1e-12);
  return out;
}

GINEConvImpl::GINEConvImpl(const GINEConvOptions& given) : options(given) {
  if (options.nn.is_empty()) throw InputError("GINEConv: nn: expected a Sequential, found none");
  if (options.nn->is_empty())
    throw InputError("GINEConv: nn: expected at least one module, found an empty Sequential");
  check_edge_dim("GINEConv", options.edge_dim);
  reset();
}

void GINEConvImpl::reset() {
  // A clone owns a copy of the network.
  const torch::nn::Sequential own =
      nn ? torch::nn::Sequential(std::dynamic_pointer_cast<torch::nn::SequentialImpl>(nn->clone()))
         : options.nn;
  nn = register_module("nn", own);
  const Tensor start = at::full({1}, options.eps);
  eps = options.train_eps ? register_parameter("eps", start) : register_buffer("eps", start);
  if (!options.edge_dim) return;
  std::optional<std::int64_t> in = options.in_channels;
  if (const auto* first = nn->size() > 0 ? nn->ptr(0)->as<torch::nn::LinearImpl>() : nullptr;
      first && !in) {
    in = first->options.in_features();
  }
  if (!in) {
    throw InputError(
        "GINEConv: in_channels: expected with edge_dim where nn does not begin with a Linear, "
        "found none");
  }
  lin = register_module("lin", Linear(*options.edge_dim, *in));
}

void GINEConvImpl::reset_parameters() {
  const at::NoGradGuard no_grad;
  for (const auto& module : nn->children()) {
    if (auto* linear = module->as<torch::nn::LinearImpl>()) linear->reset_parameters();
  }
  eps.fill_(options.eps);
  if (lin) lin->reset_parameters();
}

Tensor GINEConvImpl::forward(const Tensor& x, const Adjacency& graph, const Tensor& edge_attr) {
  check_graph("GINEConv", graph, eps.device());
  const std::int64_t given = x.defined() && x.dim() == 2 ? x.size(1) : 0;
  const std::int64_t width = lin ? lin->options.out_features() : given;
  check_matrix("GINEConv", "x", x, graph.num_rows(), width);
  check_matrix("GINEConv", "edge_attr", edge_attr, graph.num_edges(),
               options.edge_dim.value_or(width));
  if (const auto weights = nn->parameters(); !weights.empty())
    check_type("GINEConv", "x", x, weights.front());
  check_type("GINEConv", "edge_attr", edge_attr, lin ? lin->weight : x);
  const Tensor edges = lin ? lin(edge_attr) : edge_attr;
  const Tensor messages = (ops::gather_heads(graph, x) + edges).relu();
  return nn->forward(ops::segment_reduce(graph, messages) + (1 + eps) * x);
}

GATv2ConvImpl::GATv2ConvImpl(const GATv2ConvOptions& given) : options(given) {
  check_positive("GATv2Conv", "in_channels", options.in_channels);
  check_positive("GATv2Conv", "out_channels", options.out_channels);
  check_positive("GATv2Conv", "heads", options.heads);
  check_edge_dim("GATv2Conv", options.edge_dim);
  check_dropout("GATv2Conv", options.dropout);
  reset();
}

void GATv2ConvImpl::reset() {
  const std::int64_t in = options.in_channels, wide = options.heads * options.out_channels;
  const std::int64_t out = options.concat ? wide : options.out_channels;
  att = register_parameter("att", at::empty({1, options.heads, options.out_channels}));
  lin_l = register_module("lin_l", Linear(LinearOptions(in, wide).bias(options.bias)));
  if (!options.share_weights) {
    lin_r = register_module("lin_r", Linear(LinearOptions(in, wide).bias(options.bias)));
  }
  if (options.edge_dim) {
    lin_edge =
        register_module("lin_edge", Linear(LinearOptions(*options.edge_dim, wide).bias(false)));
  }
  if (options.residual) {
    res = register_module("res", Linear(LinearOptions(in, out).bias(false)));
  }
  bias = options.bias ? register_parameter("bias", at::empty({out}))
                      : register_parameter("bias", {}, /*requires_grad=*/false);
  reset_parameters();
}

void GATv2ConvImpl::reset_parameters() {
  reset_glorot(lin_l);
  if (lin_r) reset_glorot(lin_r);
  if (lin_edge) reset_glorot(lin_edge);
  if (res) reset_glorot(res);
  glorot(att);
  set_zero(bias);
}

Tensor GATv2ConvImpl::forward(const Tensor& x, const Adjacency& given,
                              const OptionalTensor& edge_attr) {
  check_graph("GATv2Conv", given, lin_l->weight.device());
  check_input("GATv2Conv", "x", x, given.num_rows(), options.in_channels, lin_l->weight);
  OptionalTensor edges =
      checked_edge_attr("GATv2Conv", edge_attr, given, options.edge_dim, lin_l->weight);
  Adjacency graph = given;
  if (options.add_self_loops) {
    const LoopedGraph looped = with_self_loops(given);
    graph = looped.graph;
    if (edges) {
      const auto* constant = std::get_if<double>(&options.fill_value);
      Tensor fill =
          at::full({x.size(0), edges->size(1)}, constant ? *constant : 0.0, edges->options());
      const auto* reduce = std::get_if<Reduce>(&options.fill_value);
      if (reduce) {
        const Tensor zeroed = looped.values(*edges, fill);
        // The loops' zeros stand last in their rows; a mean must not count them.
        const Tensor count = (graph.first_out.diff() - 1).clamp_min(1).unsqueeze(1);
        if (*reduce == Reduce::kMax) {
          const Tensor bottom = looped.values(*edges, fill - HUGE_VAL);
          const Tensor top = ops::segment_reduce(graph, bottom, Reduce::kMax);
          fill = top.masked_fill(top.isinf(), 0);
        } else {
          fill = ops::segment_reduce(graph, zeroed);
          if (*reduce == Reduce::kMean) fill = fill / count;
        }
      }
      edges = looped.values(*edges, fill);
    }
  }
  const std::array<std::int64_t, 3> by_head{-1, options.heads, options.out_channels};
  const Tensor sent = lin_l(x).view(by_head);
  const Tensor own = lin_r ? lin_r(x).view(by_head) : sent;
  Tensor pair = ops::gather_rows(graph, own) + ops::gather_heads(graph, sent);
  if (edges) pair = pair + lin_edge(*edges).view(by_head);
  const Tensor logits = (at::leaky_relu(pair, options.negative_slope) * att).sum(-1);
  const Tensor alpha =
      at::dropout(ops::edge_softmax(graph, logits), options.dropout, is_training());
  Tensor out = merge_heads(ops::spmm(graph, alpha, sent), options.concat);
  if (res) out = out + res(x);
  return bias.defined() ? out + bias : out;
}

TransformerConvImpl::TransformerConvImpl(const TransformerConvOptions& given) : options(given) {
  check_positive("TransformerConv", "in_channels", options.in_channels);
  check_positive("TransformerConv", "out_channels", options.out_channels);
  check_positive("TransformerConv", "heads", options.heads);
  check_edge_dim("TransformerConv", options.edge_dim);
  check_dropout("TransformerConv", options.dropout);
  reset();
}

void TransformerConvImpl::reset() {
  const std::int64_t in = options.in_channels, wide = options.heads * options.out_channels;
  const std::int64_t out = options.concat ? wide : options.out_channels;
  const auto linear = [&](const char* name, std::int64_t from, std::int64_t to, bool with_bias) {
    return register_module(name, Linear(LinearOptions(from, to).bias(with_bias)));
  };
  lin_key = linear("lin_key", in, wide, options.bias);
  lin_query = linear("lin_query", in, wide, options.bias);
  lin_value = linear("lin_value", in, wide, options.bias);
  if (options.edge_dim) lin_edge = linear("lin_edge", *options.edge_dim, wide, false);
  lin_skip = linear("lin_skip", in, out, options.bias);
  if (options.beta && options.root_weight) lin_beta = linear("lin_beta", 3 * out, 1, false);
}

void TransformerConvImpl::reset_parameters() {
  for (Linear* linear : {&lin_key, &lin_query, &lin_value, &lin_edge, &lin_skip, &lin_beta}) {
    if (*linear) (*linear)->reset_parameters();
  }
}

Tensor TransformerConvImpl::forward(const Tensor& x, const Adjacency& graph,
                                    const OptionalTensor& edge_attr) {
  check_graph("TransformerConv", graph, lin_query->weight.device());
  check_input("TransformerConv", "x", x, graph.num_rows(), options.in_channels, lin_query->weight);
  const OptionalTensor edges =
      checked_edge_attr("TransformerConv", edge_attr, graph, options.edge_dim, lin_query->weight);
  const std::array<std::int64_t, 3> by_head{-1, options.heads, options.out_channels};
  const double scale = 1 / std::sqrt(static_cast<double>(options.out_channels));
  const Tensor query = lin_query(x).view(by_head), key = lin_key(x).view(by_head);
  const Tensor value = lin_value(x).view(by_head);

  Tensor out;
  if (!edges && (options.dropout == 0 || !is_training())) {
    out = ops::neighbour_attention(graph, query, key, value, {}, scale);
  } else {
    const OptionalTensor feature =
        edges ? OptionalTensor(lin_edge(*edges).view(by_head)) : OptionalTensor();
    const Tensor logits = ops::sddmm(graph, query * scale, key, feature);
    const Tensor alpha =
        at::dropout(ops::edge_softmax(graph, logits), options.dropout, is_training());
    out = ops::spmm(graph, alpha, value);
    if (feature) out = out + ops::segment_reduce(graph, *feature * alpha.unsqueeze(-1));
  }
  out = merge_heads(out, options.concat);
  if (!options.root_weight) return out;
  const Tensor skip = lin_skip(x);
  if (!lin_beta) return out + skip;
  const Tensor gate = lin_beta(at::cat({out, skip, out - skip}, -1)).sigmoid();
  return gate * skip + (1 - gate) * out;
}

}  // namespace roadgnn::gnn::layers
