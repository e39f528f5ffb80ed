// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Derivatives. Saved are inputs, and outputs where a formula wants them; the transpose travels
// along if the caller had one. Second derivatives are refused by name.

#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/GradMode.h>
#include <cmath>
#include <string>
#include <tuple>

#include <roadgnn/gnn/ops/detail/checks.h>
#include <torch/csrc/autograd/autograd_not_implemented_fallback.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

namespace roadgnn::gnn::ops::detail {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

template <class Signature>
auto find(const char* name) {
  return c10::Dispatcher::singleton().findSchemaOrThrow(name, "").typed<Signature>();
}

at::Tensor tensor_or_none(const OptionalTensor& tensor) {
  return tensor.value_or(at::Tensor());
}

OptionalTensor optional(const at::Tensor& tensor) {
  return tensor.defined() ? OptionalTensor(tensor) : std::nullopt;
}

bool needs_grad(const at::Tensor& tensor) {
  return tensor.defined() && tensor.requires_grad();
}
bool needs_grad(const OptionalTensor& tensor) {
  return tensor.has_value() && needs_grad(*tensor);
}
/// Whether an operator has to be recorded at all.
template <class... Tensors>
bool is_recorded(const Tensors&... tensors) {
  return c10::GradMode::is_enabled() && (needs_grad(tensors) || ...);
}

// ----------------------------------------------------------------------------------------- spmm

using Spmm = at::Tensor(const at::Tensor&, const at::Tensor&, const OptionalTensor&,
                        const at::Tensor&, c10::string_view, const OptionalTensor&,
                        const OptionalTensor&, const OptionalTensor&);
using SpmmMax = std::tuple<at::Tensor, at::Tensor>(const at::Tensor&, const at::Tensor&,
                                                   const OptionalTensor&, const at::Tensor&);
using SpmmBackward = std::tuple<at::Tensor, at::Tensor>(
    const at::Tensor&, const at::Tensor&, const at::Tensor&, const OptionalTensor&,
    const OptionalTensor&, std::int64_t, c10::string_view, const OptionalTensor&,
    const OptionalTensor&, const OptionalTensor&, const OptionalTensor&, bool, bool);

at::Tensor call_spmm(const at::Tensor& first_out, const at::Tensor& head,
                     const OptionalTensor& weight, const at::Tensor& x, c10::string_view reduce,
                     const OptionalTensor& t_first_out, const OptionalTensor& t_head,
                     const OptionalTensor& t_edge) {
  static const auto op = find<Spmm>("roadgnn::spmm");
  return op.call(first_out, head, weight, x, reduce, t_first_out, t_head, t_edge);
}

struct SpmmFunction : torch::autograd::Function<SpmmFunction> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& first_out,
                            const at::Tensor& head, const OptionalTensor& weight,
                            const at::Tensor& x, std::string reduce,
                            const OptionalTensor& t_first_out, const OptionalTensor& t_head,
                            const OptionalTensor& t_edge) {
    const at::AutoDispatchBelowADInplaceOrView guard;
    at::Tensor out, arg;
    if (reduce == "max") {
      check_spmm("spmm", first_out, head, weight, x, {t_first_out, t_head, t_edge});
      static const auto op = find<SpmmMax>("roadgnn::_spmm_max");
      std::tie(out, arg) = op.call(first_out, head, weight, x);
    } else {
      out = call_spmm(first_out, head, weight, x, reduce, t_first_out, t_head, t_edge);
    }
    // Features are wanted for the weights' gradient only; without one they need not live on.
    ctx->save_for_backward({first_out, head, tensor_or_none(weight),
                            needs_grad(weight) ? x : at::Tensor(), arg, tensor_or_none(t_first_out),
                            tensor_or_none(t_head), tensor_or_none(t_edge)});
    ctx->saved_data["columns"] = x.size(0);
    ctx->saved_data["need_x"] = needs_grad(x);
    ctx->saved_data["need_weight"] = needs_grad(weight);
    ctx->saved_data["reduce"] = std::move(reduce);
    return out;
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& grads) {
    const variable_list saved = ctx->get_saved_variables();
    static const auto op = find<SpmmBackward>("roadgnn::_spmm_backward");
    auto [grad_x, grad_weight] =
        op.call(grads[0], saved[0], saved[1], optional(saved[2]), optional(saved[3]),
                ctx->saved_data["columns"].toInt(), ctx->saved_data["reduce"].toStringView(),
                optional(saved[4]), optional(saved[5]), optional(saved[6]), optional(saved[7]),
                ctx->saved_data["need_x"].toBool(), ctx->saved_data["need_weight"].toBool());
    return {{}, {}, grad_weight, grad_x, {}, {}, {}, {}};
  }
};

