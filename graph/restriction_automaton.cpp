// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/restriction_automaton.h>

#include <algorithm>
#include <numeric>

namespace roadgnn::graph {

RestrictionAutomaton::RestrictionAutomaton(std::span<const RoadNetwork::Restriction> restrictions,
                                           std::span<const std::uint32_t> usable)
    : start_(usable.size(), kNone) {
  for (const RoadNetwork::Restriction& restriction : restrictions) {
    const std::int32_t last = restriction.edges.back();
    std::uint32_t mask = restriction.profile_mask;
    if (restriction.only) mask &= usable[static_cast<std::size_t>(last)];
    if (mask == 0) continue;

    std::int32_t state = kNone;
    for (std::size_t i = 0; i + 1 < restriction.edges.size(); ++i) {
      state = add_child(state, restriction.edges[i]);
    }
    states_[static_cast<std::size_t>(state)].rules.push_back(
        {last, restriction.only, mask, restriction.condition});
  }
  link_failures();
}

std::int32_t RestrictionAutomaton::add_child(std::int32_t state, std::int32_t edge) {
  const std::int32_t added = num_states();
  if (state == kNone) {
    std::int32_t& start = start_[static_cast<std::size_t>(edge)];
    if (start != kNone) return start;
    start = added;
  } else {
    const auto [child, is_new] = child_.try_emplace(child_key(state, edge), added);
    if (!is_new) return child->second;
  }
  states_.push_back({edge, state == kNone ? 1 : at(state).depth + 1, state, kNone, {}});
  return added;
}

void RestrictionAutomaton::link_failures() {
  std::vector<std::int32_t> by_depth(states_.size());
  std::iota(by_depth.begin(), by_depth.end(), 0);
  std::stable_sort(by_depth.begin(), by_depth.end(),
                   [&](std::int32_t a, std::int32_t b) { return depth(a) < depth(b); });
  for (const std::int32_t s : by_depth) {
    State& state = states_[static_cast<std::size_t>(s)];
    if (state.depth == 1) continue;
    state.fail = next(at(state.parent).fail, state.edge);
    memory_states_[state.edge].push_back(s);
  }
}

std::int32_t RestrictionAutomaton::next(std::int32_t state, std::int32_t edge) const {
  for (; state != kNone; state = at(state).fail) {
    const auto child = child_.find(child_key(state, edge));
    if (child != child_.end()) return child->second;
  }
  return start(edge);
}

void RestrictionAutomaton::closings(std::int32_t state, std::int32_t edge,
                                    std::vector<Closing>& out) const {
  for (; state != kNone; state = at(state).fail) {
    const std::vector<Rule>& rules = at(state).rules;
    for (const Rule& rule : rules) {
      std::uint32_t mask = rule.profile_mask;
      if (rule.only) {
        for (const Rule& other : rules) {
          const bool holds_as_well = other.condition == 0 || other.condition == rule.condition;
          if (other.only && other.edge == edge && holds_as_well) mask &= ~other.profile_mask;
        }
      } else if (rule.edge != edge) {
        continue;
      }
      if (mask != 0) out.push_back({mask, rule.condition});
    }
  }
}

std::span<const std::int32_t> RestrictionAutomaton::memory_states(std::int32_t edge) const {
  const auto found = memory_states_.find(edge);
  if (found == memory_states_.end()) return {};
  return found->second;
}

}  // namespace roadgnn::graph
