// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/train/backup.h>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include <roadgnn/graph/error.h>

namespace roadgnn::gnn::train {
namespace {

// What it copies from: a link, so that a checkpoint which replaces the file changes nothing of it.
std::filesystem::path link_of(const std::filesystem::path& file) {
  return file.parent_path() / ('.' + file.filename().string() + ".backup");
}

/// Runs rclone; the last line of what it complains of, nothing if it succeeds.
std::optional<std::string> rclone(std::vector<std::string> arguments) {
  int complaints[2];
  if (pipe2(complaints, O_CLOEXEC) != 0) return std::strerror(errno);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, complaints[1], STDERR_FILENO);
  // In a group of its own: Ctrl-C ends the training, not the copy of its last checkpoint.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  std::string program = "rclone";
  std::vector<char*> words = {program.data()};
  for (std::string& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  pid_t child = 0;
  const int refused =
      posix_spawnp(&child, program.c_str(), &actions, &attributes, words.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  close(complaints[1]);
  std::string text;
  char buffer[4096];
  for (ssize_t size = 0; (size = read(complaints[0], buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(size));
  }
  close(complaints[0]);
  if (refused != 0) return std::string("rclone cannot be started: ") + std::strerror(refused);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return std::nullopt;
  while (text.ends_with('\n')) text.pop_back();
  return text.empty() ? "rclone failed without a word" : text.substr(text.rfind('\n') + 1);
}

}  // namespace

Backup::Backup(std::string remote) : remote_(std::move(remote)) {
  if (remote_.find(':') == std::string::npos && !remote_.starts_with('/')) {
    throw InputError("backup: expected REMOTE:PATH as rclone names it, found '" + remote_ + "'");
  }
  if (const auto failure = rclone({"mkdir", "--retries=1", "--low-level-retries=2", remote_})) {
    throw Error("backup to " + remote_ + ": " + *failure);
  }
  worker_ = std::thread([this] { run(); });
}

Backup::~Backup() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  worker_.join();
  std::error_code ignored;
  for (const auto& file : waiting_) std::filesystem::remove(link_of(file), ignored);
}

void Backup::copy(const std::filesystem::path& file) {
  const std::lock_guard lock(mutex_);
  // The link of the copy at hand keeps what it opened: a new one takes its name.
  const auto fresh = link_of(file).string() + ".new";
  std::error_code error;
  std::filesystem::remove(fresh, error);
  std::filesystem::create_hard_link(file, fresh, error);
  if (!error) std::filesystem::rename(fresh, link_of(file), error);
  if (error) {
    failure_ = file.string() + ": " + error.message();
    return;
  }
  if (std::find(waiting_.begin(), waiting_.end(), file) == waiting_.end()) waiting_.push_back(file);
  changed_.notify_all();
}

void Backup::finish() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return waiting_.empty() && !at_hand_; });
  if (!failure_) return;
  const std::string reason = *std::exchange(failure_, std::nullopt);
  throw Error("backup to " + remote_ + ": " + reason);
}

void Backup::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return;
    at_hand_ = waiting_.front();
    waiting_.pop_front();
    const std::filesystem::path file = *at_hand_;
    lock.unlock();
    const auto failure = transfer(file);
    lock.lock();
    at_hand_.reset();
    if (failure) failure_ = file.filename().string() + ": " + *failure;
    const bool again = std::find(waiting_.begin(), waiting_.end(), file) != waiting_.end();
    if (!failure && !again) failure_.reset();
    std::error_code ignored;
    if (!again) std::filesystem::remove(link_of(file), ignored);
    changed_.notify_all();
  }
}

std::optional<std::string> Backup::transfer(const std::filesystem::path& file) const {
  const char* const separator = remote_.ends_with(':') || remote_.ends_with('/') ? "" : "/";
  return rclone({"copyto", link_of(file).string(), remote_ + separator + file.filename().string()});
}

}  // namespace roadgnn::gnn::train
