// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/router_query.h>

#include <algorithm>

#include <roadgnn/graph/error.h>

namespace roadgnn::graph::detail {
namespace {

// Whether the way from side a to side b would have to go back along one edge-node.
bool is_behind(const QuerySide& a, const QuerySide& b) {
  return a.departing == b.arriving && a.offset_cm > b.offset_cm;
}

QuerySides only(const QuerySides& sides, int side) {
  QuerySides one;
  one.side[0] = sides.side[side];
  one.count = 1;
  return one;
}

Weight start_weight(const QuerySide& side) {
  return make_weight(side.share_ms, side.offset_cm);
}

}  // namespace

// Shares of the start's edge are subtracted from its ways. To stay above zero the walks start this
// much higher.
Weight PointQuery::start_bias(const QuerySides& from) {
  std::int64_t time = 0, length = 0;
  for (int i = 0; i < from.count; ++i) {
    time = std::max<std::int64_t>(time, from.side[i].share_ms);
    length = std::max<std::int64_t>(length, from.side[i].offset_cm);
  }
  return make_weight(time, length);
}

void PointQuery::try_direct(const QuerySides& from, const QuerySides& to, Best& best) const {
  for (int i = 0; i < from.count; ++i) {
    for (int j = 0; j < to.count; ++j) {
      const QuerySide &a = from.side[i], &b = to.side[j];
      if (a.edge != b.edge || a.offset_cm > b.offset_cm) continue;
      const Cost cost{b.share_ms - a.share_ms, b.offset_cm - a.offset_cm};
      if (cost < best.cost) best = {.cost = cost, .from = i, .to = j, .direct = true};
    }
  }
}

template <bool forward, bool with_arcs>
void PointQuery::relax(std::int32_t vertex, Walk& walk) const {
  const Hierarchy& h = metric_.hierarchy();
  const Weight here = walk.weight[h.depth[vertex]];
  if (here >= kNoWay) return;
  const SearchArcs& arcs = forward ? metric_.search_up() : metric_.search_down();
  const std::int32_t* depth = arcs.depth;
  Weight* weight = walk.weight.data();
  for (std::int32_t arc = arcs.first[vertex]; arc < arcs.first[vertex + 1]; ++arc) {
    const Weight through = here + arcs.weight[arc];
    if constexpr (with_arcs) {
      if (through < weight[depth[arc]]) {
        weight[depth[arc]] = through;
        walk.arc[depth[arc]] = arcs.arc(arc);
      }
    } else {
      weight[depth[arc]] = std::min(weight[depth[arc]], through);
    }
  }
}

template <bool forward, bool with_arcs>
void PointQuery::walk_up(const QuerySides& sides, Walk* walks) const {
  const Hierarchy& h = metric_.hierarchy();
  const Weight bias = forward ? start_bias(sides) : 0;
  for (int i = 0; i < sides.count; ++i) {
    Walk& walk = walks[i];
    const QuerySide& side = sides.side[i];
    walk.start = forward ? side.departing : side.arriving;
    const std::int32_t depth = h.depth[walk.start];
    walk.vertex.resize(depth + 1);
    for (std::int32_t d = depth, v = walk.start; d >= 0; --d, v = h.parent(v)) walk.vertex[d] = v;
    walk.weight.assign(depth + 1, kNoWay);
    walk.weight[depth] = forward ? bias - start_weight(side) : start_weight(side);
    if constexpr (with_arcs) walk.arc.assign(depth + 1, -1);
  }
  // The lower of the two vertices moves up until both are one.
  std::int32_t below[2] = {-1, -1};
  for (int i = 0; i < sides.count; ++i) below[i] = h.depth[walks[i].start];
  if (sides.count == 2) {
    while (below[0] >= 0 && below[1] >= 0) {
      const std::int32_t v0 = walks[0].vertex[below[0]], v1 = walks[1].vertex[below[1]];
      if (v0 == v1) break;
      const int lower = v0 < v1 ? 0 : 1;
      relax<forward, with_arcs>(std::min(v0, v1), walks[lower]);
      --below[lower];
    }
    for (std::int32_t d = 0; below[0] == below[1] && d <= below[0]; ++d) {
      if (walks[1].weight[d] >= walks[0].weight[d]) continue;
      walks[0].weight[d] = walks[1].weight[d];
      if constexpr (with_arcs) walks[0].arc[d] = walks[1].arc[d];
    }
  }
  const bool merged = sides.count == 2 && below[0] == below[1] && below[0] >= 0;
  for (std::int32_t d = below[0]; d >= 0; --d) {
    relax<forward, with_arcs>(walks[0].vertex[d], walks[0]);
  }
  if (merged) {
    std::copy_n(walks[0].weight.begin(), below[0] + 1, walks[1].weight.begin());
    if constexpr (with_arcs) std::copy_n(walks[0].arc.begin(), below[0] + 1, walks[1].arc.begin());
  } else if (sides.count == 2) {
    for (std::int32_t d = below[1]; d >= 0; --d) {
      relax<forward, with_arcs>(walks[1].vertex[d], walks[1]);
    }
  }
}

template void PointQuery::walk_up<true, false>(const QuerySides& sides, Walk* walks) const;

void PointQuery::meet(const QuerySides& from, const QuerySides& to, Best& best) const {
  const Weight bias = start_bias(from);
  for (int i = 0; i < from.count; ++i) {
    for (int j = 0; j < to.count; ++j) {
      const Walk &f = forward_[i], &b = backward_[j];
      const auto common = std::min(f.vertex.size(), b.vertex.size());
      const auto parting =
          std::mismatch(f.vertex.begin(), f.vertex.begin() + static_cast<std::ptrdiff_t>(common),
                        b.vertex.begin());
      auto end = static_cast<std::int32_t>(parting.first - f.vertex.begin());
      const bool behind = is_behind(from.side[i], to.side[j]);
      if (behind) --end;  // not at the vertex itself
      Weight least = 2 * kNoWay;
      for (std::int32_t d = 0; d < end; ++d) least = std::min(least, f.weight[d] + b.weight[d]);
      bool loop = false;
      if (behind) {
        const Weight around = f.weight[end] + metric_.loops()[f.start] + b.weight[end];
        if (metric_.loops()[f.start] < kNoWay && around < least) {
          least = around;
          loop = true;
        }
      }
      const Cost cost{time_ms(least) - time_ms(bias), length_cm(least) - length_cm(bias)};
      if (cost.time_ms >= kClosed || !(cost < best.cost)) continue;
      best = {.cost = cost, .from = i, .to = j, .loop = loop, .meet = end};
      for (std::int32_t d = 0; d < end && !loop; ++d) {
        if (f.weight[d] + b.weight[d] == least) best.meet = std::min(best.meet, d);
      }
    }
  }
}

void PointQuery::go(const QuerySides& from, const QuerySides& to, bool with_arcs) {
  if (with_arcs) {
    walk_up<true, true>(from, forward_);
    walk_up<false, true>(to, backward_);
  } else {
    walk_up<true, false>(from, forward_);
    walk_up<false, false>(to, backward_);
  }
}

// A side behind another on the same edge-node needs a way around, which walks of merged sides
// cannot tell apart from staying there; such rare queries take the sides one by one.
PointQuery::Best PointQuery::search(const QuerySides& from, const QuerySides& to, bool with_arcs) {
  Best best;
  if (from.count == 0 || to.count == 0) return best;
  try_direct(from, to, best);
  bool behind = false;
  for (int i = 0; i < from.count; ++i) {
    for (int j = 0; j < to.count; ++j) behind |= is_behind(from.side[i], to.side[j]);
  }
  if (!behind) {
    go(from, to, with_arcs);
    meet(from, to, best);
    return best;
  }
  for (int i = 0; i < from.count; ++i) {
    for (int j = 0; j < to.count; ++j) {
      const QuerySides one_from = only(from, i), one_to = only(to, j);
      Best pair{.cost = best.cost};
      go(one_from, one_to, with_arcs);
      meet(one_from, one_to, pair);
      if (pair.from < 0) continue;
      best = pair;
      best.one_by_one = true;
      best.from = i;
      best.to = j;
    }
  }
  return best;
}

Travel PointQuery::travel(const Position& from, const Position& to) {
  if (from.valid() && from == to) return {0, 0};
  return to_travel(search(query_sides(metric_, from), query_sides(metric_, to), false).cost);
}

bool PointQuery::is_turn(std::int32_t from, std::int32_t to, Weight weight) const {
  const Hierarchy& h = metric_.hierarchy();
  const TurnGraph& turns = metric_.graph().turns;
  const std::int32_t tail = h.edge_node[from], head = h.edge_node[to];
  for (std::int64_t turn = turns.first_turn[tail]; turn < turns.first_turn[tail + 1]; ++turn) {
    if (turns.turn_head[turn] != head) continue;
    const std::int32_t time = metric_.metric().arc_time_ms[turn];
    if (time < kClosed &&
        make_weight(time, metric_.graph().length_cm[turns.edge[tail]]) == weight) {
      return true;
    }
  }
  return false;
}

// Appends the vertices of an arc's way, all but the first. Lower triangles only lead down, so this
// ends.
void PointQuery::unpack(std::int32_t arc, bool upward, std::vector<std::int32_t>& vertices) const {
  struct Piece {
    std::int32_t arc;
    bool up;
  };
  const Hierarchy& h = metric_.hierarchy();
  const std::span<const Weight> up = metric_.up(), down = metric_.down();
  std::vector<Piece> stack{{arc, upward}};
  while (!stack.empty()) {
    const Piece piece = stack.back();
    stack.pop_back();
    const std::int32_t lower = h.up_tail[piece.arc], upper = h.up_head[piece.arc];
    const std::int32_t from = piece.up ? lower : upper, to = piece.up ? upper : lower;
    const Weight weight = piece.up ? up[piece.arc] : down[piece.arc];
    if (is_turn(from, to, weight)) {
      vertices.push_back(to);
      continue;
    }
    std::int32_t i = h.first_down[from], j = h.first_down[to];
    const std::size_t pieces = stack.size();
    while (i < h.first_down[from + 1] && j < h.first_down[to + 1]) {
      const std::int32_t first = h.down_arc[i], second = h.down_arc[j];
      if (h.up_tail[first] == h.up_tail[second]) {
        if (down[first] + up[second] == weight) {
          stack.push_back({second, true});
          stack.push_back({first, false});
          break;
        }
        ++i;
        ++j;
      } else if (h.up_tail[first] < h.up_tail[second]) {
        ++i;
      } else {
        ++j;
      }
    }
    if (stack.size() == pieces) throw Error("an arc of the hierarchy has no way beneath it");
  }
}

// Appends the way between a walk's start and the vertex at `depth` (all but its first vertex), in
// driving order. Returns the side it starts from, which may be the other one where the walks run as
// one.
int PointQuery::append_walk(const Walk* walks, const QuerySides& sides, int side,
                            std::int32_t depth, bool forward,
                            std::vector<std::int32_t>& vertices) const {
  const Hierarchy& h = metric_.hierarchy();
  std::vector<std::int32_t> arcs;  // from the meeting vertex down to the start
  std::int32_t vertex = walks[side].vertex[depth];
  while (walks[side].arc[depth] >= 0) {
    const std::int32_t arc = walks[side].arc[depth];
    arcs.push_back(arc);
    vertex = h.up_tail[arc];
    depth = h.depth[vertex];
    const std::vector<std::int32_t>& below = walks[side].vertex;
    const bool here = depth < static_cast<std::int32_t>(below.size()) && below[depth] == vertex;
    if (!here) side = 1 - side;
  }
  if (forward) std::reverse(arcs.begin(), arcs.end());
  for (const std::int32_t arc : arcs) unpack(arc, forward, vertices);
  for (int i = 0; i < sides.count; ++i) {
    const Weight start =
        forward ? start_bias(sides) - start_weight(sides.side[i]) : start_weight(sides.side[i]);
    if (walks[i].start == vertex && start == walks[side].weight[depth]) return i;
  }
  return side;
}

std::vector<std::int32_t> PointQuery::loop_around(std::int32_t v) const {
  const Hierarchy& h = metric_.hierarchy();
  const Weight weight = metric_.loops()[v];
  std::vector<std::int32_t> vertices{v};
  if (is_turn(v, v, weight)) {
    vertices.push_back(v);
    return vertices;
  }
  for (std::int32_t i = h.first_down[v]; i < h.first_down[v + 1]; ++i) {
    const std::int32_t arc = h.down_arc[i];
    if (metric_.down()[arc] + metric_.up()[arc] != weight) continue;
    unpack(arc, false, vertices);
    unpack(arc, true, vertices);
    return vertices;
  }
  throw Error("a loop of the hierarchy has no way beneath it");
}

Path PointQuery::path(const Position& from, const Position& to) {
  const QuerySides from_sides = query_sides(metric_, from), to_sides = query_sides(metric_, to);
  Best best = search(from_sides, to_sides, true);
  Path path;
  if (from.valid() && from == to) {
    path.travel = {0, 0};
    path.edges = {from.sides[0].edge};
    path.from = path.to = from.sides[0];
    return path;
  }
  path.travel = to_travel(best.cost);
  if (best.from < 0) return path;
  std::vector<std::int32_t> vertices;
  if (best.direct) {
    path.edges = {from_sides.side[best.from].edge};
  } else if (best.loop) {
    vertices = loop_around(from_sides.side[best.from].departing);
  } else {
    if (best.one_by_one) {
      go(only(from_sides, best.from), only(to_sides, best.to), true);
    }
    std::vector<std::int32_t> way;
    const QuerySides& starts = best.one_by_one ? only(from_sides, best.from) : from_sides;
    const QuerySides& ends = best.one_by_one ? only(to_sides, best.to) : to_sides;
    const int from_side = best.one_by_one ? 0 : best.from, to_side = best.one_by_one ? 0 : best.to;
    const int starting = append_walk(forward_, starts, from_side, best.meet, true, way);
    const int ending = append_walk(backward_, ends, to_side, best.meet, false, way);
    if (!best.one_by_one) {
      best.from = starting;
      best.to = ending;
    }
    vertices.push_back(from_sides.side[best.from].departing);
    vertices.insert(vertices.end(), way.begin(), way.end());
  }
  const Hierarchy& h = metric_.hierarchy();
  for (const std::int32_t v : vertices) {
    path.edges.push_back(metric_.graph().turns.edge[h.edge_node[v]]);
  }
  const QuerySide &a = from_sides.side[best.from], &b = to_sides.side[best.to];
  path.from = {a.edge, a.offset_cm};
  path.to = {b.edge, b.offset_cm};
  return path;
}

}  // namespace roadgnn::graph::detail
