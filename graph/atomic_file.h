// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <ostream>

namespace roadgnn::graph {

/// Writes a file through a temporary one beside it: `write` fills the stream, then the file is
/// flushed to the disk and renamed, so that readers see the old file or the new one, never a part.
/// The temporary is removed when anything fails, and by the next run where the process was killed.
/// A link is followed; a device or a pipe is written to as it is. Throws InputError for a folder,
/// or a missing one, and Error naming the file where the disk refuses (full, read-only, ...).
void write_atomically(const std::filesystem::path& path,
                      const std::function<void(std::ostream&)>& write);

/// Writes a file in its place and flushes it to the disk. Throws Error naming `shown`, the place
/// where the user will find it, where the disk refuses.
void write_flushed(const std::filesystem::path& path, const std::filesystem::path& shown,
                   const std::function<void(std::ostream&)>& write);

}  // namespace roadgnn::graph
