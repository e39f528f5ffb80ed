// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/train/schedule.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include <ATen/ATen.h>
#include <roadgnn/gnn/train/safetensors.h>
#include <roadgnn/graph/error.h>
#include <torch/nn/module.h>
#include <torch/optim/optimizer.h>

namespace roadgnn::gnn::train {

double WarmUpCosine::at(std::int64_t step) const {
  if (step < 0 || warm_up < 0 || warm_up > total || total < 1) {
    throw InputError(
        "WarmUpCosine: expected 0 <= warm_up <= total and a step of 0 or more, found " +
        std::to_string(warm_up) + ", " + std::to_string(total) + " and " + std::to_string(step));
  }
  if (step < warm_up) return peak * static_cast<double>(step + 1) / static_cast<double>(warm_up);
  if (step >= total) return floor;
  const double done = static_cast<double>(step - warm_up) / static_cast<double>(total - warm_up);
  return floor + (peak - floor) * 0.5 * (1 + std::cos(std::numbers::pi * done));
}

void set_learning_rate(torch::optim::Optimizer& optimizer, double rate) {
  for (auto& group : optimizer.param_groups()) group.options().set_lr(rate);
}

GradientAccumulation::GradientAccumulation(std::int64_t batches) : batches_(batches) {
  if (batches < 1)
    throw InputError("GradientAccumulation: expected at least 1 batch, found " +
                     std::to_string(batches));
}

bool GradientAccumulation::due() {
  seen_ = (seen_ + 1) % batches_;
  return seen_ == 0;
}

MovingAverage::MovingAverage(const torch::nn::Module& module, double decay) : decay_(decay) {
  if (!(decay >= 0 && decay < 1))
    throw InputError("MovingAverage: decay: expected 0 or more and below 1, found " +
                     std::to_string(decay));
  const at::NoGradGuard no_grad;
  for (const auto& [name, tensor] : state_of(module).tensors) average_[name] = tensor.clone();
}

void MovingAverage::update(const torch::nn::Module& module) {
  const at::NoGradGuard no_grad;
  const double start = static_cast<double>(1 + steps_) / static_cast<double>(10 + steps_);
  const double decay = std::min(decay_, start);
  ++steps_;
  for (const auto& item : module.named_parameters())
    average_.at(item.key()).lerp_(item.value().detach(), 1 - decay);
  for (const auto& item : module.named_buffers()) average_.at(item.key()).copy_(item.value());
}

void MovingAverage::restore(const std::map<std::string, at::Tensor>& tensors, std::int64_t steps) {
  const at::NoGradGuard no_grad;
  for (auto& [name, average] : average_) {
    const auto found = tensors.find(name);
    if (found == tensors.end() || found->second.sizes() != average.sizes())
      throw InputError("moving average: " + name + ": expected its tensor, found another or none");
    average.copy_(found->second);
  }
  steps_ = steps;
}

void MovingAverage::copy_to(torch::nn::Module& module) const {
  load_into(module, {average_, {}}, "moving average");
}

}  // namespace roadgnn::gnn::train
