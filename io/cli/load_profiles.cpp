// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/cli/load_profiles.h>

#include <roadgnn/io/osm/builtin_profiles.h>
#include <roadgnn/io/shared_files.h>

namespace roadgnn::cli {
std::vector<io::Profile> load_profiles(const std::filesystem::path& folder) {
  if (!folder.empty()) return io::Profile::read_folder(folder);
  if (const auto shipped = io::find_shared_file("profiles"); !shipped.empty())
    return io::Profile::read_folder(shipped);
  std::vector<io::Profile> profiles;
  for (const auto& [name, definition] : io::builtin_profiles()) {
    profiles.push_back(
        io::Profile::parse(std::string(definition), "the built-in profile " + std::string(name)));
  }
  return profiles;
}

}  // namespace roadgnn::cli
