// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

namespace roadgnn::gnn::models::detail {

/// x weight^T for features `x` [n, in] that need no gradient, in autocast's type where it is on:
/// the narrow copy of `x` is made a second time in backward. Kept until then, those of all edges
/// would be among the largest tensors of a training step.
at::Tensor feature_product(const at::Tensor& x, const at::Tensor& weight);

}  // namespace roadgnn::gnn::models::detail
