// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace roadgnn::graph::detail {

/// A connected part of an undirected graph, without loops and parallel arcs.
struct OrderPiece {
  std::vector<std::int32_t> vertex;       ///< [n] of the whole graph
  std::vector<std::int32_t> first, head;  ///< [n + 1], [2 * edges]: neighbours within the piece
  std::vector<float> x, y;                ///< [n] coordinates on a plane

  std::int32_t size() const { return static_cast<std::int32_t>(vertex.size()); }
};

/// Where a vertex is once a separator is removed.
enum class CutSide : std::uint8_t { sources, separator, targets };

/// The least vertex separators between two growing sets of vertices, by vertex-disjoint paths
/// (Menger; Ford and Fulkerson). Each vertex is split into an entrance and an exit with room for
/// one path in between; sets may be part of the separator. What was found for smaller sets is kept
/// when they grow.
class VertexCut {
 public:
  explicit VertexCut(const OrderPiece& piece);

  /// Forgets all sets and paths.
  void clear();
  void add_source(std::int32_t v) { state_[v].source = true; }
  void add_target(std::int32_t v) { state_[v].target = true; }

  /// Finds as many disjoint paths as there are, or `limit` + 1 of them; returns their number.
  std::int32_t run(std::int32_t limit);

  /// The least separator nearest to the sources (to the targets), after a complete run.
  void nearest_to_sources(std::span<CutSide> side);
  void nearest_to_targets(std::span<CutSide> side);

 private:
  static constexpr std::int32_t kNone = -1, kSource = -2;
  struct State {
    std::int32_t from = kNone;  // the vertex before on this vertex's path, or kSource
    std::int32_t next_arc = 0;  // of the search at the exit
    bool used = false;          // by a path
    bool ends = false;          // a path ends here
    bool source = false, target = false;
    bool at_entrance = false, at_exit = false, left_entrance = false;  // seen by the search
  };
  // Entrances and exits are numbered 2 v and 2 v + 1.
  static constexpr std::int32_t entrance(std::int32_t v) { return 2 * v; }
  static constexpr std::int32_t exit(std::int32_t v) { return 2 * v + 1; }

  void collect_starts();
  void forget_search();
  bool search_from(std::int32_t source);
  std::int32_t next_of_entrance(std::int32_t v);
  std::int32_t next_of_exit(std::int32_t v);
  bool see(std::int32_t place);
  void add_path();

  const OrderPiece& piece_;
  std::vector<State> state_;
  std::vector<std::int32_t> starts_;  // sources with neighbours that are none
  std::vector<std::int32_t> path_;    // of the search, also a queue
  std::int32_t num_paths_ = 0;
};

}  // namespace roadgnn::graph::detail
