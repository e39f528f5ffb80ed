// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <roadgnn/io/osm/import.h>
#include <roadgnn/io/osm/osm_file.h>

namespace roadgnn::io::detail {

/// As io::import_osm, from a file that may lie in memory.
graph::RoadNetwork import_osm(OsmFile& file, const ImportOptions& options,
                              ImportReport* report = nullptr);

}  // namespace roadgnn::io::detail
