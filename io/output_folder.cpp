// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/output_folder.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <roadgnn/graph/atomic_file.h>
#include <roadgnn/graph/error.h>

namespace roadgnn::io {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, int error) {
  throw Error(path.string() + ": cannot be written: " + std::strerror(error));
}

void flush_folder(const fs::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

fs::path without_trailing_slash(const fs::path& path) {
  const fs::path normal = fs::absolute(path).lexically_normal();
  return normal.has_filename() ? normal : normal.parent_path();
}

}  // namespace

OutputFolder::OutputFolder(const fs::path& folder) {
  if (folder.empty()) throw InputError("expected a folder to write to, found nothing");
  std::error_code error;
  folder_ = without_trailing_slash(folder);
  if (const fs::path target = fs::canonical(folder_, error); !error) folder_ = target;
  if (fs::exists(folder_, error) && !fs::is_directory(folder_, error)) {
    throw InputError(folder.string() + ": expected a folder to write to, found a file");
  }
  const fs::path parent = folder_.parent_path();
  fs::create_directories(parent, error);
  if (error) fail(parent, error.value());
  if (::access(parent.c_str(), W_OK) != 0) fail(parent, errno);
  if (fs::exists(folder_, error) && ::access(folder_.c_str(), W_OK) != 0) fail(folder_, errno);
}

void OutputFolder::discard() noexcept {
  if (temporary_) temporary_->discard();
}

void OutputFolder::write(const std::string& name, const std::function<void(std::ostream&)>& write) {
  if (!temporary_) temporary_.emplace(folder_, graph::TemporaryPath::Kind::folder);
  graph::write_flushed(temporary_->path() / name, folder_ / name, write);
  names_.push_back(name);
}

void OutputFolder::commit() {
  if (!temporary_) return;
  flush_folder(temporary_->path());
  if (!temporary_->move_to_target()) {
    // The target is there and not empty: one file after the other.
    if (errno != ENOTEMPTY && errno != EEXIST) fail(folder_, errno);
    for (const std::string& name : names_) {
      if (::rename((temporary_->path() / name).c_str(), (folder_ / name).c_str()) != 0)
        fail(folder_ / name, errno);
    }
    temporary_->discard();
    flush_folder(folder_);
  }
  flush_folder(folder_.parent_path());
}

}  // namespace roadgnn::io
