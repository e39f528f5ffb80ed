// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/turn_expansion.h>

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <string>

#include <roadgnn/graph/error.h>
#include <roadgnn/graph/parallel.h>
#include <roadgnn/graph/restriction_automaton.h>

namespace roadgnn::graph {
namespace {

using Automaton = RestrictionAutomaton;

constexpr std::int64_t kGrain = 4096;

std::size_t index(std::int64_t i) {
  return static_cast<std::size_t>(i);
}
std::size_t index(Layer layer) {
  return static_cast<std::size_t>(layer);
}

// The copies of every edge. Those of one edge stand together: main, departing, arriving; in each
// layer first the copy without memory, then the automaton's states; last, where several copies
// arrive, the terminal that ends all trips.
class EdgeNodes {
 public:
  EdgeNodes(const RoadGraph& graph, const Automaton& automaton, const EdgeUse& use)
      : graph_(graph), automaton_(automaton), use_(use) {
    find_live_states();
    number();
  }

  struct Node {
    std::int32_t edge;
    std::int32_t state;
    Layer layer;
    bool terminal;
  };

  std::int32_t size() const { return static_cast<std::int32_t>(edge.size()); }
  Node node(std::int32_t i) const {
    return {edge[index(i)], state[index(i)], layer[index(i)], terminal[index(i)] != 0};
  }
  bool layered(std::int32_t e) const { return use_.ends_only[index(e)] != 0; }

  // Id of a copy, or -1. A state of one edge is the copy without memory.
  std::int32_t find(std::int32_t e, std::int32_t wanted_state, Layer wanted_layer) const {
    const bool memory = wanted_state != Automaton::kNone && automaton_.depth(wanted_state) > 1;
    for (std::int32_t i = first[index(e)]; i < first[index(e) + 1]; ++i) {
      if (layer[index(i)] != wanted_layer || terminal[index(i)] != 0) continue;
      if (memory ? state[index(i)] == wanted_state : !has_memory(i)) return i;
    }
    return -1;
  }
  // Id of the edge's terminal, or -1.
  std::int32_t find_terminal(std::int32_t e) const {
    const std::int32_t last = first[index(e) + 1] - 1;
    return terminal[index(last)] != 0 ? last : -1;
  }

  std::vector<std::int32_t> first;  // [num_edges + 1]
  std::vector<std::int32_t> edge, state;
  std::vector<Layer> layer;
  std::vector<std::uint8_t> terminal;
  std::vector<std::int32_t> departing, arriving;  // [num_edges]

 private:
  bool has_memory(std::int32_t i) const {
    const std::int32_t s = state[index(i)];
    return s != Automaton::kNone && automaton_.depth(s) > 1;
  }

  // Profiles that may be in a state, by layer: a trip may as well begin with the state's first
  // edge.
  void find_live_states() {
    live_.resize(index(automaton_.num_states()));
    std::vector<std::int32_t> by_depth(live_.size());
    std::iota(by_depth.begin(), by_depth.end(), 0);
    std::stable_sort(by_depth.begin(), by_depth.end(), [&](std::int32_t a, std::int32_t b) {
      return automaton_.depth(a) < automaton_.depth(b);
    });
    std::vector<Automaton::Closing> closings;
    for (const std::int32_t s : by_depth) {
      const std::int32_t to = automaton_.edge(s);
      const std::size_t t = index(to);
      if (automaton_.depth(s) == 1) {
        const std::uint32_t ends = layered(to) ? use_.usable(t) : 0;
        live_[index(s)] = {use_.open[t], ends, ends};
        continue;
      }
      const std::int32_t parent = automaton_.parent(s);
      const std::size_t f = index(automaton_.edge(parent));
      closings.clear();
      automaton_.closings(parent, to, closings);
      std::uint32_t closed = 0;
      for (const auto& closing : closings)
        closed |= closing.condition == 0 ? closing.profile_mask : 0;
      for (const Layer from : {Layer::main, Layer::departing, Layer::arriving}) {
        for (const Layer into : {Layer::main, Layer::departing, Layer::arriving}) {
          if (into != Layer::main && !layered(to)) continue;
          live_[index(s)][index(into)] |=
              live_[index(parent)][index(from)] & ~closed &
              layer_step_mask(from, into, use_.open[f], use_.ends_only[f], use_.open[t],
                              use_.ends_only[t]);
        }
      }
    }
  }

