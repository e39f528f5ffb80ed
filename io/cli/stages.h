// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include <roadgnn/io/cli/command.h>

namespace roadgnn::cli {

/// Wall-clock time by stage of a command, with the stage shown on the progress line.
class Stages {
 public:
  /// Ends the stage before, if there is one.
  void begin(const std::string& key, const std::string& shown);

  /// Changes what is shown of the present stage.
  void show(const std::string& text) { progress_.update(text, -1); }

  void end();

  double total_s() const;

  /// {"KEY_s": seconds, ...}
  nlohmann::ordered_json json() const;

 private:
  using Clock = std::chrono::steady_clock;

  ProgressLine progress_;
  Clock::time_point started_ = Clock::now(), stage_started_;
  std::string key_;
  std::vector<std::pair<std::string, double>> seconds_;
};

/// The most memory this process has held, in MB of 1,000,000 bytes.
double peak_memory_mb();

}  // namespace roadgnn::cli
