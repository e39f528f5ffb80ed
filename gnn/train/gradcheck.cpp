// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/train/gradcheck.h>

#include <cmath>
#include <cstdint>
#include <utility>

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/GradMode.h>
#include <roadgnn/graph/error.h>
#include <torch/csrc/autograd/autograd.h>

namespace roadgnn::gnn::train {

namespace {

/// With its own generator, so that the caller's random numbers stay as they are.
at::Tensor random_like(const at::Tensor& tensor) {
  const auto generator = at::detail::createCPUGenerator(/*seed=*/1);
  return at::randn(tensor.sizes(), generator, at::kDouble).to(tensor.device());
}

std::string report(std::size_t input, std::int64_t element, double analytic, double numeric) {
  return "gradcheck: input " + std::to_string(input) + ", element " + std::to_string(element) +
         ": backward computes " + std::to_string(analytic) + ", differences give " +
         std::to_string(numeric);
}

}  // namespace

std::optional<std::string> gradcheck(
    const std::function<at::Tensor(const std::vector<at::Tensor>&)>& function,
    const std::vector<at::Tensor>& inputs, const GradcheckOptions& options) {
  std::vector<at::Tensor> checked;
  std::vector<std::size_t> number;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i].defined() || !inputs[i].requires_grad()) continue;
    if (inputs[i].scalar_type() != at::kDouble || !inputs[i].is_contiguous()) {
      throw InputError("gradcheck: input " + std::to_string(i) +
                       ": expected a contiguous float64, found " +
                       std::string(c10::toString(inputs[i].scalar_type())) +
                       (inputs[i].is_contiguous() ? "" : ", not contiguous"));
    }
    checked.push_back(inputs[i]);
    number.push_back(i);
  }
  const at::Tensor out = function(inputs);
  const at::Tensor projection = random_like(out);
  const auto analytic = torch::autograd::grad({out}, checked, {projection}, /*retain_graph=*/{},
                                              /*create_graph=*/false, /*allow_unused=*/true);

  const c10::AutoGradMode no_grad(false);
  const auto projected = [&] { return (function(inputs) * projection).sum().item<double>(); };
  for (std::size_t k = 0; k < checked.size(); ++k) {
    const at::Tensor elements = checked[k].detach().view(-1);
    const at::Tensor gradient =
        analytic[k].defined() ? analytic[k].reshape(-1) : at::zeros_like(elements);
    for (std::int64_t e = 0; e < elements.numel(); ++e) {
      at::Tensor element = elements[e];
      const double value = element.item<double>();
      element.fill_(value + options.step);
      const double above = projected();
      element.fill_(value - options.step);
      const double below = projected();
      element.fill_(value);
      const double numeric = (above - below) / (2 * options.step);
      const double computed = gradient[e].item<double>();
      if (!(std::abs(computed - numeric) <=
            options.absolute + options.relative * std::abs(numeric))) {
        return report(number[k], e, computed, numeric);
      }
    }
  }
  return std::nullopt;
}

}  // namespace roadgnn::gnn::train
