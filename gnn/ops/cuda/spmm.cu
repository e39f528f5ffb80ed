// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Sums, means and maxima of rows: a group of lanes per row, a pack of columns per lane. Made for
// the rows of two or three entries that roads have; a long row is one group's work.

#include <roadgnn/gnn/ops/cuda/lanes.cuh>

namespace roadgnn::gnn::ops::detail::cuda {

namespace {

template <class T, int kVec>
__global__ void spmm_kernel(SpmmArgs a, std::int64_t rows, int lanes) {
  using A = Acc<T>;
  const Group group(lanes);
  const std::int64_t row_size = a.heads * a.width;
  for (std::int64_t v = group.index; v < rows; v += group.count) {
    const std::int64_t first = a.first_out[v], last = a.first_out[v + 1];
    A scale = static_cast<A>(a.scale);
    if (a.mean) scale *= inverse_degree<A>(a.first_out, v);
    for (std::int64_t c = group.lane * kVec; c < row_size; c += group.lanes * kVec) {
      const std::int64_t head = a.heads == 1 ? 0 : c / a.width;
      A sum[kVec] = {};
#pragma unroll 2
      for (std::int64_t i = first; i < last; ++i) {
        const std::int64_t source = a.head.value_or(i);
        A share = load_or<T>(a.weight, a.edge.value_or(i) * a.heads + head, 1);
        if (a.degree_of.data != nullptr) share *= inverse_degree<A>(a.degree_of, source);
        const auto x = load_pack<kVec, T>(a.x, source * row_size + c);
        for (int j = 0; j < kVec; ++j) sum[j] += share * widen(x.at[j]);
      }
      Pack<T, kVec> out;
      if (a.accumulate) out = load_pack<kVec, T>(a.out, v * row_size + c);
      for (int j = 0; j < kVec; ++j) {
        const A before = a.accumulate ? widen(out.at[j]) : A(0);
        out.at[j] = narrow<T>(before + scale * sum[j]);
      }
      store_pack<kVec, T>(a.out, v * row_size + c, out);
    }
  }
}

template <class T, int kVec>
__global__ void spmm_max_kernel(SpmmArgs a, std::int64_t rows, int lanes) {
  using A = Acc<T>;
  const Group group(lanes);
  const std::int64_t row_size = a.heads * a.width;
  for (std::int64_t v = group.index; v < rows; v += group.count) {
    const std::int64_t first = a.first_out[v], last = a.first_out[v + 1];
    for (std::int64_t c = group.lane * kVec; c < row_size; c += group.lanes * kVec) {
      const std::int64_t head = a.heads == 1 ? 0 : c / a.width;
      A best[kVec] = {};
      std::int32_t winner[kVec];
      for (int j = 0; j < kVec; ++j) winner[j] = -1;
      for (std::int64_t i = first; i < last; ++i) {
        const A weight = load_or<T>(a.weight, a.edge.value_or(i) * a.heads + head, 1);
        const auto x = load_pack<kVec, T>(a.x, a.head.value_or(i) * row_size + c);
        for (int j = 0; j < kVec; ++j) {
          const A value = weight * widen(x.at[j]);
          if (i == first || value > best[j] || (value != value && best[j] == best[j])) {
            best[j] = value;
            winner[j] = static_cast<std::int32_t>(i - first);
          }
        }
      }
      Pack<T, kVec> out;
      for (int j = 0; j < kVec; ++j) out.at[j] = narrow<T>(best[j]);
      store_pack<kVec, T>(a.out, v * row_size + c, out);
      if (a.arg != nullptr) {
        for (int j = 0; j < kVec; ++j) a.arg[v * row_size + c + j] = winner[j];
      }
    }
  }
}

/// grad_x of sums, means and, with a.arg, maxima.
template <class T, int kVec>
__global__ void grad_x_kernel(SpmmBackwardArgs a, std::int64_t columns, int lanes) {
  using A = Acc<T>;
  const Group group(lanes);
  const std::int64_t row_size = a.heads * a.width;
  for (std::int64_t u = group.index; u < columns; u += group.count) {
    const std::int64_t first = a.t_first_out[u], last = a.t_first_out[u + 1];
    for (std::int64_t c = group.lane * kVec; c < row_size; c += group.lanes * kVec) {
      const std::int64_t head = a.heads == 1 ? 0 : c / a.width;
      A sum[kVec] = {};
      for (std::int64_t i = first; i < last; ++i) {
        const std::int64_t row = a.t_head[i], place = a.t_edge[i];
        A share = load_or<T>(a.weight, place * a.heads + head, 1);
        if (a.mean) share *= inverse_degree<A>(a.first_out, row);
        const std::int64_t rank = place - a.first_out[row];
        const auto grad = load_pack<kVec, T>(a.grad, row * row_size + c);
        for (int j = 0; j < kVec; ++j) {
          const bool won = a.arg == nullptr || a.arg[row * row_size + c + j] == rank;
          if (won) sum[j] += share * widen(grad.at[j]);
        }
      }
      Pack<T, kVec> out;
      for (int j = 0; j < kVec; ++j) out.at[j] = narrow<T>(sum[j]);
      store_pack<kVec, T>(a.grad_x, u * row_size + c, out);
    }
  }
}

/// grad_weight; a group per column and head.
template <class T, int kVec>
__global__ void grad_weight_kernel(SpmmBackwardArgs a, std::int64_t columns, int lanes) {
  using A = Acc<T>;
  const Group group(lanes);
  const std::int64_t row_size = a.heads * a.width;
  for (std::int64_t g = group.index; g < columns * a.heads; g += group.count) {
    const std::int64_t u = g / a.heads, head = g % a.heads;
    for (std::int64_t i = a.t_first_out[u]; i < a.t_first_out[u + 1]; ++i) {
      const std::int64_t row = a.t_head[i], place = a.t_edge[i];
      const std::int64_t rank = place - a.first_out[row];
      A dot = 0;
      for (std::int64_t c = head * a.width + group.lane * kVec; c < (head + 1) * a.width;
           c += group.lanes * kVec) {
        const auto grad = load_pack<kVec, T>(a.grad, row * row_size + c);
        const auto x = load_pack<kVec, T>(a.x, u * row_size + c);
        for (int j = 0; j < kVec; ++j) {
          const bool won = a.arg == nullptr || a.arg[row * row_size + c + j] == rank;
          if (won) dot += widen(grad.at[j]) * widen(x.at[j]);
        }
      }
      dot = group.sum(dot);
      if (a.mean) dot *= inverse_degree<A>(a.first_out, row);
      if (group.lane == 0) static_cast<T*>(a.grad_weight)[place * a.heads + head] = narrow<T>(dot);
    }
  }
}

template <class T, int kVec>
__global__ void gather_kernel(GatherArgs a, std::int64_t rows, int lanes) {
  using A = Acc<T>;
  const Group group(lanes);
  const std::int64_t row_size = a.heads * a.width;
  for (std::int64_t v = group.index; v < rows; v += group.count) {
    const std::int64_t first = a.first_out[v], last = a.first_out[v + 1];
    const A mean = a.mean ? inverse_degree<A>(a.first_out, v) : A(1);
    for (std::int64_t c = group.lane * kVec; c < row_size; c += group.lanes * kVec) {
      const std::int64_t head = a.heads == 1 ? 0 : c / a.width;
      const auto x = load_pack<kVec, T>(a.x, v * row_size + c);
      for (std::int64_t i = first; i < last; ++i) {
        const std::int64_t place = a.edge.value_or(i);
        const A share = mean * load_or<T>(a.weight, place * a.heads + head, 1);
        Pack<T, kVec> out;
        for (int j = 0; j < kVec; ++j) {
          const bool won = a.arg == nullptr || a.arg[v * row_size + c + j] == i - first;
          out.at[j] = narrow<T>(won ? share * widen(x.at[j]) : A(0));
        }
        store_pack<kVec, T>(a.out, place * row_size + c, out);
      }
    }
  }
}

/// Columns that packs may not straddle.
template <class Args>
std::int64_t packed_columns(const Args& args) {
  return args.heads == 1 ? args.heads * args.width : args.width;
}

}  // namespace

void spmm(Element element, const SpmmArgs& args, std::int64_t rows, Stream stream) {
  if (rows == 0 || args.heads * args.width == 0) return;
  with_pack(element, packed_columns(args), {args.x, args.out}, [&](auto type, auto vec) {
    const int lanes = lanes_for(args.heads * args.width / vec);
    spmm_kernel<typename decltype(type)::type, vec>
        <<<blocks_for(rows, lanes), kThreads, 0, stream>>>(args, rows, lanes);
  });
  check_launch("spmm");
}

void spmm_max(Element element, const SpmmArgs& args, std::int64_t rows, Stream stream) {
  if (rows == 0 || args.heads * args.width == 0) return;
  with_pack(element, packed_columns(args), {args.x, args.out}, [&](auto type, auto vec) {
    const int lanes = lanes_for(args.heads * args.width / vec);
    spmm_max_kernel<typename decltype(type)::type, vec>
        <<<blocks_for(rows, lanes), kThreads, 0, stream>>>(args, rows, lanes);
  });
  check_launch("spmm");
}

void spmm_backward(Element element, const SpmmBackwardArgs& args, std::int64_t columns,
                   Stream stream) {
  if (columns == 0 || args.heads == 0) return;
  with_pack(element, packed_columns(args), {args.x, args.grad, args.grad_x},
            [&](auto type, auto vec) {
              using T = typename decltype(type)::type;
              if (args.width > 0) {
                const int lanes = lanes_for(args.heads * args.width / vec);
                grad_x_kernel<T, vec>
                    <<<blocks_for(columns, lanes), kThreads, 0, stream>>>(args, columns, lanes);
              }
              if (args.grad_weight != nullptr) {
                const int lanes = lanes_for(args.width / vec);
                grad_weight_kernel<T, vec>
                    <<<blocks_for(columns * args.heads, lanes), kThreads, 0, stream>>>(
                        args, columns, lanes);
              }
            });
  check_launch("spmm");
}

void gather(Element element, const GatherArgs& args, std::int64_t rows, Stream stream) {
  if (rows == 0 || args.heads * args.width == 0) return;
  with_pack(element, packed_columns(args), {args.x, args.out}, [&](auto type, auto vec) {
    const int lanes = lanes_for(args.heads * args.width / vec);
    gather_kernel<typename decltype(type)::type, vec>
        <<<blocks_for(rows, lanes), kThreads, 0, stream>>>(args, rows, lanes);
  });
  check_launch("edge_gather");
}

}  // namespace roadgnn::gnn::ops::detail::cuda
