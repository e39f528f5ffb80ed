// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/models/detail/feature_product.h>

#include <utility>

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <roadgnn/gnn/train/mixed_precision.h>

namespace roadgnn::gnn::models::detail {
namespace {

using at::Tensor;

/// The product and its derivative by the weights, of torch's own or of ours.
std::pair<Tensor, Tensor> compute(bool ours, at::ScalarType type) {
  at::manual_seed(1);
  const Tensor x = at::randn({300, 7}), by = at::randn({300, 5});
  const Tensor weight = at::randn({5, 7}).requires_grad_();
  const train::AutocastGuard autocast(at::kCPU, type, type != at::kFloat);
  const Tensor out = ours ? feature_product(x, weight) : at::linear(x, weight);
  (out * by.to(type)).sum().backward();
  return {out.detach(), weight.grad()};
}

TEST(FeatureProduct, IsTorchsProductWithItsDerivativeInEveryType) {
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16, at::kHalf}) {
    const auto [value, gradient] = compute(true, type);

    const auto [expected_value, expected_gradient] = compute(false, type);
    EXPECT_EQ(value.scalar_type(), type);
    EXPECT_EQ(gradient.scalar_type(), at::kFloat);
    EXPECT_TRUE(at::allclose(value.to(at::kFloat), expected_value.to(at::kFloat), 1e-2, 1e-2));
    EXPECT_TRUE(at::allclose(gradient, expected_gradient, 1e-2, 1e-2)) << c10::toString(type);
  }
}

}  // namespace
}  // namespace roadgnn::gnn::models::detail
