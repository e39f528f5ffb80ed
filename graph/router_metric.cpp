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

using detail::ArcWeights;
using detail::kNoWay;
using detail::Weight;

// to[i] = min(to[i], from[i] + added), both directions of `count` arcs.
ROADGNN_SIMD_CLONES
void relax_run(Weight* to, const Weight* from, ArcWeights added, std::int32_t count) {
  for (std::int32_t i = 0; i < 2 * count; i += 2) {
    to[i] = std::min(to[i], from[i] + added.up);
    to[i + 1] = std::min(to[i + 1], from[i + 1] + added.down);
  }
}

}  // namespace

PreparedMetric::PreparedMetric(std::shared_ptr<const RoadGraph> graph,
                               std::shared_ptr<const Hierarchy> hierarchy, Metric metric,
                               int threads)
    : graph_(std::move(graph)), hierarchy_(std::move(hierarchy)), metric_(std::move(metric)) {
  detail::check_metric(*graph_, metric_);
  arcs_.resize(static_cast<std::size_t>(hierarchy_->num_arcs()));
  loops_.assign(static_cast<std::size_t>(hierarchy_->num_vertices()), kNoWay);
  set_turns();
  customise(threads);
}

void PreparedMetric::set_turns() {
  const TurnGraph& turns = graph_->turns;
  for (std::size_t turn = 0; turn < turns.turn_head.size(); ++turn) {
    const std::int32_t time = metric_.arc_time_ms[turn];
    if (time >= kClosed) continue;
    const std::int32_t tail = turns.turn_tail[turn], code = hierarchy_->turn_arc[turn];
    const Weight weight = detail::make_weight(time, graph_->length_cm[turns.edge[tail]]);
    Weight& arc = code < 0        ? loops_[hierarchy_->vertex[tail]]
                  : code % 2 == 0 ? arcs_[code / 2].up
                                  : arcs_[code / 2].down;
    arc = std::min(arc, weight);
  }
}

// The arcs of y are final once every triangle x, y, z with x the lowest is relaxed; those of x
// already are. The upper neighbours of x above y are upper neighbours of y too: where there are as
// many, the two runs match one to one.
void PreparedMetric::customise_vertex(std::int32_t y, ArcWeights* by_depth) {
  const Hierarchy& h = *hierarchy_;
  const std::int32_t begin = h.first_up[y], end = h.first_up[y + 1];
  bool scattered = false;
  for (std::int32_t i = h.first_down[y]; i < h.first_down[y + 1]; ++i) {
    const std::int32_t arc = h.down_arc[i], rest_end = h.first_up[h.up_tail[arc] + 1];
    const ArcWeights side = arcs_[arc];
    loops_[y] = std::min(loops_[y], side.up + side.down);
    // From y down to x and on to z, and from z to x and up to y.
    const ArcWeights added{side.down, side.up};
    if (side.up >= kNoWay && side.down >= kNoWay) continue;
    if (rest_end - (arc + 1) == end - begin) {
      if (begin < end) {
        relax_run(&arcs_[begin].up, &arcs_[arc + 1].up, added, end - begin);
      }
      continue;
    }
    if (!scattered) {
      for (std::int32_t k = begin; k < end; ++k) by_depth[h.up_depth[k]] = ArcWeights{};
      scattered = true;
    }
    for (std::int32_t k = arc + 1; k < rest_end; ++k) {
      ArcWeights& to = by_depth[h.up_depth[k]];
      to.up = std::min(to.up, arcs_[k].up + added.up);
      to.down = std::min(to.down, arcs_[k].down + added.down);
    }
  }
  if (!scattered) return;
  for (std::int32_t k = begin; k < end; ++k) {
    const ArcWeights& found = by_depth[h.up_depth[k]];
    arcs_[k].up = std::min(arcs_[k].up, found.up);
    arcs_[k].down = std::min(arcs_[k].down, found.down);
  }
}

void PreparedMetric::customise(int threads) {
  const HierarchyTasks tasks = split_tree(*hierarchy_, threads);
  std::vector<std::vector<ArcWeights>> scratch(tasks.threads);
  for (auto& by_depth : scratch) by_depth.resize(hierarchy_->height());
  parallel_for(static_cast<std::int64_t>(tasks.subtree.size()), 1, tasks.threads,
               [&](std::int64_t begin, std::int64_t end, int thread) {
                 for (std::int64_t i = begin; i < end; ++i) {
                   const auto [first, last] = tasks.subtree[i];
                   for (std::int32_t v = first; v <= last; ++v) {
                     customise_vertex(v, scratch[thread].data());
                   }
                 }
               });
  for (const std::int32_t v : tasks.top) customise_vertex(v, scratch[0].data());
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
