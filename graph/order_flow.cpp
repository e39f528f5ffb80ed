// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/order_flow.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <iterator>
#include <limits>
#include <numbers>
#include <numeric>
#include <utility>

#include <roadgnn/graph/order_cut.h>
#include <roadgnn/graph/parallel.h>

namespace roadgnn::graph {
namespace {

using detail::CutSide;
using detail::OrderPiece;
using detail::VertexCut;
using Ints = std::vector<std::int32_t>;

constexpr int kDirections = 4;
constexpr std::array kShares = {0.15, 0.30, 0.45};  // on either side, ascending
// A separator of c vertices that leaves m on its smaller side scores c / m^0.7: on real cities
// exponents of 0.5 and 1 gave larger hierarchies.
constexpr double kBalance = 0.7;
constexpr std::int32_t kSmallPiece = 64;  // bits of a word

OrderPiece whole_graph(const RoadGraph& graph) {
  const TurnGraph& turns = graph.turns;
  std::vector<std::pair<std::int32_t, std::int32_t>> arcs;
  arcs.reserve(2 * turns.turn_head.size());
  for (std::size_t turn = 0; turn < turns.turn_head.size(); ++turn) {
    const std::int32_t tail = turns.turn_tail[turn], head = turns.turn_head[turn];
    if (tail == head) continue;
    arcs.emplace_back(tail, head);
    arcs.emplace_back(head, tail);
  }
  std::sort(arcs.begin(), arcs.end());
  arcs.erase(std::unique(arcs.begin(), arcs.end()), arcs.end());

  const std::int32_t n = turns.num_edge_nodes();
  OrderPiece piece;
  piece.vertex.resize(n);
  std::iota(piece.vertex.begin(), piece.vertex.end(), 0);
  piece.first.assign(n + 1, 0);
  for (const auto& [tail, head] : arcs) {
    ++piece.first[tail + 1];
    piece.head.push_back(head);
  }
  std::partial_sum(piece.first.begin(), piece.first.end(), piece.first.begin());
  // An edge-node lies in the middle of its edge. Degrees of longitude shrink towards the poles.
  const double middle = graph.lat_e7.empty() ? 0.0 : 1e-7 * graph.lat_e7[graph.lat_e7.size() / 2];
  const double shrink = std::cos(middle * std::numbers::pi / 180);
  for (std::int32_t v = 0; v < n; ++v) {
    const std::int32_t tail = graph.tail[turns.edge[v]], head = graph.head[turns.edge[v]];
    piece.x.push_back(
        static_cast<float>(shrink * (0.5 * graph.lon_e7[tail] + 0.5 * graph.lon_e7[head])));
    piece.y.push_back(static_cast<float>(0.5 * graph.lat_e7[tail] + 0.5 * graph.lat_e7[head]));
  }
  return piece;
}

// The connected parts of what is left of a piece without the separator.
std::vector<OrderPiece> split(const OrderPiece& piece, const std::vector<CutSide>& side) {
  const std::int32_t n = piece.size();
  Ints part(n, -1), place(n), stack;
  std::vector<OrderPiece> parts;
  for (std::int32_t start = 0; start < n; ++start) {
    if (part[start] >= 0 || side[start] == CutSide::separator) continue;
    const auto number = static_cast<std::int32_t>(parts.size());
    Ints members;
    stack.assign(1, start);
    part[start] = number;
    while (!stack.empty()) {
      const std::int32_t v = stack.back();
      stack.pop_back();
      members.push_back(v);
      for (std::int32_t k = piece.first[v]; k < piece.first[v + 1]; ++k) {
        const std::int32_t w = piece.head[k];
        if (part[w] >= 0 || side[w] == CutSide::separator) continue;
        part[w] = number;
        stack.push_back(w);
      }
    }
    std::sort(members.begin(), members.end());
    for (std::size_t i = 0; i < members.size(); ++i) place[members[i]] = static_cast<int>(i);
    OrderPiece made;
    made.first.push_back(0);
    for (const std::int32_t v : members) {
      made.vertex.push_back(piece.vertex[v]);
      made.x.push_back(piece.x[v]);
      made.y.push_back(piece.y[v]);
      for (std::int32_t k = piece.first[v]; k < piece.first[v + 1]; ++k) {
        if (part[piece.head[k]] == number) made.head.push_back(place[piece.head[k]]);
      }
      made.first.push_back(static_cast<std::int32_t>(made.head.size()));
    }
    parts.push_back(std::move(made));
  }
  return parts;
}

// The vertices of a piece along a direction, sorted as far as the shares need it: the first
// `counts[i]` come before all others, the last `counts[i]` after.
Ints along(const OrderPiece& piece, double angle,
           const std::array<std::int32_t, kShares.size()>& counts) {
  const double c = std::cos(angle), s = std::sin(angle);
  std::vector<double> key(piece.vertex.size());
  for (std::size_t v = 0; v < key.size(); ++v) key[v] = c * piece.x[v] + s * piece.y[v];
  const auto before = [&](std::int32_t a, std::int32_t b) {
    return std::pair(key[a], a) < std::pair(key[b], b);
  };
  Ints order(key.size());
  std::iota(order.begin(), order.end(), 0);
  auto low_end = order.end(), high_begin = order.begin();
  for (std::size_t i = counts.size(); i-- > 0;) {
    std::nth_element(order.begin(), order.begin() + counts[i], low_end, before);
    low_end = order.begin() + counts[i];
    if (i + 1 == counts.size()) high_begin = low_end;
    std::nth_element(high_begin, order.end() - counts[i], order.end(), before);
    high_begin = order.end() - counts[i];
  }
  return order;
}

// A small separator that leaves parts of moderate size.
std::vector<CutSide> separate(const OrderPiece& piece) {
  const std::int32_t n = piece.size();
  std::array<std::int32_t, kShares.size()> counts;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    counts[i] = std::max(1, static_cast<std::int32_t>(n * kShares[i]));
  }
  VertexCut cut(piece);
  std::vector<CutSide> best_side, side(n);
  double best = std::numeric_limits<double>::max();
  const auto consider = [&](std::int32_t separator) {
    const auto sources = std::count(side.begin(), side.end(), CutSide::sources);
    const auto smaller = std::min<std::int64_t>(sources, n - separator - sources);
    const double score = separator / std::pow(std::max<double>(1, smaller), kBalance);
    if (score >= best) return;
    best = score;
    best_side = side;
  };
  for (int direction = 0; direction < kDirections; ++direction) {
    const Ints order = along(piece, direction * std::numbers::pi / kDirections, counts);
    cut.clear();
    std::int32_t added = 0;
    for (const std::int32_t count : counts) {
      for (; added < count; ++added) {
        cut.add_source(order[added]);
        cut.add_target(order[n - 1 - added]);
      }
      // More vertices than this are too many even for two equal halves.
      const auto limit =
          static_cast<std::int32_t>(std::min<double>(n, best * std::pow(0.5 * n, kBalance)));
      const std::int32_t separator = cut.run(limit);
      if (separator > limit) break;
      cut.nearest_to_sources(side);
      consider(separator);
      cut.nearest_to_targets(side);
      consider(separator);
    }
  }
  return best_side;
}

// Minimum degree, with neighbours as the bits of a word.
void order_small(const OrderPiece& piece, std::int32_t* order) {
  const std::int32_t n = piece.size();
  std::array<std::uint64_t, kSmallPiece> neighbours{};
  std::uint64_t left = 0;
  for (std::int32_t v = 0; v < n; ++v) {
    left |= std::uint64_t{1} << v;
    for (std::int32_t k = piece.first[v]; k < piece.first[v + 1]; ++k) {
      neighbours[v] |= std::uint64_t{1} << piece.head[k];
    }
  }
  for (std::int32_t i = 0; i < n; ++i) {
    int least = -1, least_degree = kSmallPiece + 1;
    for (std::uint64_t bits = left; bits != 0; bits &= bits - 1) {
      const int v = std::countr_zero(bits), degree = std::popcount(neighbours[v] & left);
      if (degree >= least_degree) continue;
      least = v;
      least_degree = degree;
    }
    const std::uint64_t own = std::uint64_t{1} << least;
    left &= ~own;
    for (std::uint64_t bits = neighbours[least] & left; bits != 0; bits &= bits - 1) {
      const int v = std::countr_zero(bits);
      neighbours[v] |= neighbours[least];
      neighbours[v] &= ~(std::uint64_t{1} << v);
    }
    order[i] = piece.vertex[least];
  }
}

// A piece and the places of its vertices in the order.
struct Task {
  OrderPiece piece;
  std::int32_t* order;
};

void add_tasks(std::vector<OrderPiece> pieces, std::int32_t* order, std::vector<Task>& tasks) {
  for (OrderPiece& piece : pieces) {
    const std::int32_t size = piece.size();
    tasks.push_back({std::move(piece), order});
    order += size;
  }
}

// Places a piece's separator last, or all of a small piece; returns what is left.
std::vector<Task> dissect(const Task& task) {
  const OrderPiece& piece = task.piece;
  if (piece.size() <= kSmallPiece) {
    order_small(piece, task.order);
    return {};
  }
  const std::vector<CutSide> side = separate(piece);
  std::int32_t* end = task.order + piece.size();
  for (std::int32_t v = piece.size() - 1; v >= 0; --v) {
    if (side[v] == CutSide::separator) *--end = piece.vertex[v];
  }
  std::vector<Task> tasks;
  add_tasks(split(piece, side), task.order, tasks);
  return tasks;
}

}  // namespace

std::vector<std::int32_t> inertial_flow_order(const RoadGraph& graph, int threads) {
  const OrderPiece whole = whole_graph(graph);
  Ints order(whole.vertex.size());
  std::vector<Task> tasks;
  add_tasks(split(whole, std::vector(whole.vertex.size(), CutSide::sources)), order.data(), tasks);
  while (!tasks.empty()) {
    std::vector<std::vector<Task>> found(tasks.size());
    parallel_for(static_cast<std::int64_t>(tasks.size()), 1, threads,
                 [&](std::int64_t begin, std::int64_t end, int) {
                   for (std::int64_t i = begin; i < end; ++i) {
                     found[i] = dissect(tasks[i]);
                     tasks[i].piece = {};
                   }
                 });
    tasks.clear();
    for (auto& some : found) std::move(some.begin(), some.end(), std::back_inserter(tasks));
  }
  return order;
}

}  // namespace roadgnn::graph
