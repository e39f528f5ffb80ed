// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <roadgnn/graph/oracle_memory.h>
#include <roadgnn/graph/router_metric.h>

namespace roadgnn::graph::detail {

/// Hub labels of chosen vertices under one metric. The label of v says how far the vertices above
/// it in the elimination tree are, of those alone that are the uppermost on a fastest way between
/// themselves and v; two labels share the uppermost vertex of every fastest way between their
/// vertices (canonical labels: Abraham et al., 2012).
///
/// A label is a run of 64-bit words: a bit for each depth from the root down to v, then the
/// milliseconds and after them the centimetres of the set bits, 32 bits each; most questions read
/// few of the latter. Hubs of equal depth below the two vertices' parting are the same, so queries
/// need no hub ids.
///
/// Built by one descent of the elimination tree that keeps the exact ways between all vertices of
/// the current path to the root: v adds a row and a column, each the least of its upper neighbours'
/// rows plus an arc (as in Ouyang et al.'s hierarchical 2-hop index, 2018).
class HubLabels {
 public:
  /// `departing` and `arriving` hold vertices, in any order, several times or not.
  HubLabels(const PreparedMetric& metric, std::span<const std::int32_t> departing,
            std::span<const std::int32_t> arriving, int threads);

  std::int32_t num_slots() const { return static_cast<std::int32_t>(vertex_.size()); }

  /// Place of a vertex among those with a label, -1 where it has none.
  std::int32_t slot(std::int32_t vertex) const;

  std::int32_t vertex(std::int32_t slot) const { return vertex_[slot]; }

  /// The fastest way from a slot's vertex around and back to it.
  Weight around(std::int32_t slot) const { return around_[slot]; }

  /// A label as `between` reads it.
  struct Label {
    const std::uint64_t* words = nullptr;
    std::int32_t slot = -1, num_bit_words = 0, num_hubs = 0;

    const std::uint32_t* times() const {
      return reinterpret_cast<const std::uint32_t*>(words + num_bit_words);
    }
    const std::uint32_t* lengths() const { return times() + num_hubs; }

    /// Brings the beginning near, where the hubs of most pairs stand.
    void prefetch() const {
      for (int line = 0; line < 4; ++line) __builtin_prefetch(words + 8 * line);
    }
  };
  Label departing(std::int32_t slot) const { return label(slot, departing_[slot]); }
  Label arriving(std::int32_t slot) const { return label(slot, arriving_[slot]); }

  /// The fastest way between the vertices of a departing and an arriving label.
  Weight between(const Label& departing, const Label& arriving) const;

  /// The vertices from the root down to one; kept between calls, since neighbouring slots share
  /// most of it.
  using RootPath = std::vector<std::int32_t>;

  /// Calls visit(hub's vertex, weight) for the hubs of a label, uppermost first.
  template <class Visit>
  void for_each_departing(std::int32_t slot, RootPath& path, Visit&& visit) const {
    for_each(departing(slot), path, visit);
  }
  template <class Visit>
  void for_each_arriving(std::int32_t slot, RootPath& path, Visit&& visit) const {
    for_each(arriving(slot), path, visit);
  }

  std::int64_t num_bytes() const;

 private:
  class Descent;
  template <class Visit>
  void for_each(const Label& label, RootPath& path, Visit& visit) const;
  Label label(std::int32_t slot, const std::uint64_t* words) const;
  std::int32_t common_ancestors(std::int32_t a, std::int32_t b) const;
  void index_common_ancestors();
  void build_task(const PreparedMetric& metric, Descent& descent,
                  std::span<const std::uint8_t> wanted, const HierarchyTasks& tasks,
                  std::int64_t task);

  const Hierarchy* hierarchy_;
  std::vector<std::int32_t> vertex_;             // of each slot, ascending
  std::vector<std::uint16_t> depth_;             // of each slot
  std::vector<const std::uint64_t*> departing_;  // labels of each slot, null where not asked for
  std::vector<const std::uint64_t*> arriving_;
  std::vector<Weight> around_;
  std::vector<LabelMemory> blocks_;  // memory of the labels, by task
  // common_[l][i]: the least number of common ancestors of neighbouring slots i .. i + 2^l.
  std::vector<std::vector<std::uint16_t>> common_;
};

template <class Visit>
void HubLabels::for_each(const Label& label, RootPath& path, Visit& visit) const {
  const std::int32_t depth = depth_[label.slot];
  path.resize(static_cast<std::size_t>(depth) + 1, -1);
  for (std::int32_t d = depth, v = vertex_[label.slot]; d >= 0 && path[d] != v; --d) {
    path[d] = v;
    v = hierarchy_->parent(v);
  }
  const std::uint32_t *time = label.times(), *length = label.lengths();
  for (std::int32_t word = 0; word < label.num_bit_words; ++word) {
    for (std::uint64_t bits = label.words[word]; bits != 0; bits &= bits - 1) {
      visit(path[64 * word + __builtin_ctzll(bits)], make_weight(*time++, *length++));
    }
  }
}

}  // namespace roadgnn::graph::detail
