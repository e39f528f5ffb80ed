// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// The route model on made-up city days: features, encoder, decoder, the whole, training steps, and
// full attention beside bare scaled_dot_product_attention. Run it as
//
//     export GLIBC_TUNABLES=glibc.malloc.mmap_threshold=8589934592
//     GLIBC_TUNABLES+=:glibc.malloc.trim_threshold=17179869184
//     models_bench --benchmark_filter=score
//
// peak_MB is that of the process so far, the day and its features included: one benchmark a run.
// Of a training step step_MB is how much the process grew by, code and caches of the libraries
// included, tensors_MB what its tensors took.
// ROADGNN_BENCH_CITY names a city file for the road encoder.

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <benchmark/benchmark.h>
#include <c10/core/Allocator.h>
#include <c10/util/ThreadLocalDebugInfo.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <memory>

#include <roadgnn/gnn/models/route_model.h>
#include <roadgnn/gnn/train/mixed_precision.h>
#include <roadgnn/graph/graph_file.h>
#include <torch/optim/adamw.h>

#include "../../tests/decode/random_problem.h"

namespace roadgnn::gnn::models {
namespace {

struct Day {
  decode::testing::CityDay city;
  graph::CandidateGraph candidates;

  explicit Day(std::int32_t orders, std::int32_t k = 32)
      : city(decode::testing::city_day(1, orders)),
        candidates(city.travel_times.candidates(0, k, 2)) {}

