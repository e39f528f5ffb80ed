// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Opening a city file that the page cache holds: mapping, checksums and validation. Run as
//   ROADGNN_BENCH_CITY=porto.rgraph build/bin/graph_bench
// with a city file or a map (imported with all profiles); the default is the default city. "Time"
// is the wall clock, "CPU" is that of all threads.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include <roadgnn/graph/graph_file.h>
#include <roadgnn/graph/hierarchy.h>
#include <roadgnn/graph/road_network.h>
#include <roadgnn/io/osm/import.h>

namespace {

using namespace roadgnn;

// A city file for the length of the run; a map is imported into one first.
class CityFile {
 public:
  CityFile() {
    const char* named = std::getenv("ROADGNN_BENCH_CITY");
    path_ = named != nullptr ? named : ROADGNN_SOURCE_DIR "/data/coquimbo.osm.pbf";
    if (path_.extension() == ".rgraph") return;
    io::ImportOptions options;
    options.profiles = io::Profile::read_folder(ROADGNN_SOURCE_DIR "/data/profiles");
    graph::RoadGraph city = graph::build_road_graph(io::import_osm(path_, options));
    city.hierarchy = graph::make_hierarchy(city.turns);
    path_ = std::filesystem::temp_directory_path() /
            ("roadgnn_open_bench_" + std::to_string(::getpid()) + ".rgraph");
    graph::save(city, path_);
    made_ = true;
  }
  ~CityFile() {
    std::error_code ignored;
    if (made_) std::filesystem::remove(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  bool made_ = false;
};

void open_city(benchmark::State& state) {
  static const CityFile city;
  for (auto _ : state) benchmark::DoNotOptimize(graph::open(city.path()));
  state.counters["MB"] = 1e-6 * static_cast<double>(std::filesystem::file_size(city.path()));
}
BENCHMARK(open_city)->MeasureProcessCPUTime()->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
