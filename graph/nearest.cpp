// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/nearest.h>

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <utility>

#include <roadgnn/graph/nearest_search.h>
#include <roadgnn/graph/parallel.h>

namespace roadgnn::graph::detail {

StopEdges::StopEdges(const PreparedMetric& metric, const HubLabels& labels,
                     std::span<const QuerySides> all_stops, bool is_forward)
    : forward(is_forward) {
  std::int64_t most_ms = 0, most_cm = 0;
  std::vector<std::tuple<std::int32_t, std::int32_t, std::int32_t>> found;  // slots and road edge
  for (const QuerySides& stop : all_stops) {
    for (int i = 0; i < stop.count; ++i) {
      const QuerySide& side = stop.side[i];
      found.emplace_back(forward ? side.departing : side.arriving,
                         forward ? side.arriving : side.departing, side.edge);
      most_ms = std::max<std::int64_t>(most_ms, side.share_ms);
      most_cm = std::max<std::int64_t>(most_cm, side.offset_cm);
    }
  }
  bias = make_weight(most_ms, most_cm);
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  std::vector<std::int32_t> index(metric.graph().num_edges(), -1);
  edge_at.assign(metric.hierarchy().num_vertices(), -1);
  for (const auto& [near_slot, far_slot, edge] : found) {
    index[edge] = static_cast<std::int32_t>(edges.size());
    edge_at[labels.vertex(far_slot)] = index[edge];
    edges.push_back({near_slot, far_slot, 0, 0});
  }

  std::vector<std::pair<std::int32_t, NearStop>> entries;
  for (auto& of_side : edge_of_side) of_side.assign(all_stops.size(), -1);
  for (std::size_t stop = 0; stop < all_stops.size(); ++stop) {
    for (int i = 0; i < all_stops[stop].count; ++i) {
      const QuerySide& side = all_stops[stop].side[i];
      edge_of_side[i][stop] = index[side.edge];
      entries.emplace_back(index[side.edge],
                           NearStop{added(side), static_cast<std::int32_t>(stop)});
    }
  }
  std::sort(entries.begin(), entries.end());
  for (const auto& [edge, stop] : entries) {
    if (edges[edge].last == 0) edges[edge].first = static_cast<std::int32_t>(stops.size());
    stops.push_back(stop);
    edges[edge].last = static_cast<std::int32_t>(stops.size());
  }
}

namespace {

// A list of stops in ascending order, each weight changed by `added`.
struct Sequence {
  const NearStop *next, *end;
  Weight added;

  Weight key() const { return next->weight + added; }
};

using Neighbour = std::tuple<std::int32_t, std::int32_t, std::int32_t>;  // time, metres, stop

// The k nearest of one stop: those of its sides' edges and those further along (back) on the same
// edges.
class StopMerge {
 public:
  StopMerge(const StopEdges& edges, const std::vector<std::vector<NearStop>>& nearest,
            std::span<const QuerySides> stops, std::int32_t k)
      : edges_(edges), nearest_(nearest), stops_(stops), k_(k), round_(stops.size(), 0) {}

  void run(std::int32_t stop, std::vector<Neighbour>& result) {
    sequences_.clear();
    for (int i = 0; i < stops_[stop].count; ++i)
      add_side(stops_[stop].side[i], edges_.edge_of_side[i][stop]);
    ++now_;
    round_[stop] = now_;
    result.clear();
    while (!sequences_.empty()) {
      auto first = std::min_element(sequences_.begin(), sequences_.end(),
                                    [](const auto& a, const auto& b) { return a.key() < b.key(); });
      const Weight key = first->key();
      if (time_ms(key) >= kClosed) break;
      if (static_cast<std::int32_t>(result.size()) >= k_ &&
          time_ms(key) > std::get<0>(result[k_ - 1]))
        break;
      if (round_[first->next->stop] != now_) {
        round_[first->next->stop] = now_;
        const Travel travel = to_travel({time_ms(key), length_cm(key)});
        result.emplace_back(travel.time_ms, travel.length_m, first->next->stop);
      }
      if (++first->next == first->end) sequences_.erase(first);
    }
    std::sort(result.begin(), result.end());
    if (static_cast<std::int32_t>(result.size()) > k_) result.resize(k_);
  }

 private:
  void add_side(const QuerySide& side, std::int32_t edge) {
    const std::vector<NearStop>& list = nearest_[edge];
    const auto add = [&](const NearStop* begin, const NearStop* end, Weight added) {
      if (begin != end) sequences_.push_back({begin, end, added});
    };
    add(list.data(), list.data() + list.size(), edges_.own_weight(side));
    const NearStop* begin = edges_.stops.data() + edges_.edges[edge].first;
    const NearStop* end = edges_.stops.data() + edges_.edges[edge].last;
    const Weight here = edges_.added(side);
    begin = std::partition_point(begin, end, [&](const NearStop& s) { return s.weight < here; });
    add(begin, end, -here);
  }