  DayTensors tensors(int threads = 1, bool transpose = false) const {
    return make_day_tensors(city.problem, city.travel_times, 0, candidates, {},
                            {threads, transpose});
  }
};

/// About 50,000 stops: every tenth order has two.
const Day& large_day() {
  static const Day day(45'500);
  return day;
}

double peak_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

/// What the process has in memory now.
double resident_mb() {
  std::int64_t size = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return static_cast<double>(resident) * 4096 / (1 << 20);
}

void report(benchmark::State& state, const DayTensors& day) {
  state.counters["peak_MB"] = peak_mb();
  state.counters["stops"] = static_cast<double>(day.num_stops());
  state.counters["edges"] = static_cast<double>(day.num_edges());
}

/// Counts what tensors of this thread have in memory while it lives; least disturbed by what the
/// allocator and the libraries keep for themselves.
class TensorMemory : public c10::MemoryReportingInfoBase {
 public:
  void reportMemoryUsage(void*, std::int64_t bytes, std::size_t, std::size_t,
                         c10::Device) override {
    now_ += bytes;
    peak_ = std::max(peak_, now_);
  }
  bool memoryProfilingEnabled() const override { return true; }
  double peak_mb() const { return static_cast<double>(peak_) / (1 << 20); }

 private:
  std::int64_t now_ = 0, peak_ = 0;
};

void features(benchmark::State& state) {
  DayTensors day;

  for (auto _ : state) day = large_day().tensors(static_cast<int>(state.range(0)));

  report(state, day);
}

void attention_graph(benchmark::State& state) {
  at::set_num_threads(static_cast<int>(state.range(0)));
  const at::NoGradGuard no_grad;
  const DayTensors day = large_day().tensors();
  const RouteModel model;

  for (auto _ : state) benchmark::DoNotOptimize(model->stop_encoder->attention_graph(day));

  report(state, day);
}

void encode(benchmark::State& state) {
  at::set_num_threads(static_cast<int>(state.range(0)));
  const at::NoGradGuard no_grad;
  const DayTensors day = large_day().tensors();
  RouteModel model;
  model->eval();
  const auto graph = model->stop_encoder->attention_graph(day);
  const at::Tensor road = model->road_encoder->stand_in_for(day.num_stops());

  for (auto _ : state) benchmark::DoNotOptimize(model->stop_encoder->forward(day, road, graph));

  report(state, day);
}

void decode_edges(benchmark::State& state) {
  at::set_num_threads(static_cast<int>(state.range(0)));
  const at::NoGradGuard no_grad;
  const DayTensors day = large_day().tensors();
  RouteModel model;
  const at::Tensor stops = at::randn({day.num_stops(), model->options.stops.width});

  for (auto _ : state) benchmark::DoNotOptimize(model->decoder(stops, day));

  report(state, day);
}

void score(benchmark::State& state) {
  at::set_num_threads(static_cast<int>(state.range(0)));
  const at::NoGradGuard no_grad;
  const DayTensors day = large_day().tensors();
  RouteModel model;
  model->eval();

  for (auto _ : state) benchmark::DoNotOptimize(model->forward(day));

  report(state, day);
}

/// 100,000 stops with the 64 nearest both ways, features and scores.
void score_large(benchmark::State& state) {
  at::set_num_threads(1);
  const at::NoGradGuard no_grad;
  const Day large(91'000, 64);
  RouteModel model;
  model->eval();
  DayTensors day;

  for (auto _ : state) {
    day = large.tensors();
    benchmark::DoNotOptimize(model->forward(day));
  }

  report(state, day);
}

void encode_roads(benchmark::State& state) {
  const char* city = std::getenv("ROADGNN_BENCH_CITY");
  if (city == nullptr) {
    state.SkipWithError("ROADGNN_BENCH_CITY names no city file");
    return;
  }
  at::set_num_threads(static_cast<int>(state.range(0)));
  const at::NoGradGuard no_grad;
  const auto graph = graph::open(city);
  RouteModel model;
  model->eval();

  for (auto _ : state) benchmark::DoNotOptimize(model->encode_roads(make_road_tensors(*graph, 0)));

  state.counters["edge_nodes"] = static_cast<double>(graph->turns.num_edge_nodes());
  state.counters["peak_MB"] = peak_mb();
}

/// The attention of a layer, its projections left out, in full over this many stops.
void sdpa(benchmark::State& state) {
  at::set_num_threads(1);
  const at::NoGradGuard no_grad;
  const at::Tensor q = at::randn({1, 8, state.range(0), 16});

  for (auto _ : state) benchmark::DoNotOptimize(at::scaled_dot_product_attention(q, q, q));
}

void full_attention(benchmark::State& state) {
  at::set_num_threads(1);
  const at::NoGradGuard no_grad;
  layers::SelfAttention attention((layers::EncoderLayerOptions()));
  const at::Tensor x = at::randn({state.range(0), 128});

  for (auto _ : state) benchmark::DoNotOptimize(attention(x));
}

void projections(benchmark::State& state) {
  at::set_num_threads(1);
  const at::NoGradGuard no_grad;
  layers::SelfAttention attention((layers::EncoderLayerOptions()));
  const at::Tensor x = at::randn({state.range(0), 128});

  for (auto _ : state) {
    const at::Tensor qkv = at::linear(x, attention->in_proj_weight, attention->in_proj_bias);
    benchmark::DoNotOptimize(attention->out_proj(qkv.slice(1, 0, 128)));
  }
}

/// A region of 2,000 stops: forward, loss, backward, step. Argument: float32, or autocast to
/// bfloat16, or to float16 with a scaled loss.
void train_step(benchmark::State& state) {
  at::set_num_threads(1);
  const DayTensors day = Day(1'820).tensors(1, true);
  RouteModel model;
  const auto graph = model->stop_encoder->attention_graph(day);
  torch::optim::AdamW optimizer(model->parameters(), torch::optim::AdamWOptions(1e-3));
  const at::Tensor wanted = at::rand({day.num_edges()}).lt(0.03).to(at::kFloat);
  const bool half = state.range(0) == 2;
  train::GradScaler scaler({.enabled = half});

  const auto tensors = std::make_shared<TensorMemory>();
  const c10::DebugInfoGuard counts(c10::DebugInfoKind::PROFILER_STATE, tensors);
  const double before = resident_mb();
  for (auto _ : state) {
    optimizer.zero_grad();
    at::Tensor loss;
    {
      const train::AutocastGuard autocast(at::kCPU, half ? at::kHalf : at::kBFloat16,
                                          state.range(0) != 0);
      const RouteScores scores = model->forward(day, {}, graph);
      loss = at::binary_cross_entropy_with_logits(scores.edge.to(at::kFloat), wanted);
    }
    scaler.scale(loss).backward();
    scaler.step(optimizer);
    scaler.update();
  }

  report(state, day);
  state.counters["step_MB"] = peak_mb() - before;
  state.counters["tensors_MB"] = tensors->peak_mb();
}

void with_threads(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(1)->Arg(2)->UseRealTime()->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);
}

BENCHMARK(features)->Apply(with_threads);
BENCHMARK(attention_graph)->Apply(with_threads);
BENCHMARK(encode)->Apply(with_threads);
BENCHMARK(decode_edges)->Apply(with_threads);
BENCHMARK(score)->Apply(with_threads);
BENCHMARK(score_large)->Iterations(1)->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);
BENCHMARK(encode_roads)->Apply(with_threads);
BENCHMARK(sdpa)->Arg(8192)->Unit(benchmark::kMillisecond);
BENCHMARK(full_attention)->Arg(8192)->Unit(benchmark::kMillisecond);
BENCHMARK(projections)->Arg(8192)->Unit(benchmark::kMillisecond);
BENCHMARK(train_step)
    ->Arg(0)
    ->Arg(1)
    ->Arg(2)
    ->Iterations(5)
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace roadgnn::gnn::models
