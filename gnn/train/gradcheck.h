// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace roadgnn::gnn::train {

/// How gradcheck compares: |analytic - numeric| <= absolute + relative |numeric|.
struct GradcheckOptions {
  double step = 1e-6;
  double absolute = 1e-6;
  double relative = 1e-4;
};

/// Compares the derivatives that backward computes with central differences.
///
/// `function` maps `inputs` to one tensor and must be deterministic. Inputs that require a gradient
/// are contiguous float64 leaves; each of their elements is moved by `step` both ways, and the
/// change of a random projection of the output is compared with the gradient of that projection.
/// The projection is drawn from a generator of its own, the same in every call. Inputs are
/// restored.
///
/// Returns nothing if all agree, else one line that names the input, the element and both values.
/// Throws InputError for inputs that require a gradient and are not contiguous float64.
std::optional<std::string> gradcheck(
    const std::function<at::Tensor(const std::vector<at::Tensor>&)>& function,
    const std::vector<at::Tensor>& inputs, const GradcheckOptions& options = {});

}  // namespace roadgnn::gnn::train
