// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Runs every CPU kernel of every instruction set under AddressSanitizer and
// UndefinedBehaviorSanitizer, on random graphs and arrays of exactly the size that they need.
// kernels_test.cpp compares the results; here it counts that nothing else is touched. The kernels
// take plain pointers and are compiled into this program, so LibTorch, which has no sanitized
// build, is not linked.

#include <roadgnn/gnn/ops/cpu/kernels.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <random>
#include <utility>
#include <vector>

#include <c10/util/BFloat16.h>
#include <c10/util/Half.h>

namespace roadgnn::gnn::ops::detail {
namespace {

constexpr std::int64_t kRows = 23, kColumns = 31;
constexpr int kTypes = 4;
constexpr std::int64_t kElementSize[kTypes] = {8, 4, 2, 2};

using Bytes = std::vector<unsigned char>;

/// An index array of int32 or int64, without spare memory behind it.
struct Indices {
  Bytes bytes;
  bool wide = false;

  Indices(const std::vector<std::int64_t>& values, bool is_int64) : wide(is_int64) {
    const std::size_t size = wide ? sizeof(std::int64_t) : sizeof(std::int32_t);
    bytes = Bytes(values.size() * size);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto narrow = static_cast<std::int32_t>(values[i]);
      std::memcpy(bytes.data() + i * size,
                  wide ? static_cast<const void*>(&values[i]) : static_cast<const void*>(&narrow),
                  size);
    }
  }
  IndexArray array() const { return {bytes.data(), wide}; }
};

/// Rows of few entries, some of none, one that is dense, repeated ones among them; and the
/// transpose.
struct Graph {
  std::int64_t edges = 0;
  Indices first_out, head, t_first_out, t_head, t_edge;

  static Graph random(unsigned seed, bool wide, bool any_edges) {
    std::mt19937 random(seed);
    std::vector<std::int64_t> first_out{0}, head, t_first_out{0}, t_head, t_edge;
    const auto dense = static_cast<std::int64_t>(random() % kRows);
    for (std::int64_t v = 0; v < kRows; ++v) {
      const std::int64_t degree = !any_edges ? 0 : v == dense ? 75 : random() % 4;
      for (std::int64_t i = 0; i < degree; ++i) head.push_back(random() % kColumns);
      first_out.push_back(static_cast<std::int64_t>(head.size()));
    }
    for (std::int64_t u = 0; u < kColumns; ++u) {
      for (std::size_t v = 0; v < kRows; ++v) {
        for (std::int64_t e = first_out[v]; e < first_out[v + 1]; ++e) {
          if (head[static_cast<std::size_t>(e)] != u) continue;
          t_head.push_back(static_cast<std::int64_t>(v));
          t_edge.push_back(e);
        }
      }
      t_first_out.push_back(static_cast<std::int64_t>(t_head.size()));
    }
    return {static_cast<std::int64_t>(head.size()),
            {first_out, wide},
            {head, wide},
            {t_first_out, wide},
            {t_head, wide},
            {t_edge, wide}};
  }
};

/// All kernels for one element type, number of heads and width.
class Run {
 public:
  Run(const Kernels& kernels, int type, std::int64_t heads, std::int64_t width, const Graph& graph)
      : kernels_(kernels), type_(type), heads_(heads), width_(width), graph_(graph) {}

  void all() const {
    for (const bool mean : {false, true}) {
      for (const bool weighted : {false, true}) sums(mean, weighted);
      products(mean);
    }
    for (const bool weighted : {false, true}) maxima(weighted);
    softmax();
    for (int biases = 0; biases < 3; ++biases) attention(biases);
  }

 private:
  Bytes values(std::int64_t count) const {
    std::mt19937 random(static_cast<unsigned>(count));
    std::normal_distribution<double> normal;
    Bytes bytes(static_cast<std::size_t>(count * kElementSize[type_]));
    for (std::int64_t i = 0; i < count; ++i) {
      const double wide = normal(random);
      const auto single = static_cast<float>(wide);
      const c10::BFloat16 brain(single);
      const c10::Half half(single);
      const void* value[kTypes] = {&wide, &single, &brain, &half};
      std::memcpy(bytes.data() + i * kElementSize[type_], value[type_],
                  static_cast<std::size_t>(kElementSize[type_]));
    }
    return bytes;
  }
  Bytes rows() const { return values(kRows * heads_ * width_); }
  Bytes columns() const { return values(kColumns * heads_ * width_); }
  Bytes scores() const { return values(graph_.edges * heads_); }
  Bytes edge_rows() const { return values(graph_.edges * heads_ * width_); }

