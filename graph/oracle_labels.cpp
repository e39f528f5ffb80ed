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

// Hubs at which a way takes the least time found so far, as places in both labels.
class Ties {
 public:
  Ties(const HubLabels::Label& a, const HubLabels::Label& b) : a_(a.lengths()), b_(b.lengths()) {}

  void restart() { count_ = 0; }
  void add(std::int32_t a, std::int32_t b) {
    if (count_ == kMost) fold();
    place_[count_++] = {a, b};
  }
  std::uint32_t shortest() const {
    std::uint32_t least = UINT32_MAX;
    for (int i = 0; i < count_; ++i) least = std::min(least, length(i));
    return least;
  }

 private:
  static constexpr int kMost = 16;
  struct Place {
    std::int32_t a, b;
  };
  std::uint32_t length(int i) const { return a_[place_[i].a] + b_[place_[i].b]; }
  void fold() {
    int best = 0;
    for (int i = 1; i < count_; ++i) best = length(i) < length(best) ? i : best;
    place_[0] = place_[best];
    count_ = 1;
  }

  const std::uint32_t *a_, *b_;
  Place place_[kMost];
  int count_ = 0;
};

// The least sum over the hubs that two labels share among their first `common` depths.
ROADGNN_SIMD_CLONES
Weight least_at_common_hubs(const HubLabels::Label& a, const HubLabels::Label& b,
                            std::int32_t common) {
  const std::uint32_t *a_times = a.times(), *b_times = b.times();
  std::int32_t a_before = 0, b_before = 0;
  auto least = static_cast<std::uint32_t>(time_ms(kNoWay));
  Ties ties(a, b);
  for (std::int32_t word = 0; 64 * word < common; ++word) {
    const std::uint64_t a_bits = a.words[word], b_bits = b.words[word];
    std::uint64_t shared = a_bits & b_bits;
    if (common - 64 * word < 64) shared &= (std::uint64_t{1} << (common - 64 * word)) - 1;
    for (; shared != 0; shared &= shared - 1) {
      const std::uint64_t before = (shared & -shared) - 1;
      const std::int32_t i = a_before + std::popcount(a_bits & before);
      const std::int32_t j = b_before + std::popcount(b_bits & before);
      const std::uint32_t time = a_times[i] + b_times[j];
      if (time > least) continue;
      if (time < least) ties.restart();
      least = time;
      ties.add(i, j);
    }
    a_before += std::popcount(a_bits);
    b_before += std::popcount(b_bits);
  }
  if (least >= time_ms(kNoWay)) return kNoWay;
  return make_weight(least, ties.shortest());
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
    fill_row(v, depth, to_, [](const ArcWeights& arc) { return arc.up; });
    fill_row(v, depth, from_, [](const ArcWeights& arc) { return arc.down; });
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

  void append_label(std::int32_t v, bool departing, std::vector<std::uint64_t>& block) {
    const std::int32_t depth = metric_.hierarchy().depth[v];
    const Weight* weights = row(departing ? to_ : from_, depth);
    const std::size_t bits = block.size();
    block.resize(bits + depth / 64 + 1, 0);
    hubs_.clear();
    for (std::int32_t d = 0; d <= depth; ++d) {
      if ((weights[d] & kCanonical) == 0 || weights[d] >= kNoWay) continue;
      block[bits + d / 64] |= std::uint64_t{1} << (d % 64);
      hubs_.push_back(weights[d]);
    }
    const std::size_t first = block.size(), n = hubs_.size();
    halves_.resize(2 * n);
    for (std::size_t i = 0; i < n; ++i) {
      halves_[i] = static_cast<std::uint32_t>(time_ms(hubs_[i]));
      halves_[n + i] = static_cast<std::uint32_t>(length_cm(hubs_[i]));
    }
    block.resize(first + n);
    if (n > 0) std::memcpy(block.data() + first, halves_.data(), n * sizeof(std::uint64_t));
  }

 private:
  Weight* row(std::vector<Weight>& matrix, std::int32_t depth) {
    return matrix.data() + static_cast<std::size_t>(depth) * stride_;
  }

  template <class Side>
  void fill_row(std::int32_t v, std::int32_t depth, std::vector<Weight>& matrix, Side&& side) {
    const Hierarchy& h = metric_.hierarchy();
    rows_.clear();
    weights_.clear();
    for (std::int32_t arc = h.first_up[v]; arc < h.first_up[v + 1]; ++arc) {
      const Weight weight = side(metric_.arcs()[arc]);
      if (weight >= kNoWay) continue;
      rows_.push_back(row(matrix, h.up_depth[arc]));
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
  std::vector<Weight> weights_, hubs_;
  std::vector<std::uint32_t> halves_;
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
  departing_.assign(vertex_.size(), nullptr);
  arriving_.assign(vertex_.size(), nullptr);
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
  std::vector<std::uint64_t> block;
  struct Place {
    const std::uint64_t** label;
    std::size_t at;
  };
  std::vector<Place> places;
  for (std::size_t i = 0; i < vertices.size(); ++i) {
    const std::int32_t v = vertices[i];
    if (wanted[v] == 0) continue;
    descent.visit(v);
    if (i < own || (wanted[v] & (kDeparting | kArriving)) == 0) continue;
    const std::int32_t place = slot(v);
    around_[place] = descent.around(v);
    if ((wanted[v] & kDeparting) != 0) {
      places.push_back({&departing_[place], block.size()});
      descent.append_label(v, true, block);
    }
    if ((wanted[v] & kArriving) != 0) {
      places.push_back({&arriving_[place], block.size()});
      descent.append_label(v, false, block);
    }
  }
  blocks_[task] = LabelMemory(block);
  for (const Place& place : places) *place.label = blocks_[task].data() + place.at;
}

std::int32_t HubLabels::slot(std::int32_t vertex) const {
  const auto at = std::lower_bound(vertex_.begin(), vertex_.end(), vertex);
  return at != vertex_.end() && *at == vertex ? static_cast<std::int32_t>(at - vertex_.begin())
                                              : -1;
}

// In a postorder the deepest common ancestor of two vertices is the highest of those of neighbours
// in between.
void HubLabels::index_common_ancestors() {
  const Hierarchy& h = *hierarchy_;
  const std::size_t n = vertex_.size();
  common_.assign(1, std::vector<std::uint16_t>(n > 0 ? n - 1 : 0));
  for (std::size_t i = 0; i + 1 < n; ++i) {
    std::int32_t ancestor = vertex_[i];
    while (ancestor >= 0 && ancestor < vertex_[i + 1]) ancestor = h.parent(ancestor);
    common_[0][i] = static_cast<std::uint16_t>(ancestor < 0 ? 0 : h.depth[ancestor] + 1);
  }
  for (std::size_t width = 1; 2 * width < n; width *= 2) {
    const std::vector<std::uint16_t>& below = common_.back();
    std::vector<std::uint16_t> level(n - 2 * width);
    for (std::size_t i = 0; i < level.size(); ++i) level[i] = std::min(below[i], below[i + width]);
    common_.push_back(std::move(level));
  }
}

std::int32_t HubLabels::common_ancestors(std::int32_t a, std::int32_t b) const {
  if (a == b) return depth_[a] + 1;
  const auto [left, right] = std::minmax(a, b);
  const auto length = static_cast<std::uint32_t>(right - left);
  const int level = std::bit_width(length) - 1;
  return std::min(common_[level][left], common_[level][right - (std::int32_t{1} << level)]);
}

HubLabels::Label HubLabels::label(std::int32_t slot, const std::uint64_t* words) const {
  Label label{words, slot, depth_[slot] / 64 + 1, 0};
  if (words == nullptr) return label;
  for (std::int32_t i = 0; i < label.num_bit_words; ++i) label.num_hubs += std::popcount(words[i]);
  return label;
}

Weight HubLabels::between(const Label& departing, const Label& arriving) const {
  return least_at_common_hubs(departing, arriving, common_ancestors(departing.slot, arriving.slot));
}

std::int64_t HubLabels::num_bytes() const {
  std::size_t bytes = vertex_.size() * (sizeof(std::int32_t) + sizeof(std::uint16_t) +
                                        2 * sizeof(const std::uint64_t*) + sizeof(Weight));
  for (const LabelMemory& block : blocks_) bytes += block.size() * sizeof(std::uint64_t);
  for (const auto& level : common_) bytes += level.capacity() * sizeof(std::uint16_t);
  return static_cast<std::int64_t>(bytes);
}

}  // namespace roadgnn::graph::detail
