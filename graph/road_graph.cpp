// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/road_graph.h>

#include <roadgnn/graph/error.h>

namespace roadgnn::graph {

int RoadGraph::profile_index(std::string_view name) const {
  std::string known;
  for (std::size_t i = 0; i < profiles.size(); ++i) {
    if (profiles[i].name == name) return static_cast<int>(i);
    known += (i > 0 ? ", " : "") + profiles[i].name;
  }
  throw InputError("no profile '" + std::string(name) + "' in this city; it has " + known);
}

}  // namespace roadgnn::graph
