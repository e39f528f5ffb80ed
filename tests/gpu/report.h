// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>

#include <roadgnn/graph/road_graph.h>

namespace roadgnn::graph::testing {

/// Least wall time of five runs in milliseconds, after one that is not counted. What is timed waits
/// for the GPU itself.
inline double best_ms(const std::function<void()>& work) {
  work();
  double best = 1e300;
  for (int i = 0; i < 5; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    const auto end = std::chrono::steady_clock::now();
    best = std::min(best, std::chrono::duration<double, std::milli>(end - begin).count());
  }
  return best;
}

/// Prints a line for each piece of work and remembers whether all were equal.
class Report {
 public:
  void title(const std::string& text) {
    std::printf("\n%s\n%-52s %10s %10s %7s\n", text.c_str(), "", "CPU ms", "GPU ms", "equal");
  }
  void line(const std::string& what, double cpu_ms, double gpu_ms, bool equal) {
    std::printf("%-52s %10.2f %10.2f %7s\n", what.c_str(), cpu_ms, gpu_ms, equal ? "yes" : "NO");
    std::fflush(stdout);
    all_equal_ = all_equal_ && equal;
  }
  bool all_equal() const { return all_equal_; }

 private:
  bool all_equal_ = true;
};

/// Checks and times the building of the CSR.
void check_csr(Report& report);

/// Checks and times the router on a city with a hierarchy: metrics, tables, nearest stops. The CPU
/// uses all its threads.
void check_router(Report& report, const std::string& name,
                  const std::shared_ptr<const RoadGraph>& city);

}  // namespace roadgnn::graph::testing
