// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// The formulas of kernels.h as plain loops: what other kernels are compared with, and what runs on
// processors without AVX2.

#include <roadgnn/gnn/ops/cpu/kernels.h>

#include <cmath>
#include <limits>
#include <vector>

#include <c10/util/BFloat16.h>
#include <c10/util/Half.h>

#include "index_checks.inc"

namespace roadgnn::gnn::ops::detail {

namespace {

template <class T>
struct Accumulator {
  using type = float;
};
template <>
struct Accumulator<double> {
  using type = double;
};
template <class T>
using Acc = typename Accumulator<T>::type;

template <class T>
Acc<T> load(const void* data, std::int64_t i) {
  return static_cast<Acc<T>>(static_cast<const T*>(data)[i]);
}
template <class T>
Acc<T> load_or_one(const void* data, std::int64_t i) {
  return data != nullptr ? load<T>(data, i) : Acc<T>(1);
}
template <class T>
Acc<T> load_or_zero(const void* data, std::int64_t i) {
  return data != nullptr ? load<T>(data, i) : Acc<T>(0);
}
template <class T>
void store(void* data, std::int64_t i, Acc<T> value) {
  static_cast<T*>(data)[i] = static_cast<T>(value);
}

/// 1 / number of entries of row v; 1 for an empty row, which has nothing to divide.
template <class A>
A inverse_degree(const IndexArray& first_out, std::int64_t v) {
  const std::int64_t degree = first_out[v + 1] - first_out[v];
  return degree > 0 ? A(1) / static_cast<A>(degree) : A(1);
}

template <class T>
void spmm(const SpmmArgs& args, std::int64_t begin, std::int64_t end) {
  const std::int64_t row_size = args.heads * args.width;
  std::vector<Acc<T>> sum(row_size);
  for (std::int64_t v = begin; v < end; ++v) {
    sum.assign(row_size, 0);
    for (std::int64_t i = args.first_out[v]; i < args.first_out[v + 1]; ++i) {
      const std::int64_t source = args.head.value_or(i), place = args.edge.value_or(i);
      const auto share =
          args.degree_of.data ? inverse_degree<Acc<T>>(args.degree_of, source) : Acc<T>(1);
      for (std::int64_t c = 0; c < row_size; ++c) {
        const auto weight = load_or_one<T>(args.weight, place * args.heads + c / args.width);
        sum[c] += share * weight * load<T>(args.x, source * row_size + c);
      }
    }
    auto scale = static_cast<Acc<T>>(args.scale);
    if (args.mean) scale *= inverse_degree<Acc<T>>(args.first_out, v);
    for (std::int64_t c = 0; c < row_size; ++c) {
      const std::int64_t at = v * row_size + c;
      store<T>(args.out, at, scale * sum[c] + (args.accumulate ? load<T>(args.out, at) : 0));
    }
  }
}

template <class T>
void spmm_max(const SpmmArgs& args, std::int64_t begin, std::int64_t end) {
  const std::int64_t row_size = args.heads * args.width;
  for (std::int64_t v = begin; v < end; ++v) {
    for (std::int64_t c = 0; c < row_size; ++c) {
      Acc<T> best = 0;
      std::int32_t winner = -1;
      for (std::int64_t i = args.first_out[v]; i < args.first_out[v + 1]; ++i) {
        const std::int64_t source = args.head.value_or(i), place = args.edge.value_or(i);
        const Acc<T> value = load_or_one<T>(args.weight, place * args.heads + c / args.width) *
                             load<T>(args.x, source * row_size + c);
        // The first of equals wins; a value that is no number wins, as in torch.amax.
        if (winner < 0 || value > best || (std::isnan(value) && !std::isnan(best))) {
          best = value;
          winner = static_cast<std::int32_t>(i - args.first_out[v]);
        }
      }
      store<T>(args.out, v * row_size + c, best);
      if (args.arg != nullptr) args.arg[v * row_size + c] = winner;
    }
  }
}

/// Sum and maximum are told apart by args.arg.
template <class T>
void spmm_backward(const SpmmBackwardArgs& args, std::int64_t begin, std::int64_t end) {
  const std::int64_t row_size = args.heads * args.width;
  std::vector<Acc<T>> sum(row_size);
  for (std::int64_t u = begin; u < end; ++u) {
    sum.assign(row_size, 0);
    for (std::int64_t i = args.t_first_out[u]; i < args.t_first_out[u + 1]; ++i) {
      const std::int64_t row = args.t_head[i], place = args.t_edge[i];
      const std::int64_t rank = place - args.first_out[row];
      const auto share = args.mean ? inverse_degree<Acc<T>>(args.first_out, row) : Acc<T>(1);
      for (std::int64_t h = 0; h < args.heads; ++h) {
        const auto weight = load_or_one<T>(args.weight, place * args.heads + h);
        Acc<T> dot = 0;
        for (std::int64_t c = h * args.width; c < (h + 1) * args.width; ++c) {
          if (args.arg != nullptr && args.arg[row * row_size + c] != rank) continue;
          const Acc<T> grad = share * load<T>(args.grad, row * row_size + c);
          sum[c] += weight * grad;
          if (args.grad_weight != nullptr) dot += grad * load<T>(args.x, u * row_size + c);
        }
        if (args.grad_weight != nullptr) store<T>(args.grad_weight, place * args.heads + h, dot);
      }
    }
    for (std::int64_t c = 0; c < row_size; ++c) store<T>(args.grad_x, u * row_size + c, sum[c]);
  }
}

template <class T>
void sddmm(const SddmmArgs& args, std::int64_t begin, std::int64_t end) {
  const std::int64_t row_size = args.heads * args.width;
  for (std::int64_t v = begin; v < end; ++v) {
    const auto share = args.mean ? inverse_degree<Acc<T>>(args.first_out, v) : Acc<T>(1);
    for (std::int64_t i = args.first_out[v]; i < args.first_out[v + 1]; ++i) {
      const std::int64_t source = args.head.value_or(i);
      for (std::int64_t h = 0; h < args.heads; ++h) {
        Acc<T> dot = 0;
        for (std::int64_t c = h * args.width; c < (h + 1) * args.width; ++c) {
          dot += load<T>(args.a, v * row_size + c) *
                 (load<T>(args.b, source * row_size + c) +
                  load_or_zero<T>(args.edge_feature, i * row_size + c));
        }
        store<T>(args.out, i * args.heads + h, share * dot);
      }
    }
  }
}

template <class T>
void gather(const GatherArgs& args, std::int64_t begin, std::int64_t end) {
  const std::int64_t row_size = args.heads * args.width;
  for (std::int64_t v = begin; v < end; ++v) {
    const auto share = args.mean ? inverse_degree<Acc<T>>(args.first_out, v) : Acc<T>(1);
    for (std::int64_t i = args.first_out[v]; i < args.first_out[v + 1]; ++i) {
      const std::int64_t place = args.edge.value_or(i), rank = i - args.first_out[v];
      for (std::int64_t c = 0; c < row_size; ++c) {
        const auto weight = load_or_one<T>(args.weight, place * args.heads + c / args.width);
        const bool won = args.arg == nullptr || args.arg[v * row_size + c] == rank;
        store<T>(args.out, place * row_size + c,
                 won ? share * weight * load<T>(args.x, v * row_size + c) : Acc<T>(0));
      }
    }
  }
}

template <class T>
void softmax(const SoftmaxArgs& args, std::int64_t begin, std::int64_t end) {
  for (std::int64_t v = begin; v < end; ++v) {
    const std::int64_t first = args.first_out[v], last = args.first_out[v + 1];
    for (std::int64_t h = 0; h < args.heads; ++h) {
      Acc<T> most = -std::numeric_limits<Acc<T>>::infinity(), sum = 0;
      for (std::int64_t i = first; i < last; ++i) {
        most = std::fmax(most, load<T>(args.in, i * args.heads + h));
      }
      for (std::int64_t i = first; i < last; ++i) {
        sum += std::exp(load<T>(args.in, i * args.heads + h) - most);
      }
      for (std::int64_t i = first; i < last; ++i) {
        store<T>(args.out, i * args.heads + h,
                 std::exp(load<T>(args.in, i * args.heads + h) - most) / sum);
      }
    }
  }
}

template <class T>
void softmax_backward(const SoftmaxArgs& args, std::int64_t begin, std::int64_t end) {
  for (std::int64_t v = begin; v < end; ++v) {
    const std::int64_t first = args.first_out[v], last = args.first_out[v + 1];
    for (std::int64_t h = 0; h < args.heads; ++h) {
      Acc<T> sum = 0;
      for (std::int64_t i = first; i < last; ++i) {
        sum += load<T>(args.in, i * args.heads + h) * load<T>(args.grad, i * args.heads + h);
      }
      for (std::int64_t i = first; i < last; ++i) {
        const std::int64_t at = i * args.heads + h;
        store<T>(args.out, at, load<T>(args.in, at) * (load<T>(args.grad, at) - sum));
      }
    }
  }
}

template <class T>
Acc<T> attention_score(const AttentionArgs& args, std::int64_t v, std::int64_t i, std::int64_t h) {
  const std::int64_t from = (v * args.heads + h) * args.width;
  const std::int64_t to = (args.head[i] * args.heads + h) * args.width;
  Acc<T> dot = 0;
  for (std::int64_t c = 0; c < args.width; ++c) {
    dot += load<T>(args.q, from + c) * load<T>(args.k, to + c);
  }
  return static_cast<Acc<T>>(args.scale) * dot +
         load_or_zero<T>(args.bias, i * args.bias_heads + (args.bias_heads > 1 ? h : 0));
}

template <class T>
void attention(const AttentionArgs& args, std::int64_t begin, std::int64_t end) {
  std::vector<Acc<T>> sum(args.width);
  for (std::int64_t v = begin; v < end; ++v) {
    const std::int64_t first = args.first_out[v], last = args.first_out[v + 1];
    for (std::int64_t h = 0; h < args.heads; ++h) {
      Acc<T> most = -std::numeric_limits<Acc<T>>::infinity(), total = 0;
      for (std::int64_t i = first; i < last; ++i) {
        most = std::fmax(most, attention_score<T>(args, v, i, h));
      }
      sum.assign(args.width, 0);
      for (std::int64_t i = first; i < last; ++i) {
        const Acc<T> p = std::exp(attention_score<T>(args, v, i, h) - most);
        total += p;
        for (std::int64_t c = 0; c < args.width; ++c) {
          sum[c] += p * load<T>(args.v, (args.head[i] * args.heads + h) * args.width + c);
        }
      }
      for (std::int64_t c = 0; c < args.width; ++c) {
        store<T>(args.out, (v * args.heads + h) * args.width + c,
                 first < last ? sum[c] / total : Acc<T>(0));
      }
      if (args.lse != nullptr) {
        static_cast<Acc<T>*>(args.lse)[v * args.heads + h] = most + std::log(total);
      }
    }
  }
}

template <class T>
void attention_backward(const AttentionBackwardArgs& args, std::int64_t begin, std::int64_t end) {
  const AttentionArgs& f = args.forward;
  std::vector<Acc<T>> sum(f.width);
  for (std::int64_t v = begin; v < end; ++v) {
    for (std::int64_t h = 0; h < f.heads; ++h) {
      const std::int64_t from = (v * f.heads + h) * f.width;
      const auto lse = static_cast<const Acc<T>*>(f.lse)[v * f.heads + h];
      Acc<T> mean_grad = 0;  // of the scores under p, since sum p <grad, v> = <grad, out>
      for (std::int64_t c = 0; c < f.width; ++c) {
        mean_grad += load<T>(args.grad, from + c) * load<T>(f.out, from + c);
      }
      sum.assign(f.width, 0);
      for (std::int64_t i = f.first_out[v]; i < f.first_out[v + 1]; ++i) {
        const std::int64_t to = (f.head[i] * f.heads + h) * f.width;
        const Acc<T> p = std::exp(attention_score<T>(f, v, i, h) - lse);
        Acc<T> dot = 0;
        for (std::int64_t c = 0; c < f.width; ++c) {
          dot += load<T>(args.grad, from + c) * load<T>(f.v, to + c);
        }
        const Acc<T> grad_score = p * (dot - mean_grad);
        for (std::int64_t c = 0; c < f.width; ++c) sum[c] += grad_score * load<T>(f.k, to + c);
        store<T>(args.p, i * f.heads + h, p);
        store<T>(args.grad_score, i * f.heads + h, grad_score);
      }
      for (std::int64_t c = 0; c < f.width; ++c) {
        store<T>(args.grad_q, from + c, static_cast<Acc<T>>(f.scale) * sum[c]);
      }
    }
  }
}

template <class T>
constexpr Kernels make() {
  return {spmm<T>,   spmm_max<T>, spmm_backward<T>,    spmm_backward<T>, sddmm<T>,
          gather<T>, softmax<T>,  softmax_backward<T>, attention<T>,     attention_backward<T>};
}

}  // namespace

const KernelSet& reference_kernels() {
  static constexpr KernelSet kSet = {
      "reference",
      kIndexChecks,
      {make<double>(), make<float>(), make<c10::BFloat16>(), make<c10::Half>()}};
  return kSet;
}

}  // namespace roadgnn::gnn::ops::detail
