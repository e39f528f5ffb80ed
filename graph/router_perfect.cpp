// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <roadgnn/graph/parallel.h>
#include <roadgnn/graph/router_arcs.h>

namespace roadgnn::graph::detail {
namespace {

// One thread's way down the tree. Weights become those of the fastest ways of all.
class Lowering {
 public:
  Lowering(const Hierarchy& hierarchy, std::span<Weight> up, std::span<Weight> down)
      : h_(hierarchy),
        up_(up),
        down_(down),
        above_up_(static_cast<std::size_t>(hierarchy.height()), kNoWay),
        above_down_(above_up_) {}

  // The arcs of y are final once every vertex above it was visited. Each triangle x, y, z with y in
  // the middle lowers both arcs of x.
  void visit(std::int32_t y) {
    const std::int32_t begin = h_.first_up[y], end = h_.first_up[y + 1];
    if (begin == end) return;
    for (std::int32_t k = begin; k < end; ++k) {
      above_up_[h_.up_depth[k]] = up_[k];
      above_down_[h_.up_depth[k]] = down_[k];
    }
    for (std::int32_t i = h_.first_down[y]; i < h_.first_down[y + 1]; ++i) {
      const std::int32_t arc = h_.down_arc[i], rest = arc + 1;
      const std::int32_t count = h_.first_up[h_.up_tail[arc] + 1] - rest;
      const std::int32_t* depth = h_.up_depth.data() + rest;
      lower(&up_[arc], &up_[rest], above_up_.data(), above_down_.data(), depth, count);
      lower(&down_[arc], &down_[rest], above_down_.data(), above_up_.data(), depth, count);
    }
  }

 private:
  // Ways between x and y over each z, and between x and each z over y, in one direction.
  static void lower(Weight* to_y, Weight* to_z, const Weight* between, const Weight* back,
                    const std::int32_t* depth, std::int32_t count) {
    const Weight before = *to_y;
    Weight least = before;
    for (std::int32_t k = 0; k < count; ++k) {
      least = std::min(least, to_z[k] + back[depth[k]]);
      to_z[k] = std::min(to_z[k], before + between[depth[k]]);
    }
    *to_y = least;
  }

  const Hierarchy& h_;
  std::span<Weight> up_, down_;
  std::vector<Weight> above_up_, above_down_;  // the weights of y's arcs by depth
};

NeededArcs keep(const Hierarchy& h, std::span<const Weight> before, std::span<const Weight> after) {
  const std::int32_t n = h.num_vertices();
  NeededArcs kept;
  kept.first.reserve(static_cast<std::size_t>(n) + 1);
  kept.first.push_back(0);
  const auto needed = [&](std::int32_t k) { return before[k] < kNoWay && before[k] == after[k]; };
  std::size_t count = 0;
  for (std::int32_t k = 0; k < h.num_arcs(); ++k) count += needed(k);
  for (auto* numbers : {&kept.depth, &kept.number}) numbers->reserve(count);
  kept.weight.reserve(count);
  for (std::int32_t v = 0; v < n; ++v) {
    for (std::int32_t k = h.first_up[v]; k < h.first_up[v + 1]; ++k) {
      if (!needed(k)) continue;
      kept.weight.push_back(before[k]);
      kept.depth.push_back(h.up_depth[k]);
      kept.number.push_back(k);
    }
    kept.first.push_back(static_cast<std::int32_t>(kept.number.size()));
  }
  return kept;
}

}  // namespace

BothNeededArcs needed_arcs(const Hierarchy& hierarchy, std::span<const Weight> up,
                           std::span<const Weight> down, int threads) {
  std::vector<Weight> lowered(up.begin(), up.end());
  lowered.insert(lowered.end(), down.begin(), down.end());
  const auto lowered_up = std::span(lowered).first(up.size());
  const auto lowered_down = std::span(lowered).last(up.size());
  const HierarchyTasks tasks = split_tree(hierarchy, threads);
  std::vector<Lowering> lowerings(tasks.threads, Lowering(hierarchy, lowered_up, lowered_down));
  for (auto v = tasks.top.rbegin(); v != tasks.top.rend(); ++v) lowerings[0].visit(*v);
  parallel_for(static_cast<std::int64_t>(tasks.subtree.size()), 1, tasks.threads,
               [&](std::int64_t begin, std::int64_t end, int thread) {
                 for (std::int64_t i = begin; i < end; ++i) {
                   const auto [first, last] = tasks.subtree[i];
                   for (std::int32_t v = last; v >= first; --v) lowerings[thread].visit(v);
                 }
               });
  BothNeededArcs arcs;
  parallel_for(2, 1, tasks.threads, [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int64_t i = begin; i < end; ++i) {
      (i == 0 ? arcs.up : arcs.down) =
          i == 0 ? keep(hierarchy, up, lowered_up) : keep(hierarchy, down, lowered_down);
    }
  });
  return arcs;
}

}  // namespace roadgnn::graph::detail
