// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include <roadgnn/graph/road_graph.h>

namespace roadgnn::graph {

/// Writes a city file: magic number, version, section table with checksums, arrays aligned to 64 bytes, little-endian.
/// Written to a temporary name beside `path`, flushed and renamed. Throws Error where the disk refuses.
void save(const RoadGraph& graph, const std::filesystem::path& path);

/// Maps a city file. Throws InputError for a file that is damaged, truncated, foreign or of a newer version.
std::shared_ptr<const RoadGraph> open(const std::filesystem::path& path);

}  // namespace roadgnn::graph
