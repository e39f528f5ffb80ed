// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Runs every CPU kernel of every instruction set on arrays of exactly the size they need, so that
// AddressSanitizer sees each element read or written outside. Links no LibTorch, which does not
// run under the sanitizer. Results are checked by kernels_test.cpp. Built by
// tests/sanitize_kernels.sh.

#include <roadgnn/gnn/ops/cpu/kernels.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <random>
#include <vector>

namespace roadgnn::gnn::ops::detail {
namespace {

constexpr std::int64_t kRows = 23, kColumns = 31;
constexpr std::size_t kElementSize[] = {8, 4, 2, 2};

/// The bytes of an array.
using Bytes = std::vector<unsigned char>;

struct Graph {
  std::vector<std::int32_t> first_out{0}, head, t_first_out, t_head, t_edge;

  explicit Graph(unsigned seed) {
    std::mt19937 random(seed);
    for (std::int64_t v = 0; v < kRows; ++v) {
      const bool dense = v == kRows / 2;
      const std::int64_t degree = dense ? 75 : random() % 4;
      for (std::int64_t i = 0; i < degree; ++i)
        head.push_back(static_cast<std::int32_t>(random() % kColumns));
      first_out.push_back(static_cast<std::int32_t>(head.size()));
    }
    t_first_out.push_back(0);
    for (std::int32_t u = 0; u < kColumns; ++u) {
      for (std::size_t v = 0; v < kRows; ++v) {
        for (std::int32_t e = first_out[v]; e < first_out[v + 1]; ++e) {
          if (head[static_cast<std::size_t>(e)] != u) continue;
          t_head.push_back(static_cast<std::int32_t>(v));
          t_edge.push_back(e);
        }
      }
      t_first_out.push_back(static_cast<std::int32_t>(t_head.size()));
    }
    for (auto* array : {&first_out, &head, &t_first_out, &t_head, &t_edge}) array->shrink_to_fit();
  }
  std::int64_t edges() const { return static_cast<std::int64_t>(head.size()); }
};

IndexArray index(const std::vector<std::int32_t>& array) {
  return {array.data(), false};
}

/// One element type, number of heads and width.
class Run {
 public:
  Run(const Kernels& kernels, int type, std::int64_t heads, std::int64_t width, const Graph& graph)
      : kernels_(kernels), type_(type), heads_(heads), width_(width), graph_(graph) {}

  void all() const {
    for (const bool mean : {false, true}) sums(mean);
    for (const bool weighted : {false, true}) maxima(weighted);
    softmax();
    for (int biases = 0; biases < 3; ++biases) attention(biases);
  }

 private:
  /// The same number everywhere.
  Bytes values(std::int64_t count) const {
    Bytes bytes(static_cast<std::size_t>(count) * kElementSize[type_]);
    const double wide = 0.37;
    const float narrow = 0.37F;
    const std::uint16_t bfloat = 0x3ebd, half = 0x35ec;
    const void* value[] = {&wide, &narrow, &bfloat, &half};
    for (std::size_t at = 0; at < bytes.size(); at += kElementSize[type_])
      std::memcpy(bytes.data() + at, value[type_], kElementSize[type_]);
    return bytes;
  }
  Bytes rows() const { return values(kRows * heads_ * width_); }
  Bytes columns() const { return values(kColumns * heads_ * width_); }
  Bytes scores() const { return values(graph_.edges() * heads_); }

  void sums(bool mean) const {
    const Bytes x = columns(), grad = rows(), weight = scores(), edge_x = edge_rows();
    Bytes out = rows(), grad_x = columns(), grad_weight = scores(), by_edge = edge_rows();
    SpmmArgs sum{.first_out = index(graph_.first_out), .head = index(graph_.head)};
    sum.weight = weight.data();
    sum.x = x.data();
    sum.out = out.data();
    sum.heads = heads_;
    sum.width = width_;
    sum.mean = mean;
    sum.accumulate = mean;
    sum.stream = true;
    kernels_.spmm(sum, 0, kRows);

    SpmmBackwardArgs back{.t_first_out = index(graph_.t_first_out),
                          .t_head = index(graph_.t_head),
                          .t_edge = index(graph_.t_edge),
                          .first_out = index(graph_.first_out)};
    back.weight = mean ? nullptr : weight.data();
    back.x = x.data();
    back.grad = grad.data();
    back.grad_x = grad_x.data();
    back.grad_weight = mean ? nullptr : grad_weight.data();
    back.heads = heads_;
    back.width = width_;
    back.mean = mean;
    kernels_.spmm_backward(back, 0, kColumns);

    SddmmArgs dot{.first_out = index(graph_.first_out), .head = index(graph_.head)};
    dot.a = grad.data();
    dot.b = x.data();
    dot.edge_feature = mean ? nullptr : edge_x.data();
    dot.out = grad_weight.data();
    dot.heads = heads_;
    dot.width = width_;
    kernels_.sddmm(dot, 0, kRows);

    GatherArgs gather{.first_out = index(graph_.t_first_out), .edge = index(graph_.t_edge)};
    gather.weight = weight.data();
    gather.x = x.data();
    gather.out = by_edge.data();
    gather.heads = heads_;
    gather.width = width_;
    kernels_.gather(gather, 0, kColumns);
  }

