// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <roadgnn/graph/position.h>

namespace roadgnn::graph::detail {

/// Finds the targets that lie on an edge of a source.
class SharedEdges {
 public:
  /// `targets` must outlive this.
  explicit SharedEdges(std::span<const Position> targets) : targets_(targets) {
    for (std::size_t column = 0; column < targets.size(); ++column) {
      for (std::int32_t i = 0; i < targets[column].num_sides; ++i) {
        at_.emplace_back(targets[column].sides[i].edge, static_cast<std::int32_t>(column));
      }
    }
    std::sort(at_.begin(), at_.end());
    at_.erase(std::unique(at_.begin(), at_.end()), at_.end());
  }

  /// Calls visit(column, same) for each of them, `same` where it is the very same position. A
  /// target may come once for each side.
  template <class Visit>
  void for_each(const Position& source, Visit&& visit) const {
    for (std::int32_t i = 0; i < source.num_sides; ++i) {
      const std::int32_t edge = source.sides[i].edge;
      auto found = std::lower_bound(at_.begin(), at_.end(), std::pair(edge, std::int32_t{0}));
      for (; found != at_.end() && found->first == edge; ++found) {
        visit(found->second, source == targets_[found->second]);
      }
    }
  }

 private:
  std::span<const Position> targets_;
  std::vector<std::pair<std::int32_t, std::int32_t>> at_;  // edges with their columns, ascending
};

}  // namespace roadgnn::graph::detail
