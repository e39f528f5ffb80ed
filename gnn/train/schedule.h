// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <ATen/core/Tensor.h>

namespace torch::optim {
class Optimizer;
}
namespace torch::nn {
class Module;
}

namespace roadgnn::gnn::train {

/// A learning rate that rises linearly over `warm_up` steps from peak / warm_up, then falls along
/// half a cosine (Loshchilov and Hutter, 2017) to `floor` at step `total`, and stays there.
struct WarmUpCosine {
  double peak = 1e-3;
  double floor = 0;
  std::int64_t warm_up = 0;
  std::int64_t total = 1;  ///< steps, the warm-up's included

  /// Of step 0, 1, ... Throws InputError for negative steps and for a warm-up beyond the total.
  double at(std::int64_t step) const;
};

/// Sets the rate of every parameter group.
void set_learning_rate(torch::optim::Optimizer& optimizer, double rate);

/// Tells when a step is due where gradients of several batches are added up:
///
///     (loss * accumulation.share()).backward();
///     if (accumulation.due()) { optimizer.step(); optimizer.zero_grad(); }
class GradientAccumulation {
 public:
  /// Throws InputError for less than one batch a step.
  explicit GradientAccumulation(std::int64_t batches);

  double share() const { return 1.0 / static_cast<double>(batches_); }
  /// Counts a batch; true for every `batches`-th.
  bool due();

 private:
  std::int64_t batches_, seen_ = 0;
};

/// Exponential moving average of a module's parameters; buffers are copied. With a warm-up of the
/// decay, min(decay, (1 + step) / (10 + step)), so that the start is forgotten.
class MovingAverage {
 public:
  /// Throws InputError for a decay outside [0, 1).
  MovingAverage(const torch::nn::Module& module, double decay);

  /// After each step. The module's parameters must be those it was made with.
  void update(const torch::nn::Module& module);
  /// Writes the average into a module of the same shapes.
  void copy_to(torch::nn::Module& module) const;

  /// By name, to be saved; of their own memory.
  const std::map<std::string, at::Tensor>& tensors() const { return average_; }
  std::int64_t steps() const { return steps_; }
  /// What tensors() and steps() gave. Throws InputError for other names or shapes.
  void restore(const std::map<std::string, at::Tensor>& tensors, std::int64_t steps);

 private:
  std::map<std::string, at::Tensor> average_;
  double decay_;
  std::int64_t steps_ = 0;
};

}  // namespace roadgnn::gnn::train
