// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <span>
#include <vector>

#include <roadgnn/graph/device_router.h>
#include <roadgnn/graph/hierarchy.h>
#include <roadgnn/graph/parallel.h>
#include <roadgnn/graph/router.h>
#include <roadgnn/graph/router_metric.h>
#include <roadgnn/tests/gpu/report.h>
#include <roadgnn/tests/gpu/synthetic_city.h>

namespace roadgnn::graph::testing {
namespace {

// Times and, where asked for, metres of a table.
struct Cells {
  std::vector<std::int32_t> time_ms, length_m;

  Cells(std::size_t rows, std::size_t columns, bool with_lengths)
      : time_ms(rows * columns), length_m(with_lengths ? rows * columns : 0) {}

  void keep(const TableBlock& block) {
    const auto at = static_cast<std::ptrdiff_t>(block.time_ms.size() /
                                                static_cast<std::size_t>(block.num_rows)) *
                    block.first_row;
    std::copy(block.time_ms.begin(), block.time_ms.end(), time_ms.begin() + at);
    std::copy(block.length_m.begin(), block.length_m.end(), length_m.begin() + at);
  }
  friend bool operator==(const Cells&, const Cells&) = default;
};

class RouterCheck {
 public:
  RouterCheck(Report& report, const std::shared_ptr<const RoadGraph>& city)
      : report_(report), city_(city), router_(city), device_router_(city) {}

  void check_metric() {
    const Metric metric = make_metric(*city_, 0);
    const double cpu_ms = best_ms([&] { metric_ = router_.prepare(metric, threads_); });
    const double gpu_ms = best_ms([&] { device_metric_ = device_router_.prepare(metric); });
    const detail::HostWeights weights = detail::download_weights(*device_metric_);
    bool equal = weights.loops == metric_->loops();
    for (std::size_t arc = 0; arc < weights.arcs.size(); ++arc) {
      equal = equal && weights.arcs[arc].up == metric_->up()[arc] &&
              weights.arcs[arc].down == metric_->down()[arc];
    }
    report_.line("new metric, checks and copies included", cpu_ms, gpu_ms, equal);
  }

  void check_table(std::size_t size, bool with_lengths) {
    const std::vector<Position> stops = random_stops(*city_, size, 2);
    const std::string name = std::to_string(size) + " x " + std::to_string(size) +
                             (with_lengths ? " with metres" : " times");
    Cells on_cpu(size, size, with_lengths), on_gpu(size, size, with_lengths);
    const double cpu_ms = best_ms([&] {
      router_.stream_table(*metric_, stops, stops, with_lengths, threads_,
                           [](const TableBlock&) {});
    });
    const double device_ms = best_ms(
        [&] { device_router_.table_on_device(*device_metric_, stops, stops, with_lengths); });
    const double host_ms = best_ms([&] {
      device_router_.stream_table(*device_metric_, stops, stops, with_lengths,
                                  [](const TableBlock&) {});
    });
    router_.stream_table(*metric_, stops, stops, with_lengths, threads_,
                         [&](const TableBlock& block) { on_cpu.keep(block); });
    device_router_.stream_table(*device_metric_, stops, stops, with_lengths,
                                [&](const TableBlock& block) { on_gpu.keep(block); });
    const bool equal = on_cpu == on_gpu;
    report_.line(name + ", in device memory", cpu_ms, device_ms, equal);
    report_.line(name + ", copied to the host", cpu_ms, host_ms, equal);
  }

  void check_nearest(std::size_t size) {
    const std::vector<Position> stops = random_stops(*city_, size, 3);
    const auto oracle = router_.oracle({metric_}, {stops}, threads_);
    CandidateGraph on_cpu, on_gpu;
    const double cpu_ms = best_ms([&] { on_cpu = oracle->candidates(0, 32, threads_); });
    const double gpu_ms =
        best_ms([&] { on_gpu = device_router_.nearest(*device_metric_, stops, 32, threads_); });
    report_.line("32 nearest of " + std::to_string(size) + ", both ways", cpu_ms, gpu_ms,
                 on_cpu.first_out == on_gpu.first_out && on_cpu.head == on_gpu.head &&
                     on_cpu.travel == on_gpu.travel);
  }

 private:
  Report& report_;
  std::shared_ptr<const RoadGraph> city_;
  const int threads_ = resolve_threads(0);
  Router router_;
  DeviceRouter device_router_;
  std::shared_ptr<const PreparedMetric> metric_;
  std::shared_ptr<const DeviceMetric> device_metric_;
};

}  // namespace

void check_router(Report& report, const std::string& name,
                  const std::shared_ptr<const RoadGraph>& city) {
  report.title(name + ": " + std::to_string(city->num_nodes()) + " nodes, " +
               std::to_string(city->num_edges()) + " edges, " +
               std::to_string(city->hierarchy->num_arcs()) + " arcs, height " +
               std::to_string(city->hierarchy->height()) + " (" +
               std::to_string(resolve_threads(0)) + " CPU threads)");
  RouterCheck check(report, city);
  check.check_metric();
  for (const std::size_t size : {1'000, 10'000}) {
    check.check_table(size, false);
    check.check_table(size, true);
  }
  check.check_nearest(10'000);
  check.check_nearest(50'000);
}

}  // namespace roadgnn::graph::testing
