// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Checks the CUDA kernels against the CPU and prints a table of times, on made-up cities and on
// those named:
//   gpu_check [CITY.rgraph ...]
// Needs nothing but the CUDA toolkit, so that it builds on a machine that has a GPU and little
// else. Run by tests/gpu.sh.
#include <cstdio>
#include <exception>
#include <memory>
#include <string>

#include <roadgnn/graph/device.h>
#include <roadgnn/graph/error.h>
#include <roadgnn/tests/gpu/report.h>
#include <roadgnn/tests/gpu/synthetic_city.h>
#ifdef ROADGNN_HAS_CITY_FILES
#include <roadgnn/graph/graph_file.h>
#endif

namespace {

using namespace roadgnn::graph;

constexpr int kNoDevice = 77;  // what CTest is told to read as "skipped"

std::shared_ptr<const RoadGraph> open_city(const std::string& path) {
#ifdef ROADGNN_HAS_CITY_FILES
  auto city = open(path);
  if (!city->hierarchy) throw roadgnn::Error(path + " has no hierarchy: import it again");
  return city;
#else
  throw roadgnn::Error("cannot open " + path +
                       ": city files need xxhash.h (name its folder by XXHASH_INCLUDE_DIR)");
#endif
}

int run(int num_cities, char** cities) {
  const auto device = find_device();
  if (!device) {
    std::printf("skipped: no CUDA device, or built without CUDA\n");
    return kNoDevice;
  }
  std::printf("%s, %.0f GiB\n", device->name.c_str(),
              static_cast<double>(device->memory_bytes) / (1 << 30));
  testing::Report report;
  testing::check_csr(report);
  testing::check_router(report, "made-up town", testing::synthetic_city(4, 1));
  testing::check_router(report, "made-up city", testing::synthetic_city(16, 1));
  for (int i = 0; i < num_cities; ++i) {
    testing::check_router(report, cities[i], open_city(cities[i]));
  }
  return report.all_equal() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc - 1, argv + 1);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "gpu_check: %s\n", error.what());
    return 1;
  }
}
