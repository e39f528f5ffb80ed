// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Products, softmax and fused attention: a group of lanes per row and head, so that neighbouring
// groups read neighbouring heads of one row of features.

#include <cfloat>

#include <roadgnn/gnn/ops/cuda/lanes.cuh>

namespace roadgnn::gnn::ops::detail::cuda {

namespace {

template <class T, int kVec>
__global__ void sddmm_kernel(SddmmArgs s, std::int64_t rows, int lanes) {
  using A = Acc<T>;
  const Group group(lanes);
  const std::int64_t row_size = s.heads * s.width;
  for (std::int64_t g = group.index; g < rows * s.heads; g += group.count) {
    const std::int64_t v = g / s.heads, head = g % s.heads;
    const A share = s.mean ? inverse_degree<A>(s.first_out, v) : A(1);
    for (std::int64_t i = s.first_out[v]; i < s.first_out[v + 1]; ++i) {
      const std::int64_t source = s.head.value_or(i);
      A dot = 0;
      for (std::int64_t c = head * s.width + group.lane * kVec; c < (head + 1) * s.width;
           c += group.lanes * kVec) {
        const auto a = load_pack<kVec, T>(s.a, v * row_size + c);
        const auto b = load_pack<kVec, T>(s.b, source * row_size + c);
        Pack<T, kVec> add = {};
        if (s.edge_feature != nullptr) add = load_pack<kVec, T>(s.edge_feature, i * row_size + c);
        for (int j = 0; j < kVec; ++j) {
          A key = widen(b.at[j]);
          if (s.edge_feature != nullptr) key += widen(add.at[j]);
          dot += widen(a.at[j]) * key;
        }
      }
      dot = group.sum(dot);
      if (group.lane == 0) static_cast<T*>(s.out)[i * s.heads + head] = narrow<T>(share * dot);
    }
  }
}

template <class T>
__global__ void softmax_kernel(SoftmaxArgs a, std::int64_t rows, int lanes) {
  using A = Acc<T>;
  const Group group(lanes);
  const auto* in = static_cast<const T*>(a.in);
  const auto* grad = static_cast<const T*>(a.grad);
  auto* out = static_cast<T*>(a.out);
  for (std::int64_t g = group.index; g < rows * a.heads; g += group.count) {
    const std::int64_t v = g / a.heads, head = g % a.heads;
    const std::int64_t first = a.first_out[v] + group.lane, last = a.first_out[v + 1];
    A sum = 0;
    if (grad != nullptr) {
      for (std::int64_t i = first; i < last; i += lanes) {
        sum += widen(in[i * a.heads + head]) * widen(grad[i * a.heads + head]);
      }
      sum = group.sum(sum);
      for (std::int64_t i = first; i < last; i += lanes) {
        const std::int64_t at = i * a.heads + head;
        out[at] = narrow<T>(widen(in[at]) * (widen(grad[at]) - sum));
      }
      continue;
    }
    A most = -INFINITY;
    for (std::int64_t i = first; i < last; i += lanes) {
      most = ::max(most, widen(in[i * a.heads + head]));
    }
    most = group.max(most);
    for (std::int64_t i = first; i < last; i += lanes) {
      sum += ::exp(widen(in[i * a.heads + head]) - most);
    }
    sum = group.sum(sum);
    for (std::int64_t i = first; i < last; i += lanes) {
      const std::int64_t at = i * a.heads + head;
      out[at] = narrow<T>(::exp(widen(in[at]) - most) / sum);
    }
  }
}

/// A head's columns of one row in the registers of a group: lane l holds packs l, l + lanes, ...
template <class T, int kVec, int kPacks>
struct HeadRow {
  Acc<T> at[kPacks][kVec];

