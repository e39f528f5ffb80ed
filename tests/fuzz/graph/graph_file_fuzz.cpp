// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
//
// Opens city files. An input's checksums are made right first, so that what they would hide is
// tried as well; a graph that is accepted then has to bear being used.
#include <roadgnn/graph/dijkstra.h>
#include <roadgnn/graph/edge_shape.h>
#include <roadgnn/graph/error.h>
#include <roadgnn/graph/graph_file.h>
#include <roadgnn/graph/hierarchy.h>
#include <roadgnn/graph/router.h>
#include <roadgnn/graph/snapper.h>

#include <cstring>
#include <span>
#include <string>
#include <vector>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace {

using namespace roadgnn::graph;

constexpr std::size_t kBlock = 64;  // bytes of the header and of a table entry, see section_file.h
constexpr std::size_t kSections = 12, kFileSize = 16, kChecksum = 24;           // in the header
constexpr std::size_t kElementSize = 32, kCount = 40, kOffset = 48, kSum = 56;  // in an entry

std::uint64_t get(const std::string& bytes, std::size_t at) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof(value));
  return value;
}
void put(std::string& bytes, std::size_t at, std::uint64_t value) {
  std::memcpy(bytes.data() + at, &value, sizeof(value));
}

void mend(std::string& bytes) {
  if (bytes.size() < kBlock) return;
  std::uint32_t sections = 0;
  std::memcpy(&sections, bytes.data() + kSections, sizeof(sections));
  if (sections > bytes.size() / kBlock - 1) return;
  put(bytes, kFileSize, bytes.size());
  for (std::size_t i = 1; i <= sections; ++i) {
    const std::size_t entry = i * kBlock;
    const std::uint64_t offset = get(bytes, entry + kOffset);
    const std::uint64_t size = get(bytes, entry + kCount) * get(bytes, entry + kElementSize);
    const std::uint64_t padded = (size + kBlock - 1) / kBlock * kBlock;
    if (offset > bytes.size() || padded > bytes.size() - offset) return;
    put(bytes, entry + kSum, XXH3_64bits(bytes.data() + offset, padded));
  }
  put(bytes, kChecksum, 0);
  put(bytes, kChecksum, XXH3_64bits(bytes.data(), (1 + sections) * kBlock));
}

Position middle_of(const RoadGraph& graph, std::int32_t edge) {
  Position position;
  position.sides[0] = {edge, graph.length_cm[static_cast<std::size_t>(edge)] / 2};
  position.num_sides = 1;
  return position;
}

void route(const std::shared_ptr<const RoadGraph>& graph, const Metric& metric) {
  if (!graph->hierarchy || graph->num_edges() == 0) return;
  const Router router(graph);
  const auto prepared = router.prepare(metric);
  const std::vector<Position> ends = {middle_of(*graph, 0),
                                      middle_of(*graph, graph->num_edges() - 1)};
  router.table(*prepared, ends, ends);
  router.oracle({prepared}, {ends});
  router.path(*prepared, ends[0], ends[1]);
}

void use(const std::shared_ptr<const RoadGraph>& graph) {
  for (std::int32_t e = 0; e < graph->num_edges(); ++e) {
    static_cast<void>(graph->name_of_edge(e));
    const EdgeShape shape(*graph, e);
    for (std::int32_t i = 0; i < shape.num_points(); ++i) static_cast<void>(shape[i]);
  }
  for (std::size_t p = 0; p < graph->profiles.size(); ++p) {
    const auto profile = static_cast<int>(p);
    try {
      const Metric metric = make_metric(*graph, profile, Departure{480, 1, 1});
      if (graph->num_edges() > 0) {
        Dijkstra(*graph, metric)
            .run(middle_of(*graph, 0), middle_of(*graph, graph->num_edges() - 1));
      }
      route(graph, metric);
    } catch (const roadgnn::Error&) {
    }
    Snapper(graph, profile).snap(0, 0);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  if (size > 0 && data[size - 1] % 8 != 7) mend(bytes);
  try {
    const auto file =
        SectionReader::from_bytes(std::as_bytes(std::span<const char>(bytes)), "input");
    use(std::make_shared<const RoadGraph>(read_graph(*file)));
  } catch (const roadgnn::Error&) {
  }
  return 0;
}
