// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <roadgnn/gnn/layers/conv.h>
#include <torch/nn/modules/container/modulelist.h>

namespace roadgnn::gnn::layers {

enum class Jump { kCat, kMax, kLast };

/// Joins what every layer computed, [n, channels] each, into one (Xu et al., 2018): side by side,
/// element by element the largest, or the last alone. Throws InputError for none at all.
at::Tensor jumping_knowledge(const std::vector<at::Tensor>& layers, Jump jump);

enum class Conv { kGCN, kSAGE, kGINE, kGATv2, kTransformer };
enum class Norm { kNone, kLayer, kBatch };

struct GraphNetworkOptions {
  Conv conv = Conv::kSAGE;
  std::int64_t in_channels = 0, hidden_channels = 0, num_layers = 2;
  std::optional<std::int64_t> out_channels = {};  ///< as hidden_channels if absent
  std::int64_t heads = 1;                         ///< of attention; must divide the widths
  std::optional<std::int64_t> edge_dim = {};
  double dropout = 0;
  bool act_first = false;  ///< ReLU before the norm
  Norm norm = Norm::kNone;
  std::optional<Jump> jk = {};  ///< followed by a linear layer
  bool residual = false;        ///< adds a layer's input to its output where widths are equal
};

/// Several message-passing layers, each with norm, ReLU, dropout and residual, and a jumping
/// connection. Order and parameter names are those of torch_geometric.nn.models (GCN, GraphSAGE,
/// ...): convs.0.lin.weight, norms.0.weight, lin.weight. A GINE layer's network is
/// Linear, ReLU, Linear.
class GraphNetworkImpl : public torch::nn::Cloneable<GraphNetworkImpl> {
 public:
  explicit GraphNetworkImpl(const GraphNetworkOptions& options);
  void reset() override;
  /// `edge`: weights [m] for GCN, features [m, edge_dim] for GINE and attention; none for SAGE.
  at::Tensor forward(const at::Tensor& x, const ops::Adjacency& graph,
                     const OptionalTensor& edge = {});

  GraphNetworkOptions options;
  torch::nn::ModuleList convs{nullptr}, norms{nullptr};
  torch::nn::Linear lin{nullptr};
};
TORCH_MODULE(GraphNetwork);

}  // namespace roadgnn::gnn::layers
