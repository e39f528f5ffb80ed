// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/layers/network.h>

#include <memory>
#include <string>

#include <ATen/ATen.h>
#include <roadgnn/gnn/layers/detail/input_checks.h>
#include <roadgnn/graph/error.h>
#include <torch/nn/modules/activation.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/normalization.h>

namespace roadgnn::gnn::layers {

namespace {

using at::Tensor;
using torch::nn::Linear;

/// PyG's BatchNorm keeps torch's inside, under this name.
class WrappedBatchNorm : public torch::nn::Cloneable<WrappedBatchNorm> {
 public:
  explicit WrappedBatchNorm(std::int64_t channels) : channels_(channels) { init(); }
  void reset() override { init(); }
  Tensor forward(const Tensor& x) { return module_(x); }

 private:
  void init() { module_ = register_module("module", torch::nn::BatchNorm1d(channels_)); }
  std::int64_t channels_;
  torch::nn::BatchNorm1d module_{nullptr};
};

std::shared_ptr<torch::nn::Module> make_norm(Norm norm, std::int64_t channels) {
  switch (norm) {
    case Norm::kLayer:
      return torch::nn::LayerNorm(torch::nn::LayerNormOptions({channels})).ptr();
    case Norm::kBatch:
      return std::make_shared<WrappedBatchNorm>(channels);
    case Norm::kNone:
      break;
  }
  return torch::nn::Identity().ptr();
}

Tensor apply_norm(torch::nn::Module& norm, const Tensor& x) {
  if (auto* layer = norm.as<torch::nn::LayerNormImpl>()) return layer->forward(x);
  if (auto* batch = norm.as<WrappedBatchNorm>()) return batch->forward(x);
  return x;
}

std::shared_ptr<torch::nn::Module> make_conv(const GraphNetworkOptions& options, std::int64_t in,
                                             std::int64_t out) {
  switch (options.conv) {
    case Conv::kGCN:
      return std::make_shared<GCNConvImpl>(GCNConvOptions{.in_channels = in, .out_channels = out});
    case Conv::kSAGE:
      return std::make_shared<SAGEConvImpl>(
          SAGEConvOptions{.in_channels = in, .out_channels = out});
    case Conv::kGINE:
      return std::make_shared<GINEConvImpl>(GINEConvOptions{
          .nn = torch::nn::Sequential(Linear(in, out), torch::nn::ReLU(), Linear(out, out)),
          .edge_dim = options.edge_dim});
    case Conv::kGATv2:
      return std::make_shared<GATv2ConvImpl>(GATv2ConvOptions{.in_channels = in,
                                                              .out_channels = out / options.heads,
                                                              .heads = options.heads,
                                                              .edge_dim = options.edge_dim});
    case Conv::kTransformer:
      return std::make_shared<TransformerConvImpl>(
          TransformerConvOptions{.in_channels = in,
                                 .out_channels = out / options.heads,
                                 .heads = options.heads,
                                 .edge_dim = options.edge_dim});
  }
  throw InputError("GraphNetwork: conv: expected a kind of layer");
}

Tensor apply_conv(torch::nn::Module& conv, const Tensor& x, const ops::Adjacency& graph,
                  const OptionalTensor& edge) {
  if (auto* gcn = conv.as<GCNConvImpl>()) return gcn->forward(x, graph, edge);
  if (auto* gine = conv.as<GINEConvImpl>()) return gine->forward(x, graph, edge.value_or(Tensor()));
  if (auto* gat = conv.as<GATv2ConvImpl>()) return gat->forward(x, graph, edge);
  if (auto* transformer = conv.as<TransformerConvImpl>())
    return transformer->forward(x, graph, edge);
  if (edge) throw InputError("GraphNetwork: edge: expected none for SAGE, found a tensor");
  return conv.as<SAGEConvImpl>()->forward(x, graph);
}

}  // namespace

Tensor jumping_knowledge(const std::vector<Tensor>& layers, Jump jump) {
  if (layers.empty())
    throw InputError("jumping_knowledge: expected at least one layer, found none");
  const Tensor& last = layers.back();
  if (!last.defined() || last.dim() != 2)
    throw InputError("jumping_knowledge: layer: expected [n, channels], found another tensor");
  for (const Tensor& layer : layers) {
    const bool wide = jump != Jump::kMax && layer.defined() && layer.dim() == 2;
    const std::int64_t width = wide ? layer.size(1) : last.size(1);
    detail::check_input("jumping_knowledge", "layer", layer, last.size(0), width, last);
  }
  switch (jump) {
    case Jump::kCat:
      return at::cat(layers, -1);
    case Jump::kMax:
      return std::get<0>(at::stack(layers, -1).max(-1));
    case Jump::kLast:
      break;
  }
  return layers.back();
}

GraphNetworkImpl::GraphNetworkImpl(const GraphNetworkOptions& given) : options(given) {
  const std::int64_t out = options.out_channels.value_or(options.hidden_channels);
  if (options.in_channels < 1 || options.hidden_channels < 1 || out < 1 || options.num_layers < 1)
    throw InputError("GraphNetwork: expected at least one channel and layer, found none");
  const bool attention = options.conv == Conv::kGATv2 || options.conv == Conv::kTransformer;
  if (attention && (options.heads < 1 || options.hidden_channels % options.heads != 0 ||
                    out % options.heads != 0)) {
    throw InputError("GraphNetwork: heads: expected a divisor of all widths, found " +
                     std::to_string(options.heads));
  }
  detail::check_dropout("GraphNetwork", options.dropout);
  reset();
}

void GraphNetworkImpl::reset() {
  const std::int64_t hidden = options.hidden_channels, layers = options.num_layers;
  const std::int64_t out = options.out_channels.value_or(hidden);
  convs = register_module("convs", torch::nn::ModuleList());
  norms = register_module("norms", torch::nn::ModuleList());
  for (std::int64_t i = 0; i < layers; ++i) {
    const bool last = i + 1 == layers && !options.jk;
    convs->push_back(
        make_conv(options, i == 0 ? options.in_channels : hidden, last ? out : hidden));
    norms->push_back(make_norm(last ? Norm::kNone : options.norm, hidden));
  }
  if (options.jk)
    lin = register_module("lin", Linear(*options.jk == Jump::kCat ? layers * hidden : hidden, out));
}

Tensor GraphNetworkImpl::forward(const Tensor& input, const ops::Adjacency& graph,
                                 const OptionalTensor& edge) {
  Tensor x = input;
  std::vector<Tensor> outputs;
  for (std::size_t i = 0; i < convs->size(); ++i) {
    Tensor y = apply_conv(*convs[i], x, graph, edge);
    if (i + 1 < convs->size() || options.jk) {
      if (options.act_first) y = y.relu();
      y = apply_norm(*norms[i], y);
      if (!options.act_first) y = y.relu();
      y = at::dropout(y, options.dropout, is_training());
      if (options.residual && y.sizes() == x.sizes()) y = y + x;
      outputs.push_back(y);
    }
    x = y;
  }
  return options.jk ? lin(jumping_knowledge(outputs, *options.jk)) : x;
}

}  // namespace roadgnn::gnn::layers
