// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <vector>

#include <roadgnn/graph/array_check.h>
#include <roadgnn/graph/error.h>
#include <roadgnn/graph/hierarchy.h>

namespace roadgnn::graph {
namespace {

using Ints = std::vector<std::int32_t>;

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
  require(not_descending(first.span()), array, "is not ascending");
}

std::span<const std::int32_t> piece(const SharedArray<std::int32_t>& array, std::size_t begin,
                                    std::size_t end) {
  return array.span().subspan(begin, end - begin);
}

// Whether vertices of edge-nodes lead back to these: a permutation.
void check_vertices(const Hierarchy& h, std::size_t begin, std::size_t end) {
  Ints back(end - begin);
  bool good = look_up(h.edge_node.span(), piece(h.vertex, begin, end), back);
  for (std::size_t i = 0; i < back.size(); ++i)
    good &= back[i] == static_cast<std::int32_t>(begin + i);
  require(good, "vertex", "is not the inverse of edge_node");
}

void check_downward(const Hierarchy& h, std::size_t begin, std::size_t end) {
  const std::size_t before = begin == 0 ? 0 : begin - 1;
  const auto arcs = piece(h.down_arc, before, end);
  Ints heads(arcs.size());
  require(look_up(h.up_head.span(), arcs, heads), "down_arc", "is out of range");
  require(lie_in_rows(h.first_down.span(), heads, before), "down_arc", "leads to another vertex");
  // As many entries as arcs, none of them twice: so none is missing.
  require(ascend_in_rows(heads, arcs), "down_arc", "is not ascending");
}

// A vertex's arcs in parallel.
struct Row {
  Row(const Hierarchy& h, std::size_t v)
      : begin(static_cast<std::size_t>(h.first_up[v])),
        count(static_cast<std::size_t>(h.first_up[v + 1]) - begin),
        tail(h.up_tail.data() + begin),
        head(h.up_head.data() + begin),
        depth(h.up_depth.data() + begin) {}
  std::size_t begin, count;
  const std::int32_t *tail, *head, *depth;
};

// Whether the row's arcs but the first lead to heads of the parent's, in their order and with the
// same depths. Without a branch on what is found, since half of them would be guessed wrong.
bool is_part_of(const Row& row, const Row& parent) {
  const std::int32_t *const head = row.head + 1, *const depth = row.depth + 1;
  const std::size_t count = row.count - 1;
  std::int32_t bad = 0;
  if (count == parent.count) {
    for (std::size_t i = 0; i < count; ++i)
      bad |= (head[i] ^ parent.head[i]) | (depth[i] ^ parent.depth[i]);
    return bad == 0;
  }
  std::size_t i = 0;
  for (std::size_t k = 0; k < parent.count && i < count; ++k) {
    const bool same = head[i] == parent.head[k];
    bad |= same ? depth[i] ^ parent.depth[k] : 0;
    i += same ? 1 : 0;
  }
  return bad == 0 && i == count;
}

// Each vertex's parent lies above it, and its other upper neighbours are the parent's as well:
// where that holds for all vertices, all arcs lead upwards, ascend, and end among the ancestors.
void check_tree(const Hierarchy& h, std::size_t first_vertex, std::size_t last_vertex) {
  const std::int32_t n = h.num_vertices();
  bool roots = true, tails = true, depths = true, included = true;
  for (std::size_t v = first_vertex; v < last_vertex; ++v) {
    const Row row(h, v);
    if (row.count == 0) {
      roots &= h.depth[v] == 0;
      continue;
    }
    const std::int32_t parent = row.head[0];
    require(parent > static_cast<std::int32_t>(v) && parent < n, "up_head", "is not ascending");
    for (std::size_t i = 0; i < row.count; ++i)
      tails &= row.tail[i] == static_cast<std::int32_t>(v);
    const std::int32_t above = h.depth[static_cast<std::size_t>(parent)];
    depths &= h.depth[v] - 1 == above && row.depth[0] == above;
    included &= is_part_of(row, Row(h, static_cast<std::size_t>(parent)));
  }
  require(roots, "depth", "is not 0 at a root");
  require(tails, "up_tail", "does not name the lower vertex");
  require(depths, "depth", "is not one below the parent's");
  require(included, "up_head", "has a neighbour that the parent lacks, or at another depth");
}

}  // namespace

void validate(const Hierarchy& hierarchy, const TurnGraph& turns) {
  check_sizes(hierarchy, turns);
  check_offsets(hierarchy.first_up, hierarchy.up_head.size(), "first_up");
  check_offsets(hierarchy.first_down, hierarchy.up_head.size(), "first_down");
  const Hierarchy& h = hierarchy;
  const auto with = [&h](const auto& check) {
    return [&h, check](std::size_t begin, std::size_t end) { check(h, begin, end); };
  };
  CheckList checks;
  checks.add(h.depth.size(), with(check_tree));
  checks.add(h.vertex.size(), with(check_vertices));
  checks.add(h.down_arc.size(), with(check_downward));
  checks.add(h.turn_arc.size(), [&](std::size_t begin, std::size_t end) {
    require(in_range(piece(h.turn_arc, begin, end), -1, 2 * h.num_arcs() - 1), "turn_arc",
            "is out of range");
  });
  checks.run();
}

}  // namespace roadgnn::graph
