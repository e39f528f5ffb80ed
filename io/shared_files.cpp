// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/io/shared_files.h>

#include <cstdlib>
#include <string>
#include <system_error>
#include <vector>

#include <roadgnn/graph/error.h>

namespace roadgnn::io {

namespace fs = std::filesystem;

namespace {

std::vector<fs::path> shared_folders() {
  if (const char* chosen = std::getenv("ROADGNN_SHARE"); chosen != nullptr && *chosen != '\0')
    return {chosen};
  std::vector<fs::path> folders;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) folders.push_back(program.parent_path().parent_path() / "share" / "roadgnn");
  folders.emplace_back(ROADGNN_INSTALLED_SHARE);
  return folders;
}

}  // namespace

fs::path find_shared_file(const fs::path& name) {
  std::error_code error;
  for (const fs::path& folder : shared_folders()) {
    if (fs::exists(folder / name, error)) return folder / name;
  }
  return {};
}

fs::path shared_file(const fs::path& name) {
  if (fs::path found = find_shared_file(name); !found.empty()) return found;
  std::string looked_at;
  for (const fs::path& folder : shared_folders())
    looked_at += (looked_at.empty() ? "" : ", ") + folder.string();
  throw Error(name.string() + " comes with roadgnn but is not in " + looked_at +
              "; set ROADGNN_SHARE to the folder that holds it");
}

}  // namespace roadgnn::io
