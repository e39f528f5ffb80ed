// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/router_metric.h>

#include <algorithm>
#include <string>
#include <utility>

#include <roadgnn/graph/error.h>
#include <roadgnn/graph/parallel.h>
#include <roadgnn/graph/router_simd.h>

namespace roadgnn::graph {
namespace {

using detail::kNoWay;
using detail::Weight;

// to[i] = min(to[i], from[i] + added)
ROADGNN_SIMD_CLONES
void relax_run(Weight* to, const Weight* from, Weight added, std::int32_t count) {
  for (std::int32_t i = 0; i < count; ++i) to[i] = std::min(to[i], from[i] + added);
}

void relax_scattered(Weight* by_depth, const std::int32_t* depth, const Weight* from, Weight added,
                     std::int32_t count) {
  for (std::int32_t i = 0; i < count; ++i) {
    Weight& to = by_depth[depth[i]];
    to = std::min(to, from[i] + added);
  }
}

}  // namespace

PreparedMetric::PreparedMetric(std::shared_ptr<const RoadGraph> graph,
                               std::shared_ptr<const Hierarchy> hierarchy, Metric metric,
                               int threads, Customisation customisation)
    : graph_(std::move(graph)), hierarchy_(std::move(hierarchy)), metric_(std::move(metric)) {
  detail::check_metric(*graph_, metric_);
  const auto num_arcs = static_cast<std::size_t>(hierarchy_->num_arcs());
  weights_.assign(2 * num_arcs, kNoWay);
  up_ = std::span(weights_).first(num_arcs);
  down_ = std::span(weights_).last(num_arcs);
  loops_.assign(static_cast<std::size_t>(hierarchy_->num_vertices()), kNoWay);
  set_turns();
  customise(threads);
  const Hierarchy& h = *hierarchy_;
  if (customisation == Customisation::perfect) {
    needed_ = detail::needed_arcs(h, up_, down_, threads);
    search_up_ = needed_.up.view();
    search_down_ = needed_.down.view();
  } else {
    search_up_ = {h.first_up.data(), up_.data(), h.up_depth.data(), nullptr};
    search_down_ = {h.first_up.data(), down_.data(), h.up_depth.data(), nullptr};
  }
}

void PreparedMetric::set_turns() {
  const TurnGraph& turns = graph_->turns;
  for (std::size_t turn = 0; turn < turns.turn_head.size(); ++turn) {
    const std::int32_t time = metric_.arc_time_ms[turn];
    if (time >= kClosed) continue;
    const std::int32_t tail = turns.turn_tail[turn], code = hierarchy_->turn_arc[turn];
    const Weight weight = detail::make_weight(time, graph_->length_cm[turns.edge[tail]]);
    Weight& arc = code < 0        ? loops_[hierarchy_->vertex[tail]]
                  : code % 2 == 0 ? up_[code / 2]
                                  : down_[code / 2];
    arc = std::min(arc, weight);
  }
}

// The weights of one vertex's arcs by the depth of their upper ends.
struct PreparedMetric::Scratch {
  std::vector<Weight> up, down;
};

// The arcs of y are final once every triangle x, y, z with x the lowest is relaxed; those of x
// already are. The upper neighbours of x above y are upper neighbours of y too: where there are as
// many, the two runs match one to one. A way from y over x needs the one down to x, a way to y the
// one up from x; most arcs have but one of them.
void PreparedMetric::customise_vertex(std::int32_t y, Scratch& scratch) {
  const Hierarchy& h = *hierarchy_;
  const std::int32_t begin = h.first_up[y], end = h.first_up[y + 1];
  const std::int32_t* depth = h.up_depth.data();
  bool scattered = false;
  for (std::int32_t i = h.first_down[y]; i < h.first_down[y + 1]; ++i) {
    const std::int32_t arc = h.down_arc[i], rest = arc + 1;
    const std::int32_t count = h.first_up[h.up_tail[arc] + 1] - rest;
    const Weight to_y = up_[arc], from_y = down_[arc];
    if (to_y < kNoWay && from_y < kNoWay) loops_[y] = std::min(loops_[y], to_y + from_y);
    if (count == 0 || (to_y >= kNoWay && from_y >= kNoWay)) continue;
    if (count == end - begin) {
      if (from_y < kNoWay) relax_run(&up_[begin], &up_[rest], from_y, count);
      if (to_y < kNoWay) relax_run(&down_[begin], &down_[rest], to_y, count);
      continue;
    }
    if (!scattered) {
      for (std::int32_t k = begin; k < end; ++k) {
        scratch.up[depth[k]] = scratch.down[depth[k]] = kNoWay;
      }
      scattered = true;
    }
    if (from_y < kNoWay) {
      relax_scattered(scratch.up.data(), depth + rest, &up_[rest], from_y, count);
    }
    if (to_y < kNoWay) {
      relax_scattered(scratch.down.data(), depth + rest, &down_[rest], to_y, count);
    }
  }
  if (!scattered) return;
  for (std::int32_t k = begin; k < end; ++k) {
    up_[k] = std::min(up_[k], scratch.up[depth[k]]);
    down_[k] = std::min(down_[k], scratch.down[depth[k]]);
  }
}

void PreparedMetric::customise(int threads) {
  const HierarchyTasks tasks = split_tree(*hierarchy_, threads);
  const auto height = static_cast<std::size_t>(hierarchy_->height());
  std::vector<Scratch> scratch(tasks.threads,
                               {std::vector<Weight>(height), std::vector<Weight>(height)});
  parallel_for(static_cast<std::int64_t>(tasks.subtree.size()), 1, tasks.threads,
               [&](std::int64_t begin, std::int64_t end, int thread) {
                 for (std::int64_t i = begin; i < end; ++i) {
                   const auto [first, last] = tasks.subtree[i];
                   for (std::int32_t v = first; v <= last; ++v) {
                     customise_vertex(v, scratch[thread]);
                   }
                 }
               });
  for (const std::int32_t v : tasks.top) customise_vertex(v, scratch[0]);
}

namespace detail {

void check_metric(const RoadGraph& graph, const Metric& metric) {
  const TurnGraph& turns = graph.turns;
  const auto num_edges = static_cast<std::size_t>(graph.num_edges());
  if (metric.edge_time_ms.size() != num_edges || metric.edge_access.size() != num_edges ||
      metric.arc_time_ms.size() != turns.turn_head.size()) {
    throw InputError("the metric is of another graph: it has " +
                     std::to_string(metric.edge_time_ms.size()) + " edges and " +
                     std::to_string(metric.arc_time_ms.size()) + " turns where the graph has " +
                     std::to_string(num_edges) + " and " + std::to_string(turns.turn_head.size()));
  }
  for (std::size_t edge = 0; edge < num_edges; ++edge) {
    if (metric.edge_time_ms[edge] < 0) {
      throw InputError("edge_time_ms[" + std::to_string(edge) +
                       "] of the metric is negative: " + std::to_string(metric.edge_time_ms[edge]));
    }
  }
  for (std::size_t turn = 0; turn < turns.turn_head.size(); ++turn) {
    const std::int32_t time = metric.arc_time_ms[turn];
    if (time >= kClosed) continue;
    if (time < metric.edge_time_ms[turns.edge[turns.turn_tail[turn]]]) {
      throw InputError("arc_time_ms[" + std::to_string(turn) + "] of the metric is " +
                       std::to_string(time) + ", less than the time of the edge it leaves");
    }
  }
}

QuerySides query_sides(const RoadGraph& graph, const Hierarchy& hierarchy, const Metric& metric,
                       const Position& position) {
  QuerySides sides;
  for (std::int32_t i = 0; i < std::min(position.num_sides, 2); ++i) {
    const auto [edge, offset] = position.sides[i];
    if (edge < 0 || edge >= graph.num_edges()) {
      throw InputError("edge " + std::to_string(edge) + " of a position is not in the graph");
    }
    if (offset < 0 || offset > graph.length_cm[edge]) {
      throw InputError("offset " + std::to_string(offset) + " cm of a position is beyond edge " +
                       std::to_string(edge) + " of " + std::to_string(graph.length_cm[edge]) +
                       " cm");
    }
    const std::int32_t time = metric.edge_time_ms[edge];
    if (metric.edge_access[edge] == Access::closed || time >= kClosed) continue;
    const auto& vertex = hierarchy.vertex;
    sides.side[sides.count++] = {edge, vertex[graph.turns.departing_node[edge]],
                                 vertex[graph.turns.arriving_node[edge]],
                                 share_of_edge(time, offset, graph.length_cm[edge]), offset};
  }
  return sides;
}

}  // namespace detail
}  // namespace roadgnn::graph
