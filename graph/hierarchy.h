// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <roadgnn/graph/shared_array.h>
#include <roadgnn/graph/turn_graph.h>

namespace roadgnn::graph {

struct RoadGraph;

/// A customizable contraction hierarchy of the turn-expanded graph (Dibbelt, Strasser and Wagner,
/// 2016): the chordal completion of its undirected form under an elimination order. Topology alone,
/// one for all metrics.
///
/// *Vertices* are edge-nodes numbered by a postorder of the elimination tree: parents come after
/// their children, and a subtree is a run of numbers. Each *arc* joins a lower to an upper vertex
/// and stands for both directions. A vertex's upper neighbours are all on its way to the root, so
/// within a search their depths name them: arrays over depths replace arrays over vertices.
struct Hierarchy {
  SharedArray<std::int32_t> vertex;     ///< [num_edge_nodes] of each edge-node
  SharedArray<std::int32_t> edge_node;  ///< [num_vertices] of each vertex, the inverse
  SharedArray<std::int32_t> depth;      ///< [num_vertices] in the elimination tree, 0 at its roots
  SharedArray<std::int32_t>
      first_up;  ///< [num_vertices + 1], arcs of v are first_up[v] .. first_up[v+1]-1
  SharedArray<std::int32_t>
      up_head;  ///< [num_arcs] ascending within a vertex; the first is the parent
  SharedArray<std::int32_t> up_tail;     ///< [num_arcs]
  SharedArray<std::int32_t> up_depth;    ///< [num_arcs] depth of up_head
  SharedArray<std::int32_t> first_down;  ///< [num_vertices + 1], into down_arc
  SharedArray<std::int32_t>
      down_arc;  ///< [num_arcs] the arcs whose upper vertex is v, by ascending tail
  SharedArray<std::int32_t>
      turn_arc;  ///< [num_turns] 2 * arc, + 1 where the turn leads down; -1 for a loop

  std::int32_t num_vertices() const { return static_cast<std::int32_t>(edge_node.size()); }
  std::int32_t num_arcs() const { return static_cast<std::int32_t>(up_head.size()); }

  /// The vertex above v in the elimination tree, or -1.
  std::int32_t parent(std::int32_t v) const {
    const std::int32_t arc = first_up[static_cast<std::size_t>(v)];
    return arc < first_up[static_cast<std::size_t>(v) + 1] ? up_head[static_cast<std::size_t>(arc)]
                                                           : -1;
  }
  /// One more than the largest depth.
  std::int32_t height() const;
};

/// Completes the turn-expanded graph under an elimination order (order[i] is eliminated i-th; a
/// permutation).
Hierarchy build_hierarchy(const TurnGraph& turns, std::span<const std::int32_t> order);

/// Orders a city by nested dissection along its coordinates (inertial_flow_order) and completes it:
/// a second or two for a large city, once per import.
std::shared_ptr<const Hierarchy> make_hierarchy(const RoadGraph& graph, int threads = 1);

/// The same with METIS's order, for a topology without coordinates; its search spaces are larger.
/// Throws Error in a build without METIS.
std::shared_ptr<const Hierarchy> make_hierarchy(const TurnGraph& turns);

/// Throws InputError naming an array that does not describe a hierarchy over the edge-nodes of
/// `turns`. The tree and its arcs are checked entirely; that each turn stands on the arc between
/// its ends is not (as a turn's time, it decides what the answers are): what passes is safe to
/// query. Linear in the arcs, on all threads.
void validate(const Hierarchy& hierarchy, const TurnGraph& turns);

/// A hierarchy cut into subtrees of moderate size, which threads can work on independently, and the
/// top above them.
struct HierarchyTasks {
  struct Run {
    std::int32_t first = 0, last = 0;  ///< both included; last is the subtree's root
  };
  int threads = 1;
  std::vector<Run> subtree;
  std::vector<std::int32_t> top;  ///< ascending: children first
};

/// Cuts for about eight tasks a thread; the whole tree is one task for a single thread.
HierarchyTasks split_tree(const Hierarchy& hierarchy, int threads);

}  // namespace roadgnn::graph
