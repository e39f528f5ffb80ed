// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/file.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include <roadgnn/graph/error.h>

namespace roadgnn::io {
std::string read_file(const std::filesystem::path& path) {
  errno = 0;
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    throw InputError(path.string() + ": cannot be read: it is a folder");
  }
  std::ifstream in(path, std::ios::binary);
  std::ostringstream content;
  if (in) content << in.rdbuf();
  if (!in && errno != 0)
    throw InputError(path.string() + ": cannot be read: " + std::strerror(errno));
  return std::move(content).str();
}

}  // namespace roadgnn::io
