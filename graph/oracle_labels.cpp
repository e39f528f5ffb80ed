// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/oracle_labels.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include <roadgnn/graph/error.h>
#include <roadgnn/graph/parallel.h>
#include <roadgnn/graph/router_simd.h>

namespace roadgnn::graph::detail {
namespace {

constexpr std::uint8_t kDeparting = 1, kArriving = 2, kBeneath = 4;  // what is wanted of a vertex
constexpr Weight kCanonical = 1;  // mark: no vertex above the hub is on a fastest way
constexpr std::int32_t kLanes = 32;

// row[i] = least weight[k] + rows[k][i], for `width` entries, a multiple of kLanes.
ROADGNN_SIMD_CLONES
void least_of_rows(Weight* row, const Weight* const* rows, const Weight* weight, std::int32_t count,
                   std::int32_t width) {
  for (std::int32_t begin = 0; begin < width; begin += kLanes) {
    Weight least[kLanes];
    for (std::int32_t i = 0; i < kLanes; ++i) least[i] = kNoWay;
    for (std::int32_t k = 0; k < count; ++k) {
      const Weight* other = rows[k] + begin;
      const Weight added = weight[k];
      for (std::int32_t i = 0; i < kLanes; ++i) least[i] = std::min(least[i], other[i] + added);
    }
    std::memcpy(row + begin, least, sizeof(least));
  }
}

constexpr std::int32_t kDepths = 16;  // of a label are read at a time
typedef std::uint32_t Depths __attribute__((vector_size(4 * kDepths)));

// The times of an end's better label, no more than "no way".
[[gnu::always_inline]] inline void times_of_end(const HubLabels::End& end, std::int32_t depth,
                                                Depths& least) {
  Depths times[2];
  for (int i = 0; i < 2; ++i) {
    std::memcpy(&times[i], end.label[i].times + depth, sizeof(Depths));
    times[i] += end.added_ms[i];
  }
  least = times[0] < times[1] ? times[0] : times[1];
  const Depths most = Depths{} + static_cast<std::uint32_t>(INT32_MAX);
  least = least < most ? least : most;
}

// The centimetres of an end's fastest way to a hub, of several the shortest. Metres lie apart from
// times: only those that count are read.
std::int64_t length_of_end(const HubLabels::End& end, std::int32_t depth) {
  const std::uint32_t first = end.label[0].time_ms(depth) + end.added_ms[0];
  const std::uint32_t second = end.label[1].time_ms(depth) + end.added_ms[1];
  const auto length = [&](int i) { return end.label[i].length_cm(depth) + end.added_cm[i]; };
  if (first != second) return length(first < second ? 0 : 1);
  return std::min(length(0), length(1));
}

// The times of the ways over the hubs from a depth on, those among the common ones.
[[gnu::always_inline]] inline void times_over_hubs(const HubLabels::End& departing,
                                                   const HubLabels::End& arriving,
                                                   std::int32_t depth, std::int32_t common,
                                                   Depths& sum) {
  const Depths number = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  Depths there;
  times_of_end(departing, depth, there);
  times_of_end(arriving, depth, sum);
  sum += there;
  sum = number < static_cast<std::uint32_t>(common - depth) ? sum : Depths{} + UINT32_MAX;
}

ROADGNN_SIMD_CLONES
Cost least_way_over_hubs(const HubLabels::End& departing, const HubLabels::End& arriving,
                         std::int32_t common) {
  constexpr std::int32_t kAtOnce = 16 * kDepths;
  alignas(64) std::uint32_t sums[kAtOnce];
  Cost best{INT32_MAX, 0};
  for (std::int32_t begin = 0; begin < common; begin += kAtOnce) {
    const std::int32_t count = std::min(kAtOnce, common - begin);
    Depths sum, least_each = Depths{} + UINT32_MAX;
    for (std::int32_t i = 0; i < count; i += kDepths) {
      times_over_hubs(departing, arriving, begin + i, common, sum);
      least_each = sum < least_each ? sum : least_each;
      std::memcpy(sums + i, &sum, sizeof(sum));
    }
    std::uint32_t least = UINT32_MAX;
    for (std::int32_t i = 0; i < kDepths; ++i) least = std::min(least, least_each[i]);
    if (least > best.time_ms || least >= INT32_MAX) continue;
    if (least < best.time_ms) best = {least, INT64_MAX};
    for (std::int32_t i = 0; i < count; i += kDepths) {
      std::uint32_t equal = 0;
      for (std::int32_t k = 0; k < kDepths; ++k) equal |= sums[i + k] == least ? 1U << k : 0U;
      for (; equal != 0; equal &= equal - 1) {
        const std::int32_t hub = begin + i + std::countr_zero(equal);
        best.length_cm =
            std::min(best.length_cm, length_of_end(departing, hub) + length_of_end(arriving, hub));
      }
    }
  }
  return best;
}

// The number of vertices above both of two, which are numbered in a postorder, or one of them.
std::int32_t common_in_tree(const Hierarchy& h, std::int32_t a, std::int32_t b) {
  const std::int32_t other = std::max(a, b);
  std::int32_t ancestor = std::min(a, b);
  while (ancestor >= 0 && ancestor < other) ancestor = h.parent(ancestor);
  return ancestor < 0 ? 0 : h.depth[ancestor] + 1;
}

}  // namespace

// The descent's state: exact weights between all vertices of the current path to the root, by
// depth. `to_[a][b]` is the way from depth a to depth b, `from_[a][b]` the way back. Below the
// diagonal (b above a) the mark says that the way does not go higher than b; on it, the mark is
// set; beyond it, never.
class HubLabels::Descent {
 public:
  explicit Descent(const PreparedMetric& metric)
      : metric_(metric),
        stride_((metric.hierarchy().height() + kLanes) / kLanes * kLanes),
        to_(static_cast<std::size_t>(stride_) * stride_, kNoWay),
        from_(to_.size(), kNoWay) {}

