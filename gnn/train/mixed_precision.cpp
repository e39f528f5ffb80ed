// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/train/mixed_precision.h>

#include <string>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>
#include <roadgnn/graph/error.h>
#include <torch/optim/optimizer.h>

namespace roadgnn::gnn::train {

AutocastGuard::AutocastGuard(at::DeviceType device, at::ScalarType type, bool enabled)
    : device_(device),
      was_enabled_(at::autocast::is_autocast_enabled(device)),
      former_type_(at::autocast::get_autocast_dtype(device)) {
  at::autocast::set_autocast_enabled(device, enabled);
  at::autocast::set_autocast_dtype(device, type);
  at::autocast::increment_nesting();
}

AutocastGuard::~AutocastGuard() {
  if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
  at::autocast::set_autocast_enabled(device_, was_enabled_);
  at::autocast::set_autocast_dtype(device_, former_type_);
}

GradScaler::GradScaler(const GradScalerOptions& options)
    : options_(options), initial_{options.init_scale, 0} {
  if (!(options.init_scale > 0) || !(options.growth_factor > 1) || !(options.backoff_factor > 0) ||
      !(options.backoff_factor < 1) || options.growth_interval < 1 || !(options.least_scale >= 0) ||
      !(options.least_scale <= options.init_scale)) {
    throw InputError(
        "GradScaler: expected a scale above 0 and no lower than the least one, growth above 1 "
        "after at least 1 step, a backoff between 0 and 1, found others");
  }
}

void GradScaler::place(at::Device device) {
  if (scale_.defined()) return;
  const auto options = at::TensorOptions().device(device);
  scale_ = at::full({}, initial_.scale, options.dtype(at::kFloat));
  growth_tracker_ = at::full({}, initial_.growth_tracker, options.dtype(at::kInt));
}

at::Tensor GradScaler::scale(const at::Tensor& loss) {
  if (!options_.enabled) return loss;
  place(loss.device());
  return loss * scale_.to(loss.device());
}

void GradScaler::unscale(torch::optim::Optimizer& optimizer) {
  if (!options_.enabled) return;
  if (found_inf_.defined())
    throw InputError("GradScaler: expected unscale once between updates, found a second time");
  const at::NoGradGuard no_grad;
  std::vector<at::Tensor> gradients;
  for (const auto& group : optimizer.param_groups()) {
    for (const at::Tensor& parameter : group.params()) {
      if (!parameter.grad().defined()) continue;
      if (parameter.grad().scalar_type() == at::kHalf)
        throw InputError("GradScaler: expected gradients in float32, found float16");
      gradients.push_back(parameter.mutable_grad());
    }
  }
  if (gradients.empty()) throw InputError("GradScaler: expected gradients, found none");
  place(gradients[0].device());
  found_inf_ = at::zeros({}, scale_.options());
  // In double: a float32 scale of 2^127 has no inverse that is a normal number otherwise.
  const at::Tensor inverse = scale_.to(at::kDouble).reciprocal().to(at::kFloat);
  at::_amp_foreach_non_finite_check_and_unscale_(gradients, found_inf_, inverse);
}

bool GradScaler::step(torch::optim::Optimizer& optimizer) {
  if (options_.enabled && !found_inf_.defined()) unscale(optimizer);
  if (options_.enabled && found_inf_.item<float>() != 0) return false;
  optimizer.step();
  return true;
}

void GradScaler::update() {
  if (!options_.enabled) return;
  if (!found_inf_.defined())
    throw InputError("GradScaler: expected step before update, found none");
  if (found_inf_.item<float>() != 0 && is_least()) {
    found_inf_.reset();
    throw Error("GradScaler: the gradients are not finite at any scale down to " +
                std::to_string(current_scale()) + ": training has diverged");
  }
  at::_amp_update_scale_(scale_, growth_tracker_, found_inf_, options_.growth_factor,
                         options_.backoff_factor, options_.growth_interval);
  found_inf_.reset();
}

bool GradScaler::is_least() const {
  return options_.enabled && current_scale() * options_.backoff_factor < options_.least_scale;
}

double GradScaler::current_scale() const {
  return state().scale;
}

GradScaler::State GradScaler::state() const {
  if (!options_.enabled) return {1, 0};
  if (!scale_.defined()) return initial_;
  return {scale_.item<float>(), growth_tracker_.item<int>()};
}

void GradScaler::set_state(const State& state) {
  initial_ = state;
  for (at::Tensor* tensor : {&scale_, &growth_tracker_, &found_inf_}) tensor->reset();
}

}  // namespace roadgnn::gnn::train
