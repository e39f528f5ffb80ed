// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include <roadgnn/graph/error.h>
#include <roadgnn/graph/hierarchy.h>

namespace roadgnn::graph {
namespace {

void require(bool holds, const char* array, const char* expected) {
  if (!holds) {
    throw InputError(std::string("the router's hierarchy is damaged: ") + array + " " + expected);
  }
}

void check_sizes(const Hierarchy& h, const TurnGraph& turns) {
  const std::size_t n = turns.edge.size(), m = h.up_head.size();
  require(m <= INT32_MAX / 2, "up_head", "has more than 2^30 arcs");
  require(h.vertex.size() == n, "vertex", "has not one entry per edge-node");
  require(h.edge_node.size() == n, "edge_node", "has not one entry per edge-node");
  require(h.depth.size() == n, "depth", "has not one entry per vertex");
  require(h.first_up.size() == n + 1, "first_up", "has not one entry per vertex and one more");
  require(h.first_down.size() == n + 1, "first_down", "has not one entry per vertex and one more");
  require(h.up_tail.size() == m, "up_tail", "has not one entry per arc");
  require(h.up_depth.size() == m, "up_depth", "has not one entry per arc");
  require(h.down_arc.size() == m, "down_arc", "has not one entry per arc");
  require(h.turn_arc.size() == turns.turn_head.size(), "turn_arc", "has not one entry per turn");
}

void check_offsets(const SharedArray<std::int32_t>& first, std::size_t last, const char* array) {
  require(first[0] == 0 && static_cast<std::size_t>(first[first.size() - 1]) == last, array,
          "does not run from 0 to the number of arcs");
  require(std::is_sorted(first.begin(), first.end()), array, "is not ascending");
}

void check_upward(const Hierarchy& h, std::int32_t n) {
  for (std::int32_t v = n - 1; v >= 0; --v) {
    const std::int32_t begin = h.first_up[v], end = h.first_up[v + 1];
    std::int32_t previous = v;
    for (std::int32_t arc = begin; arc < end; ++arc) {
      require(h.up_head[arc] > previous && h.up_head[arc] < n, "up_head", "is not ascending");
      require(h.up_tail[arc] == v, "up_tail", "does not name the lower vertex");
      require(h.up_depth[arc] == h.depth[h.up_head[arc]], "up_depth", "differs from depth");
      previous = h.up_head[arc];
    }
    if (begin == end) {
      require(h.depth[v] == 0, "depth", "is not 0 at a root");
      continue;
    }
    const std::int32_t parent = h.up_head[begin];
    require(h.depth[v] == h.depth[parent] + 1, "depth", "is not one below the parent's");
    const auto heads = h.up_head.span();
    require(
        std::includes(heads.begin() + h.first_up[parent], heads.begin() + h.first_up[parent + 1],
                      heads.begin() + begin + 1, heads.begin() + end),
        "up_head", "has a neighbour that the parent lacks");
  }
}

void check_downward(const Hierarchy& h, std::int32_t n) {
  for (std::int32_t v = 0; v < n; ++v) {
    std::int32_t previous = -1;
    for (std::int32_t i = h.first_down[v]; i < h.first_down[v + 1]; ++i) {
      const std::int32_t arc = h.down_arc[i];
      require(arc > previous && arc < h.num_arcs(), "down_arc", "is not ascending");
      require(h.up_head[arc] == v, "down_arc", "leads to another vertex");
      previous = arc;
    }
  }
}

void check_turns(const Hierarchy& h, const TurnGraph& turns) {
  for (std::size_t turn = 0; turn < h.turn_arc.size(); ++turn) {
    const std::int32_t a = h.vertex[turns.turn_tail[turn]], b = h.vertex[turns.turn_head[turn]];
    const std::int32_t code = h.turn_arc[turn];
    if (a == b) {
      require(code == -1, "turn_arc", "is not -1 for a turn onto the same edge");
      continue;
    }
    require(code >= 0 && code / 2 < h.num_arcs(), "turn_arc", "is out of range");
    require(h.up_tail[code / 2] == std::min(a, b) && h.up_head[code / 2] == std::max(a, b) &&
                (code % 2 == 1) == (a > b),
            "turn_arc", "joins other vertices than the turn");
  }
}

}  // namespace

void validate(const Hierarchy& hierarchy, const TurnGraph& turns) {
  check_sizes(hierarchy, turns);
  const std::int32_t n = turns.num_edge_nodes();
  check_offsets(hierarchy.first_up, hierarchy.up_head.size(), "first_up");
  check_offsets(hierarchy.first_down, hierarchy.up_head.size(), "first_down");
  for (std::int32_t node = 0; node < n; ++node) {
    const std::int32_t v = hierarchy.vertex[node];
    require(v >= 0 && v < n && hierarchy.edge_node[v] == node, "vertex",
            "is not the inverse of edge_node");
  }
  check_upward(hierarchy, n);
  check_downward(hierarchy, n);
  check_turns(hierarchy, turns);
}

}  // namespace roadgnn::graph