  void maxima(bool weighted) const {
    const Bytes x = columns(), grad = rows(), weight = scores();
    Bytes out = rows(), grad_x = columns(), grad_weight = scores();
    std::vector<std::int32_t> arg(static_cast<std::size_t>(kRows * heads_ * width_));
    SpmmArgs max{.first_out = index(graph_.first_out), .head = index(graph_.head)};
    max.weight = weighted ? weight.data() : nullptr;
    max.x = x.data();
    max.out = out.data();
    max.arg = arg.data();
    max.heads = heads_;
    max.width = width_;
    kernels_.spmm_max(max, 0, kRows);

    SpmmBackwardArgs back{.t_first_out = index(graph_.t_first_out),
                          .t_head = index(graph_.t_head),
                          .t_edge = index(graph_.t_edge),
                          .first_out = index(graph_.first_out)};
    back.arg = arg.data();
    back.weight = weighted ? weight.data() : nullptr;
    back.x = x.data();
    back.grad = grad.data();
    back.grad_x = grad_x.data();
    back.grad_weight = weighted ? grad_weight.data() : nullptr;
    back.heads = heads_;
    back.width = width_;
    kernels_.spmm_max_backward(back, 0, kColumns);
  }

  void softmax() const {
    const Bytes in = scores();
    Bytes out = scores();
    SoftmaxArgs args{.first_out = index(graph_.first_out)};
    args.in = in.data();
    args.out = out.data();
    args.heads = heads_;
    kernels_.softmax(args, 0, kRows);
    args.grad = in.data();
    kernels_.softmax_backward(args, 0, kRows);
  }

  void attention(int biases) const {
    const Bytes q = rows(), k = columns(), v = columns(), grad = rows();
    const Bytes bias = biases == 1 ? values(graph_.edges()) : scores();
    Bytes out = rows(), grad_q = rows(), grad_score = scores(), p = scores();
    std::vector<double> wide(static_cast<std::size_t>(kRows * heads_));
    std::vector<float> narrow(wide.size());
    AttentionArgs args{.first_out = index(graph_.first_out), .head = index(graph_.head)};
    args.q = q.data();
    args.k = k.data();
    args.v = v.data();
    args.bias = biases == 0 ? nullptr : bias.data();
    args.bias_heads = biases == 2 ? heads_ : 1;
    args.out = out.data();
    args.lse = type_ == 0 ? static_cast<void*>(wide.data()) : narrow.data();
    args.heads = heads_;
    args.width = width_;
    kernels_.attention(args, 0, kRows);

    AttentionBackwardArgs back{.forward = args};
    back.grad = grad.data();
    back.grad_q = grad_q.data();
    back.grad_score = grad_score.data();
    back.p = p.data();
    kernels_.attention_backward(back, 0, kRows);
  }

  Bytes edge_rows() const { return values(graph_.edges() * heads_ * width_); }

  const Kernels& kernels_;
  int type_;
  std::int64_t heads_, width_;
  const Graph& graph_;
};

int run_all() {
  const std::pair<std::int64_t, std::int64_t> shapes[] = {
      {1, 128}, {8, 16},  {2, 64},  {4, 32}, {1, 1},  {1, 19}, {3, 5},  {16, 4},
      {2, 8},   {1, 300}, {2, 200}, {20, 3}, {4, 16}, {1, 16}, {8, 32}, {16, 8}};
  const Graph graph(3);
  int sets = 0;
  for (const KernelSet* set : {&reference_kernels(), avx2_kernels(), avx512_kernels()}) {
    if (set == nullptr) continue;
    ++sets;
    for (int type = 0; type < 4; ++type) {
      for (const auto& [heads, width] : shapes) Run(set->of[type], type, heads, width, graph).all();
    }
    std::printf("%s: nothing found\n", set->name);
  }
  return sets == 0;
}

}  // namespace
}  // namespace roadgnn::gnn::ops::detail

int main() {
  return roadgnn::gnn::ops::detail::run_all();
}
