// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/cli/interruption.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>

#include <roadgnn/graph/error.h>

namespace roadgnn::cli {
namespace {

constexpr std::array kSignals = {SIGINT, SIGTERM};

// A handler may do little more than write to a pipe; a thread at its other end does the rest.
int pipe_ends[2] = {-1, -1};

void pass_on(int signal) {
  const int saved = errno;
  const char byte = static_cast<char>(signal);
  [[maybe_unused]] const auto written = ::write(pipe_ends[1], &byte, 1);
  errno = saved;
}

}  // namespace

Interruption::Interruption() {
  if (::pipe2(pipe_ends, O_CLOEXEC) != 0) throw Error("no pipe to be had for signals");
  watcher_ = std::thread([this] { watch(); });
  struct sigaction action {};
  action.sa_handler = pass_on;
  action.sa_flags = SA_RESTART;
  for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &action, &before_[i]);
}

Interruption::~Interruption() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &before_[i], nullptr);
  pass_on(0);
  watcher_.join();
  ::close(pipe_ends[0]);
  ::close(pipe_ends[1]);
}

void Interruption::watch() {
  char signal = 0;
  while (true) {
    const auto got = ::read(pipe_ends[0], &signal, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got != 1 || signal == 0) return;
    if (source_.request_stop()) continue;
    const std::lock_guard lock(mutex_);
    if (cleanup_) cleanup_();
    ::_exit(128 + signal);
  }
}

void Interruption::throw_if_requested(const char* stage) const {
  if (source_.stop_requested()) {
    throw Error("interrupted while " + std::string(stage) + "; nothing was written");
  }
}

void Interruption::set_cleanup(std::function<void()> cleanup) {
  const std::lock_guard lock(mutex_);
  cleanup_ = std::move(cleanup);
}

}  // namespace roadgnn::cli
