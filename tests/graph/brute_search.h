// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include <roadgnn/graph/metric.h>
#include <roadgnn/graph/position.h>
#include <roadgnn/graph/road_network.h>

namespace roadgnn::graph::testing {

/// A plain search over the network as it was handed in. A state is the trip's last edges and how
/// far it is with ends-only streets; each step reads the restrictions themselves. Turn costs are
/// zero; times add up edge by edge.
class BruteSearch {
 public:
  /// Whether a condition (index into the network's) holds at the trip's departure.
  using Holds = std::function<bool(std::int32_t)>;

  /// Without `holds`, the conservative view: restrictions bind whatever their condition, streets
  /// have their unconditional access.
  BruteSearch(const RoadNetwork& network, std::size_t profile, const Holds& holds = {})
      : network_(network),
        profile_(profile),
        access_(network.profiles[profile].edge_access),
        time_ms_(network.profiles[profile].edge_time_ms),
        usable_(access_.size()) {
    for (const auto& restriction : network.restrictions) {
      memory_ = std::max(memory_, restriction.edges.size() - 1);
      binds_.push_back(!holds || holds(restriction.condition));
    }
    for (std::size_t e = 0; e < usable_.size(); ++e) usable_[e] = access_[e] != Access::closed;
    for (const auto& entry : network.profiles[profile].conditional_edges) {
      const auto e = static_cast<std::size_t>(entry.edge);
      if (entry.access != Access::closed) usable_[e] = true;
      if (!holds || !holds(entry.condition)) continue;
      access_[e] = entry.access;
      time_ms_[e] = entry.time_ms;
    }
  }

  /// Travel from the tail of the first edge to the tail of the last by trips of at least two edges
  /// (time, centimetres).
  std::optional<std::pair<std::int64_t, std::int64_t>> travel(std::int32_t from,
                                                              std::int32_t to) const {
    using Cost = std::pair<std::int64_t, std::int64_t>;
    using State = std::pair<int, std::vector<std::int32_t>>;  // phase, last edges
    if (access(from) == Access::closed) return {};
    std::set<std::pair<Cost, State>> waiting;
    std::map<State, Cost> best;
    const State start{access(from) == Access::open ? kMiddle : kBeginning, {from}};
    waiting.insert({{0, 0}, start});
    std::optional<Cost> found;
    while (!waiting.empty()) {
      const auto [cost, state] = *waiting.begin();
      waiting.erase(waiting.begin());
      if (found && *found <= cost) break;
      const std::int32_t edge = state.second.back();
      const Cost next_cost{cost.first + time(edge), cost.second + length(edge)};
      for (std::int32_t f = 0; f < num_edges(); ++f) {
        if (tail(f) != head(edge) || access(f) == Access::closed || !may_turn(state.second, f))
          continue;
        int phase = state.first;
        if (access(f) == Access::open) {
          if (phase == kEnd) continue;
          phase = kMiddle;
        } else if (phase == kMiddle) {
          phase = kEnd;
        }
        if (f == to && (!found || next_cost < *found)) found = next_cost;
        State next{phase, state.second};
        next.second.push_back(f);
        if (next.second.size() > memory_) next.second.erase(next.second.begin());
        const auto known = best.find(next);
        if (known != best.end() && known->second <= next_cost) continue;
        best[next] = next_cost;
        waiting.insert({next_cost, next});
      }
    }
    return found;
  }

 private:
  enum { kBeginning, kMiddle, kEnd };

  const RoadNetwork::Segment& segment(std::int32_t e) const {
    return network_.segments[static_cast<std::size_t>(e / 2)];
  }
  std::int32_t num_edges() const { return static_cast<std::int32_t>(network_.segments.size()) * 2; }
  std::int32_t tail(std::int32_t e) const { return e % 2 == 0 ? segment(e).from : segment(e).to; }
  std::int32_t head(std::int32_t e) const { return e % 2 == 0 ? segment(e).to : segment(e).from; }
  std::int64_t length(std::int32_t e) const { return segment(e).length_cm; }
  Access access(std::int32_t e) const { return access_[static_cast<std::size_t>(e)]; }
  Access usual_access(std::int32_t e) const {
    return network_.profiles[profile_].edge_access[static_cast<std::size_t>(e)];
  }
  std::int64_t time(std::int32_t e) const { return time_ms_[static_cast<std::size_t>(e)]; }

  static bool ends_with(const std::vector<std::int32_t>& trip,
                        const std::vector<std::int32_t>& edges, std::size_t count) {
    if (trip.size() < count) return false;
    return std::equal(edges.begin(), edges.begin() + static_cast<std::ptrdiff_t>(count),
                      trip.end() - static_cast<std::ptrdiff_t>(count));
  }

  // Whether those of the restrictions that `binds` lets this profile go on from `trip` to f.
  template <class Binds>
  bool allowed(const std::vector<std::int32_t>& trip, std::int32_t f, const Binds& binds) const {
    for (std::size_t r = 0; r < network_.restrictions.size(); ++r) {
      const auto& restriction = network_.restrictions[r];
      if (!binds(r) || (restriction.profile_mask >> profile_ & 1) == 0) continue;
      const std::size_t before = restriction.edges.size() - 1;
      if (!ends_with(trip, restriction.edges, before)) continue;
      if (!restriction.only) {
        if (restriction.edges.back() == f) return false;
        continue;
      }
      if (!usable_[static_cast<std::size_t>(restriction.edges.back())] ||
          restriction.edges.back() == f)
        continue;
      bool other_allows = false;
      for (const auto& other : network_.restrictions) {
        const bool same_beginning = other.only && other.edges.size() == restriction.edges.size() &&
                                    ends_with(trip, other.edges, before) &&
                                    (other.profile_mask >> profile_ & 1) != 0;
        const bool as_long = other.condition == 0 || other.condition == restriction.condition;
        other_allows |= same_beginning && as_long && other.edges.back() == f;
      }
      if (!other_allows) return false;
    }
    return true;
  }

  bool may_turn(const std::vector<std::int32_t>& trip, std::int32_t f) const {
    if (!allowed(trip, f, [&](std::size_t r) { return binds_[r]; })) return false;
    const std::int32_t e = trip.back();
    if (f != (e ^ 1) || network_.profiles[profile_].u_turns_anywhere) return true;
    const auto flags = network_.nodes[static_cast<std::size_t>(head(e))].flags;
    if ((flags & (node_flag::turning_circle | node_flag::mini_roundabout)) != 0) return true;
    // A dead end is one at any time of the day.
    const auto binds_always = [&](std::size_t r) {
      return network_.restrictions[r].condition == 0;
    };
    for (std::int32_t other = 0; other < num_edges(); ++other) {
      if (tail(other) != head(e) || other == f || !allowed({e}, other, binds_always)) continue;
      if (usual_access(other) == Access::open) return false;
      if (usual_access(other) == Access::ends_only && usual_access(e) == Access::ends_only)
        return false;
    }
    return true;
  }

  const RoadNetwork& network_;
  std::size_t profile_;
  std::vector<Access> access_;         // [2 * num_segments] at the departure
  std::vector<std::int32_t> time_ms_;  // [2 * num_segments] at the departure
  std::vector<bool> usable_;           // [2 * num_segments] at any time
  std::vector<bool> binds_;            // [restrictions] at the departure
  std::size_t memory_ = 1;
};

}  // namespace roadgnn::graph::testing
