// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <roadgnn/graph/nearest_search.h>
#include <roadgnn/graph/parallel.h>

namespace roadgnn::graph::detail {
namespace {

// Marks stops as seen in the current query.
class Seen {
 public:
  explicit Seen(std::int32_t num_stops) : round_(num_stops, 0) {}
  void start() { ++now_; }
  bool insert(std::int32_t stop) {
    if (round_[stop] == now_) return false;
    round_[stop] = now_;
    return true;
  }

 private:
  std::vector<std::uint32_t> round_;
  std::uint32_t now_ = 0;
};

// Sorts a list, keeps each stop's best entry, the `count` best and those as fast as the last of
// them.
std::int32_t keep_nearest(std::span<NearStop> list, std::int32_t count, Seen& seen) {
  std::sort(list.begin(), list.end());
  seen.start();
  std::int32_t kept = 0;
  for (const NearStop& entry : list) {
    if (kept >= count && time_ms(entry.weight) > time_ms(list[kept - 1].weight)) break;
    if (seen.insert(entry.stop)) list[kept++] = entry;
  }
  return kept;
}

struct Buckets {
  std::vector<std::int64_t> first;   // [num_vertices + 1]
  std::vector<std::int32_t> length;  // [num_vertices]
  std::vector<NearStop> entries;

  std::span<const NearStop> at(std::int32_t vertex) const {
    return {entries.data() + first[vertex], static_cast<std::size_t>(length[vertex])};
  }
};

template <class Visit>
void for_each_hub(const HubLabels& labels, bool departing, std::int32_t slot, Visit&& visit) {
  if (departing) {
    labels.for_each_departing(slot, visit);
  } else {
    labels.for_each_arriving(slot, visit);
  }
}

// An edge's own vertex gets no entry: StopEdges finds its stops there.
Buckets fill_buckets(const PreparedMetric& metric, const HubLabels& labels, const StopEdges& edges,
                     std::int32_t num_stops, std::int32_t count, int threads) {
  const std::int32_t n = metric.hierarchy().num_vertices();
  Buckets buckets;
  buckets.first.assign(n + 1, 0);
  for (const StopEdges::Edge& edge : edges.edges) {
    const std::int32_t own = labels.vertex(edge.far_slot);
    for_each_hub(labels, !edges.forward, edge.far_slot, [&](std::int32_t hub, Weight) {
      if (hub != own) buckets.first[hub + 1] += edge.last - edge.first;
    });
  }
  for (std::int32_t v = 0; v < n; ++v) buckets.first[v + 1] += buckets.first[v];
  buckets.entries.resize(buckets.first[n]);
  std::vector<std::int64_t> next(buckets.first.begin(), buckets.first.end() - 1);
  for (const StopEdges::Edge& edge : edges.edges) {
    const std::int32_t own = labels.vertex(edge.far_slot);
    for_each_hub(labels, !edges.forward, edge.far_slot, [&](std::int32_t hub, Weight weight) {
      if (hub == own) return;
      for (std::int32_t i = edge.first; i < edge.last; ++i) {
        const NearStop& stop = edges.stops[i];
        buckets.entries[next[hub]++] = {weight + stop.weight, stop.stop};
      }
    });
  }
  buckets.length.assign(n, 0);
  std::vector<Seen> seen(threads, Seen(num_stops));
  parallel_for(n, 1024, threads, [&](std::int64_t begin, std::int64_t end, int thread) {
    for (std::int64_t v = begin; v < end; ++v) {
      const std::span<NearStop> list(buckets.entries.data() + buckets.first[v],
                                     buckets.entries.data() + buckets.first[v + 1]);
      if (!list.empty()) buckets.length[v] = keep_nearest(list, count, seen[thread]);
    }
  });
  return buckets;
}

// Merges lists, each with its own weight added.
class ListMerge {
 public:
  explicit ListMerge(std::int32_t num_stops) : seen_(num_stops) {}

  void clear() { heads_.clear(); }
  void add(Weight weight, std::span<const NearStop> list) {
    if (!list.empty())
      heads_.push_back(
          {weight + list.front().weight, weight, list.data(), list.data() + list.size()});
  }

  std::vector<NearStop> nearest(std::int32_t count) {
    std::vector<NearStop> result;
    seen_.start();
    std::make_heap(heads_.begin(), heads_.end(), later);
    while (!heads_.empty() && heads_.front().key < kNoWay) {
      Head& head = heads_.front();
      if (static_cast<std::int32_t>(result.size()) >= count &&
          time_ms(head.key) > time_ms(result[count - 1].weight)) {
        break;
      }
      if (seen_.insert(head.next->stop)) result.push_back({head.key, head.next->stop});
      advance();
    }
    return result;
  }

 private:
  struct Head {
    Weight key, added;
    const NearStop *next, *end;
  };
  static bool later(const Head& a, const Head& b) { return a.key > b.key; }

  // Moves the first list on and restores the heap from the top.
  void advance() {
    Head moved = heads_.front();
    if (++moved.next == moved.end) {
      moved = heads_.back();
      heads_.pop_back();
      if (heads_.empty()) return;
    } else {
      moved.key = moved.added + moved.next->weight;
    }
    std::size_t hole = 0;
    while (true) {
      std::size_t child = 2 * hole + 1;
      if (child >= heads_.size()) break;
      if (child + 1 < heads_.size() && heads_[child + 1].key < heads_[child].key) ++child;
      if (heads_[child].key >= moved.key) break;
      heads_[hole] = heads_[child];
      hole = child;
    }
    heads_[hole] = moved;
  }

  std::vector<Head> heads_;
  Seen seen_;
};

}  // namespace

std::vector<std::vector<NearStop>> nearest_by_buckets(const PreparedMetric& metric,
                                                      const HubLabels& labels,
                                                      const StopEdges& edges,
                                                      std::int32_t num_stops, std::int32_t count,
                                                      int threads) {
  const Buckets buckets = fill_buckets(metric, labels, edges, num_stops, count, threads);
  const auto stops_of = [&](const StopEdges::Edge& edge) {
    return std::span<const NearStop>(edges.stops.data() + edge.first,
                                     edges.stops.data() + edge.last);
  };
  std::vector<std::vector<NearStop>> nearest(edges.edges.size());
  std::vector<ListMerge> merges(threads, ListMerge(num_stops));
  parallel_for(static_cast<std::int64_t>(nearest.size()), 64, threads,
               [&](std::int64_t begin, std::int64_t end, int thread) {
                 ListMerge& merge = merges[thread];
                 for (std::int64_t e = begin; e < end; ++e) {
                   const StopEdges::Edge& edge = edges.edges[e];
                   merge.clear();
                   for_each_hub(
                       labels, edges.forward, edge.near_slot, [&](std::int32_t hub, Weight weight) {
                         merge.add(weight, buckets.at(hub));
                         const std::int32_t slot = labels.slot(hub);
                         const std::int32_t there = slot < 0 ? -1 : edges.edge_of_far_slot[slot];
                         if (there >= 0 && slot != edge.near_slot)
                           merge.add(weight, stops_of(edges.edges[there]));
                       });
                   if (edge.near_slot == edge.far_slot && labels.around(edge.near_slot) < kNoWay) {
                     merge.add(labels.around(edge.near_slot), stops_of(edge));
                   }
                   nearest[e] = merge.nearest(count);
                 }
               });
  return nearest;
}

}  // namespace roadgnn::graph::detail
