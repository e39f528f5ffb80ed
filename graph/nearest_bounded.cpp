// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>
#include <queue>

#include <roadgnn/graph/nearest_search.h>
#include <roadgnn/graph/parallel.h>

namespace roadgnn::graph::detail {
namespace {

// The open turns of a metric as a search from (to) an edge takes them.
struct OpenTurns {
  struct Arc {
    Weight weight;
    std::int32_t node;
  };
  std::vector<std::int64_t> first;  // [num_edge_nodes + 1]
  std::vector<Arc> arcs;

  OpenTurns(const PreparedMetric& metric, bool forward) {
    const TurnGraph& turns = metric.graph().turns;
    const std::int32_t n = turns.num_edge_nodes();
    const auto& first_turn = forward ? turns.first_turn : turns.first_turn_in;
    first.reserve(static_cast<std::size_t>(n) + 1);
    first.push_back(0);
    arcs.reserve(turns.turn_head.size());
    for (std::int32_t node = 0; node < n; ++node) {
      for (std::int64_t i = first_turn[node]; i < first_turn[node + 1]; ++i) {
        const std::int64_t turn = forward ? i : turns.turn_in[i];
        const std::int32_t time = metric.metric().arc_time_ms[turn];
        if (time >= kClosed) continue;
        const std::int32_t tail = turns.turn_tail[turn];
        arcs.push_back({make_weight(time, metric.graph().length_cm[turns.edge[tail]]),
                        forward ? turns.turn_head[turn] : tail});
      }
      first.push_back(static_cast<std::int64_t>(arcs.size()));
    }
  }
};

// One thread's searches. Stops wait in the queue like edge-nodes do, of each edge the next one.
class BoundedSearch {
 public:
  BoundedSearch(const OpenTurns& turns, const StopEdges& edges,
                std::span<const std::int32_t> edge_at_node, std::int32_t num_stops)
      : turns_(turns),
        edges_(edges),
        edge_at_node_(edge_at_node),
        bias_(edges.forward ? 0 : edges.bias),
        weight_(edge_at_node.size(), kNoWay),
        seen_(num_stops) {}

  std::vector<NearStop> run(std::int32_t start, std::int32_t count) {
    std::vector<NearStop> nearest;
    nearest.reserve(static_cast<std::size_t>(count) + 1);
    seen_.start();
    // The start itself is reached by a way around alone.
    leave(start, 0);
    while (!queue_.empty()) {
      const Waiting next = queue_.top();
      const Weight with_bias = next.weight + bias_;
      if (static_cast<std::int32_t>(nearest.size()) >= count &&
          time_ms(with_bias) > time_ms(nearest[count - 1].weight)) {
        break;
      }
      queue_.pop();
      if (next.last < 0) {
        if (next.weight == weight_[next.next]) leave(next.next, next.weight);
      } else {
        const std::int32_t stop = edges_.stops[next.next].stop;
        if (seen_.insert(stop)) nearest.push_back({with_bias, stop});
        wait_for_stop(next.there, next.next + 1, next.last);
      }
    }
    queue_ = {};
    for (const std::int32_t node : reached_) weight_[node] = kNoWay;
    reached_.clear();
    return nearest;
  }

 private:
  // An edge-node (`last` is -1, `next` the node), or the stops next .. last - 1 of an edge.
  struct Waiting {
    Weight weight;
    Weight there;  // of the edge that the stops lie on
    std::int32_t next, last;

    friend bool operator>(const Waiting& a, const Waiting& b) { return a.weight > b.weight; }
  };

  // A search backwards meets an edge's stops before the edge's beginning, so they wait from the
  // moment that the edge does.
  void leave(std::int32_t node, Weight weight) {
    for (std::int64_t i = turns_.first[node]; i < turns_.first[node + 1]; ++i) {
      const OpenTurns::Arc& arc = turns_.arcs[i];
      const Weight through = weight + arc.weight;
      if (through >= weight_[arc.node]) continue;
      if (weight_[arc.node] == kNoWay) reached_.push_back(arc.node);
      weight_[arc.node] = through;
      queue_.push({through, 0, arc.node, -1});
      const std::int32_t edge = edge_at_node_[arc.node];
      if (edge >= 0) wait_for_stop(through, edges_.edges[edge].first, edges_.edges[edge].last);
    }
  }

  void wait_for_stop(Weight there, std::int32_t next, std::int32_t last) {
    if (next < last) queue_.push({there + edges_.stops[next].weight - bias_, there, next, last});
  }

  const OpenTurns& turns_;
  const StopEdges& edges_;
  std::span<const std::int32_t> edge_at_node_;
  const Weight bias_;                  // in the weights of `edges_`, not in the queue's
  std::vector<Weight> weight_;         // [num_edge_nodes]
  std::vector<std::int32_t> reached_;  // whose weight is not kNoWay
  std::priority_queue<Waiting, std::vector<Waiting>, std::greater<>> queue_;
  SeenStops seen_;
};

}  // namespace

std::vector<std::vector<NearStop>> nearest_by_search(const PreparedMetric& metric,
                                                     const HubLabels& labels,
                                                     const StopEdges& edges, std::int32_t num_stops,
                                                     std::int32_t count, int threads) {
  const OpenTurns turns(metric, edges.forward);
  const Hierarchy& h = metric.hierarchy();
  std::vector<std::int32_t> edge_at_node(edges.edge_at.size());
  for (std::size_t node = 0; node < edge_at_node.size(); ++node) {
    edge_at_node[node] = edges.edge_at[h.vertex[node]];
  }
  std::vector<std::vector<NearStop>> nearest(edges.edges.size());
  std::vector<BoundedSearch> searches(threads,
                                      BoundedSearch(turns, edges, edge_at_node, num_stops));
  parallel_for(static_cast<std::int64_t>(nearest.size()), 64, threads,
               [&](std::int64_t begin, std::int64_t end, int thread) {
                 for (std::int64_t e = begin; e < end; ++e) {
                   const std::int32_t start = h.edge_node[labels.vertex(edges.edges[e].near_slot)];
                   nearest[e] = searches[thread].run(start, count);
                 }
               });
  return nearest;
}

}  // namespace roadgnn::graph::detail
