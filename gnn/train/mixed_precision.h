// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

namespace torch::optim {
class Optimizer;
}

namespace roadgnn::gnn::train {

/// Autocast on this thread while it lives, as Python's torch.autocast; the former state comes back
/// at its end. With `enabled` false a region of full precision inside another. Weights cast to the
/// narrow type are kept until the outermost guard ends.
class AutocastGuard {
 public:
  AutocastGuard(at::DeviceType device, at::ScalarType type, bool enabled = true);
  ~AutocastGuard();
  AutocastGuard(const AutocastGuard&) = delete;
  AutocastGuard& operator=(const AutocastGuard&) = delete;

 private:
  at::DeviceType device_;
  bool was_enabled_;
  at::ScalarType former_type_;
};

/// Defaults are torch.amp.GradScaler's.
struct GradScalerOptions {
  double init_scale = 65536;
  double growth_factor = 2;
  double backoff_factor = 0.5;
  std::int64_t growth_interval = 2000;
  double least_scale =
      1;                ///< gradients that do not fit here are taken for a training that diverged
  bool enabled = true;  ///< else every call passes through, so that one loop serves all types
};

/// Keeps float16 gradients from vanishing (Micikevicius et al., 2018): the loss is multiplied by a
/// scale that halves after gradients with infinities, whose step is left out, down to
/// `least_scale`, and doubles after `growth_interval` good steps. Per step: scale(loss).backward();
/// [unscale(optimizer), to clip]; step(optimizer); update(). Scale and finding stay on the
/// gradients' device; step() waits for it. Not thread-safe.
class GradScaler {
 public:
  /// Throws InputError for factors or intervals that make no sense.
  explicit GradScaler(const GradScalerOptions& options = {});

  at::Tensor scale(const at::Tensor& loss);
  /// Divides the gradients by the scale; once a step. Throws InputError for the second time, and
  /// for float16 gradients: weights are to be float32.
  void unscale(torch::optim::Optimizer& optimizer);
  /// Unscales unless done, and steps where all gradients are finite. Returns whether it did.
  bool step(torch::optim::Optimizer& optimizer);
  /// The next step's scale. Throws Error where gradients were not finite and the scale cannot be
  /// lowered any more: they are so at any scale, and no step would follow.
  void update();
  /// Whether the next gradients that are not finite make update() throw.
  bool is_least() const;

  double current_scale() const;

  /// What a checkpoint keeps.
  struct State {
    double scale = 0;
    std::int64_t growth_tracker = 0;
  };
  State state() const;
  void set_state(const State& state);

 private:
  void place(at::Device device);

  GradScalerOptions options_;
  State initial_;
  at::Tensor scale_;           // float32 [], on the gradients' device from the first use
  at::Tensor growth_tracker_;  // int32 []
  at::Tensor found_inf_;       // float32 [], undefined before unscale
};

}  // namespace roadgnn::gnn::train
