// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/order_cut.h>

#include <algorithm>

namespace roadgnn::graph::detail {

VertexCut::VertexCut(const OrderPiece& piece) : piece_(piece), state_(piece.vertex.size()) {}

void VertexCut::clear() {
  std::fill(state_.begin(), state_.end(), State{});
  num_paths_ = 0;
}

void VertexCut::collect_starts() {
  starts_.clear();
  for (std::int32_t v = 0; v < piece_.size(); ++v) {
    if (!state_[v].source) continue;
    const auto begin = piece_.head.begin() + piece_.first[v];
    const auto end = piece_.head.begin() + piece_.first[v + 1];
    if (state_[v].target ||
        std::any_of(begin, end, [&](std::int32_t w) { return !state_[w].source; })) {
      starts_.push_back(v);
    }
  }
}

void VertexCut::forget_search() {
  for (State& state : state_) {
    state.at_entrance = state.at_exit = state.left_entrance = false;
    state.next_arc = 0;
  }
}

// Marks a place as seen; false where it was.
bool VertexCut::see(std::int32_t place) {
  State& state = state_[place / 2];
  bool& seen = place % 2 == 0 ? state.at_entrance : state.at_exit;
  if (seen) return false;
  seen = true;
  return true;
}

// From an entrance a path goes through a free vertex, or backs up the path that is there.
std::int32_t VertexCut::next_of_entrance(std::int32_t v) {
  State& state = state_[v];
  if (state.left_entrance) return kNone;
  state.left_entrance = true;
  const std::int32_t next = !state.used ? exit(v) : state.from >= 0 ? exit(state.from) : kNone;
  return next != kNone && see(next) ? next : kNone;
}

// From an exit it goes to a neighbour, or, having backed up to here, to the vertex's entrance.
std::int32_t VertexCut::next_of_exit(std::int32_t v) {
  State& state = state_[v];
  const std::int32_t begin = piece_.first[v], degree = piece_.first[v + 1] - begin;
  while (state.next_arc < degree) {
    const std::int32_t w = piece_.head[begin + state.next_arc++];
    State& other = state_[w];
    if (other.at_entrance || other.source || other.from == v) continue;
    other.at_entrance = true;
    return entrance(w);
  }
  return state.used && see(entrance(v)) ? entrance(v) : kNone;
}

// Depth first; what a search without success has seen, others of the same round need not see again.
bool VertexCut::search_from(std::int32_t source) {
  if (!see(entrance(source))) return false;
  path_.assign(1, entrance(source));
  while (!path_.empty()) {
    const std::int32_t place = path_.back(), v = place / 2;
    if (place % 2 == 1 && state_[v].target && !state_[v].ends) return true;
    const std::int32_t next = place % 2 == 0 ? next_of_entrance(v) : next_of_exit(v);
    if (next == kNone) {
      path_.pop_back();
    } else {
      path_.push_back(next);
    }
  }
  return false;
}

void VertexCut::add_path() {
  state_[path_.front() / 2].from = kSource;
  for (std::size_t i = 0; i + 1 < path_.size(); ++i) {
    const std::int32_t v = path_[i] / 2, w = path_[i + 1] / 2;
    const bool leads_out = path_[i + 1] % 2 == 1;
    if (v == w) {
      state_[v].used = leads_out;
      if (!leads_out) state_[v].from = kNone;
    } else if (!leads_out) {
      state_[w].from = v;
    }
  }
  state_[path_.back() / 2].ends = true;
  ++num_paths_;
}

std::int32_t VertexCut::run(std::int32_t limit) {
  collect_starts();
  bool found = true;
  while (found && num_paths_ <= limit) {
    found = false;
    forget_search();
    for (const std::int32_t source : starts_) {
      if (!search_from(source)) continue;
      add_path();
      found = true;
      if (num_paths_ > limit) break;
    }
  }
  return num_paths_;
}

// The last search of a complete run has seen what the sources still reach.
void VertexCut::nearest_to_sources(std::span<CutSide> side) {
  for (std::int32_t v = 0; v < piece_.size(); ++v) {
    const State& state = state_[v];
    const bool inner =
        state.source && !state.at_entrance;  // not searched: all its neighbours are sources
    side[v] = state.at_exit || inner ? CutSide::sources
              : state.at_entrance    ? CutSide::separator
                                     : CutSide::targets;
  }
}

void VertexCut::nearest_to_targets(std::span<CutSide> side) {
  forget_search();
  path_.clear();
  const auto reach = [&](std::int32_t place) {
    if (see(place)) path_.push_back(place);
  };
  for (std::int32_t v = 0; v < piece_.size(); ++v) {
    if (state_[v].target) reach(exit(v));
  }
  // Backwards along all steps that a search could take.
  for (std::size_t i = 0; i < path_.size(); ++i) {
    const std::int32_t v = path_[i] / 2;
    const bool at_exit = path_[i] % 2 == 1;
    if (at_exit != state_[v].used) reach(at_exit ? entrance(v) : exit(v));
    for (std::int32_t k = piece_.first[v]; k < piece_.first[v + 1]; ++k) {
      const std::int32_t w = piece_.head[k];
      if (at_exit && state_[w].from == v) reach(entrance(w));
      if (!at_exit && state_[v].from != w) reach(exit(w));
    }
  }
  for (std::int32_t v = 0; v < piece_.size(); ++v) {
    const State& state = state_[v];
    side[v] = state.at_entrance ? CutSide::targets
              : state.at_exit   ? CutSide::separator
                                : CutSide::sources;
  }
}

}  // namespace roadgnn::graph::detail