at::Tensor spmm(const at::Tensor& first_out, const at::Tensor& head, const OptionalTensor& weight,
                const at::Tensor& x, c10::string_view reduce, const OptionalTensor& t_first_out,
                const OptionalTensor& t_head, const OptionalTensor& t_edge) {
  if (is_recorded(weight, x)) {
    return SpmmFunction::apply(first_out, head, weight, x, std::string(reduce), t_first_out, t_head,
                               t_edge);
  }
  const at::AutoDispatchBelowADInplaceOrView guard;
  return call_spmm(first_out, head, weight, x, reduce, t_first_out, t_head, t_edge);
}

// ---------------------------------------------------------------------------------------- sddmm

using Sddmm = at::Tensor(const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&,
                         const OptionalTensor&, const OptionalTensor&, const OptionalTensor&,
                         const OptionalTensor&);
using SddmmBackward = std::tuple<at::Tensor, at::Tensor, at::Tensor>(
    const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&,
    const OptionalTensor&, const OptionalTensor&, const OptionalTensor&, const OptionalTensor&,
    bool, bool, bool);

at::Tensor call_sddmm(const at::Tensor& first_out, const at::Tensor& head, const at::Tensor& a,
                      const at::Tensor& b, const OptionalTensor& edge_feature,
                      const OptionalTensor& t_first_out, const OptionalTensor& t_head,
                      const OptionalTensor& t_edge) {
  static const auto op = find<Sddmm>("roadgnn::sddmm");
  return op.call(first_out, head, a, b, edge_feature, t_first_out, t_head, t_edge);
}

struct SddmmFunction : torch::autograd::Function<SddmmFunction> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& first_out,
                            const at::Tensor& head, const at::Tensor& a, const at::Tensor& b,
                            const OptionalTensor& edge_feature, const OptionalTensor& t_first_out,
                            const OptionalTensor& t_head, const OptionalTensor& t_edge) {
    const at::AutoDispatchBelowADInplaceOrView guard;
    ctx->save_for_backward({first_out, head, a, b, tensor_or_none(edge_feature),
                            tensor_or_none(t_first_out), tensor_or_none(t_head),
                            tensor_or_none(t_edge)});
    ctx->saved_data["need_a"] = needs_grad(a);
    ctx->saved_data["need_b"] = needs_grad(b);
    ctx->saved_data["need_edge_feature"] = needs_grad(edge_feature);
    return call_sddmm(first_out, head, a, b, edge_feature, t_first_out, t_head, t_edge);
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& grads) {
    const variable_list saved = ctx->get_saved_variables();
    static const auto op = find<SddmmBackward>("roadgnn::_sddmm_backward");
    auto [grad_a, grad_b, grad_edge_feature] = op.call(
        grads[0], saved[0], saved[1], saved[2], saved[3], optional(saved[4]), optional(saved[5]),
        optional(saved[6]), optional(saved[7]), ctx->saved_data["need_a"].toBool(),
        ctx->saved_data["need_b"].toBool(), ctx->saved_data["need_edge_feature"].toBool());
    return {{}, {}, grad_a, grad_b, grad_edge_feature, {}, {}, {}};
  }
};

at::Tensor sddmm(const at::Tensor& first_out, const at::Tensor& head, const at::Tensor& a,
                 const at::Tensor& b, const OptionalTensor& edge_feature,
                 const OptionalTensor& t_first_out, const OptionalTensor& t_head,
                 const OptionalTensor& t_edge) {
  if (is_recorded(a, b, edge_feature)) {
    return SddmmFunction::apply(first_out, head, a, b, edge_feature, t_first_out, t_head, t_edge);
  }
  const at::AutoDispatchBelowADInplaceOrView guard;
  return call_sddmm(first_out, head, a, b, edge_feature, t_first_out, t_head, t_edge);
}

// --------------------------------------------------------------------------------- edge_softmax

using Softmax = at::Tensor(const at::Tensor&, const at::Tensor&, const OptionalTensor&,
                           const OptionalTensor&, const OptionalTensor&);
using SoftmaxBackward = at::Tensor(const at::Tensor&, const at::Tensor&, const at::Tensor&);

at::Tensor call_softmax(const at::Tensor& first_out, const at::Tensor& logits) {
  static const auto op = find<Softmax>("roadgnn::edge_softmax");
  return op.call(first_out, logits, {}, {}, {});
}

struct SoftmaxFunction : torch::autograd::Function<SoftmaxFunction> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& first_out,
                            const at::Tensor& logits) {
    const at::AutoDispatchBelowADInplaceOrView guard;
    at::Tensor out = call_softmax(first_out, logits);
    ctx->save_for_backward({first_out, out});
    return out;
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& grads) {
    const variable_list saved = ctx->get_saved_variables();
    static const auto op = find<SoftmaxBackward>("roadgnn::_edge_softmax_backward");
    return {{}, op.call(grads[0], saved[0], saved[1])};
  }
};

