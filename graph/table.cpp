// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/table.h>

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include <roadgnn/graph/parallel.h>
#include <roadgnn/graph/router_query.h>
#include <roadgnn/graph/router_simd.h>

namespace roadgnn::graph::detail {
namespace {

// A lane holds milliseconds, or both milliseconds and centimetres.
template <class Lane>
constexpr bool kWithLengths = std::is_same_v<Lane, Weight>;
template <class Lane>
constexpr std::int32_t kLanes = kWithLengths<Lane> ? 16 : 32;

// Half of the lanes, the widest register that CPUs have. (A typedef in a template wants the
// attribute spelled so.)
template <class Lane>
struct LaneVectorOf {
  typedef Lane Type __attribute__((vector_size(64)));
};
template <class Lane>
using LaneVector = typename LaneVectorOf<Lane>::Type;

template <class Lane>
Lane to_lane(Weight weight) {
  if constexpr (kWithLengths<Lane>) {
    return weight;
  } else {
    return static_cast<Lane>(time_ms(weight));
  }
}
template <class Lane>
Weight to_weight(Lane lane) {
  if constexpr (kWithLengths<Lane>) {
    return lane;
  } else {
    return make_weight(lane, 0);
  }
}

// What lies above the targets, uppermost first: places 0 .. n-1. A place's arcs come from vertices
// above it, named by their depth, since a descent meets vertices in an order in which only one path
// to the root matters at a time.
template <class Lane>
struct Selection {
  struct Arc {
    Lane weight;
    std::int32_t from_depth;
  };
  std::vector<std::int32_t> place;   // [num_vertices], -1 where not selected
  std::vector<std::int32_t> depth;   // [n]
  std::vector<std::int32_t> output;  // [n] where a target's lanes go, -1 for others
  std::vector<std::int32_t> first;   // [n + 1]
  std::vector<Arc> arcs;
  std::int32_t height = 0, num_outputs = 0;

  std::int32_t size() const { return static_cast<std::int32_t>(depth.size()); }

  Selection(const PreparedMetric& metric, std::span<const QuerySides> targets) {
    const Hierarchy& h = metric.hierarchy();
    const SearchArcs& down = metric.search_down();
    height = h.height();
    constexpr std::int32_t kAbove = 0, kTarget = 1;
    place.assign(h.num_vertices(), -1);
    for (const QuerySides& target : targets) {
      for (int i = 0; i < target.count; ++i) place[target.side[i].arriving] = kTarget;
    }
    for (std::int32_t v = 0; v < h.num_vertices(); ++v) {
      const std::int32_t parent = h.parent(v);
      if (place[v] >= 0 && parent >= 0) place[parent] = std::max(place[parent], kAbove);
    }
    first.push_back(0);
    for (std::int32_t v = h.num_vertices() - 1; v >= 0; --v) {
      if (place[v] < 0) continue;
      output.push_back(place[v] == kTarget ? num_outputs++ : -1);
      place[v] = size();
      depth.push_back(h.depth[v]);
      for (std::int32_t arc = down.first[v]; arc < down.first[v + 1]; ++arc) {
        const Weight weight = down.weight[arc];
        if (weight < kNoWay) arcs.push_back({to_lane<Lane>(weight), down.depth[arc]});
      }
      first.push_back(static_cast<std::int32_t>(arcs.size()));
    }
  }
};

// One sweep: a place's lanes are the least of what the sources reach by themselves (rows of
// `starts`, -1 for none) and what comes down its arcs. `path` holds the lanes of the current path
// to the root, by depth: it fits a near cache.
template <class Lane>
inline __attribute__((always_inline)) void sweep_lanes(const Selection<Lane>& selection,
                                                       const std::int32_t* start,
                                                       const Lane* starts, Lane* path,
                                                       Lane* outputs) {
  constexpr std::int32_t width = kLanes<Lane>;
  const std::int32_t n = selection.size();
  const auto* arcs = selection.arcs.data();
  const std::int32_t *first = selection.first.data(), *depth = selection.depth.data();
  const std::int32_t* output = selection.output.data();
  using Vector = LaneVector<Lane>;
  static_assert(sizeof(Vector) * 2 == width * sizeof(Lane));
  constexpr std::int32_t half = width / 2;
  for (std::int32_t place = 0; place < n; ++place) {
    Vector low, high;
    const Lane* own = starts + static_cast<std::size_t>(start[place]) * width;
    std::memcpy(&low, own, sizeof(low));
    std::memcpy(&high, own + half, sizeof(high));
    for (std::int32_t k = first[place]; k < first[place + 1]; ++k) {
      const Lane* from = path + static_cast<std::size_t>(arcs[k].from_depth) * width;
      Vector low_through, high_through;
      std::memcpy(&low_through, from, sizeof(low));
      std::memcpy(&high_through, from + half, sizeof(high));
      low_through += arcs[k].weight;
      high_through += arcs[k].weight;
      low = low_through < low ? low_through : low;
      high = high_through < high ? high_through : high;
    }
    Lane* to = path + static_cast<std::size_t>(depth[place]) * width;
    std::memcpy(to, &low, sizeof(low));
    std::memcpy(to + half, &high, sizeof(high));
    if (output[place] >= 0) {
      Lane* kept = outputs + static_cast<std::size_t>(output[place]) * width;
      std::memcpy(kept, &low, sizeof(low));
      std::memcpy(kept + half, &high, sizeof(high));
    }
  }
}

ROADGNN_SIMD_CLONES
void sweep(const Selection<std::uint32_t>& selection, const std::int32_t* start,
           const std::uint32_t* starts, std::uint32_t* path, std::uint32_t* outputs) {
  sweep_lanes(selection, start, starts, path, outputs);
}
ROADGNN_SIMD_CLONES
void sweep(const Selection<Weight>& selection, const std::int32_t* start, const Weight* starts,
           Weight* path, Weight* outputs) {
  sweep_lanes(selection, start, starts, path, outputs);
}

// The targets on each road edge.
using TargetsOfEdge = std::unordered_map<std::int32_t, std::vector<std::int32_t>>;

// The times of one target's two sides less what the sources began with; -1 where there is no way.
ROADGNN_SIMD_CLONES
void arrival_times(const std::uint32_t* const* lanes, const std::uint32_t* added,
                   const Weight* bias, std::int32_t* times) {
  constexpr std::int32_t width = kLanes<std::uint32_t>;
  const std::uint32_t *first = lanes[0], *second = lanes[1];
  for (std::int32_t row = 0; row < width; ++row) {
    const std::uint32_t least = std::min(first[row] + added[0], second[row] + added[1]);
    const std::uint32_t time = least - static_cast<std::uint32_t>(bias[row] >> 32);
    times[row] = time < static_cast<std::uint32_t>(kClosed) ? static_cast<std::int32_t>(time) : -1;
  }
}

// Sweeps batches of rows; one object per thread.
template <class Lane>
class Sweeper {
 public:
  Sweeper(const PreparedMetric& metric, const Selection<Lane>& selection,
          std::span<const Position> target_positions, std::span<const QuerySides> targets,
          const TargetsOfEdge& targets_of_edge)
      : metric_(metric),
        selection_(selection),
        target_positions_(target_positions),
        targets_(targets),
        targets_of_edge_(targets_of_edge),
        query_(metric),
        start_(selection.size(), 0),
        path_(static_cast<std::size_t>(selection.height) * kLanes<Lane>),
        outputs_(static_cast<std::size_t>(selection.num_outputs) * kLanes<Lane>) {
    clear_starts();
  }