  // Vertices come parents first; between a vertex and its children only vertices below it.
  void visit(std::int32_t v) {
    const Hierarchy& h = metric_.hierarchy();
    const std::int32_t depth = h.depth[v];
    fill_row(v, depth, to_, metric_.search_up());
    fill_row(v, depth, from_, metric_.search_down());
    const Weight *to = row(to_, depth), *from = row(from_, depth);
    for (std::int32_t d = 0; d < depth; ++d) {
      row(to_, d)[depth] = from[d] & ~kCanonical;
      row(from_, d)[depth] = to[d] & ~kCanonical;
    }
  }

  Weight around(std::int32_t v) {
    const std::int32_t depth = metric_.hierarchy().depth[v];
    const Weight *to = row(to_, depth), *from = row(from_, depth);
    Weight least = metric_.loops()[v];
    for (std::int32_t d = 0; d < depth; ++d) {
      least = std::min(least, (to[d] & ~kCanonical) + (from[d] & ~kCanonical));
    }
    return least;
  }

  // Writes a label around its first time; `depths` of them, those below v without a way.
  void write_label(std::int32_t v, bool departing, std::int32_t depths, std::uint32_t* times) {
    const std::int32_t depth = metric_.hierarchy().depth[v];
    const Weight* weights = row(departing ? to_ : from_, depth);
    for (std::int32_t d = 0; d < depths; ++d) {
      const bool hub = d <= depth && (weights[d] & kCanonical) != 0 && weights[d] < kNoWay;
      times[d] = hub ? static_cast<std::uint32_t>(time_ms(weights[d])) : kNoHub;
      times[-1 - d] = hub ? static_cast<std::uint32_t>(length_cm(weights[d])) : 0;
    }
  }

 private:
  Weight* row(std::vector<Weight>& matrix, std::int32_t depth) {
    return matrix.data() + static_cast<std::size_t>(depth) * stride_;
  }

