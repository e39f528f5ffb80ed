// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// roadgnn info: what a city file holds, or what the program was built with.
#include <cstdio>
#include <memory>
#include <string>

#include <roadgnn/graph/device.h>
#include <roadgnn/graph/graph_file.h>
#include <roadgnn/graph/parallel.h>
#include <roadgnn/io/cli/city_figures.h>
#include <roadgnn/io/cli/command.h>

namespace roadgnn::cli {
namespace {

struct Options {
  CommonOptions common;
  std::string city;
};

void print(const nlohmann::ordered_json& result) {
  std::printf("%s\n", result.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

void about_program(const Options& options) {
  const bool cuda = graph::built_with_cuda();
  const auto device = graph::find_device();
  const std::string device_name = device ? device->name : "cpu";
  const int threads = graph::resolve_threads(0);
  if (options.common.json) {
    print({{"version", ROADGNN_VERSION},
           {"compiler", __VERSION__},
           {"cuda", cuda},
           {"device", device_name},
           {"threads", threads}});
    return;
  }
  std::printf("roadgnn %s\ncompiler %s\nCUDA %s\ndevice %s\n%d threads\n", ROADGNN_VERSION,
              __VERSION__, cuda ? "built in" : "not built in", device_name.c_str(), threads);
}

void about_city(const Options& options) {
  const auto city = graph::open(options.city);
  const CityFigures figures(*city);
  if (options.common.json) {
    print(figures.json());
    return;
  }
  std::printf("%s%s\n", figures.text().c_str(), figures.provenance.c_str());
}

}  // namespace

void add_info_command(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("info", "Say what a city file holds, or what this program was built with");
  command->add_option("CITY", options->city, "A city file");
  add_json_option(*command, options->common);
  command->callback(
      [options] { options->city.empty() ? about_program(*options) : about_city(*options); });
}

}  // namespace roadgnn::cli