  // Writes the rows of at most kLanes sources.
  void run(std::span<const Position> sources, std::int32_t* time_ms, std::int32_t* length_m) {
    Weight bias[kLanes<Lane>] = {};
    for (std::size_t row = 0; row < sources.size(); ++row) {
      bias[row] = query_.for_each_departing(query_sides(metric_, sources[row]),
                                            [&](std::int32_t vertex, Weight weight) {
                                              const std::int32_t place = selection_.place[vertex];
                                              if (place >= 0)
                                                set_start(place, row, to_lane<Lane>(weight));
                                            });
    }
    sweep(selection_, start_.data(), starts_.data(), path_.data(), outputs_.data());
    for (const std::int32_t place : reached_) start_[place] = 0;
    clear_starts();
    write_columns(sources.size(), bias, time_ms, length_m);
    for (std::size_t row = 0; row < sources.size(); ++row) {
      ask_shared_edges(sources[row], time_ms + row * targets_.size(),
                       kWithLengths<Lane> ? length_m + row * targets_.size() : nullptr);
    }
  }

 private:
  void clear_starts() {
    reached_.clear();
    starts_.assign(kLanes<Lane>, to_lane<Lane>(kNoWay));
  }

  void set_start(std::int32_t place, std::size_t row, Lane weight) {
    if (start_[place] == 0) {
      reached_.push_back(place);
      start_[place] = static_cast<std::int32_t>(reached_.size());
      starts_.resize(starts_.size() + kLanes<Lane>, to_lane<Lane>(kNoWay));
    }
    Lane& lane = starts_[static_cast<std::size_t>(start_[place]) * kLanes<Lane> + row];
    lane = std::min(lane, weight);
  }

  // Some columns at a time, since the cells of one lie a row apart.
  void write_columns(std::size_t rows, const Weight* bias, std::int32_t* time_out,
                     std::int32_t* length_out) {
    constexpr std::size_t kColumns = 16;
    std::int32_t times[kColumns][kLanes<Lane>], lengths[kColumns][kLanes<Lane>];
    const std::size_t num_columns = targets_.size();
    const auto write = [&](const auto& cells, std::size_t first, std::size_t count,
                           std::int32_t* out) {
      for (std::size_t row = 0; row < rows; ++row) {
        std::int32_t* to = out + row * num_columns + first;
        for (std::size_t i = 0; i < count; ++i) to[i] = cells[i][row];
      }
    };
    for (std::size_t first = 0; first < num_columns; first += kColumns) {
      const std::size_t count = std::min(kColumns, num_columns - first);
      for (std::size_t i = 0; i < count; ++i) {
        fill_column(targets_[first + i], bias, times[i], lengths[i]);
      }
      write(times, first, count, time_out);
      if constexpr (kWithLengths<Lane>) write(lengths, first, count, length_out);
    }
  }

