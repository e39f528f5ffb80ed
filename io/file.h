// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include <roadgnn/graph/atomic_file.h>

namespace roadgnn::io {

/// The whole file. Throws InputError "PATH: cannot be read: ..." where it is missing, a folder or
/// unreadable.
std::string read_file(const std::filesystem::path& path);

using graph::write_atomically;

}  // namespace roadgnn::io
