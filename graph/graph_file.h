// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include <roadgnn/graph/road_graph.h>
#include <roadgnn/graph/section_file.h>

namespace roadgnn::graph {

/// Writes a city file: magic number, version, section table with checksums, arrays aligned to 64
/// bytes, little-endian. Written to a temporary name beside `path`, flushed and renamed. Throws
/// Error where the disk refuses.
void save(const RoadGraph& graph, const std::filesystem::path& path);

/// Maps a city file. Throws InputError for a file that is damaged, truncated, foreign or of a newer
/// version.
std::shared_ptr<const RoadGraph> open(const std::filesystem::path& path);

/// The two halves of these, for those who keep more in a city file: the graph's sections are added
/// to a writer (which the graph must outlive) and read from a file. Reading verifies the graph (see
/// check_graph).
void add_sections(SectionWriter& writer, const RoadGraph& graph);
RoadGraph read_graph(const SectionReader& file);

}  // namespace roadgnn::graph
