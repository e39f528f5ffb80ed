// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Under autocast: products in the lower precision as torch's own matrix products, the softmax in
// float32 as torch's own. Segment sums and gathers keep the type that they are given.

#include <ATen/autocast_mode.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <roadgnn/gnn/ops/detail/checks.h>
#include <torch/library.h>

namespace roadgnn::gnn::ops::detail {

namespace {

template <c10::DeviceType kDevice>
struct Autocast {
  const c10::impl::ExcludeDispatchKeyGuard guard{
      c10::DispatchKeySet(at::autocast::get_autocast_dispatch_key_from_device_type(kDevice))};
  const at::ScalarType type = at::autocast::get_autocast_dtype(kDevice);

  at::Tensor lower(const at::Tensor& tensor) const {
    return at::autocast::cached_cast(type, tensor, kDevice);
  }
  OptionalTensor lower(const OptionalTensor& tensor) const {
    return at::autocast::cached_cast(type, tensor, kDevice);
  }
};

template <c10::DeviceType kDevice>
at::Tensor spmm(const at::Tensor& first_out, const at::Tensor& head, const OptionalTensor& weight,
                const at::Tensor& x, c10::string_view reduce, const OptionalTensor& t_first_out,
                const OptionalTensor& t_head, const OptionalTensor& t_edge) {
  const Autocast<kDevice> cast;
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("roadgnn::spmm", "")
                             .typed<decltype(spmm<kDevice>)>();
  return op.call(first_out, head, cast.lower(weight), cast.lower(x), reduce, t_first_out, t_head,
                 t_edge);
}

template <c10::DeviceType kDevice>
at::Tensor sddmm(const at::Tensor& first_out, const at::Tensor& head, const at::Tensor& a,
                 const at::Tensor& b, const OptionalTensor& edge_feature,
                 const OptionalTensor& t_first_out, const OptionalTensor& t_head,
                 const OptionalTensor& t_edge) {
  const Autocast<kDevice> cast;
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("roadgnn::sddmm", "")
                             .typed<decltype(sddmm<kDevice>)>();
  return op.call(first_out, head, cast.lower(a), cast.lower(b), cast.lower(edge_feature),
                 t_first_out, t_head, t_edge);
}

template <c10::DeviceType kDevice>
at::Tensor edge_softmax(const at::Tensor& first_out, const at::Tensor& logits,
                        const OptionalTensor& t_first_out, const OptionalTensor& t_head,
                        const OptionalTensor& t_edge) {
  const Autocast<kDevice> cast;
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("roadgnn::edge_softmax", "")
                             .typed<decltype(edge_softmax<kDevice>)>();
  return op.call(first_out, at::autocast::cached_cast(at::kFloat, logits, kDevice), t_first_out,
                 t_head, t_edge);
}

template <c10::DeviceType kDevice>
at::Tensor neighbour_attention(const at::Tensor& first_out, const at::Tensor& head,
                               const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                               const OptionalTensor& bias, std::optional<double> scale,
                               const OptionalTensor& t_first_out, const OptionalTensor& t_head,
                               const OptionalTensor& t_edge) {
  const Autocast<kDevice> cast;
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("roadgnn::neighbour_attention", "")
                             .typed<decltype(neighbour_attention<kDevice>)>();
  return op.call(first_out, head, cast.lower(q), cast.lower(k), cast.lower(v), cast.lower(bias),
                 scale, t_first_out, t_head, t_edge);
}

template <c10::DeviceType kDevice>
void implement(torch::Library& m) {
  m.impl("spmm", spmm<kDevice>);
  m.impl("sddmm", sddmm<kDevice>);
  m.impl("edge_softmax", edge_softmax<kDevice>);
  m.impl("neighbour_attention", neighbour_attention<kDevice>);
}

TORCH_LIBRARY_IMPL(roadgnn, AutocastCPU, m) {
  implement<c10::DeviceType::CPU>(m);
}
TORCH_LIBRARY_IMPL(roadgnn, AutocastCUDA, m) {
  implement<c10::DeviceType::CUDA>(m);
}

}  // namespace

}  // namespace roadgnn::gnn::ops::detail
