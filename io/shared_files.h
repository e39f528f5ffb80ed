// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace roadgnn::io {

/// Where a file or folder that comes with roadgnn lies, such as "profiles" or "coquimbo.osm.pbf":
/// below the folder named by the environment variable ROADGNN_SHARE, else in ../share/roadgnn
/// beside the running program (so an installed tree may be moved, and the build tree looks the
/// same), else below the prefix that the library was configured for. Throws Error that names the
/// places looked at where it is in none of them.
std::filesystem::path shared_file(const std::filesystem::path& name);

/// The same, empty where it is in none of them.
std::filesystem::path find_shared_file(const std::filesystem::path& name);

}  // namespace roadgnn::io