  __device__ void clear() {
    for (int p = 0; p < kPacks; ++p) {
      for (int j = 0; j < kVec; ++j) at[p][j] = 0;
    }
  }
  /// Columns beyond the width are zero.
  __device__ void load(const Group& group, const void* data, std::int64_t from,
                       std::int64_t width) {
    clear();
    for (int p = 0; p < kPacks; ++p) {
      const std::int64_t c = (static_cast<std::int64_t>(p) * group.lanes + group.lane) * kVec;
      if (c >= width) continue;
      const auto pack = load_pack<kVec, T>(data, from + c);
      for (int j = 0; j < kVec; ++j) at[p][j] = widen(pack.at[j]);
    }
  }
  __device__ void store(const Group& group, void* data, std::int64_t from, std::int64_t width,
                        Acc<T> factor) const {
    for (int p = 0; p < kPacks; ++p) {
      const std::int64_t c = (static_cast<std::int64_t>(p) * group.lanes + group.lane) * kVec;
      if (c >= width) continue;
      Pack<T, kVec> pack;
      for (int j = 0; j < kVec; ++j) pack.at[j] = narrow<T>(factor * at[p][j]);
      store_pack<kVec, T>(data, from + c, pack);
    }
  }
  __device__ Acc<T> dot(const Group& group, const HeadRow& other) const {
    Acc<T> sum = 0;
    for (int p = 0; p < kPacks; ++p) {
      for (int j = 0; j < kVec; ++j) sum += at[p][j] * other.at[p][j];
    }
    return group.sum(sum);
  }
  /// this = factor * this + weight * other
  __device__ void add(Acc<T> factor, Acc<T> weight, const HeadRow& other) {
    for (int p = 0; p < kPacks; ++p) {
      for (int j = 0; j < kVec; ++j) at[p][j] = factor * at[p][j] + weight * other.at[p][j];
    }
  }
};

template <class T>
__device__ Acc<T> bias_of(const AttentionArgs& a, std::int64_t i, std::int64_t head) {
  return load_or<T>(a.bias, i * a.bias_heads + (a.bias_heads > 1 ? head : 0), 0);
}

template <class T, int kVec, int kPacks>
__global__ void attention_kernel(AttentionArgs a, std::int64_t rows, int lanes) {
  using A = Acc<T>;
  const Group group(lanes);
  for (std::int64_t g = group.index; g < rows * a.heads; g += group.count) {
    const std::int64_t v = g / a.heads, head = g % a.heads;
    HeadRow<T, kVec, kPacks> q, key, value, sum;
    q.load(group, a.q, g * a.width, a.width);
    sum.clear();
    // Finite, so that scores of minus infinity count nothing.
    A most = std::is_same_v<A, double> ? -DBL_MAX : -FLT_MAX, total = 0;
    for (std::int64_t i = a.first_out[v]; i < a.first_out[v + 1]; ++i) {
      const std::int64_t from = (a.head[i] * a.heads + head) * a.width;
      key.load(group, a.k, from, a.width);
      value.load(group, a.v, from, a.width);
      const A score = static_cast<A>(a.scale) * q.dot(group, key) + bias_of<T>(a, i, head);
      const A higher = ::max(most, score);
      const A factor = ::exp(most - higher), p = ::exp(score - higher);
      total = factor * total + p;
      sum.add(factor, p, value);
      most = higher;
    }
    sum.store(group, a.out, g * a.width, a.width,
              a.first_out[v] < a.first_out[v + 1] ? 1 / total : 0);
    if (a.lse != nullptr && group.lane == 0) static_cast<A*>(a.lse)[g] = most + ::log(total);
  }
}

template <class T, int kVec, int kPacks>
__global__ void attention_backward_kernel(AttentionBackwardArgs args, std::int64_t rows,
                                          int lanes) {
  using A = Acc<T>;
  const AttentionArgs& a = args.forward;
  const Group group(lanes);
  for (std::int64_t g = group.index; g < rows * a.heads; g += group.count) {
    const std::int64_t v = g / a.heads, head = g % a.heads;
    HeadRow<T, kVec, kPacks> q, grad, other, sum;
    q.load(group, a.q, g * a.width, a.width);
    grad.load(group, args.grad, g * a.width, a.width);
    other.load(group, a.out, g * a.width, a.width);
    const A mean_grad = grad.dot(group, other), lse = static_cast<const A*>(a.lse)[g];
    sum.clear();
    for (std::int64_t i = a.first_out[v]; i < a.first_out[v + 1]; ++i) {
      const std::int64_t from = (a.head[i] * a.heads + head) * a.width;
      other.load(group, a.v, from, a.width);
      const A grad_p = grad.dot(group, other);
      other.load(group, a.k, from, a.width);
      const A score = static_cast<A>(a.scale) * q.dot(group, other) + bias_of<T>(a, i, head);
      const A p = ::exp(score - lse), grad_score = p * (grad_p - mean_grad);
      sum.add(1, grad_score, other);
      if (group.lane == 0) {
        static_cast<T*>(args.p)[i * a.heads + head] = narrow<T>(p);
        static_cast<T*>(args.grad_score)[i * a.heads + head] = narrow<T>(grad_score);
      }
    }
    sum.store(group, args.grad_q, g * a.width, a.width, static_cast<A>(a.scale));
  }
}

/// Calls work(type, vec, packs) for a head's width.
template <class Work>
void with_head_row(Element element, const AttentionArgs& a,
                   std::initializer_list<const void*> pointers, const Work& work) {
  with_pack(element, a.width, pointers, [&](auto type, auto vec) {
    if (a.width <= 32 * vec) {
      work(type, vec, std::integral_constant<int, 1>());
    } else {
      constexpr int kPacks = static_cast<int>(kWidestHead) / (32 * vec);
      work(type, vec, std::integral_constant < int, kPacks<1 ? 1 : kPacks>());
    }
  });
}

}  // namespace

void sddmm(Element element, const SddmmArgs& args, std::int64_t rows, Stream stream) {
  if (rows == 0 || args.heads == 0) return;
  with_pack(element, args.width, {args.a, args.b, args.edge_feature}, [&](auto type, auto vec) {
    const int lanes = lanes_for(args.width / vec);
    sddmm_kernel<typename decltype(type)::type, vec>
        <<<blocks_for(rows * args.heads, lanes), kThreads, 0, stream>>>(args, rows, lanes);
  });
  check_launch("sddmm");
}

void softmax(Element element, const SoftmaxArgs& args, std::int64_t rows, Stream stream) {
  if (rows == 0 || args.heads == 0) return;
  constexpr int kLanes = 8;  // rows are short
  with_element(element, [&](auto type) {
    softmax_kernel<typename decltype(type)::type>
        <<<blocks_for(rows * args.heads, kLanes), kThreads, 0, stream>>>(args, rows, kLanes);
  });
  check_launch("edge_softmax");
}

void attention(Element element, const AttentionArgs& args, std::int64_t rows, Stream stream) {
  if (rows == 0 || args.heads == 0) return;
  with_head_row(
      element, args, {args.q, args.k, args.v, args.out}, [&](auto type, auto vec, auto packs) {
        const int lanes = lanes_for((args.width + vec - 1) / vec);
        attention_kernel<typename decltype(type)::type, vec, packs>
            <<<blocks_for(rows * args.heads, lanes), kThreads, 0, stream>>>(args, rows, lanes);
      });
  check_launch("neighbour_attention");
}

void attention_backward(Element element, const AttentionBackwardArgs& args, std::int64_t rows,
                        Stream stream) {
  const AttentionArgs& a = args.forward;
  if (rows == 0 || a.heads == 0) return;
  with_head_row(element, a, {a.q, a.k, a.v, a.out, args.grad, args.grad_q},
                [&](auto type, auto vec, auto packs) {
                  const int lanes = lanes_for((a.width + vec - 1) / vec);
                  attention_backward_kernel<typename decltype(type)::type, vec, packs>
                      <<<blocks_for(rows * a.heads, lanes), kThreads, 0, stream>>>(args, rows,
                                                                                   lanes);
                });
  check_launch("neighbour_attention");
}

}  // namespace roadgnn::gnn::ops::detail::cuda
