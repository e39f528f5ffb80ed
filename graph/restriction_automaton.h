// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include <roadgnn/graph/road_network.h>

namespace roadgnn::graph {

/// Reads a trip edge by edge and knows which turn restrictions it is in the middle of: Aho and
/// Corasick's automaton over the restrictions' sequences without their last edges. A state is the
/// longest such beginning that the trip ends with; it stands for all shorter ones too.
class RestrictionAutomaton {
 public:
  static constexpr std::int32_t kNone = -1;  ///< state of a trip that follows no restriction

  /// A turn is closed to the profiles of `profile_mask` while `condition` holds (0: always).
  struct Closing {
    std::uint32_t profile_mask;
    std::int32_t condition;

    friend bool operator==(const Closing&, const Closing&) = default;
  };

  /// `restrictions` name edges 0 .. usable.size()-1; `usable` has the profiles that may ever use
  /// each edge. An `only` binds only profiles that may use its last edge.
  RestrictionAutomaton(std::span<const RoadNetwork::Restriction> restrictions,
                       std::span<const std::uint32_t> usable);

  /// State of a trip that begins on `edge`.
  std::int32_t start(std::int32_t edge) const { return start_[static_cast<std::size_t>(edge)]; }

  /// State after going on over `edge`.
  std::int32_t next(std::int32_t state, std::int32_t edge) const;

  /// Appends what closes the turn from `state` to `edge`.
  void closings(std::int32_t state, std::int32_t edge, std::vector<Closing>& out) const;

  /// States of two edges or more that end with `edge`, shorter ones first.
  std::span<const std::int32_t> memory_states(std::int32_t edge) const;

  std::int32_t num_states() const { return static_cast<std::int32_t>(states_.size()); }
  std::int32_t edge(std::int32_t state) const { return at(state).edge; }
  std::int32_t depth(std::int32_t state) const { return at(state).depth; }
  /// The state of all edges but the last; kNone for states of one edge.
  std::int32_t parent(std::int32_t state) const { return at(state).parent; }

 private:
  struct Rule {
    std::int32_t edge;
    bool only;
    std::uint32_t profile_mask;
    std::int32_t condition;
  };
  struct State {
    std::int32_t edge, depth, parent;
    std::int32_t fail = kNone;
    std::vector<Rule> rules;
  };

  const State& at(std::int32_t state) const { return states_[static_cast<std::size_t>(state)]; }
  static std::uint64_t child_key(std::int32_t state, std::int32_t edge) {
    return static_cast<std::uint64_t>(state) << 32 | static_cast<std::uint32_t>(edge);
  }
  std::int32_t add_child(std::int32_t state, std::int32_t edge);
  void link_failures();

  std::vector<State> states_;
  std::vector<std::int32_t> start_;  // [num_edges]
  std::unordered_map<std::uint64_t, std::int32_t> child_;
  std::unordered_map<std::int32_t, std::vector<std::int32_t>> memory_states_;
};

}  // namespace roadgnn::graph
