// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include <ATen/core/Tensor.h>
#include <roadgnn/gnn/ops/ops.h>
#include <torch/nn/cloneable.h>
#include <torch/nn/modules/container/sequential.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/pimpl.h>

/// Message-passing layers with the names, defaults, parameter names and initialisation of
/// torch_geometric.nn, so that weights move both ways.
///
/// Row v of a graph holds in `head` the nodes that send to v: PyG's edge_index[1] is the row,
/// edge_index[0] the head. Edge weights [m] and edge features [m, edge_dim] are in the order of
/// `head`. Features are [n, channels]. The graph's transpose serves the backward pass; layers that
/// gather by edge need it (ops::make_adjacency makes it). All forwards throw InputError for wrong
/// shapes. A module's forward may run in several threads while its options and weights stay.
namespace roadgnn::gnn::layers {

using OptionalTensor = std::optional<at::Tensor>;

/// A graph in which every node has exactly one self-loop, the last entry of its row.
struct LoopedGraph {
  ops::Adjacency graph;
  at::Tensor kept;   ///< [edges that are no loops] place in the graph it was made from
  at::Tensor place;  ///< [edges that are no loops] place in `graph`
  at::Tensor loop;   ///< [n] place in `graph` of each node's loop

  /// Values by edge of the graph it was made from, and one by node for its loop, in this order.
  at::Tensor values(const at::Tensor& by_edge, const at::Tensor& by_loop) const;
};

/// Removes self-loops and adds one a node. The graph must be square. Worth keeping where a graph is
/// used often: GATv2Conv takes it with add_self_loops = false.
LoopedGraph with_self_loops(const ops::Adjacency& graph);

struct GCNConvOptions {
  std::int64_t in_channels = 0, out_channels = 0;
  bool improved = false;  ///< loops weigh 2
  bool cached = false;    ///< the first call's normalisation serves all later ones
  std::optional<bool> add_self_loops = {};  ///< as `normalize` if absent
  bool normalize = true;
  bool bias = true;
};

/// X' = D^-1/2 (A + I) D^-1/2 X W + b (Kipf and Welling, 2017). Nodes that have a self-loop keep
/// it, with its weight. Computed as scaling, SpMM, scaling: nothing by edge is in memory.
class GCNConvImpl : public torch::nn::Cloneable<GCNConvImpl> {
 public:
  explicit GCNConvImpl(const GCNConvOptions& options);
  void reset() override;
  void reset_parameters();
  at::Tensor forward(const at::Tensor& x, const ops::Adjacency& graph,
                     const OptionalTensor& edge_weight = {});

  GCNConvOptions options;
  torch::nn::Linear lin{nullptr};
  at::Tensor bias;

 private:
  struct Norm {
    OptionalTensor weight;  // [m] weights without self-loops; absent: ones and no loops
    at::Tensor scale;       // [n, 1] D^-1/2
    at::Tensor loop;        // [n, 1] weight of each node's loop; undefined: none is added
  };
  Norm norm(const ops::Adjacency& graph, const OptionalTensor& edge_weight,
            const at::Tensor& x) const;
  std::optional<Norm> cache_;
};
TORCH_MODULE(GCNConv);

struct SAGEConvOptions {
  std::int64_t in_channels = 0, out_channels = 0;
  std::optional<std::int64_t> in_channels_target = {};  ///< of the rows, where they are other nodes
  ops::Reduce aggr = ops::Reduce::kMean;
  bool normalize = false;   ///< rows of length one
  bool root_weight = true;  ///< the node's own features take part
  bool project = false;     ///< x_j = relu(W x_j + b) first
  bool bias = true;
};

/// x'_i = W1 reduce_j x_j + W2 x_i (Hamilton et al., 2017).
class SAGEConvImpl : public torch::nn::Cloneable<SAGEConvImpl> {
 public:
  explicit SAGEConvImpl(const SAGEConvOptions& options);
  void reset() override;
  void reset_parameters();
  at::Tensor forward(const at::Tensor& x, const ops::Adjacency& graph);
  /// Messages from other nodes `x` [columns, in_channels] to the rows `x_target`.
  at::Tensor forward_bipartite(const at::Tensor& x, const at::Tensor& x_target,
                               const ops::Adjacency& graph);

