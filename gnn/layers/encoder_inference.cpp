// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// The encoder layer where nobody asks for gradients: the same formulas, in blocks of rows.

#include <algorithm>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/ThreadLocalState.h>
#include <roadgnn/gnn/layers/encoder.h>
#include <roadgnn/gnn/layers/row_blocks.h>

namespace roadgnn::gnn::layers {

namespace {

using at::Tensor;

constexpr std::int64_t kRows = 512;  ///< times 512 hidden floats: a megabyte

}  // namespace

void for_row_blocks(std::int64_t rows, std::int64_t block, c10::Device device,
                    const std::function<void(std::int64_t, std::int64_t)>& body) {
  if (rows == 0) return;
  if (!device.is_cpu()) {
    constexpr std::int64_t kLarge = 1 << 20;
    for (std::int64_t begin = 0; begin < rows; begin += kLarge)
      body(begin, std::min(rows, begin + kLarge));
    return;
  }
  const at::ThreadLocalState state;
  const std::int64_t blocks = (rows + block - 1) / block;
  at::parallel_for(0, blocks, 1, [&](std::int64_t begin, std::int64_t end) {
    const at::ThreadLocalStateGuard guard(state);
    for (std::int64_t b = begin; b < end; ++b) body(b * block, std::min(rows, (b + 1) * block));
  });
}

Tensor SelfAttentionImpl::infer_sparse(const Tensor& x, torch::nn::LayerNorm norm,
                                       const ops::Adjacency& graph,
                                       const std::optional<Tensor>& bias) {
  const std::int64_t n = x.size(0), heads = options.heads, width = options.width;
  const auto weights = in_proj_weight.chunk(3), biases = in_proj_bias.chunk(3);
  std::array<Tensor, 3> projected;
  for (Tensor& part : projected) part = at::empty({n, width}, x.options());
  for_row_blocks(n, kRows, x.device(), [&](std::int64_t begin, std::int64_t end) {
    const Tensor rows = x.slice(0, begin, end);
    const Tensor y = norm ? norm(rows) : rows;
    for (std::size_t p = 0; p < projected.size(); ++p) {
      Tensor out = projected[p].slice(0, begin, end);
      at::addmm_out(out, biases[p], y, weights[p].t());
    }
  });
  const auto by_head = [&](const Tensor& part) { return part.view({n, heads, width / heads}); };
  return ops::neighbour_attention(graph, by_head(projected[0]), by_head(projected[1]),
                                  by_head(projected[2]), bias)
      .view({n, width});
}

Tensor EncoderLayerImpl::infer_sparse(const Tensor& x, const ops::Adjacency& graph,
                                      const std::optional<Tensor>& bias) {
  const bool first = options.norm_first;
  const Tensor mixed =
      self_attn->infer_sparse(x, first ? norm1 : torch::nn::LayerNorm(nullptr), graph, bias);
  Tensor result = at::empty_like(x);
  for_row_blocks(x.size(0), kRows, x.device(), [&](std::int64_t begin, std::int64_t end) {
    Tensor y = self_attn->out_proj(mixed.slice(0, begin, end)).add_(x.slice(0, begin, end));
    if (!first) y = norm1(y);
    Tensor inner = linear1(first ? norm2(y) : y);
    inner = options.activation == Activation::kReLU ? inner.relu_() : at::gelu(inner);
    Tensor out = result.slice(0, begin, end);
    at::addmm_out(out, y.add_(linear2->bias), inner, linear2->weight.t());
    if (!first) out.copy_(norm2(out));
  });
  return result;
}

}  // namespace roadgnn::gnn::layers
