// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace roadgnn::graph {

/// A file or folder beside `target`, made empty, to write into before it takes the target's place.
/// It is locked while this lives and removed in the end unless it was moved. What killed processes
/// left behind for the same target goes first: it is known by its name and by nobody holding its
/// lock.
class TemporaryPath {
 public:
  enum class Kind { file, folder };

  /// Throws InputError where there is no such folder, Error where the disk refuses.
  TemporaryPath(const std::filesystem::path& target, Kind kind);
  ~TemporaryPath();
  TemporaryPath(const TemporaryPath&) = delete;
  TemporaryPath& operator=(const TemporaryPath&) = delete;

  const std::filesystem::path& path() const { return path_; }

  /// Renames it to the target; false and errno where that fails. What is moved stays.
  bool move_to_target();

  /// Removes it now.
  void discard() noexcept;

 private:
  std::filesystem::path target_, path_;
  int descriptor_ = -1;
  bool moved_ = false;
};

}  // namespace roadgnn::graph
