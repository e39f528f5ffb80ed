// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <roadgnn/graph/temporary_path.h>

namespace roadgnn::io {

/// Several output files that appear together: they are written into a temporary folder beside the
/// target, flushed to the disk, and moved on `commit`. A new target appears in one step with all
/// its files; in a target that is there already each file is replaced in one step and all others
/// stay. Without a commit nothing remains; what a killed process left is removed by the next one.
class OutputFolder {
 public:
  /// Throws InputError where `folder` is a file, Error where it or its parent cannot be written to.
  /// Makes missing parents.
  explicit OutputFolder(const std::filesystem::path& folder);

  /// Adds a file. Throws Error naming it where the disk refuses.
  void write(const std::string& name, const std::function<void(std::ostream&)>& write);

  /// Moves the files to their place, in the order in which they were added.
  void commit();

  /// Removes the temporary folder, if it is there.
  void discard() noexcept;

  const std::filesystem::path& path() const { return folder_; }

 private:
  std::filesystem::path folder_;
  std::optional<graph::TemporaryPath> temporary_;
  std::vector<std::string> names_;
};

}  // namespace roadgnn::io
