// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <set>
#include <sstream>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <roadgnn/gnn/train/safetensors.h>
#include <roadgnn/graph/error.h>
#include <torch/nn/module.h>

namespace roadgnn::gnn::train {

namespace {

std::string describe(const at::Tensor& tensor) {
  std::ostringstream text;
  text << c10::toString(tensor.scalar_type()) << ' ' << tensor.sizes();
  return text.str();
}

}  // namespace

Safetensors state_of(const torch::nn::Module& module) {
  Safetensors state;
  for (const auto& item : module.named_parameters())
    state.tensors[item.key()] = item.value().detach();
  for (const auto& item : module.named_buffers()) state.tensors[item.key()] = item.value().detach();
  return state;
}

void load_into(torch::nn::Module& module, const Safetensors& weights, const std::string& source) {
  std::vector<std::pair<at::Tensor, at::Tensor>> copies;
  Safetensors own = state_of(module);
  for (const auto& [name, tensor] : own.tensors) {
    const auto found = weights.tensors.find(name);
    if (found == weights.tensors.end()) {
      throw InputError(source + ": tensor \"" + name + "\": expected " + describe(tensor) +
                       ", found none: weights of another model?");
    }
    if (found->second.sizes() != tensor.sizes() ||
        found->second.scalar_type() != tensor.scalar_type()) {
      throw InputError(source + ": tensor \"" + name + "\": expected " + describe(tensor) +
                       ", found " + describe(found->second));
    }
    copies.emplace_back(tensor, found->second);
  }
  for (const auto& [name, tensor] : weights.tensors) {
    if (!own.tensors.contains(name)) {
      throw InputError(source + ": tensor \"" + name + "\": expected none of this name, found " +
                       describe(tensor) + ": weights of another model?");
    }
  }
  const at::NoGradGuard no_grad;
  for (auto& [target, value] : copies) target.copy_(value);
}

}  // namespace roadgnn::gnn::train
