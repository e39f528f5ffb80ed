// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <roadgnn/graph/hierarchy.h>
#include <roadgnn/graph/section_file.h>

namespace roadgnn::graph {

/// Adds the hierarchy's arrays to a city file. They must live until the file is written.
void add_sections(SectionWriter& writer, const Hierarchy& hierarchy);

/// The hierarchy of a city file, mapped and validated; null where the file has none. Throws
/// InputError.
std::shared_ptr<const Hierarchy> read_hierarchy(const SectionReader& file, const TurnGraph& turns);

}  // namespace roadgnn::graph
