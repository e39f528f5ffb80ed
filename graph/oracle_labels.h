// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include <roadgnn/graph/oracle_memory.h>
#include <roadgnn/graph/router_metric.h>

namespace roadgnn::graph::detail {

/// Hub labels of chosen vertices under one metric. The label of v says how far the vertices above
/// it in the elimination tree are, of those alone that are the uppermost on a fastest way between
/// themselves and v; two labels share the uppermost vertex of every fastest way between their
/// vertices (canonical labels: Abraham et al., 2012).
///
/// A label is a row of milliseconds by depth from the root down to v, "no way" where the vertex
/// there is no hub of v, and before it the row of centimetres, backwards: what most questions read
/// stands together. Vertices of equal depth above the two vertices' parting are the same, so
/// queries need no hub ids and take 16 depths at a time.
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

  /// Gives a vertex both labels where it lacks one, and returns its slot. Its ways come from walks
  /// up the hierarchy: vertices that are no hubs keep theirs, which no answer depends on. Not while
  /// others ask.
  std::int32_t add(const PreparedMetric& metric, std::int32_t vertex);

  /// Place of a vertex among those with a label, -1 where it has none.
  std::int32_t slot(std::int32_t vertex) const;

  std::int32_t vertex(std::int32_t slot) const { return vertex_[slot]; }

  /// The fastest way from a slot's vertex around and back to it.
  Weight around(std::int32_t slot) const { return around_[slot]; }

  /// A label as questions read it.
  struct Label {
    const std::uint32_t* times = nullptr;

    std::uint32_t time_ms(std::int32_t depth) const { return times[depth]; }
    std::uint32_t length_cm(std::int32_t depth) const { return times[-1 - depth]; }

    /// Brings the beginning near, where the hubs of most pairs stand.
    void prefetch() const {
      for (int line = -1; line < 6; ++line) __builtin_prefetch(times + 16 * line);
    }
  };
  Label departing(std::int32_t slot) const { return departing_[slot]; }
  Label arriving(std::int32_t slot) const { return arriving_[slot]; }

  /// The number of vertices that are above both slots' vertices or are one of them.
  std::int32_t common_ancestors(std::int32_t a, std::int32_t b) const;

  /// One end of a trip: up to two labels (the same twice for one side), and what each adds.
  struct End {
    Label label[2];
    std::uint32_t added_ms[2];  // below kClosed
    std::int64_t added_cm[2];
  };

  /// The least way, its ends included, over the hubs among the first `common` ancestors, which all
  /// four labels have to share. Its time is at least kClosed where there is none.
  static Cost least_way(const End& departing, const End& arriving, std::int32_t common);

  /// The fastest way between the vertices of a departing and an arriving label, kNoWay or more
  /// where there is none.
  Weight between(std::int32_t departing_slot, std::int32_t arriving_slot) const;

  /// The vertices from the root down to one; kept between calls, since neighbouring slots share
  /// most of it.
  using RootPath = std::vector<std::int32_t>;

  /// Calls visit(hub's vertex, weight) for the hubs of a label, uppermost first.
  template <class Visit>
  void for_each_departing(std::int32_t slot, RootPath& path, Visit&& visit) const {
    for_each(departing(slot), slot, path, visit);
  }
  template <class Visit>
  void for_each_arriving(std::int32_t slot, RootPath& path, Visit&& visit) const {
    for_each(arriving(slot), slot, path, visit);
  }

  /// Room for so many slots more, so that adding one takes no time in proportion to all.
  void make_room(std::int32_t more);

  std::int64_t num_bytes() const;

 private:
  static constexpr std::uint32_t kNoHub = INT32_MAX;  // the time of what is none

  class Descent;
  template <class Visit>
  void for_each(const Label& label, std::int32_t slot, RootPath& path, Visit& visit) const;
  void index_common_ancestors();
  std::int32_t common_among_sorted(std::int32_t a, std::int32_t b) const;
  std::int32_t add_slot(std::int32_t vertex);
  void walk_labels(const PreparedMetric& metric, std::int32_t slot);
  void build_task(const PreparedMetric& metric, Descent& descent,
                  std::span<const std::uint8_t> wanted, const HierarchyTasks& tasks,
                  std::int64_t task);

  const Hierarchy* hierarchy_;
  std::vector<std::int32_t> vertex_;         // of each slot, ascending but for those added
  std::vector<std::uint16_t> depth_;         // of each slot
  std::int32_t num_sorted_ = 0;              // slots that were there from the beginning
  std::vector<Label> departing_, arriving_;  // of each slot, null where not asked for
  std::vector<Weight> around_;
  std::vector<LabelMemory> blocks_;  // memory of the labels, by task, then of those added
  // common_[l][i]: the least number of common ancestors of neighbouring slots i .. i + 2^l.
  std::vector<std::vector<std::uint16_t>> common_;

  // Where an added vertex stands among the others, and the ancestors it has in common with its
  // neighbours there.
  struct Added {
    std::int32_t place = 0;  // of the first slot whose vertex is greater
    std::uint16_t common_before = 0, common_from = 0;
  };
  std::vector<Added> added_;
  std::unordered_map<std::int32_t, std::int32_t> added_slot_;  // by vertex
};

template <class Visit>
void HubLabels::for_each(const Label& label, std::int32_t slot, RootPath& path,
                         Visit& visit) const {
  const std::int32_t depth = depth_[slot];
  path.resize(static_cast<std::size_t>(depth) + 1, -1);
  for (std::int32_t d = depth, v = vertex_[slot]; d >= 0 && path[d] != v; --d) {
    path[d] = v;
    v = hierarchy_->parent(v);
  }
  for (std::int32_t d = 0; d <= depth; ++d) {
    const std::uint32_t time = label.time_ms(d);
    if (time < kNoHub) visit(path[d], make_weight(time, label.length_cm(d)));
  }
}

}  // namespace roadgnn::graph::detail
