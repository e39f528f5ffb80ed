// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Trains a graph neural network to tell road segments' classes from their shape, speed limit and
// neighbours, on data in the form of GAIN's (Gharaee et al., 2021). Prints the share of right
// answers on the test split (micro-F1) at the epoch that was best on the validation split.
// Usage: classify_roads FOLDER [SEEDS] [EPOCHS]
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <torch/optim/adamw.h>
#include <torch/utils.h>
#include <nlohmann/json.hpp>

#include <roadgnn/gnn/csr_graph.h>
#include <roadgnn/gnn/layers/network.h>
#include <roadgnn/gnn/train/schedule.h>
#include <roadgnn/graph/error.h>

using namespace roadgnn::gnn;

struct RoadClasses {
  ops::Adjacency graph;  // a segment gathers from those it meets
  at::Tensor feature, label, train, validation, test;
};

static std::ifstream open(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw roadgnn::InputError(path.string() + ": cannot be read");
  return file;
}

/// A float64 matrix in NumPy's format, version 1.
static at::Tensor read_npy(const std::filesystem::path& path) {
  std::ifstream file = open(path);
  std::string header;
  std::getline(file, header);
  std::smatch shape;
  const std::regex expected("'<f8', 'fortran_order': False, 'shape': \\((\\d+), (\\d+)\\)");
  if (!std::regex_search(header, shape, expected))
    throw roadgnn::InputError(path.string() + ": expected a matrix of float64 as .npy");
  const at::Tensor data = at::empty({std::stoll(shape[1]), std::stoll(shape[2])}, at::kDouble);
  if (!file.read(static_cast<char*>(data.data_ptr()), static_cast<std::streamsize>(data.nbytes())))
    throw roadgnn::InputError(path.string() + ": ends early");
  return data;
}

/// From GAIN's columns (longitude and latitude of the middle, speed limit as one of 13, 20 points
/// along the segment as seen from the middle, length in metres) to what does not depend on which
/// way the segment was drawn: place, limit, length, straightness, direction. Standardised.
static at::Tensor describe(const at::Tensor& data) {
  const at::Tensor points = data.slice(1, 15, 55).view({-1, 20, 2}) * 111'200;  // a degree's metres
  const at::Tensor across = points.select(1, 19) - points.select(1, 0);
  const at::Tensor east = across.slice(1, 0, 1) * data.slice(1, 1, 2).deg2rad().cos();
  const at::Tensor north = across.slice(1, 1), angle = 2 * at::atan2(north, east);
  const at::Tensor length = data.slice(1, 55).log1p(), chord = at::hypot(east, north).log1p();
  const at::Tensor x =
      at::cat({data.slice(1, 0, 15), length, chord, length - chord, angle.cos(), angle.sin()}, 1);
  return ((x - x.mean(0)) / (x.std(0) + 1e-9)).to(at::kFloat);
}

static RoadClasses read(const std::filesystem::path& folder) {
  std::string name;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (const std::string file = entry.path(); file.ends_with("-G.json"))
      name = file.substr(0, file.size() - 7);
  const auto json = nlohmann::json::parse(open(name + "-G.json"));
  const auto classes = nlohmann::json::parse(open(name + "-class_map.json"));
  std::vector<std::int64_t> label, part, from, to;
  for (const auto& node : json.at("nodes")) {
    part.push_back(node.at("test") ? 2 : node.at("val") ? 1 : 0);
    label.push_back(classes.at(std::to_string(label.size())));
  }
  for (const auto& link : json.at("links")) {
    const std::int64_t a = link.at("source"), b = link.at("target");
    from.insert(from.end(), {a, b});
    to.insert(to.end(), {b, a});
  }
  RoadClasses data;
  data.feature = describe(read_npy(name + "-feats.npy"));
  data.label = std::get<1>(at::_unique(at::tensor(label), true, true));
  const auto of_part = [&](int p) { return at::tensor(part).eq(p).nonzero().squeeze(1); };
  data.train = of_part(0), data.validation = of_part(1), data.test = of_part(2);

  // Edges sorted by the segment that gathers, and where each segment's begin.
  const std::int64_t n = data.label.numel();
  const at::Tensor row = at::tensor(to), order = row.argsort(/*stable=*/true);
  const at::Tensor first_out = at::cat({row.new_zeros({1}), row.bincount({}, n).cumsum(0)});
  const at::Tensor head = at::tensor(from).index_select(0, order).to(at::kInt);
  data.graph = ops::make_adjacency(CsrGraph(first_out, head, {}, n));
  return data;
}

/// Validation and test, both at the epoch with the best validation.
static std::pair<double, double> learn(const RoadClasses& data, std::uint64_t seed, int epochs) {
  torch::manual_seed(seed);
  layers::GraphNetworkOptions options{.conv = layers::Conv::kSAGE, .num_layers = 4, .dropout = 0.5};
  options.in_channels = data.feature.size(1);
  options.hidden_channels = 64;
  options.out_channels = data.label.max().item<std::int64_t>() + 1;
  options.norm = layers::Norm::kBatch;
  options.jk = layers::Jump::kCat;
  options.residual = true;
  layers::GraphNetwork network(options);
  torch::optim::AdamW optimizer(network->parameters());
  const train::WarmUpCosine rate{.peak = 0.01, .warm_up = epochs / 20, .total = epochs};
  std::pair<double, double> best;
  for (int epoch = 0; epoch < epochs; ++epoch) {
    network->train();
    train::set_learning_rate(optimizer, rate.at(epoch));
    optimizer.zero_grad();
    const at::Tensor logits = network(data.feature, data.graph).index_select(0, data.train);
    at::cross_entropy_loss(logits, data.label.index_select(0, data.train)).backward();
    optimizer.step();

    network->eval();
    const at::NoGradGuard no_grad;
    const at::Tensor right = network(data.feature, data.graph).argmax(1).eq(data.label);
    const auto share = [&](const at::Tensor& part) {
      return right.index_select(0, part).mean(at::kDouble).item<double>();
    };
    if (share(data.validation) >= best.first) best = {share(data.validation), share(data.test)};
  }
  return best;
}

int main(int argc, char** argv) try {
  if (argc < 2) throw roadgnn::InputError("expected FOLDER [SEEDS] [EPOCHS]");
  const RoadClasses data = read(argv[1]);
  const int seeds = argc > 2 ? std::stoi(argv[2]) : 5, epochs = argc > 3 ? std::stoi(argv[3]) : 300;
  double sum = 0;
  for (int seed = 1; seed <= seeds; ++seed) {
    const auto [validation, test] = learn(data, static_cast<std::uint64_t>(seed), epochs);
    std::printf("seed %d: validation %.3f, test %.3f\n", seed, validation, test);
    sum += test;
  }
  std::printf("mean test micro-F1 of %d seeds: %.3f\n", seeds, sum / seeds);
} catch (const std::exception& error) {
  std::fprintf(stderr, "classify_roads: %s\n", error.what());
  return 1;
}
