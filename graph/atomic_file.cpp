// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/atomic_file.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>

#include <roadgnn/graph/error.h>
#include <roadgnn/graph/temporary_path.h>

namespace roadgnn::graph {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail_to_write(const fs::path& path) {
  throw Error(path.string() + ": cannot be written: " + std::strerror(errno != 0 ? errno : EIO));
}

void write_to(const fs::path& place, const fs::path& shown,
              const std::function<void(std::ostream&)>& write) {
  errno = 0;
  std::ofstream out(place, std::ios::binary | std::ios::trunc);
  if (!out) fail_to_write(shown);
  out.exceptions(std::ios::badbit | std::ios::failbit);  // or a long writer would go on
  try {
    write(out);
    out.flush();
  } catch (const std::ios::failure&) {
    fail_to_write(shown);
  }
}

}  // namespace

void write_flushed(const fs::path& path, const fs::path& shown,
                   const std::function<void(std::ostream&)>& write) {
  write_to(path, shown, write);
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) fail_to_write(shown);
  const bool flushed = ::fsync(descriptor) == 0;
  ::close(descriptor);
  if (!flushed) fail_to_write(shown);
}

void write_atomically(const fs::path& path, const std::function<void(std::ostream&)>& write) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (fs::is_directory(status)) {
    throw InputError(path.string() + ": expected a file to write to, found a folder");
  }
  if (fs::exists(status) && !fs::is_regular_file(status)) return write_to(path, path, write);

  fs::path target = fs::canonical(path, error);  // a link stays one
  if (error) target = path;
  TemporaryPath temporary(target, TemporaryPath::Kind::file);
  write_flushed(temporary.path(), path, write);
  if (!temporary.move_to_target()) fail_to_write(path);
}

}  // namespace roadgnn::graph
