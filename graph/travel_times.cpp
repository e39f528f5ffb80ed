// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/travel_times.h>

#include <algorithm>
#include <tuple>

#include <roadgnn/graph/parallel.h>

namespace roadgnn::graph {

CandidateGraph TravelTimes::candidates(std::int32_t profile, std::int32_t k, int threads) const {
  using Neighbour = std::tuple<std::int32_t, std::int32_t, std::int32_t>;  // time, metres, stop
  const std::int32_t n = num_stops();
  const auto nearest = [&](std::int32_t stop, bool successors) {
    std::vector<Neighbour> all;
    for (std::int32_t other = 0; other < n; ++other) {
      if (other == stop) continue;
      const Travel travel = successors ? at(profile, stop, other) : at(profile, other, stop);
      if (travel.reachable()) all.emplace_back(travel.time_ms, travel.length_m, other);
    }
    const auto keep = std::min<std::size_t>(all.size(), static_cast<std::size_t>(k));
    std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(keep), all.end());
    all.resize(keep);
    return all;
  };

  std::vector<std::vector<Neighbour>> out(static_cast<std::size_t>(n)),
      in(static_cast<std::size_t>(n));
  parallel_for(n, 16, threads, [&](std::int64_t begin, std::int64_t end, int) {
    for (auto stop = static_cast<std::size_t>(begin); stop < static_cast<std::size_t>(end);
         ++stop) {
      out[stop] = nearest(static_cast<std::int32_t>(stop), true);
      in[stop] = nearest(static_cast<std::int32_t>(stop), false);
    }
  });
  for (std::int32_t stop = 0; stop < n; ++stop) {
    for (const auto& [time, metres, from] : in[static_cast<std::size_t>(stop)]) {
      out[static_cast<std::size_t>(from)].emplace_back(time, metres, stop);
    }
  }

  CandidateGraph graph;
  graph.first_out.push_back(0);
  for (auto& list : out) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
    for (const auto& [time, metres, to] : list) {
      graph.head.push_back(to);
      graph.travel.push_back({time, metres});
    }
    graph.first_out.push_back(static_cast<std::int64_t>(graph.head.size()));
  }
  return graph;
}

}  // namespace roadgnn::graph
