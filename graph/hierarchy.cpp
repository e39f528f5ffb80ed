// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/hierarchy.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <roadgnn/graph/error.h>
#include <roadgnn/graph/order.h>
#include <roadgnn/graph/order_flow.h>
#include <roadgnn/graph/parallel.h>
#include <roadgnn/graph/road_graph.h>

namespace roadgnn::graph {
namespace {

using Ints = std::vector<std::int32_t>;

// Lower-to-upper arcs of the input in CSR form, without loops; parallel arcs may stand several
// times.
struct Upward {
  Ints first, head;
};

Upward upward_arcs(const TurnGraph& turns, const Ints& rank) {
  const std::size_t n = rank.size();
  Upward up;
  up.first.assign(n + 1, 0);
  const auto for_each = [&](auto&& visit) {
    for (std::size_t turn = 0; turn < turns.turn_head.size(); ++turn) {
      const std::int32_t a = rank[turns.turn_tail[turn]], b = rank[turns.turn_head[turn]];
      if (a != b) visit(std::min(a, b), std::max(a, b));
    }
  };
  for_each([&](std::int32_t lower, std::int32_t) { ++up.first[lower + 1]; });
  for (std::size_t v = 0; v < n; ++v) up.first[v + 1] += up.first[v];
  up.head.resize(up.first[n]);
  Ints next(up.first.begin(), up.first.end() - 1);
  for_each([&](std::int32_t lower, std::int32_t upper) { up.head[next[lower]++] = upper; });
  return up;
}

// Liu's algorithm with path compression: the parent of each vertex in the elimination tree.
Ints elimination_tree(const Upward& up) {
  const auto n = static_cast<std::int32_t>(up.first.size()) - 1;
  Ints first_down(up.first.size(), 0);
  for (const std::int32_t head : up.head) ++first_down[head + 1];
  for (std::int32_t v = 0; v < n; ++v) first_down[v + 1] += first_down[v];
  Ints down(up.head.size());
  Ints next(first_down.begin(), first_down.end() - 1);
  for (std::int32_t v = 0; v < n; ++v) {
    for (std::int32_t i = up.first[v]; i < up.first[v + 1]; ++i) down[next[up.head[i]]++] = v;
  }

  Ints parent(n, -1), root(n, -1);
  for (std::int32_t v = 0; v < n; ++v) {
    for (std::int32_t i = first_down[v]; i < first_down[v + 1]; ++i) {
      std::int32_t below = down[i];
      while (root[below] != -1 && root[below] != v) {
        below = std::exchange(root[below], v);
      }
      if (root[below] == -1) {
        root[below] = v;
        parent[below] = v;
      }
    }
  }
  return parent;
}

// Position of each vertex in the postorder of the forest that keeps the order of siblings.
Ints postorder(const Ints& parent) {
  const auto n = static_cast<std::int32_t>(parent.size());
  Ints size(n, 1);
  for (std::int32_t v = 0; v < n; ++v) {
    if (parent[v] >= 0) size[parent[v]] += size[v];
  }
  // Parents before children: each subtree takes the run of numbers that ends before its later
  // siblings.
  Ints end(n), used(n, 0), number(n);
  std::int32_t roots_end = n;
  for (std::int32_t v = n - 1; v >= 0; --v) {
    if (parent[v] < 0) {
      end[v] = roots_end;
      roots_end -= size[v];
    } else {
      end[v] = end[parent[v]] - 1 - used[parent[v]];
      used[parent[v]] += size[v];
    }
    number[v] = end[v] - 1;
  }
  return number;
}

// Upper neighbours of every vertex in the chordal completion; vertices are in postorder.
Upward complete(const Upward& up) {
  const auto n = static_cast<std::int32_t>(up.first.size()) - 1;
  Upward full;
  full.first.assign(up.first.size(), 0);
  std::vector<Ints> children(n);
  Ints mark(n, -1);
  for (std::int32_t v = 0; v < n; ++v) {
    const std::size_t begin = full.head.size();
    const auto add = [&](std::int32_t w) {
      if (w != v && mark[w] != v) {
        mark[w] = v;
        full.head.push_back(w);
      }
    };
    for (std::int32_t i = up.first[v]; i < up.first[v + 1]; ++i) add(up.head[i]);
    for (const std::int32_t child : children[v]) {
      for (std::int32_t i = full.first[child]; i < full.first[child + 1]; ++i) add(full.head[i]);
    }
    if (full.head.size() > INT32_MAX / 2) throw Error("the hierarchy has more than 2^30 arcs");
    std::sort(full.head.begin() + static_cast<std::ptrdiff_t>(begin), full.head.end());
    full.first[v + 1] = static_cast<std::int32_t>(full.head.size());
    if (begin < full.head.size()) children[full.head[begin]].push_back(v);
  }
  return full;
}

Ints arcs_of_turns(const TurnGraph& turns, const Ints& vertex, const Upward& full) {
  Ints turn_arc(turns.turn_head.size(), -1);
  for (std::size_t turn = 0; turn < turn_arc.size(); ++turn) {
    const std::int32_t a = vertex[turns.turn_tail[turn]], b = vertex[turns.turn_head[turn]];
    if (a == b) continue;
    const auto begin = full.head.begin() + full.first[std::min(a, b)];
    const auto end = full.head.begin() + full.first[std::min(a, b) + 1];
    const auto arc = std::lower_bound(begin, end, std::max(a, b)) - full.head.begin();
    turn_arc[turn] = static_cast<std::int32_t>(2 * arc + (a > b ? 1 : 0));
  }
  return turn_arc;
}

}  // namespace

std::int32_t Hierarchy::height() const {
  return depth.empty() ? 0 : *std::max_element(depth.begin(), depth.end()) + 1;
}

Hierarchy build_hierarchy(const TurnGraph& turns, std::span<const std::int32_t> order) {
  const std::int32_t n = turns.num_edge_nodes();
  Ints vertex(n), edge_node(n);
  for (std::int32_t i = 0; i < n; ++i) vertex[order[i]] = i;
  const Ints number = postorder(elimination_tree(upward_arcs(turns, vertex)));
  for (std::int32_t& v : vertex) v = number[v];
  for (std::int32_t i = 0; i < n; ++i) edge_node[vertex[i]] = i;

  Upward full = complete(upward_arcs(turns, vertex));
  const auto num_arcs = static_cast<std::int32_t>(full.head.size());
  Ints depth(n, 0), tail(num_arcs), head_depth(num_arcs), first_down(n + 1, 0), down_arc(num_arcs);
  for (std::int32_t v = n - 1; v >= 0; --v) {
    const std::int32_t begin = full.first[v], end = full.first[v + 1];
    if (begin < end) depth[v] = depth[full.head[begin]] + 1;
    for (std::int32_t arc = begin; arc < end; ++arc) {
      tail[arc] = v;
      head_depth[arc] = depth[full.head[arc]];
      ++first_down[full.head[arc] + 1];
    }
  }
  for (std::int32_t v = 0; v < n; ++v) first_down[v + 1] += first_down[v];
  Ints next(first_down.begin(), first_down.end() - 1);
  for (std::int32_t arc = 0; arc < num_arcs; ++arc) down_arc[next[full.head[arc]]++] = arc;

  Hierarchy hierarchy;
  hierarchy.turn_arc = arcs_of_turns(turns, vertex, full);
  hierarchy.vertex = std::move(vertex);
  hierarchy.edge_node = std::move(edge_node);
  hierarchy.depth = std::move(depth);
  hierarchy.first_up = std::move(full.first);
  hierarchy.up_head = std::move(full.head);
  hierarchy.up_tail = std::move(tail);
  hierarchy.up_depth = std::move(head_depth);
  hierarchy.first_down = std::move(first_down);
  hierarchy.down_arc = std::move(down_arc);
  return hierarchy;
}

std::shared_ptr<const Hierarchy> make_hierarchy(const RoadGraph& graph, int threads) {
  return std::make_shared<const Hierarchy>(
      build_hierarchy(graph.turns, inertial_flow_order(graph, threads)));
}

std::shared_ptr<const Hierarchy> make_hierarchy(const TurnGraph& turns) {
  return std::make_shared<const Hierarchy>(build_hierarchy(turns, nested_dissection_order(turns)));
}

HierarchyTasks split_tree(const Hierarchy& hierarchy, int threads) {
  const std::int32_t n = hierarchy.num_vertices();
  HierarchyTasks tasks;
  tasks.threads = resolve_threads(threads);
  Ints size(n, 1);
  for (std::int32_t v = 0; v < n; ++v) {
    if (hierarchy.parent(v) >= 0) size[hierarchy.parent(v)] += size[v];
  }
  const std::int32_t limit = tasks.threads == 1 ? n : std::max(256, n / (8 * tasks.threads));
  for (std::int32_t v = 0; v < n; ++v) {
    const std::int32_t parent = hierarchy.parent(v);
    if (size[v] > limit) {
      tasks.top.push_back(v);
    } else if (parent < 0 || size[parent] > limit) {
      tasks.subtree.push_back({v + 1 - size[v], v});
    }
  }
  return tasks;
}

}  // namespace roadgnn::graph
