// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <string>

#include <roadgnn/graph/device_choice.h>

namespace roadgnn::cli {

/// Options that mean the same in every command that has them.
struct CommonOptions {
  bool json = false;  ///< one object with the figures of the run on standard output
  int threads = 0;    ///< 0: all this process may use
  std::uint64_t seed = 1;
  /// The CPU unless asked for: the kernels agree with it where they are emulated, and have not run
  /// on enough cards yet.
  graph::DeviceChoice device = graph::DeviceChoice::cpu;
};

void add_json_option(CLI::App& command, CommonOptions& options);
void add_threads_option(CLI::App& command, CommonOptions& options);
void add_device_option(CLI::App& command, CommonOptions& options);
void add_seed_option(CLI::App& command, CommonOptions& options);

/// Adds every command to the program. A command's callback sets `status` where it is neither 0 nor
/// an exception.
void add_commands(CLI::App& app, int& status);

/// Each command lives in a source of its own, named after it.
void add_import_command(CLI::App& app);
void add_info_command(CLI::App& app);
void add_path_command(CLI::App& app);
void add_table_command(CLI::App& app);
void add_orders_command(CLI::App& app);
void add_route_command(CLI::App& app);
void add_check_command(CLI::App& app, int& status);
void add_replay_command(CLI::App& app);
void add_solve_command(CLI::App& app);
void add_score_command(CLI::App& app);
void add_label_command(CLI::App& app);
void add_train_command(CLI::App& app);

/// A progress line on standard error: drawn and redrawn on a terminal, silent in a pipe.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// At most ten times a second; `fraction` < 0 where the end is unknown.
  void update(const std::string& what, double fraction);

  /// Removes the line.
  void clear();

 private:
  bool terminal_;
  bool drawn_ = false;
  double last_s_ = 0;
};

}  // namespace roadgnn::cli
