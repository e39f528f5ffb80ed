// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/temporary_path.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include <roadgnn/graph/error.h>

namespace roadgnn::graph {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMark = ".roadgnn-tmp-";

fs::path folder_of(const fs::path& target) {
  return target.has_parent_path() ? target.parent_path() : fs::path(".");
}

int open_and_lock(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (descriptor < 0) return -1;
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return descriptor;
  ::close(descriptor);
  return -1;
}

// Whether the name still leads to what is open.
bool is_at(int descriptor, const fs::path& path) {
  struct stat open {
  }, named{};
  return ::fstat(descriptor, &open) == 0 && ::stat(path.c_str(), &named) == 0 &&
         open.st_dev == named.st_dev && open.st_ino == named.st_ino;
}

void remove_abandoned(const fs::path& target) {
  const std::string mark = target.filename().string() + kMark;
  std::error_code error;
  fs::directory_iterator entry(folder_of(target), error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    if (!entry->path().filename().string().starts_with(mark)) continue;
    const int descriptor = open_and_lock(entry->path());
    if (descriptor < 0) continue;
    std::error_code ignored;
    fs::remove_all(entry->path(), ignored);
    ::close(descriptor);
  }
}

// False where the name is taken.
bool make_empty(const fs::path& path, TemporaryPath::Kind kind) {
  if (kind == TemporaryPath::Kind::folder) return ::mkdir(path.c_str(), 0777) == 0;
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor >= 0) ::close(descriptor);
  return descriptor >= 0;
}

}  // namespace

TemporaryPath::TemporaryPath(const fs::path& target, Kind kind) : target_(target) {
  std::error_code ignored;
  if (!fs::is_directory(folder_of(target), ignored)) {
    throw InputError(target.string() + ": cannot be written: there is no folder " +
                     folder_of(target).string());
  }
  remove_abandoned(target);
  const std::string name = target.string() + kMark + std::to_string(::getpid());
  for (int attempt = 0; descriptor_ < 0; ++attempt) {
    path_ = name + "-" + std::to_string(attempt);
    if (!make_empty(path_, kind)) {
      if (errno == EEXIST) continue;
      throw Error(target.string() + ": cannot be written: " + std::strerror(errno));
    }
    descriptor_ = open_and_lock(path_);
    // Another process may have taken it for abandoned before it was locked. File systems without
    // locks have none to hold.
    if (descriptor_ < 0) descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor_ >= 0 && !is_at(descriptor_, path_)) {
      ::close(descriptor_);
      descriptor_ = -1;
    }
  }
}

TemporaryPath::~TemporaryPath() {
  discard();
  ::close(descriptor_);
}

bool TemporaryPath::move_to_target() {
  moved_ = ::rename(path_.c_str(), target_.c_str()) == 0;
  return moved_;
}

void TemporaryPath::discard() noexcept {
  std::error_code ignored;
  if (!moved_) fs::remove_all(path_, ignored);
}

}  // namespace roadgnn::graph
