// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Opens a city as tensors and trains a small network on it: shows that COMPONENTS gnn of an
// installed tree compiles, links and runs. From the number of streets that leave each crossing the
// network learns how many leave those that come next. Usage: my_learner CITY.rgraph WEIGHTS
#include <cstdio>
#include <exception>

#include <ATen/ATen.h>
#include <torch/optim/adamw.h>

#include <roadgnn/gnn/csr_graph.h>
#include <roadgnn/gnn/layers/network.h>
#include <roadgnn/gnn/ops/ops.h>
#include <roadgnn/gnn/train/safetensors.h>
#include <roadgnn/graph/graph_file.h>

using namespace roadgnn::gnn;

static int learn(const char* city, const char* weights) {
  const CsrGraph streets = make_csr_graph(roadgnn::graph::open(city));
  const ops::Adjacency graph = ops::make_adjacency(streets);
  const at::Tensor degree = streets.first_out().diff().to(at::kFloat).unsqueeze(1);
  const at::Tensor next = ops::spmm(graph, {}, degree);
  const at::Tensor target = (next - next.mean()) / next.std();

  layers::GraphNetwork network(layers::GraphNetworkOptions{
      .in_channels = 1, .hidden_channels = 16, .out_channels = 1, .norm = layers::Norm::kLayer});
  torch::optim::AdamW optimizer(network->parameters(), torch::optim::AdamWOptions(0.02));
  const auto loss = [&] { return at::mse_loss(network(degree, graph), target); };
  const double before = loss().item<double>();
  for (int step = 0; step < 60; ++step) {
    optimizer.zero_grad();
    loss().backward();
    optimizer.step();
  }
  const double after = loss().item<double>();
  std::printf("%lld nodes, mean squared error %.3f before training, %.3f after\n",
              static_cast<long long>(graph.num_rows()), before, after);

  train::write_safetensors(weights, train::state_of(*network));
  for (at::Tensor& parameter : network->parameters()) parameter.detach().zero_();
  train::load_into(*network, train::read_safetensors(weights), weights);
  return after < before / 2 && loss().item<double>() == after ? 0 : 1;
}

int main(int argc, char** argv) try {
  return argc == 3 ? learn(argv[1], argv[2]) : 2;
} catch (const std::exception& error) {
  std::fprintf(stderr, "my_learner: %s\n", error.what());
  return 1;
}