at::Tensor edge_softmax(const at::Tensor& first_out, const at::Tensor& logits,
                        const OptionalTensor&, const OptionalTensor&, const OptionalTensor&) {
  if (is_recorded(logits)) return SoftmaxFunction::apply(first_out, logits);
  const at::AutoDispatchBelowADInplaceOrView guard;
  return call_softmax(first_out, logits);
}

// -------------------------------------------------------------------------- neighbour_attention

using NeighbourAttention = at::Tensor(const at::Tensor&, const at::Tensor&, const at::Tensor&,
                                      const at::Tensor&, const at::Tensor&, const OptionalTensor&,
                                      std::optional<double>, const OptionalTensor&,
                                      const OptionalTensor&, const OptionalTensor&);
using Attention = std::tuple<at::Tensor, at::Tensor>(const at::Tensor&, const at::Tensor&,
                                                     const at::Tensor&, const at::Tensor&,
                                                     const at::Tensor&, const OptionalTensor&,
                                                     double);
using AttentionBackward = std::tuple<at::Tensor, at::Tensor, at::Tensor, at::Tensor>(
    const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&,
    const at::Tensor&, const OptionalTensor&, double, const at::Tensor&, const at::Tensor&,
    const OptionalTensor&, const OptionalTensor&, const OptionalTensor&);

struct AttentionFunction : torch::autograd::Function<AttentionFunction> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& first_out,
                            const at::Tensor& head, const at::Tensor& q, const at::Tensor& k,
                            const at::Tensor& v, const OptionalTensor& bias, double scale,
                            const OptionalTensor& t_first_out, const OptionalTensor& t_head,
                            const OptionalTensor& t_edge) {
    const at::AutoDispatchBelowADInplaceOrView guard;
    static const auto op = find<Attention>("roadgnn::_attention");
    auto [out, lse] = op.call(first_out, head, q, k, v, bias, scale);
    ctx->save_for_backward({first_out, head, q, k, v, tensor_or_none(bias), out, lse,
                            tensor_or_none(t_first_out), tensor_or_none(t_head),
                            tensor_or_none(t_edge)});
    ctx->saved_data["scale"] = scale;
    return out;
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& grads) {
    const variable_list saved = ctx->get_saved_variables();
    static const auto op = find<AttentionBackward>("roadgnn::_attention_backward");
    auto [grad_q, grad_k, grad_v, grad_bias] =
        op.call(grads[0], saved[0], saved[1], saved[2], saved[3], saved[4], optional(saved[5]),
                ctx->saved_data["scale"].toDouble(), saved[6], saved[7], optional(saved[8]),
                optional(saved[9]), optional(saved[10]));
    return {{}, {}, grad_q, grad_k, grad_v, grad_bias, {}, {}, {}, {}};
  }
};

at::Tensor neighbour_attention(const at::Tensor& first_out, const at::Tensor& head,
                               const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                               const OptionalTensor& bias, std::optional<double> scale,
                               const OptionalTensor& t_first_out, const OptionalTensor& t_head,
                               const OptionalTensor& t_edge) {
  if (is_recorded(q, k, v, bias)) {
    const Sizes sizes = check_attention("neighbour_attention", first_out, head, q, k, v, bias,
                                        {t_first_out, t_head, t_edge});
    return AttentionFunction::apply(first_out, head, q, k, v, bias, scale_or_default(scale, sizes),
                                    t_first_out, t_head, t_edge);
  }
  const at::AutoDispatchBelowADInplaceOrView guard;
  static const auto op = find<NeighbourAttention>("roadgnn::neighbour_attention");
  return op.call(first_out, head, q, k, v, bias, scale, t_first_out, t_head, t_edge);
}

// ------------------------------------------------------------------ segment_reduce, edge_gather

using SegmentReduce = at::Tensor(const at::Tensor&, const at::Tensor&, c10::string_view,
                                 const OptionalTensor&);
using SegmentMax = std::tuple<at::Tensor, at::Tensor>(const at::Tensor&, const at::Tensor&,
                                                      const OptionalTensor&);
using SegmentBackward = at::Tensor(const at::Tensor&, const at::Tensor&, std::int64_t,
                                   const OptionalTensor&, c10::string_view, const OptionalTensor&);
using EdgeGather = at::Tensor(const at::Tensor&, const at::Tensor&, std::int64_t,
                              const OptionalTensor&);

at::Tensor call_segment_reduce(const at::Tensor& first_out, const at::Tensor& values,
                               c10::string_view reduce, const OptionalTensor& edge) {
  static const auto op = find<SegmentReduce>("roadgnn::segment_reduce");
  return op.call(first_out, values, reduce, edge);
}