  SpmmBackwardArgs backward_args() const {
    SpmmBackwardArgs args{.t_first_out = graph_.t_first_out.array(),
                          .t_head = graph_.t_head.array(),
                          .t_edge = graph_.t_edge.array(),
                          .first_out = graph_.first_out.array()};
    args.heads = heads_;
    args.width = width_;
    return args;
  }

  void sums(bool mean, bool weighted) const {
    const Bytes x = columns(), grad = rows(), weight = scores();
    Bytes out = rows(), grad_x = columns(), grad_weight = scores();
    SpmmArgs sum{.first_out = graph_.first_out.array(),
                 .head = graph_.head.array(),
                 .edge = {},
                 .degree_of = {}};
    sum.weight = weighted ? weight.data() : nullptr;
    sum.x = x.data();
    sum.out = out.data();
    sum.heads = heads_;
    sum.width = width_;
    sum.mean = mean;
    sum.stream = weighted;
    kernels_.spmm(sum, 0, kRows);
    sum.accumulate = true;
    kernels_.spmm(sum, kRows / 3, kRows);

    // Over the transpose: entries' weights by place, entries counted by their rows' lengths.
    SpmmArgs back = sum;
    back.first_out = graph_.t_first_out.array();
    back.head = graph_.t_head.array();
    back.edge = weighted ? graph_.t_edge.array() : IndexArray();
    back.degree_of = mean ? graph_.first_out.array() : IndexArray();
    back.mean = false;
    back.scale = 0.5;
    back.accumulate = false;
    back.x = grad.data();
    back.out = grad_x.data();
    kernels_.spmm(back, 0, kColumns);

    SpmmBackwardArgs both = backward_args();
    both.weight = weighted ? weight.data() : nullptr;
    both.x = x.data();
    both.grad = grad.data();
    both.grad_x = grad_x.data();
    both.grad_weight = grad_weight.data();
    both.mean = mean;
    both.stream = mean;
    kernels_.spmm_backward(both, 0, kColumns);
    both.x = nullptr;
    both.grad_weight = nullptr;
    kernels_.spmm_backward(both, 0, kColumns);
  }

  void products(bool mean) const {
    const Bytes a = rows(), b = columns(), feature = edge_rows(), weight = scores();
    Bytes out = scores(), by_edge = edge_rows();
    SddmmArgs dot{.first_out = graph_.first_out.array(), .head = graph_.head.array()};
    dot.a = a.data();
    dot.b = b.data();
    dot.edge_feature = mean ? nullptr : feature.data();
    dot.out = out.data();
    dot.heads = heads_;
    dot.width = width_;
    dot.mean = mean;
    kernels_.sddmm(dot, 0, kRows);

    GatherArgs gather{.first_out = graph_.t_first_out.array(), .edge = graph_.t_edge.array()};
    gather.weight = mean ? nullptr : weight.data();
    gather.x = b.data();
    gather.out = by_edge.data();
    gather.heads = heads_;
    gather.width = width_;
    gather.mean = mean;
    gather.stream = mean;
    kernels_.gather(gather, 0, kColumns);
    gather.first_out = graph_.first_out.array();
    gather.edge = {};
    gather.x = a.data();
    kernels_.gather(gather, 0, kRows);
  }

  void maxima(bool weighted) const {
    const Bytes x = columns(), grad = rows(), weight = scores();
    Bytes out = rows(), grad_x = columns(), grad_weight = scores(), by_edge = edge_rows();
    std::vector<std::int32_t> arg(static_cast<std::size_t>(kRows * heads_ * width_));
    SpmmArgs max{.first_out = graph_.first_out.array(),
                 .head = graph_.head.array(),
                 .edge = {},
                 .degree_of = {}};
    max.weight = weighted ? weight.data() : nullptr;
    max.x = x.data();
    max.out = out.data();
    max.heads = heads_;
    max.width = width_;
    kernels_.spmm_max(max, 0, kRows);
    max.arg = arg.data();
    kernels_.spmm_max(max, 0, kRows);

    SpmmBackwardArgs back = backward_args();
    back.arg = arg.data();
    back.weight = max.weight;
    back.x = weighted ? x.data() : nullptr;
    back.grad = grad.data();
    back.grad_x = grad_x.data();
    back.grad_weight = weighted ? grad_weight.data() : nullptr;
    kernels_.spmm_max_backward(back, 0, kColumns);

    GatherArgs winners{.first_out = graph_.first_out.array(), .edge = {}};
    winners.arg = arg.data();
    winners.x = grad.data();
    winners.out = by_edge.data();
    winners.heads = heads_;
    winners.width = width_;
    kernels_.gather(winners, 0, kRows);
  }

