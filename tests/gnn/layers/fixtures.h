// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <roadgnn/gnn/csr_graph.h>
#include <roadgnn/gnn/ops/ops.h>
#include <roadgnn/gnn/train/safetensors.h>
#include <torch/nn/module.h>

namespace roadgnn::gnn::layers {

/// What make_fixtures.py wrote: PyG's and torch.nn's weights, inputs and outputs.
class Fixtures {
 public:
  Fixtures()
      : all_(train::read_safetensors(ROADGNN_SOURCE_DIR "/tests/gnn/layers/layers.safetensors")),
        graph(ops::make_adjacency(
            CsrGraph(tensor("graph.first_out"), tensor("graph.head"), {}, tensor("x").size(0)))) {}

  const at::Tensor& tensor(const std::string& name) const { return all_.tensors.at(name); }

  /// The module with the weights that `name` has in Python, in float64 and not training.
  template <class Holder>
  Holder filled(const std::string& name, Holder module) const {
    train::Safetensors weights;
    const std::string prefix = name + ".weights.";
    for (const auto& [key, value] : all_.tensors) {
      if (key.starts_with(prefix)) weights.tensors[key.substr(prefix.size())] = value;
    }
    module->to(at::kDouble);
    // Counts stay integers in Python, where C++ converts them too.
    for (auto& buffer : module->named_buffers()) {
      if (buffer.key().ends_with("num_batches_tracked")) {
        buffer.value().set_data(buffer.value().to(at::kLong));
      }
    }
    module->eval();
    train::load_into(*module, weights, name);
    return module;
  }

  void expect_output(const std::string& name, const at::Tensor& out) const {
    const at::Tensor& expected = tensor(name + ".out");
    ASSERT_EQ(out.sizes(), expected.sizes()) << name;
    EXPECT_LT((out - expected).abs().max().item<double>(), 1e-12) << name;
  }

 private:
  train::Safetensors all_;

 public:
  ops::Adjacency graph;
};

}  // namespace roadgnn::gnn::layers
