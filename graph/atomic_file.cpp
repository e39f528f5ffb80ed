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

namespace roadgnn::graph {
namespace {

[[noreturn]] void fail_to_write(const std::filesystem::path& path) {
  throw Error(path.string() + ": cannot be written: " + std::strerror(errno != 0 ? errno : EIO));
}

}  // namespace

void write_atomically(const std::filesystem::path& path,
                      const std::function<void(std::ostream&)>& write) {
  const std::filesystem::path temporary = path.string() + ".tmp" + std::to_string(::getpid());
  try {
    errno = 0;
    {
      std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
      if (!out) fail_to_write(path);
      write(out);
      out.flush();
      if (!out) fail_to_write(path);
    }
    const int descriptor = ::open(temporary.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) fail_to_write(path);
    const bool synced = ::fsync(descriptor) == 0;
    ::close(descriptor);
    if (!synced || ::rename(temporary.c_str(), path.c_str()) != 0) fail_to_write(path);
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
}

}  // namespace roadgnn::graph
