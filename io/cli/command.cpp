// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/io/cli/command.h>

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <map>
#include <string>

namespace roadgnn::cli {

void add_json_option(CLI::App& command, CommonOptions& options) {
  command.add_flag("--json", options.json, "Print one JSON object with the figures of the run");
}

void add_threads_option(CLI::App& command, CommonOptions& options) {
  command.add_option("--threads", options.threads, "Threads to use (0: all there are)")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
}

void add_seed_option(CLI::App& command, CommonOptions& options) {
  command.add_option("--seed", options.seed, "Seed of all random choices")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
}

void add_device_option(CLI::App& command, CommonOptions& options) {
  using graph::DeviceChoice;
  const std::map<std::string, DeviceChoice> choices = {
      {"cpu", DeviceChoice::cpu}, {"cuda", DeviceChoice::cuda}, {"auto", DeviceChoice::automatic}};
  command
      .add_option("--device", options.device,
                  "Where tables, nearest stops and scores of the model are computed")
      ->transform(CLI::CheckedTransformer(choices))
      ->default_str("cpu")
      ->option_text("cpu|cuda|auto [cpu]");
}

void add_commands(CLI::App& app, int& status) {
  add_import_command(app);
  add_info_command(app);
  add_path_command(app);
  add_table_command(app);
  add_orders_command(app);
  add_route_command(app);
  add_check_command(app, status);
  add_replay_command(app);
  add_solve_command(app);
  add_score_command(app);
  add_label_command(app);
  add_train_command(app);
}

ProgressLine::ProgressLine() : terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() {
  clear();
}

void ProgressLine::update(const std::string& what, double fraction) {
  if (!terminal_) return;
  const double now =
      std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  if (drawn_ && now - last_s_ < 0.1) return;
  last_s_ = now;
  drawn_ = true;
  if (fraction >= 0) {
    std::fprintf(stderr, "\r\033[K%s %3.0f %%", what.c_str(), 100 * fraction);
  } else {
    std::fprintf(stderr, "\r\033[K%s", what.c_str());
  }
  std::fflush(stderr);
}

void ProgressLine::clear() {
  if (drawn_) std::fputs("\r\033[K", stderr);
  drawn_ = false;
}

}  // namespace roadgnn::cli
