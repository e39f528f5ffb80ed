// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <roadgnn/graph/nearest_search.h>
#include <roadgnn/graph/parallel.h>

namespace roadgnn::graph::detail {
namespace {

// Drops entries that are later in time than the `rank`-th; the others keep no order.
template <class Entry>
void drop_later(std::vector<Entry>& list, std::size_t rank) {
  if (list.size() <= rank) return;
  std::nth_element(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(rank) - 1, list.end());
  const std::int64_t last = time_ms(list[rank - 1].weight);
  std::erase_if(list, [&](const Entry& entry) { return time_ms(entry.weight) > last; });
}

// Sorts a list, keeps each stop's best entry, the `count` best and those as fast as the last of
// them.
void keep_nearest(std::vector<NearStop>& list, std::int32_t count, SeenStops& seen) {
  drop_later(list, 2 * static_cast<std::size_t>(count));  // a stop has two sides at most
  std::sort(list.begin(), list.end());
  seen.start();
  std::int32_t kept = 0;
  for (const NearStop& entry : list) {
    if (kept >= count && time_ms(entry.weight) > time_ms(list[kept - 1].weight)) break;
    if (seen.insert(entry.stop)) list[kept++] = entry;
  }
  list.resize(kept);
}

template <class Visit>
void for_each_hub(const HubLabels& labels, bool departing, std::int32_t slot,
                  HubLabels::RootPath& path, Visit&& visit) {
  if (departing) {
    labels.for_each_departing(slot, path, visit);
  } else {
    labels.for_each_arriving(slot, path, visit);
  }
}

// An edge at a hub; the weight is that of its nearest stop.
struct NearEdge {
  Weight weight = kNoWay;
  std::int32_t edge = -1;

  friend auto operator<=>(const NearEdge&, const NearEdge&) = default;
};

// The edges at each hub, in CSR form. An edge's own vertex gets no entry: StopEdges::edge_at finds
// its stops there.
struct HubEdges {
  std::vector<std::int64_t> first;
  std::vector<NearEdge> entries;

  HubEdges(const HubLabels& labels, const StopEdges& edges) : first(edges.edge_at.size() + 1, 0) {
    for_each(labels, edges, [&](std::int32_t hub, const NearEdge&) { ++first[hub + 1]; });
    for (std::size_t v = 1; v < first.size(); ++v) first[v] += first[v - 1];
    entries.resize(first.back());
    std::vector<std::int64_t> next(first.begin(), first.end() - 1);
    for_each(labels, edges,
             [&](std::int32_t hub, const NearEdge& entry) { entries[next[hub]++] = entry; });
  }

  template <class Visit>
  static void for_each(const HubLabels& labels, const StopEdges& edges, Visit&& visit) {
    HubLabels::RootPath path;
    for (std::size_t e = 0; e < edges.edges.size(); ++e) {
      const StopEdges::Edge& edge = edges.edges[e];
      const std::int32_t own = labels.vertex(edge.far_slot);
      const Weight nearest = edges.stops[edge.first].weight;
      for_each_hub(labels, !edges.forward, edge.far_slot, path,
                   [&](std::int32_t hub, Weight weight) {
                     if (hub == own) return;
                     visit(hub, NearEdge{weight + nearest, static_cast<std::int32_t>(e)});
                   });
    }
  }
};

// The nearest stops of each hub, ascending.
using Buckets = std::vector<std::vector<NearStop>>;

// One hub's bucket. Of many edges those that surely hold enough stops are opened, no others: a stop
// has two sides at most, so twice as many edges as stops are enough.
void fill_bucket(const StopEdges& edges, std::vector<NearEdge>& near, std::int32_t count,
                 std::vector<NearStop>& list, SeenStops& seen) {
  const std::size_t enough = 2 * static_cast<std::size_t>(count);
  Weight latest = ~Weight{0};
  if (near.size() > enough) {
    drop_later(near, enough);
    latest = std::max_element(near.begin(), near.end())->weight | 0xffffffffU;
  }
  list.clear();
  for (const NearEdge& entry : near) {
    const StopEdges::Edge& edge = edges.edges[entry.edge];
    const Weight there = entry.weight - edges.stops[edge.first].weight;
    for (std::int32_t i = edge.first; i < edge.last; ++i) {
      const NearStop stop{there + edges.stops[i].weight, edges.stops[i].stop};
      if (stop.weight > latest) break;
      list.push_back(stop);
    }
  }
  keep_nearest(list, count, seen);
}

Buckets fill_buckets(const HubLabels& labels, const StopEdges& edges, std::int32_t num_stops,
                     std::int32_t count, int threads) {
  const HubEdges at_hub(labels, edges);
  Buckets buckets(edges.edge_at.size());
  std::vector<SeenStops> seen(threads, SeenStops(num_stops));
  parallel_for(static_cast<std::int64_t>(buckets.size()), 1024, threads,
               [&](std::int64_t begin, std::int64_t end, int thread) {
                 std::vector<NearEdge> near;
                 std::vector<NearStop> list;
                 for (std::int64_t v = begin; v < end; ++v) {
                   near.assign(at_hub.entries.begin() + at_hub.first[v],
                               at_hub.entries.begin() + at_hub.first[v + 1]);
                   if (near.empty()) continue;
                   fill_bucket(edges, near, count, list, seen[thread]);
                   buckets[v].assign(list.begin(), list.end());
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
  SeenStops seen_;
};

}  // namespace

std::vector<std::vector<NearStop>> nearest_by_buckets(const HubLabels& labels,
                                                      const StopEdges& edges,
                                                      std::int32_t num_stops, std::int32_t count,
                                                      int threads) {
  const Buckets buckets = fill_buckets(labels, edges, num_stops, count, threads);
  const auto stops_of = [&](const StopEdges::Edge& edge) {
    return std::span<const NearStop>(edges.stops.data() + edge.first,
                                     edges.stops.data() + edge.last);
  };
  std::vector<std::vector<NearStop>> nearest(edges.edges.size());
  std::vector<ListMerge> merges(threads, ListMerge(num_stops));
  parallel_for(static_cast<std::int64_t>(nearest.size()), 64, threads,
               [&](std::int64_t begin, std::int64_t end, int thread) {
                 ListMerge& merge = merges[thread];
                 HubLabels::RootPath path;
                 for (std::int64_t e = begin; e < end; ++e) {
                   const StopEdges::Edge& edge = edges.edges[e];
                   merge.clear();
                   const std::int32_t own = labels.vertex(edge.near_slot);
                   for_each_hub(labels, edges.forward, edge.near_slot, path,
                                [&](std::int32_t hub, Weight weight) {
                                  merge.add(weight, buckets[hub]);
                                  const std::int32_t there = edges.edge_at[hub];
                                  if (there >= 0 && hub != own) {
                                    merge.add(weight, stops_of(edges.edges[there]));
                                  }
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
