// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/models/detail/feature_product.h>

#include <algorithm>

#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>
#include <torch/csrc/autograd/custom_function.h>

namespace roadgnn::gnn::models::detail {

namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr std::int64_t kBlock = 4096;  ///< rows at a time: narrow copies stay in the cache

/// Calls work(begin, end) for blocks of rows one after the other; on a GPU for all at once.
template <class Work>
void for_blocks(const Tensor& x, const Work& work) {
  const std::int64_t rows = x.size(0), size = x.is_cpu() ? kBlock : std::max<std::int64_t>(1, rows);
  for (std::int64_t begin = 0; begin < rows; begin += size)
    work(begin, std::min(rows, begin + size));
}

/// Saves what it was given, which lives on anyway.
struct Product : torch::autograd::Function<Product> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x, const Tensor& weight) {
    ctx->save_for_backward({x});
    const Tensor by = weight.t();
    const Tensor out = at::empty({x.size(0), weight.size(0)}, weight.options());
    for_blocks(x, [&](std::int64_t begin, std::int64_t end) {
      Tensor part = out.slice(0, begin, end);
      at::mm_out(part, x.slice(0, begin, end).to(weight.scalar_type()), by);
    });
    return out;
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& grads) {
    const Tensor x = ctx->get_saved_variables()[0], grad = grads[0].t();
    Tensor sum = at::zeros({grad.size(0), x.size(1)}, x.options());
    for_blocks(x, [&](std::int64_t begin, std::int64_t end) {
      sum.add_(at::mm(grad.slice(1, begin, end), x.slice(0, begin, end).to(grad.scalar_type())));
    });
    return {Tensor(), sum.to(grad.scalar_type())};
  }
};

}  // namespace

Tensor feature_product(const Tensor& x, const Tensor& weight) {
  const at::DeviceType device = x.device().type();
  if (!at::autocast::is_autocast_enabled(device)) return at::mm(x, weight.t());
  return Product::apply(x, weight.to(at::autocast::get_autocast_dtype(device)));
}

}  // namespace roadgnn::gnn::models::detail