struct SegmentFunction : torch::autograd::Function<SegmentFunction> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& first_out,
                            const at::Tensor& values, std::string reduce,
                            const OptionalTensor& edge) {
    const at::AutoDispatchBelowADInplaceOrView guard;
    at::Tensor out, arg;
    if (reduce == "max") {
      static const auto op = find<SegmentMax>("roadgnn::_segment_max");
      std::tie(out, arg) = op.call(first_out, values, edge);
    } else {
      out = call_segment_reduce(first_out, values, reduce, edge);
    }
    ctx->save_for_backward({first_out, tensor_or_none(edge), arg});
    ctx->saved_data["edges"] = values.size(0);
    ctx->saved_data["reduce"] = std::move(reduce);
    return out;
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& grads) {
    const variable_list saved = ctx->get_saved_variables();
    static const auto op = find<SegmentBackward>("roadgnn::_segment_backward");
    return {{},
            op.call(grads[0], saved[0], ctx->saved_data["edges"].toInt(), optional(saved[1]),
                    ctx->saved_data["reduce"].toStringView(), optional(saved[2])),
            {},
            {}};
  }
};

at::Tensor segment_reduce(const at::Tensor& first_out, const at::Tensor& values,
                          c10::string_view reduce, const OptionalTensor& edge) {
  if (is_recorded(values)) {
    return SegmentFunction::apply(first_out, values, std::string(reduce), edge);
  }
  const at::AutoDispatchBelowADInplaceOrView guard;
  return call_segment_reduce(first_out, values, reduce, edge);
}

at::Tensor call_edge_gather(const at::Tensor& first_out, const at::Tensor& x,
                            std::int64_t num_edges, const OptionalTensor& edge) {
  static const auto op = find<EdgeGather>("roadgnn::edge_gather");
  return op.call(first_out, x, num_edges, edge);
}

struct GatherFunction : torch::autograd::Function<GatherFunction> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& first_out, const at::Tensor& x,
                            std::int64_t num_edges, const OptionalTensor& edge) {
    const at::AutoDispatchBelowADInplaceOrView guard;
    ctx->save_for_backward({first_out, tensor_or_none(edge)});
    return call_edge_gather(first_out, x, num_edges, edge);
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& grads) {
    const variable_list saved = ctx->get_saved_variables();
    // The adjoint of handing out is summing up, an operator with derivatives of its own.
    return {{}, call_segment_reduce(saved[0], grads[0], "sum", optional(saved[1])), {}, {}};
  }
};

at::Tensor edge_gather(const at::Tensor& first_out, const at::Tensor& x, std::int64_t num_edges,
                       const OptionalTensor& edge) {
  if (is_recorded(x)) return GatherFunction::apply(first_out, x, num_edges, edge);
  const at::AutoDispatchBelowADInplaceOrView guard;
  return call_edge_gather(first_out, x, num_edges, edge);
}

// ------------------------------------------------------------------------------------ overloads

/// Writing into a given tensor has no derivative here, as with torch's own operators.
void out_overload(const c10::OperatorHandle& op, c10::DispatchKeySet keys,
                  torch::jit::Stack* stack) {
  if (c10::GradMode::is_enabled()) {
    const auto arguments = torch::jit::last(*stack, op.schema().arguments().size());
    for (const c10::IValue& argument : arguments) {
      if (argument.isTensor() && needs_grad(argument.toTensor())) {
        refuse(op.schema().name().substr(sizeof("roadgnn::") - 1).c_str(), "out",
               "no argument that requires a gradient, or torch::NoGradGuard",
               "one that requires a gradient");
      }
    }
  }
  const at::AutoDispatchBelowADInplaceOrView guard;
  op.redispatchBoxed(keys & c10::after_ADInplaceOrView_keyset, stack);
}

TORCH_LIBRARY_IMPL(roadgnn, Autograd, m) {
  m.impl("spmm", spmm);
  m.impl("sddmm", sddmm);
  m.impl("edge_softmax", edge_softmax);
  m.impl("neighbour_attention", neighbour_attention);
  m.impl("segment_reduce", segment_reduce);
  m.impl("edge_gather", edge_gather);
  for (const char* op : {"spmm.out", "sddmm.out", "edge_softmax.out", "neighbour_attention.out",
                         "segment_reduce.out", "edge_gather.out"}) {
    m.impl(op, torch::CppFunction::makeFromBoxedFunction<&out_overload>());
  }
  for (const char* op :
       {"_spmm_max", "_spmm_backward", "_sddmm_backward", "_edge_softmax_backward", "_attention",
        "_attention_backward", "_segment_max", "_segment_backward"}) {
    m.impl(op, torch::autograd::autogradNotImplementedFallback());
  }
}

}  // namespace

}  // namespace roadgnn::gnn::ops::detail
