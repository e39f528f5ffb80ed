// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Message-passing operators on 1,000,000 nodes of a grid in Hilbert order with 2,500,000 edges, and
// on 50,000 stops with 32 candidates each. GB/s count what has to be read and written once. Beside
// peers: bench/ops_peers.py. Argument: threads.

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include <roadgnn/gnn/ops/ops.h>

namespace roadgnn::gnn::ops {
namespace {

constexpr std::int64_t kWidth = 128;

/// Cell (x, y) of a 2^k grid along the Hilbert curve.
std::int64_t hilbert(std::int64_t x, std::int64_t y, std::int64_t side) {
  std::int64_t place = 0;
  for (std::int64_t s = side / 2; s > 0; s /= 2) {
    const std::int64_t rx = (x & s) > 0, ry = (y & s) > 0;
    place += s * s * ((3 * rx) ^ ry);
    x &= s - 1;
    y &= s - 1;
    if (ry == 0) {
      if (rx == 1) {
        x = s - 1 - x;
        y = s - 1 - y;
      }
      std::swap(x, y);
    }
  }
  return place;
}

/// `edges` random pairs of cells at most `reach` apart, about as many a row.
Adjacency make_graph(std::int64_t nodes, std::int64_t edges, std::int64_t reach) {
  const std::int64_t side = 1 << 10;
  std::mt19937_64 random(1);
  std::vector<std::pair<std::int64_t, std::int64_t>> cells(side * side);
  for (std::int64_t y = 0; y < side; ++y) {
    for (std::int64_t x = 0; x < side; ++x) cells[hilbert(x, y, side)] = {x, y};
  }
  std::vector<std::int64_t> tails(edges);
  for (std::int64_t& tail : tails) tail = static_cast<std::int64_t>(random() % nodes);
  std::sort(tails.begin(), tails.end());
  std::vector<std::int32_t> first_out(nodes + 1), head(edges);
  for (std::int64_t e = 0; e < edges; ++e) {
    ++first_out[tails[e] + 1];
    const auto [x, y] = cells[tails[e]];
    const auto near = [&](std::int64_t at) {
      const auto step = static_cast<std::int64_t>(random() % (2 * reach + 1)) - reach;
      return std::clamp<std::int64_t>(at + step, 0, side - 1);
    };
    head[e] = static_cast<std::int32_t>(std::min(hilbert(near(x), near(y), side), nodes - 1));
  }
  for (std::int64_t v = 0; v < nodes; ++v) first_out[v + 1] += first_out[v];
  return make_adjacency(CsrGraph(at::tensor(first_out), at::tensor(head), {}, nodes));
}

const Adjacency& roads() {
  static const Adjacency graph = make_graph(1'000'000, 2'500'000, 1);
  return graph;
}
const Adjacency& candidates() {
  static const Adjacency graph = make_graph(50'000, 50'000 * 32, 3);
  return graph;
}

void count_bytes(benchmark::State& state, std::int64_t bytes) {
  state.SetBytesProcessed(state.iterations() * bytes);
}

void spmm_forward(benchmark::State& state) {
  at::set_num_threads(static_cast<int>(state.range(0)));
  const c10::InferenceMode guard;
  const at::Tensor x = at::randn({roads().num_rows(), kWidth});
  at::Tensor out = at::zeros_like(x);

  for (auto _ : state) spmm_out(out, roads(), {}, x);

  count_bytes(state, 2 * static_cast<std::int64_t>(x.nbytes()));
}

void spmm_forward_backward(benchmark::State& state) {
  at::set_num_threads(static_cast<int>(state.range(0)));
  const at::Tensor x = at::randn({roads().num_rows(), kWidth}).requires_grad_();
  const at::Tensor weight = at::randn({roads().num_edges()}).requires_grad_();
  const at::Tensor up = at::randn({roads().num_rows(), kWidth});

  for (auto _ : state) {
    x.mutable_grad().reset();
    weight.mutable_grad().reset();
    spmm(roads(), weight, x).backward(up);
  }

  count_bytes(state, 5 * static_cast<std::int64_t>(x.nbytes()));
}

void sddmm_forward(benchmark::State& state) {
  at::set_num_threads(static_cast<int>(state.range(0)));
  const c10::InferenceMode guard;
  const at::Tensor x = at::randn({roads().num_rows(), kWidth});
  at::Tensor out = at::zeros({roads().num_edges()});

  for (auto _ : state) sddmm_out(out, roads(), x, x);

  count_bytes(state, static_cast<std::int64_t>(x.nbytes() + out.nbytes()));
}

void attention_forward(benchmark::State& state) {
  at::set_num_threads(static_cast<int>(state.range(0)));
  const c10::InferenceMode guard;
  const at::Tensor q = at::randn({candidates().num_rows(), 8, 16});
  const at::Tensor bias = at::randn({candidates().num_edges(), 8});
  at::Tensor out = at::zeros_like(q);

  for (auto _ : state) neighbour_attention_out(out, candidates(), q, q, q, bias);

  count_bytes(state, static_cast<std::int64_t>(4 * q.nbytes() + bias.nbytes()));
}

void attention_backward(benchmark::State& state) {
  at::set_num_threads(static_cast<int>(state.range(0)));
  const at::Tensor q = at::randn({candidates().num_rows(), 8, 16}).requires_grad_();
  const at::Tensor up = at::randn({candidates().num_rows(), 8, 16});

  for (auto _ : state) {
    q.mutable_grad().reset();
    neighbour_attention(candidates(), q, q, q).backward(up);
  }
}

void with_threads(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(1)->Arg(2)->UseRealTime()->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);
}

BENCHMARK(spmm_forward)->Apply(with_threads);
BENCHMARK(spmm_forward_backward)->Apply(with_threads);
BENCHMARK(sddmm_forward)->Apply(with_threads);
BENCHMARK(attention_forward)->Apply(with_threads);
BENCHMARK(attention_backward)->Apply(with_threads);

}  // namespace
}  // namespace roadgnn::gnn::ops