  void fill_column(const QuerySides& target, const Weight* bias, std::int32_t* times,
                   std::int32_t* lengths) const {
    if (target.count == 0) {
      std::fill_n(times, kLanes<Lane>, -1);
      if constexpr (kWithLengths<Lane>) std::fill_n(lengths, kLanes<Lane>, -1);
      return;
    }
    const QuerySide* sides[2] = {&target.side[0], &target.side[target.count - 1]};
    const Lane* lanes[2];
    Lane added[2];
    for (int i = 0; i < 2; ++i) {
      const auto output =
          static_cast<std::size_t>(selection_.output[selection_.place[sides[i]->arriving]]);
      lanes[i] = outputs_.data() + output * kLanes<Lane>;
      added[i] = to_lane<Lane>(make_weight(sides[i]->share_ms, sides[i]->offset_cm));
    }
    if constexpr (kWithLengths<Lane>) {
      for (std::int32_t row = 0; row < kLanes<Lane>; ++row) {
        const Weight least = std::min(lanes[0][row] + added[0], lanes[1][row] + added[1]);
        const Cost cost{time_ms(least) - time_ms(bias[row]),
                        length_cm(least) - length_cm(bias[row])};
        const Travel travel = to_travel(cost);
        times[row] = travel.reachable() ? travel.time_ms : -1;
        lengths[row] = travel.reachable() ? travel.length_m : -1;
      }
    } else {
      arrival_times(lanes, added, bias, times);
    }
  }

  // Places on one edge may be ahead or behind of each other, which a sweep cannot tell.
  void ask_shared_edges(const Position& source, std::int32_t* times, std::int32_t* lengths) {
    for (std::int32_t i = 0; i < source.num_sides; ++i) {
      const auto found = targets_of_edge_.find(source.sides[i].edge);
      if (found == targets_of_edge_.end()) continue;
      for (const std::int32_t column : found->second) {
        const Travel travel = query_.travel(source, target_positions_[column]);
        times[column] = travel.reachable() ? travel.time_ms : -1;
        if (lengths != nullptr) lengths[column] = travel.reachable() ? travel.length_m : -1;
      }
    }
  }

  const PreparedMetric& metric_;
  const Selection<Lane>& selection_;
  std::span<const Position> target_positions_;
  std::span<const QuerySides> targets_;
  const TargetsOfEdge& targets_of_edge_;
  PointQuery query_;
  std::vector<std::int32_t> start_,
      reached_;  // row of starts_ per place; the places with one of their own
  std::vector<Lane> starts_, path_, outputs_;
};

template <class Lane>
void stream(const PreparedMetric& metric, std::span<const Position> sources,
            std::span<const Position> targets, int threads,
            const std::function<void(const TableBlock&)>& sink) {
  std::vector<QuerySides> target_sides;
  TargetsOfEdge targets_of_edge;
  for (std::size_t column = 0; column < targets.size(); ++column) {
    target_sides.push_back(query_sides(metric, targets[column]));
    for (std::int32_t i = 0; i < targets[column].num_sides; ++i) {
      targets_of_edge[targets[column].sides[i].edge].push_back(static_cast<std::int32_t>(column));
    }
  }
  const Selection<Lane> selection(metric, target_sides);
  threads = resolve_threads(threads);
  std::vector<Sweeper<Lane>> sweepers;
  for (int i = 0; i < threads; ++i) {
    sweepers.emplace_back(metric, selection, targets, target_sides, targets_of_edge);
  }

  constexpr std::int64_t batch = kLanes<Lane>;
  const auto num_rows = static_cast<std::int64_t>(sources.size());
  const auto num_columns = static_cast<std::int64_t>(targets.size());
  const std::int64_t block = std::min(num_rows, batch * threads * 4);
  std::vector<std::int32_t> times(block * num_columns);
  std::vector<std::int32_t> lengths(kWithLengths<Lane> ? block * num_columns : 0);
  for (std::int64_t first = 0; first < num_rows; first += block) {
    const std::int64_t rows = std::min(block, num_rows - first);
    parallel_for(rows, batch, threads, [&](std::int64_t begin, std::int64_t end, int thread) {
      sweepers[thread].run(sources.subspan(first + begin, end - begin),
                           times.data() + begin * num_columns,
                           lengths.empty() ? nullptr : lengths.data() + begin * num_columns);
    });
    const auto cells = static_cast<std::size_t>(rows * num_columns);
    sink({first, rows, std::span(times).first(cells),
          std::span(lengths).first(lengths.empty() ? 0 : cells)});
  }
}

}  // namespace

void stream_table(const PreparedMetric& metric, std::span<const Position> sources,
                  std::span<const Position> targets, bool with_lengths, int threads,
                  const std::function<void(const TableBlock&)>& sink) {
  if (with_lengths) {
    stream<Weight>(metric, sources, targets, threads, sink);
  } else {
    stream<std::uint32_t>(metric, sources, targets, threads, sink);
  }
}

}  // namespace roadgnn::graph::detail
