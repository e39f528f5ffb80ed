// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <csignal>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace roadgnn::cli {

/// While it lives, the first SIGINT or SIGTERM requests a stop and the second ends the process at
/// once. One at a time.
class Interruption {
 public:
  Interruption();
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  std::stop_token token() const { return source_.get_token(); }

  /// Throws Error if a stop was requested: for stages that have nothing to show yet.
  void throw_if_requested(const char* stage) const;

  /// What to clean up before the second signal ends the process; empty for nothing.
  void set_cleanup(std::function<void()> cleanup);

 private:
  void watch();

  std::stop_source source_;
  std::mutex mutex_;
  std::function<void()> cleanup_;
  std::array<struct sigaction, 2> before_{};
  std::thread watcher_;
};

}  // namespace roadgnn::cli