  void add(std::int32_t e, std::int32_t s, Layer l, bool is_terminal = false) {
    edge.push_back(e);
    state.push_back(s);
    layer.push_back(l);
    terminal.push_back(is_terminal ? 1 : 0);
  }

  // Adds the copies of a layer and returns how many there are.
  int add_layer(std::int32_t e, Layer l, bool without_memory) {
    const std::int32_t before = size();
    if (without_memory) add(e, automaton_.start(e), l);
    for (const std::int32_t s : automaton_.memory_states(e)) {
      if (live_[index(s)][index(l)] != 0) add(e, s, l);
    }
    return size() - before;
  }

  void number() {
    const std::int32_t num_edges = graph_.num_edges();
    for (auto* array : {&edge, &state}) array->reserve(index(num_edges) * 5 / 4);
    layer.reserve(index(num_edges) * 5 / 4);
    terminal.reserve(index(num_edges) * 5 / 4);
    first.reserve(index(num_edges) + 1);
    departing.resize(index(num_edges));
    arriving.resize(index(num_edges));
    for (std::int32_t e = 0; e < num_edges; ++e) {
      first.push_back(size());
      int arrivals = add_layer(e, Layer::main, use_.open[index(e)] != 0);
      departing[index(e)] = arriving[index(e)] = first.back();
      if (layered(e)) {
        departing[index(e)] = size();
        add_layer(e, Layer::departing, true);
        arriving[index(e)] = size();
        arrivals = add_layer(e, Layer::arriving, true);
      }
      if (arrivals > 1) {
        arriving[index(e)] = size();
        add(e, Automaton::kNone, Layer::arriving, true);
      }
    }
    first.push_back(size());
  }

  const RoadGraph& graph_;
  const Automaton& automaton_;
  const EdgeUse& use_;
  std::vector<std::array<std::uint32_t, 3>> live_;  // [num_states]
};

// Expands the turns: counts those that leave each edge-node, then writes and prices them.
class Expansion {
 public:
  Expansion(RoadGraph& graph, const Automaton& automaton, const EdgeUse& use,
            std::uint32_t u_turns_anywhere, int threads)
      : graph_(graph),
        automaton_(automaton),
        use_(use),
        nodes_(graph, automaton, use),
        threads_(threads) {
    prepare_junctions();
    prepare_u_turns(u_turns_anywhere);
    prepare_bearings();
  }

  void run() {
    const std::int32_t n = nodes_.size();
    first_turn_.assign(index(n) + 1, 0);
    parallel_for(n, kGrain, threads_, [&](std::int64_t begin, std::int64_t end, int) {
      Scratch scratch;
      for (std::int64_t u = begin; u < end; ++u) {
        for_each_turn(
            static_cast<std::int32_t>(u), scratch,
            [&](std::int32_t, std::int32_t, std::uint32_t) { ++first_turn_[index(u) + 1]; });
      }
    });
    std::partial_sum(first_turn_.begin(), first_turn_.end(), first_turn_.begin());
    fill();
    finish();
  }

 private:
  struct Scratch {
    std::vector<Automaton::Closing> closings;
  };

  std::uint32_t all_profiles() const {
    return graph_.profiles.size() >= 32 ? ~0U : (1U << graph_.profiles.size()) - 1;
  }

