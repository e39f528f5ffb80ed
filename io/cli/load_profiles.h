// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include <roadgnn/io/osm/profile.h>

namespace roadgnn::cli {

/// The vehicle profiles of `folder` (--profiles). Where it is empty: those that io::shared_file
/// finds, else the ones compiled in.
std::vector<io::Profile> load_profiles(const std::filesystem::path& folder);

}  // namespace roadgnn::cli