  void fill_row(std::int32_t v, std::int32_t depth, std::vector<Weight>& matrix,
                const SearchArcs& arcs) {
    rows_.clear();
    weights_.clear();
    for (std::int32_t arc = arcs.first[v]; arc < arcs.first[v + 1]; ++arc) {
      const Weight weight = arcs.weight[arc];
      if (weight >= kNoWay) continue;
      rows_.push_back(row(matrix, arcs.depth[arc]));
      weights_.push_back(weight);
    }
    Weight* own = row(matrix, depth);
    const std::int32_t width = (depth + kLanes - 1) / kLanes * kLanes;
    least_of_rows(own, rows_.data(), weights_.data(), static_cast<std::int32_t>(rows_.size()),
                  width);
    own[depth] = kCanonical;
  }

  const PreparedMetric& metric_;
  const std::int32_t stride_;
  std::vector<Weight> to_, from_;
  std::vector<const Weight*> rows_;
  std::vector<Weight> weights_;
};

HubLabels::HubLabels(const PreparedMetric& metric, std::span<const std::int32_t> departing,
                     std::span<const std::int32_t> arriving, int threads)
    : hierarchy_(&metric.hierarchy()) {
  const Hierarchy& h = *hierarchy_;
  if (h.height() > UINT16_MAX) throw Error("the hierarchy is too high for hub labels");
  std::vector<std::uint8_t> wanted(h.num_vertices(), 0);
  for (const std::int32_t v : departing) wanted[v] |= kDeparting;
  for (const std::int32_t v : arriving) wanted[v] |= kArriving;
  for (std::int32_t v = 0; v < h.num_vertices(); ++v) {
    if ((wanted[v] & (kDeparting | kArriving)) != 0) {
      vertex_.push_back(v);
      depth_.push_back(static_cast<std::uint16_t>(h.depth[v]));
    }
    if (wanted[v] != 0 && h.parent(v) >= 0) wanted[h.parent(v)] |= kBeneath;
  }
  num_sorted_ = num_slots();
  departing_.assign(vertex_.size(), {});
  arriving_.assign(vertex_.size(), {});
  around_.assign(vertex_.size(), kNoWay);
  index_common_ancestors();

  const HierarchyTasks tasks = split_tree(h, threads);
  const std::int64_t num_tasks = static_cast<std::int64_t>(tasks.subtree.size()) + 1;
  blocks_.resize(static_cast<std::size_t>(num_tasks));
  std::vector<std::unique_ptr<Descent>> descents(tasks.threads);
  parallel_for(num_tasks, 1, tasks.threads, [&](std::int64_t begin, std::int64_t end, int thread) {
    if (!descents[thread]) descents[thread] = std::make_unique<Descent>(metric);
    for (std::int64_t task = begin; task < end; ++task) {
      build_task(metric, *descents[thread], wanted, tasks, task);
    }
  });
}

// Task 0 is the tree's top, each other one a subtree below it, whose ways to the root are found
// anew.
void HubLabels::build_task(const PreparedMetric& metric, Descent& descent,
                           std::span<const std::uint8_t> wanted, const HierarchyTasks& tasks,
                           std::int64_t task) {
  const Hierarchy& h = metric.hierarchy();
  std::vector<std::int32_t> vertices;  // in the order of the descent
  std::size_t own = 0;                 // the first that belongs to this task
  if (task == 0) {
    vertices.assign(tasks.top.rbegin(), tasks.top.rend());
  } else {
    const auto [first, last] = tasks.subtree[task - 1];
    for (std::int32_t v = h.parent(last); v >= 0; v = h.parent(v)) vertices.push_back(v);
    std::reverse(vertices.begin(), vertices.end());
    own = vertices.size();
    for (std::int32_t v = last; v >= first; --v) vertices.push_back(v);
  }
  const auto depths = [&](std::int32_t v) { return (h.depth[v] + kDepths) / kDepths * kDepths; };
  std::size_t size = 0;
  for (std::size_t i = own; i < vertices.size(); ++i) {
    const int labels = std::popcount(wanted[vertices[i]] & (kDeparting | kArriving) * 1U);
    size += 2 * static_cast<std::size_t>(labels * depths(vertices[i]));
  }
  blocks_[task] = LabelMemory(size);
  std::uint32_t* next = blocks_[task].data();
  for (std::size_t i = 0; i < vertices.size(); ++i) {
    const std::int32_t v = vertices[i];
    if (wanted[v] == 0) continue;
    descent.visit(v);
    if (i < own || (wanted[v] & (kDeparting | kArriving)) == 0) continue;
    const std::int32_t place = slot(v);
    around_[place] = descent.around(v);
    const auto write = [&](bool departing, Label& label) {
      descent.write_label(v, departing, depths(v), next + depths(v));
      label.times = next + depths(v);
      next += 2 * depths(v);
    };
    if ((wanted[v] & kDeparting) != 0) write(true, departing_[place]);
    if ((wanted[v] & kArriving) != 0) write(false, arriving_[place]);
  }
}

std::int32_t HubLabels::slot(std::int32_t vertex) const {
  const auto end = vertex_.begin() + num_sorted_;
  const auto at = std::lower_bound(vertex_.begin(), end, vertex);
  if (at != end && *at == vertex) return static_cast<std::int32_t>(at - vertex_.begin());
  const auto added = added_slot_.find(vertex);
  return added != added_slot_.end() ? added->second : -1;
}

// In a postorder the deepest common ancestor of two vertices is the highest of those of neighbours
// in between.
void HubLabels::index_common_ancestors() {
  const Hierarchy& h = *hierarchy_;
  const std::size_t n = vertex_.size();
  common_.assign(1, std::vector<std::uint16_t>(n > 0 ? n - 1 : 0));
  for (std::size_t i = 0; i + 1 < n; ++i) {
    common_[0][i] = static_cast<std::uint16_t>(common_in_tree(h, vertex_[i], vertex_[i + 1]));
  }
  for (std::size_t width = 1; 2 * width < n; width *= 2) {
    const std::vector<std::uint16_t>& below = common_.back();
    std::vector<std::uint16_t> level(n - 2 * width);
    for (std::size_t i = 0; i < level.size(); ++i) level[i] = std::min(below[i], below[i + width]);
    common_.push_back(std::move(level));
  }
}

std::int32_t HubLabels::common_ancestors(std::int32_t a, std::int32_t b) const {
  const auto [first, last] = std::minmax(a, b);
  if (last < num_sorted_ || a == b) return common_among_sorted(a, b);
  const Added& added = added_[last - num_sorted_];
  if (first < num_sorted_) {
    return first < added.place
               ? std::min<std::int32_t>(added.common_before,
                                        common_among_sorted(first, added.place - 1))
               : std::min<std::int32_t>(added.common_from, common_among_sorted(added.place, first));
  }
  return common_in_tree(*hierarchy_, vertex_[first], vertex_[last]);
}

std::int32_t HubLabels::common_among_sorted(std::int32_t a, std::int32_t b) const {
  if (a == b) return depth_[a] + 1;
  const auto [left, right] = std::minmax(a, b);
  const auto length = static_cast<std::uint32_t>(right - left);
  const int level = std::bit_width(length) - 1;
  return std::min(common_[level][left], common_[level][right - (std::int32_t{1} << level)]);
}

Cost HubLabels::least_way(const End& departing, const End& arriving, std::int32_t common) {
  return least_way_over_hubs(departing, arriving, common);
}

Weight HubLabels::between(std::int32_t departing_slot, std::int32_t arriving_slot) const {
  const Label a = departing(departing_slot), b = arriving(arriving_slot);
  const Cost cost = least_way({{a, a}, {0, 0}, {0, 0}}, {{b, b}, {0, 0}, {0, 0}},
                              common_ancestors(departing_slot, arriving_slot));
  return cost.time_ms < time_ms(kNoWay) ? make_weight(cost.time_ms, cost.length_cm) : kNoWay;
}

std::int32_t HubLabels::add(const PreparedMetric& metric, std::int32_t vertex) {
  std::int32_t place = slot(vertex);
  if (place < 0) place = add_slot(vertex);
  if (departing_[place].times == nullptr || arriving_[place].times == nullptr)
    walk_labels(metric, place);
  return place;
}

void HubLabels::make_room(std::int32_t more) {
  const std::size_t all = vertex_.size() + static_cast<std::size_t>(more);
  vertex_.reserve(all);
  depth_.reserve(all);
  departing_.reserve(all);
  arriving_.reserve(all);
  around_.reserve(all);
}

std::int32_t HubLabels::add_slot(std::int32_t vertex) {
  const auto end = vertex_.begin() + num_sorted_;
  const auto common = [&](std::int32_t other) {
    return static_cast<std::uint16_t>(common_in_tree(*hierarchy_, vertex, vertex_[other]));
  };
  Added added;
  added.place =
      static_cast<std::int32_t>(std::lower_bound(vertex_.begin(), end, vertex) - vertex_.begin());
  if (added.place > 0) added.common_before = common(added.place - 1);
  if (added.place < num_sorted_) added.common_from = common(added.place);
  added_.push_back(added);
  added_slot_[vertex] = num_slots();
  vertex_.push_back(vertex);
  depth_.push_back(static_cast<std::uint16_t>(hierarchy_->depth[vertex]));
  departing_.push_back({});
  arriving_.push_back({});
  around_.push_back(kNoWay);
  return num_slots() - 1;
}

// Both labels of a slot by walks from its vertex up to the root.
void HubLabels::walk_labels(const PreparedMetric& metric, std::int32_t slot) {
  const Hierarchy& h = *hierarchy_;
  const std::int32_t depth = depth_[slot];
  std::vector<Weight> to(depth + 1, kNoWay), from(to);
  to[depth] = from[depth] = 0;
  for (std::int32_t d = depth, v = vertex_[slot]; d >= 0; --d, v = h.parent(v)) {
    for (std::int32_t arc = h.first_up[v]; arc < h.first_up[v + 1]; ++arc) {
      const std::int32_t above = h.up_depth[arc];
      to[above] = std::min(to[above], to[d] + metric.up()[arc]);
      from[above] = std::min(from[above], from[d] + metric.down()[arc]);
    }
  }
  around_[slot] = metric.loops()[vertex_[slot]];
  for (std::int32_t d = 0; d < depth; ++d) around_[slot] = std::min(around_[slot], to[d] + from[d]);

  const std::int32_t depths = (depth + kDepths) / kDepths * kDepths;
  blocks_.emplace_back(static_cast<std::size_t>(4 * depths));
  std::uint32_t* times = blocks_.back().data() + depths;
  for (const auto* way : {&to, &from}) {
    for (std::int32_t d = 0; d < depths; ++d) {
      const bool reached = d <= depth && (*way)[d] < kNoWay;
      times[d] = reached ? static_cast<std::uint32_t>(time_ms((*way)[d])) : kNoHub;
      times[-1 - d] = reached ? static_cast<std::uint32_t>(length_cm((*way)[d])) : 0;
    }
    (way == &to ? departing_ : arriving_)[slot].times = times;
    times += 2 * depths;
  }
}

std::int64_t HubLabels::num_bytes() const {
  std::size_t bytes = vertex_.size() * (sizeof(std::int32_t) + sizeof(std::uint16_t) +
                                        2 * sizeof(Label) + sizeof(Weight));
  for (const LabelMemory& block : blocks_) bytes += block.size() * sizeof(std::uint32_t);
  for (const auto& level : common_) bytes += level.capacity() * sizeof(std::uint16_t);
  return static_cast<std::int64_t>(bytes);
}

}  // namespace roadgnn::graph::detail