  void softmax() const {
    const Bytes in = scores();
    Bytes out = scores();
    SoftmaxArgs args{.first_out = graph_.first_out.array()};
    args.in = in.data();
    args.out = out.data();
    args.heads = heads_;
    kernels_.softmax(args, 0, kRows);
    args.grad = in.data();
    kernels_.softmax_backward(args, 0, kRows);
  }

  void attention(int biases) const {
    const Bytes q = rows(), k = columns(), v = columns(), grad = rows();
    const Bytes bias = values(graph_.edges * (biases == 1 ? 1 : heads_));
    Bytes out = rows(), grad_q = rows(), grad_score = scores(), p = scores();
    Bytes lse(static_cast<std::size_t>(kRows * heads_) *
              (type_ == 0 ? sizeof(double) : sizeof(float)));
    AttentionArgs args{.first_out = graph_.first_out.array(), .head = graph_.head.array()};
    args.q = q.data();
    args.k = k.data();
    args.v = v.data();
    args.bias = biases == 0 ? nullptr : bias.data();
    args.bias_heads = biases == 2 ? heads_ : 1;
    args.scale = 0.3;
    args.out = out.data();
    args.heads = heads_;
    args.width = width_;
    kernels_.attention(args, 0, kRows);
    args.lse = lse.data();
    kernels_.attention(args, 0, kRows);

    AttentionBackwardArgs back{.forward = args};
    back.grad = grad.data();
    back.grad_q = grad_q.data();
    back.grad_score = grad_score.data();
    back.p = p.data();
    kernels_.attention_backward(back, 0, kRows);
  }

  const Kernels& kernels_;
  int type_;
  std::int64_t heads_, width_;
  const Graph& graph_;
};

/// The checks of indices, at lengths about those of a vector.
bool checks_hold(const IndexChecks& checks) {
  for (std::int64_t n = 0; n < 70; ++n) {
    std::vector<std::int64_t> ascending;
    for (std::int64_t i = 0; i <= n; ++i) ascending.push_back(i / 2);
    const Indices narrow(ascending, false), wide(ascending, true);
    const bool fine = checks.ascends_int32(narrow.bytes.data(), n) &&
                      checks.ascends_int64(wide.bytes.data(), n) &&
                      checks.all_below_int32(narrow.bytes.data(), n + 1, n / 2 + 1) &&
                      checks.all_below_int64(wide.bytes.data(), n + 1, n / 2 + 1);
    if (!fine) return false;
  }
  return true;
}

int run_all() {
  const std::pair<std::int64_t, std::int64_t> shapes[] = {
      {1, 128}, {8, 16},  {2, 64},  {4, 32}, {1, 1},  {1, 19}, {3, 5},  {16, 4},
      {2, 8},   {1, 300}, {2, 200}, {20, 3}, {4, 16}, {1, 16}, {8, 32}, {1, 0}};
  const Graph graphs[] = {Graph::random(1, false, true), Graph::random(2, true, true),
                          Graph::random(3, false, true), Graph::random(4, false, false)};
  for (const KernelSet* set : {&reference_kernels(), avx2_kernels(), avx512_kernels()}) {
    if (set == nullptr) continue;
    if (!checks_hold(set->checks)) {
      std::printf("%s: refuses right indices\n", set->name);
      return 1;
    }
    for (const Graph& graph : graphs) {
      for (int type = 0; type < kTypes; ++type) {
        for (const auto& [heads, width] : shapes)
          Run(set->of[type], type, heads, width, graph).all();
      }
    }
    std::printf("%s: nothing found\n", set->name);
  }
  return 0;
}

}  // namespace
}  // namespace roadgnn::gnn::ops::detail

int main() {
  return roadgnn::gnn::ops::detail::run_all();
}