  // Profiles to which more than two roads meet at each node.
  void prepare_junctions() {
    const std::size_t profiles = graph_.profiles.size();
    std::vector<std::int32_t> roads(index(graph_.num_nodes()) * profiles, 0);
    for (std::int32_t e = 0; e < graph_.num_edges(); ++e) {
      const std::int32_t back = graph_.opposite[index(e)];
      std::uint32_t counted_here = use_.usable(index(e));
      if (back >= 0 && back < e) counted_here &= ~use_.usable(index(back));
      for (; counted_here != 0; counted_here &= counted_here - 1) {
        const auto p = static_cast<std::size_t>(std::countr_zero(counted_here));
        ++roads[index(graph_.tail[index(e)]) * profiles + p];
        ++roads[index(graph_.head[index(e)]) * profiles + p];
      }
    }
    junction_.resize(index(graph_.num_nodes()), 0);
    for (std::size_t i = 0; i < roads.size(); ++i) {
      if (roads[i] > 2) junction_[i / profiles] |= 1U << (i % profiles);
    }
  }

  // Profiles that may turn back at the head of each edge: where there is no other way out (by the
  // conservative access and the restrictions that always hold), at turning circles and
  // mini-roundabouts.
  void prepare_u_turns(std::uint32_t anywhere) {
    u_turn_.resize(index(graph_.num_edges()), 0);
    parallel_for(
        graph_.num_edges(), kGrain, threads_, [&](std::int64_t begin, std::int64_t end, int) {
          Scratch scratch;
          for (std::int64_t e = begin; e < end; ++e) {
            u_turn_[index(e)] = anywhere | u_turn_mask(static_cast<std::int32_t>(e), scratch);
          }
        });
  }

  std::uint32_t u_turn_mask(std::int32_t e, Scratch& scratch) const {
    const std::int32_t back = graph_.opposite[index(e)];
    if (back < 0) return 0;
    const std::size_t node = index(graph_.head[index(e)]);
    if ((graph_.node_flags[node] & (node_flag::turning_circle | node_flag::mini_roundabout)) != 0)
      return ~0U;
    std::uint32_t on_open = 0, on_any = 0;
    for (std::int32_t f = graph_.first_out[node]; f < graph_.first_out[node + 1]; ++f) {
      if (f == back) continue;
      const std::uint32_t free = ~closed_always(automaton_.start(e), f, scratch);
      on_open |= use_.open_always[index(f)] & free;
      on_any |= (use_.open_always[index(f)] | use_.ends_only_always[index(f)]) & free;
    }
    const std::uint32_t ends = use_.ends_only_always[index(e)];
    return (~on_open & ~ends) | (~on_any & ends);
  }

  std::uint32_t closed_always(std::int32_t state, std::int32_t f, Scratch& scratch) const {
    scratch.closings.clear();
    if (state == Automaton::kNone) return 0;
    automaton_.closings(state, f, scratch.closings);
    std::uint32_t closed = 0;
    for (const auto& closing : scratch.closings) {
      if (closing.condition == 0) closed |= closing.profile_mask;
    }
    return closed;
  }

  void prepare_bearings() {
    const std::int32_t num_edges = graph_.num_edges();
    leaving_.resize(index(num_edges));
    arriving_.resize(index(num_edges));
    parallel_for(num_edges, kGrain, threads_, [&](std::int64_t begin, std::int64_t end, int) {
      for (std::int64_t e = begin; e < end; ++e) {
        leaving_[index(e)] = bearing_at_tail(graph_, static_cast<std::int32_t>(e));
        arriving_[index(e)] = bearing_at_head(graph_, static_cast<std::int32_t>(e));
      }
    });
  }

