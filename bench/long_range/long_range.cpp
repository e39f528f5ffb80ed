// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// How deep a network on a road graph has to be: City-Networks' task (Liang et al., 2025) on any
// city file. A node's label is the tenth in which its eccentricity lies: the greatest road distance
// to a node at most 16 edges away, within those. A tenth of the nodes trains, a tenth selects the
// epoch, the rest tests. Features are a node's own and those of its edges, no coordinates.
// Usage: long_range CITY.rgraph [EPOCHS] [SEEDS] [WIDTH] [LAYERS...]   prints a row for each number
// of layers, 0 1 2 4 8 16 by default.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <numeric>
#include <queue>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <torch/optim/adamw.h>
#include <torch/utils.h>

#include <roadgnn/gnn/csr_graph.h>
#include <roadgnn/gnn/layers/network.h>
#include <roadgnn/gnn/train/schedule.h>
#include <roadgnn/graph/error.h>
#include <roadgnn/graph/graph_file.h>

namespace roadgnn::gnn {
namespace {

using graph::RoadGraph;

constexpr int kHops = 16, kClasses = 10;

/// Streets regardless of their direction: node v meets other[first[v]] .. other[first[v + 1] - 1].
struct Streets {
  std::vector<std::int32_t> first, other, edge;
};

Streets make_streets(const RoadGraph& roads) {
  const auto n = static_cast<std::size_t>(roads.num_nodes());
  std::vector<std::pair<std::int32_t, std::pair<std::int32_t, std::int32_t>>> ends;
  for (std::int32_t e = 0; e < roads.num_edges(); ++e) {
    const auto i = static_cast<std::size_t>(e);
    ends.push_back({roads.tail[i], {roads.head[i], e}});
    if (roads.opposite[i] < 0) ends.push_back({roads.head[i], {roads.tail[i], e}});
  }
  std::sort(ends.begin(), ends.end());
  Streets streets;
  streets.first.assign(n + 1, 0);
  for (const auto& [node, to] : ends) {
    ++streets.first[static_cast<std::size_t>(node) + 1];
    streets.other.push_back(to.first);
    streets.edge.push_back(to.second);
  }
  std::partial_sum(streets.first.begin(), streets.first.end(), streets.first.begin());
  return streets;
}

/// Greatest road distance in metres from each node to those within kHops, on ways through those.
std::vector<double> eccentricities(const RoadGraph& roads, const Streets& streets) {
  const auto n = static_cast<std::size_t>(roads.num_nodes());
  std::vector<double> result(n), distance(n);
  std::vector<std::int32_t> hops(n, -1), ball;
  const auto for_neighbours = [&](std::int32_t v, const auto& work) {
    const auto at = static_cast<std::size_t>(v);
    for (auto i = streets.first[at]; i < streets.first[at + 1]; ++i) {
      work(static_cast<std::size_t>(streets.other[static_cast<std::size_t>(i)]),
           static_cast<std::size_t>(streets.edge[static_cast<std::size_t>(i)]));
    }
  };
  for (std::int32_t source = 0; source < roads.num_nodes(); ++source) {
    ball.assign(1, source);
    hops[static_cast<std::size_t>(source)] = 0;
    for (std::size_t i = 0; i < ball.size(); ++i) {
      const std::int32_t hop = hops[static_cast<std::size_t>(ball[i])];
      if (hop == kHops) break;
      for_neighbours(ball[i], [&](std::size_t u, std::size_t) {
        if (hops[u] >= 0) return;
        hops[u] = hop + 1;
        ball.push_back(static_cast<std::int32_t>(u));
      });
    }
    for (const std::int32_t u : ball) distance[static_cast<std::size_t>(u)] = HUGE_VAL;
    using Label = std::pair<double, std::int32_t>;
    std::priority_queue<Label, std::vector<Label>, std::greater<>> queue;
    queue.push({0, source});
    distance[static_cast<std::size_t>(source)] = 0;
    double farthest = 0;
    while (!queue.empty()) {
      const auto [so_far, v] = queue.top();
      queue.pop();
      if (so_far > distance[static_cast<std::size_t>(v)]) continue;
      farthest = so_far;
      for_neighbours(v, [&](std::size_t u, std::size_t e) {
        const double there = so_far + 0.01 * roads.length_cm[e];
        if (hops[u] < 0 || there >= distance[u]) return;
        distance[u] = there;
        queue.push({there, static_cast<std::int32_t>(u)});
      });
    }
    result[static_cast<std::size_t>(source)] = farthest;
    for (const std::int32_t u : ball) hops[static_cast<std::size_t>(u)] = -1;
  }
  return result;
}

/// The tenth of each value among all.
at::Tensor classes_of(const std::vector<double>& value) {
  const at::Tensor order = at::tensor(value, at::kDouble).argsort();
  const at::Tensor rank = at::empty_like(order);
  rank.index_copy_(0, order, at::arange(order.numel(), at::kLong));
  return rank.mul(kClasses).div(order.numel(), "floor");
}

/// [nodes, features], standardised: flags, number of streets, and of the streets' edges the share
/// of each class and the means of length, speed limit and lanes.
at::Tensor make_features(const RoadGraph& roads, const Streets& streets) {
  constexpr std::int64_t kRoadClasses = static_cast<std::int64_t>(graph::RoadClass::other) + 1;
  const std::int64_t n = roads.num_nodes();
  const at::Tensor features = at::zeros({n, 8 + kRoadClasses + 6});
  auto x = features.accessor<float, 2>();
  for (std::int64_t v = 0; v < n; ++v) {
    const auto node = static_cast<std::size_t>(v);
    for (int bit = 0; bit < 8; ++bit)
      x[v][bit] = static_cast<float>(roads.node_flags[node] >> bit & 1);
    const std::int32_t degree = streets.first[node + 1] - streets.first[node];
    const float share = 1.0F / static_cast<float>(std::max(degree, 1));
    const std::int64_t means = 8 + kRoadClasses;
    for (std::int32_t i = streets.first[node]; i < streets.first[node + 1]; ++i) {
      const auto e = static_cast<std::size_t>(streets.edge[static_cast<std::size_t>(i)]);
      const float length = 0.01F * static_cast<float>(roads.length_cm[e]);
      x[v][8 + static_cast<std::int64_t>(roads.road_class[e])] += share;
      x[v][means] += share * length;
      x[v][means + 1] += share * std::log1p(length);
      x[v][means + 2] = std::max(x[v][means + 2], length);
      x[v][means + 3] += share * static_cast<float>(roads.speed_limit_kmh[e]);
      x[v][means + 4] += share * static_cast<float>(roads.lanes[e]);
    }
    x[v][means + 5] = static_cast<float>(degree);
  }
  return (features - features.mean(0)) / (features.std(0) + 1e-6);
}

/// Layers between a linear map into the width and one out of it; without any, two linear maps in
/// their place. Batch norm behind the ReLU: with a layer norm, or with either in front of the ReLU,
/// deep networks learn more slowly (bench/RESULTS.md).
struct DeepNetworkImpl : torch::nn::Cloneable<DeepNetworkImpl> {
  DeepNetworkImpl(std::int64_t in, std::int64_t width, std::int64_t layers) {
    input = register_module("input", torch::nn::Linear(in, width));
    if (layers > 0) {
      network = register_module(
          "network", layers::GraphNetwork(layers::GraphNetworkOptions{.conv = layers::Conv::kSAGE,
                                                                      .in_channels = width,
                                                                      .hidden_channels = width,
                                                                      .num_layers = layers,
                                                                      .out_channels = kClasses,
                                                                      .dropout = 0.1,
                                                                      .act_first = true,
                                                                      .norm = layers::Norm::kBatch,
                                                                      .jk = layers::Jump::kLast,
                                                                      .residual = true}));
    } else {
      hidden = register_module("hidden", torch::nn::Linear(width, width));
      output = register_module("output", torch::nn::Linear(width, kClasses));
    }
  }
  void reset() override {}
  at::Tensor forward(const at::Tensor& x, const ops::Adjacency& graph) {
    const at::Tensor start = input(x).relu();
    return network ? network(start, graph) : output(hidden(start).relu());
  }
  torch::nn::Linear input{nullptr}, hidden{nullptr}, output{nullptr};
  layers::GraphNetwork network{nullptr};
};
TORCH_MODULE(DeepNetwork);

struct Task {
  ops::Adjacency graph;
  at::Tensor feature, label, train, validation, test;
};

Task make_task(const RoadGraph& roads) {
  const Streets streets = make_streets(roads);
  Task task;
  task.label = classes_of(eccentricities(roads, streets));
  task.feature = make_features(roads, streets);
  const std::int64_t n = roads.num_nodes();
  task.graph = ops::make_adjacency(
      CsrGraph(at::tensor(streets.first, at::kInt), at::tensor(streets.other, at::kInt), {}, n));
  torch::manual_seed(1);
  const auto parts = at::randperm(n, at::kLong).split_with_sizes({n / 10, n / 10, n - n / 10 * 2});
  task.train = parts[0];
  task.validation = parts[1];
  task.test = parts[2];
  return task;
}

/// Test accuracy at the epoch that is best on the validation split.
double learn(const Task& task, std::int64_t layers, int epochs, std::int64_t width,
             std::uint64_t seed) {
  torch::manual_seed(seed);
  DeepNetwork network(task.feature.size(1), width, layers);
  torch::optim::AdamW optimizer(network->parameters());
  const train::WarmUpCosine rate{.peak = 0.01, .warm_up = epochs / 10, .total = epochs};
  const at::Tensor label = task.label.index_select(0, task.train);
  double best = -1, test = 0;
  for (int epoch = 0; epoch < epochs; ++epoch) {
    network->train();
    train::set_learning_rate(optimizer, rate.at(epoch));
    optimizer.zero_grad();
    const at::Tensor logits = network(task.feature, task.graph).index_select(0, task.train);
    at::cross_entropy_loss(logits, label).backward();
    optimizer.step();
    if (epoch % 5 != 4 && epoch + 1 != epochs) continue;

    network->eval();
    const at::NoGradGuard no_grad;
    const at::Tensor right = network(task.feature, task.graph).argmax(1).eq(task.label);
    const auto share = [&](const at::Tensor& part) {
      return right.index_select(0, part).mean(at::kDouble).item<double>();
    };
    if (share(task.validation) > best) best = share(task.validation), test = share(task.test);
  }
  return test;
}

}  // namespace
}  // namespace roadgnn::gnn

int main(int argc, char** argv) try {
  using namespace roadgnn;
  if (argc < 2)
    throw InputError("usage: long_range CITY.rgraph [EPOCHS] [SEEDS] [WIDTH] [LAYERS...]");
  const int epochs = argc > 2 ? std::stoi(argv[2]) : 150, seeds = argc > 3 ? std::stoi(argv[3]) : 1;
  const int width = argc > 4 ? std::stoi(argv[4]) : 32;
  std::vector<int> depths;
  for (int i = 5; i < argc; ++i) depths.push_back(std::stoi(argv[i]));
  if (depths.empty()) depths = {0, 1, 2, 4, 8, 16};
  const auto task = gnn::make_task(*graph::open(argv[1]));
  for (const int layers : depths) {
    double sum = 0;
    for (int seed = 1; seed <= seeds; ++seed)
      sum += gnn::learn(task, layers, epochs, width, static_cast<std::uint64_t>(seed));
    std::printf("%2d layers: test accuracy %.3f\n", layers, sum / seeds);
    std::fflush(stdout);
  }
} catch (const std::exception& error) {
  std::fprintf(stderr, "long_range: %s\n", error.what());
  return 1;
}
