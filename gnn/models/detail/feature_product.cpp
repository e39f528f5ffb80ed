// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/models/detail/feature_product.h>

#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>
#include <torch/csrc/autograd/custom_function.h>

namespace roadgnn::gnn::models::detail {

namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Saves what it was given, which lives on anyway.
struct Product : torch::autograd::Function<Product> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x, const Tensor& weight) {
    ctx->save_for_backward({x});
    return at::mm(x.to(weight.scalar_type()), weight.t());
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& grads) {
    const Tensor x = ctx->get_saved_variables()[0];
    return {Tensor(), at::mm(grads[0].t(), x.to(grads[0].scalar_type()))};
  }
};

}  // namespace

Tensor feature_product(const Tensor& x, const Tensor& weight) {
  const at::DeviceType device = x.device().type();
  if (!at::autocast::is_autocast_enabled(device)) return at::mm(x, weight.t());
  return Product::apply(x, weight.to(at::autocast::get_autocast_dtype(device)));
}

}  // namespace roadgnn::gnn::models::detail