  // Calls visit(edge-node entered, edge entered, profiles that may turn so at some time); the
  // turn's closings are then in scratch.
  template <class Visit>
  void for_each_turn(std::int32_t u, Scratch& scratch, const Visit& visit) const {
    const EdgeNodes::Node from = nodes_.node(u);
    if (from.terminal) return;
    const std::size_t e = index(from.edge);
    const std::size_t node = index(graph_.head[e]);
    for (std::int32_t f = graph_.first_out[node]; f < graph_.first_out[node + 1]; ++f) {
      std::uint32_t turn = all_profiles() & ~closed_always(from.state, f, scratch);
      if (f == graph_.opposite[e]) turn &= u_turn_[e];
      if (turn == 0) continue;
      const std::int32_t state = automaton_.next(from.state, f);
      const auto enter = [&](std::int32_t v, Layer into) {
        if (v >= 0 && (turn & step_mask(from.layer, into, e, index(f))) != 0) visit(v, f, turn);
      };
      if (!nodes_.layered(f)) {
        enter(nodes_.find(f, state, Layer::main), Layer::main);
      } else {
        for (const Layer into : {Layer::main, Layer::departing, Layer::arriving}) {
          enter(nodes_.find(f, state, into), into);
        }
      }
      enter(nodes_.find_terminal(f), Layer::arriving);
    }
  }

  std::uint32_t step_mask(Layer from, Layer to, std::size_t e, std::size_t f) const {
    return layer_step_mask(from, to, use_.open[e], use_.ends_only[e], use_.open[f],
                           use_.ends_only[f]);
  }

  void fill() {
    const std::size_t num_turns = index(first_turn_.back());
    const std::size_t profiles = graph_.profiles.size();
    head_.resize(num_turns);
    tail_.resize(num_turns);
    time_ms_.assign(profiles, std::vector<std::int32_t>(num_turns));
    const std::size_t chunks = index((nodes_.size() + kGrain - 1) / kGrain);
    std::vector<std::vector<std::vector<ConditionalTurn>>> found(
        profiles, std::vector<std::vector<ConditionalTurn>>(chunks));

    parallel_for(nodes_.size(), kGrain, threads_, [&](std::int64_t begin, std::int64_t end, int) {
      Scratch scratch;
      for (std::int64_t u = begin; u < end; ++u) {
        std::int64_t t = first_turn_[index(u)];
        const std::int32_t e = nodes_.edge[index(u)];
        for_each_turn(static_cast<std::int32_t>(u), scratch,
                      [&](std::int32_t v, std::int32_t f, std::uint32_t mask) {
                        head_[index(t)] = v;
                        tail_[index(t)] = static_cast<std::int32_t>(u);
                        for (std::size_t p = 0; p < profiles; ++p) {
                          price(p, t, e, f, mask, scratch, found[p][index(begin / kGrain)]);
                        }
                        ++t;
                      });
      }
    });
    conditional_.resize(profiles);
    for (std::size_t p = 0; p < profiles; ++p) {
      for (const auto& part : found[p]) {
        conditional_[p].insert(conditional_[p].end(), part.begin(), part.end());
      }
    }
  }

  void price(std::size_t p, std::int64_t t, std::int32_t e, std::int32_t f, std::uint32_t mask,
             const Scratch& scratch, std::vector<ConditionalTurn>& conditional) {
    std::int32_t& time = time_ms_[p][index(t)];
    if ((mask >> p & 1) == 0) {
      time = kClosed;
      return;
    }
    time = turn_cost_ms(graph_.profiles[p].turn_costs, situation(p, e, f));
    const std::int32_t open_time = time;
    for (const auto& closing : scratch.closings) {
      if ((closing.profile_mask >> p & 1) == 0) continue;
      if (time != kClosed) conditional.push_back({t, 0, open_time});
      conditional.push_back({t, closing.condition, kClosed});
      time = kClosed;
    }
  }

