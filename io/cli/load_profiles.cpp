// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/cli/load_profiles.h>

#include <cstdlib>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/osm/builtin_profiles.h>
#include <roadgnn/io/shared_files.h>

namespace roadgnn::cli {
namespace {

std::filesystem::path shipped_folder() {
  try {
    return io::shared_file("profiles");
  } catch (const Error&) {
    return {};
  }
}

}  // namespace

std::vector<io::Profile> load_profiles(const std::filesystem::path& folder) {
  if (!folder.empty()) return io::Profile::read_folder(folder);
  if (const char* data = std::getenv("ROADGNN_DATA"); data != nullptr && *data != '\0') {
    return io::Profile::read_folder(std::filesystem::path(data) / "profiles");
  }
  if (const auto shipped = shipped_folder(); !shipped.empty())
    return io::Profile::read_folder(shipped);
  std::vector<io::Profile> profiles;
  for (const auto& [name, definition] : io::builtin_profiles()) {
    profiles.push_back(
        io::Profile::parse(std::string(definition), "the built-in profile " + std::string(name)));
  }
  return profiles;
}

}  // namespace roadgnn::cli
