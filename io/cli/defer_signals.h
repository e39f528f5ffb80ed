// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>

namespace roadgnn::cli {

/// While it lives, Ctrl-C and termination wait: for the short time in which a file is written
/// beside its place, so that nothing is left there. The program then ends by the signal.
class DeferSignals {
 public:
  DeferSignals() {
    pending() = 0;
    struct sigaction note {};
    note.sa_handler = [](int signal) { pending() = signal; };
    sigemptyset(&note.sa_mask);
    note.sa_flags = SA_RESTART;
    ::sigaction(SIGINT, &note, &interrupt_);
    ::sigaction(SIGTERM, &note, &terminate_);
  }

  ~DeferSignals() {
    ::sigaction(SIGINT, &interrupt_, nullptr);
    ::sigaction(SIGTERM, &terminate_, nullptr);
    if (pending() != 0) std::raise(pending());
  }

  DeferSignals(const DeferSignals&) = delete;
  DeferSignals& operator=(const DeferSignals&) = delete;

 private:
  static volatile std::sig_atomic_t& pending() {
    static volatile std::sig_atomic_t signal = 0;
    return signal;
  }

  struct sigaction interrupt_ {
  }, terminate_{};
};

}  // namespace roadgnn::cli