  TurnSituation situation(std::size_t p, std::int32_t e, std::int32_t f) const {
    const std::size_t node = index(graph_.head[index(e)]);
    const std::uint16_t flags = graph_.edge_flags[index(e)];
    const auto on_ship = [&](std::int32_t edge) {
      const RoadClass road_class = graph_.road_class[index(edge)];
      return road_class == RoadClass::ferry || road_class == RoadClass::shuttle_train;
    };
    TurnSituation situation;
    situation.angle_deg = turn_angle_deg(arriving_[index(e)], leaving_[index(f)]);
    situation.junction = (junction_[node] >> p & 1) != 0 || on_ship(e) != on_ship(f);
    const auto in_roundabout = [&](std::int32_t edge) {
      return (graph_.edge_flags[index(edge)] & edge_flag::roundabout) != 0;
    };
    situation.oncoming = (junction_[node] >> p & 1) != 0 && !in_roundabout(e) && !in_roundabout(f);
    situation.u_turn = f == graph_.opposite[index(e)];
    situation.left_hand_traffic = graph_.left_hand_traffic;
    situation.signals = (flags & edge_flag::signals_at_head) != 0;
    situation.stop = (flags & edge_flag::stop_at_head) != 0;
    situation.give_way = (flags & edge_flag::give_way_at_head) != 0;
    situation.crossing = (graph_.node_flags[node] & node_flag::crossing) != 0;
    return situation;
  }

  void finish() {
    std::vector<std::int64_t> first_in(index(nodes_.size()) + 1, 0), in(head_.size());
    for (const std::int32_t v : head_) ++first_in[index(v) + 1];
    std::partial_sum(first_in.begin(), first_in.end(), first_in.begin());
    std::vector<std::int64_t> next(first_in.begin(), first_in.end() - 1);
    for (std::size_t t = 0; t < head_.size(); ++t) {
      in[index(next[index(head_[t])]++)] = static_cast<std::int64_t>(t);
    }
    TurnGraph& turns = graph_.turns;
    turns.edge = std::move(nodes_.edge);
    turns.layer = std::move(nodes_.layer);
    turns.first_turn = std::move(first_turn_);
    turns.turn_head = std::move(head_);
    turns.turn_tail = std::move(tail_);
    turns.first_turn_in = std::move(first_in);
    turns.turn_in = std::move(in);
    turns.departing_node = std::move(nodes_.departing);
    turns.arriving_node = std::move(nodes_.arriving);
    for (std::size_t p = 0; p < graph_.profiles.size(); ++p) {
      graph_.profiles[p].turn_time_ms = std::move(time_ms_[p]);
      graph_.profiles[p].conditional_turns = std::move(conditional_[p]);
    }
  }

  RoadGraph& graph_;
  const Automaton& automaton_;
  const EdgeUse& use_;
  EdgeNodes nodes_;
  int threads_;
  std::vector<std::uint32_t> junction_;    // [num_nodes]
  std::vector<std::uint32_t> u_turn_;      // [num_edges]
  std::vector<float> leaving_, arriving_;  // [num_edges]
  std::vector<std::int64_t> first_turn_;
  std::vector<std::int32_t> head_, tail_;
  std::vector<std::vector<std::int32_t>> time_ms_;
  std::vector<std::vector<ConditionalTurn>> conditional_;
};

// Real maps have about two turns an edge. A star of a hundred thousand ways would have ten thousand
// million.
void check_junction_sizes(const RoadGraph& graph) {
  std::int64_t turns = 0;
  for (std::size_t v = 0; v < index(graph.num_nodes()); ++v) {
    turns += std::int64_t{graph.first_in[v + 1] - graph.first_in[v]} *
             (graph.first_out[v + 1] - graph.first_out[v]);
  }
  const std::int64_t limit = 1'000'000 + 64 * std::int64_t{graph.num_edges()};
  if (turns > limit) {
    throw InputError("the roads have junctions too large to be real: " + std::to_string(turns) +
                     " turns between " + std::to_string(graph.num_edges()) +
                     " edges, expected at most " + std::to_string(limit));
  }
}

}  // namespace

void expand_turns(RoadGraph& graph, std::span<const RoadNetwork::Restriction> restrictions,
                  const EdgeUse& use, std::uint32_t u_turns_anywhere, int threads) {
  check_junction_sizes(graph);
  std::vector<std::uint32_t> usable(use.open.size());
  for (std::size_t e = 0; e < usable.size(); ++e) usable[e] = use.usable(e);
  const Automaton automaton(restrictions, usable);
  Expansion(graph, automaton, use, u_turns_anywhere, threads).run();
}

}  // namespace roadgnn::graph
