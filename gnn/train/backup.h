// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace roadgnn::gnn::train {

/// Copies checkpoints to object storage with rclone while training goes on. Where to and with which
/// keys is rclone's own configuration (S3, OSS, a disk, ...): its file or RCLONE_CONFIG_*
/// variables. Safe to call from several threads.
class Backup {
 public:
  /// `remote` as rclone names it, such as "s3:bucket/run-7". Throws Error where rclone is not
  /// installed or cannot reach the remote.
  explicit Backup(std::string remote);

  /// Waits for the copy at hand; those that wait are dropped.
  ~Backup();
  Backup(const Backup&) = delete;
  Backup& operator=(const Backup&) = delete;

  /// Has the file copied, as it is now, under its own name, and returns at once. Of several
  /// versions that wait, the newest is copied. Beside the file lies a link `.NAME.backup`
  /// meanwhile.
  void copy(const std::filesystem::path& file);

  /// Waits until everything is copied. Throws Error, with rclone's reason, where the last copy of a
  /// file failed since the last call.
  void finish();

 private:
  void run();
  std::optional<std::string> transfer(const std::filesystem::path& file) const;

  std::string remote_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::filesystem::path> waiting_;
  std::optional<std::filesystem::path> at_hand_;
  std::optional<std::string> failure_;
  bool stopping_ = false;
  std::thread worker_;
};

}  // namespace roadgnn::gnn::train