  SAGEConvOptions options;
  torch::nn::Linear lin{nullptr}, lin_l{nullptr}, lin_r{nullptr};
};
TORCH_MODULE(SAGEConv);

struct GINEConvOptions {
  torch::nn::Sequential nn = {};
  double eps = 0;
  bool train_eps = false;
  std::optional<std::int64_t> edge_dim = {};  ///< absent: edge features are as wide as the nodes'
  std::optional<std::int64_t> in_channels =
      {};  ///< needed with edge_dim unless nn begins with a Linear
};

/// x'_i = nn((1 + eps) x_i + sum_j relu(x_j + e_ji)) (Hu et al., 2020).
class GINEConvImpl : public torch::nn::Cloneable<GINEConvImpl> {
 public:
  explicit GINEConvImpl(const GINEConvOptions& options);
  void reset() override;
  void reset_parameters();
  at::Tensor forward(const at::Tensor& x, const ops::Adjacency& graph, const at::Tensor& edge_attr);

  GINEConvOptions options;
  torch::nn::Sequential nn{nullptr};
  torch::nn::Linear lin{nullptr};
  at::Tensor eps;  ///< [1] a parameter with train_eps, else a buffer
};
TORCH_MODULE(GINEConv);

struct GATv2ConvOptions {
  std::int64_t in_channels = 0, out_channels = 0;
  std::int64_t heads = 1;
  bool concat = true;  ///< else heads are averaged
  double negative_slope = 0.2;
  double dropout = 0;          ///< of attention weights
  bool add_self_loops = true;  ///< existing ones are replaced
  std::optional<std::int64_t> edge_dim = {};
  /// Edge features of self-loops: a constant, or a reduction of the features that enter the node.
  std::variant<double, ops::Reduce> fill_value = ops::Reduce::kMean;
  bool bias = true;
  bool share_weights = false;  ///< lin_r is lin_l, and no parameter of its own
  bool residual = false;
};

/// Attention with scores att . leaky_relu(W_r x_i + W_l x_j + W_e e_ji) (Brody et al., 2022).
class GATv2ConvImpl : public torch::nn::Cloneable<GATv2ConvImpl> {
 public:
  explicit GATv2ConvImpl(const GATv2ConvOptions& options);
  void reset() override;
  void reset_parameters();
  /// [n, heads * out_channels], or [n, out_channels] without concat.
  at::Tensor forward(const at::Tensor& x, const ops::Adjacency& graph,
                     const OptionalTensor& edge_attr = {});

  GATv2ConvOptions options;
  torch::nn::Linear lin_l{nullptr}, lin_r{nullptr}, lin_edge{nullptr}, res{nullptr};
  at::Tensor att, bias;
};
TORCH_MODULE(GATv2Conv);

struct TransformerConvOptions {
  std::int64_t in_channels = 0, out_channels = 0;
  std::int64_t heads = 1;
  bool concat = true;
  bool beta = false;   ///< a learned gate between messages and the node's own features
  double dropout = 0;  ///< of attention weights
  std::optional<std::int64_t> edge_dim = {};
  bool bias = true;
  bool root_weight = true;
};

/// x'_i = W1 x_i + sum_j a_ij (W2 x_j + W6 e_ij), a = softmax of <W3 x_i, W4 x_j + W6 e_ij> /
/// sqrt(out_channels) (Shi et al., 2021). Edge features are inside score and value.
class TransformerConvImpl : public torch::nn::Cloneable<TransformerConvImpl> {
 public:
  explicit TransformerConvImpl(const TransformerConvOptions& options);
  void reset() override;
  void reset_parameters();
  at::Tensor forward(const at::Tensor& x, const ops::Adjacency& graph,
                     const OptionalTensor& edge_attr = {});

  TransformerConvOptions options;
  torch::nn::Linear lin_key{nullptr}, lin_query{nullptr}, lin_value{nullptr}, lin_edge{nullptr},
      lin_skip{nullptr}, lin_beta{nullptr};
};
TORCH_MODULE(TransformerConv);

}  // namespace roadgnn::gnn::layers