  const StopEdges& edges_;
  const std::vector<std::vector<NearStop>>& nearest_;
  std::span<const QuerySides> stops_;
  const std::int32_t k_;
  std::vector<Sequence> sequences_;
  std::vector<std::uint32_t> round_;
  std::uint32_t now_ = 0;
};

using Lists = std::vector<std::vector<Neighbour>>;

Lists nearest_stops(const PreparedMetric& metric, const HubLabels& labels,
                    std::span<const QuerySides> stops, std::int32_t k, bool forward,
                    NearestMethod method, int threads) {
  const auto num_stops = static_cast<std::int32_t>(stops.size());
  const StopEdges edges(metric, labels, stops, forward);
  const auto nearest = method == NearestMethod::search
                           ? nearest_by_search(metric, labels, edges, num_stops, k + 1, threads)
                           : nearest_by_buckets(labels, edges, num_stops, k + 1, threads);
  Lists lists(stops.size());
  std::vector<StopMerge> merges(threads, StopMerge(edges, nearest, stops, k));
  parallel_for(num_stops, 256, threads, [&](std::int64_t begin, std::int64_t end, int thread) {
    for (std::int64_t stop = begin; stop < end; ++stop) {
      merges[thread].run(static_cast<std::int32_t>(stop), lists[stop]);
    }
  });
  return lists;
}

// Stops at one closed place have each other, and nothing else.
void add_closed_places(std::span<const QuerySides> stops, std::int32_t k, Lists& out, Lists& in) {
  std::unordered_map<std::int32_t, std::vector<std::int32_t>> at_place;
  for (std::size_t stop = 0; stop < stops.size(); ++stop) {
    if (stops[stop].closed_place >= 0) {
      at_place[stops[stop].closed_place].push_back(static_cast<std::int32_t>(stop));
    }
  }
  for (const auto& [place, members] : at_place) {
    for (const std::int32_t stop : members) {
      for (const std::int32_t other : members) {
        if (static_cast<std::int32_t>(out[stop].size()) >= k) break;
        if (other == stop) continue;
        out[stop].emplace_back(0, 0, other);
        in[stop].emplace_back(0, 0, other);
      }
    }
  }
}

}  // namespace

NearestMethod nearest_method(const Metric& metric, std::span<const QuerySides> stops) {
  constexpr double kDense = 0.6;  // sides of stops an open edge
  std::int64_t open = 0, sides = 0;
  for (std::size_t edge = 0; edge < metric.edge_time_ms.size(); ++edge) {
    open += metric.edge_access[edge] != Access::closed && metric.edge_time_ms[edge] < kClosed;
  }
  for (const QuerySides& stop : stops) sides += stop.count;
  return static_cast<double>(sides) > kDense * static_cast<double>(open) ? NearestMethod::search
                                                                         : NearestMethod::buckets;
}

CandidateGraph nearest_candidates(const PreparedMetric& metric, const HubLabels& labels,
                                  std::span<const QuerySides> stops, std::int32_t k,
                                  NearestMethod method, int threads) {
  threads = resolve_threads(threads);
  CandidateGraph graph;
  graph.first_out.assign(stops.size() + 1, 0);
  if (k <= 0) return graph;
  Lists out = nearest_stops(metric, labels, stops, k, true, method, threads);
  Lists in = nearest_stops(metric, labels, stops, k, false, method, threads);
  add_closed_places(stops, k, out, in);
  for (std::size_t stop = 0; stop < in.size(); ++stop) {
    for (const auto& [time, metres, from] : in[stop]) {
      out[from].emplace_back(time, metres, static_cast<std::int32_t>(stop));
    }
  }
  parallel_for(static_cast<std::int64_t>(out.size()), 1024, threads,
               [&](std::int64_t begin, std::int64_t end, int) {
                 for (std::int64_t stop = begin; stop < end; ++stop) {
                   auto& list = out[stop];
                   std::sort(list.begin(), list.end());
                   list.erase(std::unique(list.begin(), list.end()), list.end());
                 }
               });
  for (std::size_t stop = 0; stop < out.size(); ++stop) {
    graph.first_out[stop + 1] = graph.first_out[stop] + static_cast<std::int64_t>(out[stop].size());
  }
  graph.head.reserve(graph.first_out.back());
  graph.travel.reserve(graph.first_out.back());
  for (const auto& list : out) {
    for (const auto& [time, metres, to] : list) {
      graph.head.push_back(to);
      graph.travel.push_back({time, metres});
    }
  }
  return graph;
}

}  // namespace roadgnn::graph::detail
