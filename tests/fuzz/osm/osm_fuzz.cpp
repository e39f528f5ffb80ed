// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Imports whatever bytes there are: an InputError or a network that holds together, nothing else.
// The first byte picks the format and whether there is a bounding box.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <roadgnn/graph/error.h>
#include <roadgnn/io/osm/builtin_profiles.h>
#include <roadgnn/io/osm/import_detail.h>

namespace {

using namespace roadgnn;

void require(bool condition) {
  if (!condition) std::abort();
}

void check(const graph::RoadNetwork& network) {
  const auto num_nodes = static_cast<std::int32_t>(network.nodes.size());
  const auto num_edges = static_cast<std::int32_t>(2 * network.segments.size());
  for (const auto& segment : network.segments) {
    require(segment.from >= 0 && segment.from < num_nodes && segment.to >= 0 &&
            segment.to < num_nodes);
    require(segment.length_cm >= 0);
  }
  for (const auto& profile : network.profiles) {
    for (std::size_t edge = 0; edge < profile.edge_time_ms.size(); ++edge) {
      const bool closed = profile.edge_access[edge] == graph::Access::closed;
      require(closed
                  ? profile.edge_time_ms[edge] == graph::kClosed
                  : profile.edge_time_ms[edge] > 0 && profile.edge_time_ms[edge] < graph::kClosed);
    }
  }
  for (const auto& restriction : network.restrictions) {
    require(restriction.edges.size() >= 2);
    for (const std::int32_t edge : restriction.edges) require(edge >= 0 && edge < num_edges);
  }
}

const io::ImportOptions& options(bool box) {
  const auto make = [](bool with_box) {
    io::ImportOptions result;
    for (const auto& [name, definition] : io::builtin_profiles()) {
      result.profiles.push_back(io::Profile::parse(std::string(definition), std::string(name)));
    }
    result.threads = 1;
    if (with_box) result.bbox = io::BoundingBox{12.9, 51.9, 13.1, 52.1};
    return result;
  };
  static const io::ImportOptions without = make(false), with = make(true);
  return box ? with : without;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  using io::detail::OsmFormat;
  constexpr OsmFormat formats[] = {OsmFormat::pbf, OsmFormat::xml, OsmFormat::xml_gz,
                                   OsmFormat::xml_bz2};
  const std::string_view content(reinterpret_cast<const char*>(data) + 1, size - 1);
  try {
    io::detail::OsmFile file(content, formats[data[0] % 4], "fuzz");
    check(io::detail::import_osm(file, options((data[0] & 4) != 0)));
  } catch (const InputError&) {
  }
  return 0;
}
