// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/hierarchy_file.h>

namespace roadgnn::graph {
namespace {

template <class AnyHierarchy, class Visit>
void for_each_array(AnyHierarchy& h, const Visit& visit) {
  visit("hierarchy.vertex", h.vertex);
  visit("hierarchy.edge_node", h.edge_node);
  visit("hierarchy.depth", h.depth);
  visit("hierarchy.first_up", h.first_up);
  visit("hierarchy.up_head", h.up_head);
  visit("hierarchy.up_tail", h.up_tail);
  visit("hierarchy.up_depth", h.up_depth);
  visit("hierarchy.first_down", h.first_down);
  visit("hierarchy.down_arc", h.down_arc);
  visit("hierarchy.turn_arc", h.turn_arc);
}

}  // namespace

void add_sections(SectionWriter& writer, const Hierarchy& hierarchy) {
  for_each_array(hierarchy, [&](const char* name, const auto& array) { writer.add(name, array); });
}

std::shared_ptr<const Hierarchy> read_hierarchy(const SectionReader& file, const TurnGraph& turns) {
  if (!file.has("hierarchy.vertex")) return nullptr;
  auto hierarchy = std::make_shared<Hierarchy>();
  for_each_array(*hierarchy, [&](const char* name, SharedArray<std::int32_t>& array) {
    array = file.array<std::int32_t>(name);
  });
  validate(*hierarchy, turns);
  return hierarchy;
}

}  // namespace roadgnn::graph
